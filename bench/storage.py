"""Stored bytes of a price, and what a two-year chart reads, at the size of the real market.

Two years of half a million series are built as the product would have built them: closed months packed,
the open window as change rows. A sample goes through the real ingest and packing first; its packed
histories stand in for everybody's.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median

import numpy as np
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from bench import market, prices
from bench.measure import Measure, at_least, at_most, best
from pricing import history, ledger, queries
from pricing.models import IngestRun, PriceDay, PriceHistory, Source

SAMPLE = 4_000
YEARS = 730
NAIVE_DAYS = 20
OPEN_DAYS = 45  # between 31 and 62 days lie unpacked; this is the mean
KEYS = 200

NAIVE = """
CREATE TABLE naive (
    id bigserial PRIMARY KEY, product_id int NOT NULL, finish varchar(40) NOT NULL, day date NOT NULL,
    market numeric(10,2), low numeric(10,2), mid numeric(10,2), high numeric(10,2), direct numeric(10,2),
    created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (product_id, finish, day));
CREATE INDEX ON naive (product_id);
CREATE INDEX ON naive (day)"""
FILL_NAIVE = """
INSERT INTO naive (product_id, finish, day, market, low, mid, high)
SELECT s, 'Reverse Holofoil', %s::date + d, 12.34, 10.5, 13.99, 39.95
FROM generate_series(0, %s - 1) d, generate_series(1, %s) s"""
SPREAD = """
INSERT INTO pricing_pricehistory (series_id, through, data)
SELECT s.id, h.through, h.data FROM pricing_priceseries s
JOIN (SELECT row_number() OVER (ORDER BY series_id) AS place, * FROM pricing_pricehistory) h
  ON h.place = s.id %% %s + 1
ON CONFLICT DO NOTHING"""
OPEN_WINDOW = """
INSERT INTO pricing_pricechange (series_id, day, market, low, mid, previous_market)
SELECT id, %s, 1000 + id %% 777, 900, 1100, 990 FROM pricing_priceseries
WHERE (hashint8(id::bigint * 1000 + %s) & 1023) < 410 ON CONFLICT DO NOTHING"""
TABLES = ("pricing_pricechange", "pricing_pricehistory", "pricing_priceday", "pricing_latestprice")


def run(_: CursorWrapper) -> Iterator[Measure]:
    market.load()
    prices.load()
    yield from _bytes()
    _spread()
    yield from _charts()


def _bytes() -> Iterator[Measure]:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, pricing_ingestrun CASCADE")
    _live_through(YEARS)
    stored = sum(_size(table) for table in TABLES) / (SAMPLE * YEARS)
    naive = _naive()
    yield Measure(name="naive daily row, with its indexes", value=naive, unit="bytes")
    yield Measure(
        name="ours, a series and day, over two years, everything counted", value=stored, unit="bytes"
    )
    yield at_least("naive / ours", naive / stored, "x", 8)


def _live_through(days: int) -> None:
    source = Source.objects.get(slug="tcgplayer")
    game, series = next(iter(prices.series_by_game().items()))
    walk = prices.Walk(series[:SAMPLE], seed=1)
    for back in range(days - 1, -1, -1):
        day = prices.day_before(back)
        run = IngestRun(source=source, adapter="files", game_id=game, day=day, started_at=timezone.now())
        ledger.record(run, day=day, listed=walk.day())
        run.status, run.finished_at = "done", timezone.now()
        run.save()
        walk.step()
        if day.day == 1:
            history.pack_closed(day)
            history.drop_vectors(day)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM FULL {', '.join(TABLES)}")


def _size(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        (size,) = cursor.fetchone() or (0,)
    return int(size)


def _naive() -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS naive; {NAIVE}")
        cursor.execute(FILL_NAIVE, [prices.day_before(NAIVE_DAYS), NAIVE_DAYS, SAMPLE])
    return _size("naive") / (SAMPLE * NAIVE_DAYS)


def _spread() -> None:
    """Everybody gets a history of the sample's, and an open window of their own."""
    packed = PriceHistory.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE pricing_pricechange")
        cursor.execute(SPREAD, [packed])
        for back in range(OPEN_DAYS, -1, -1):
            cursor.execute(OPEN_WINDOW, [prices.day_before(back), back])
        cursor.execute("VACUUM ANALYZE")
    assert PriceDay.objects.exists()


def _charts() -> Iterator[Measure]:
    chosen = np.random.default_rng(1).choice(prices.SERIES, size=KEYS, replace=False) + 1
    since = prices.TODAY - timedelta(days=YEARS)
    pages = [_pages(int(key), since=since) for key in chosen]
    chart = median(best(lambda key=key: queries.history([int(key)], since=since), rounds=2) for key in chosen)  # type: ignore[misc]
    look_up = median(best(lambda key=key: _look_up(int(key)), rounds=2) for key in chosen)  # type: ignore[misc]
    yield Measure(
        name="points in a two-year chart", value=_points(int(chosen[0]), since=since), unit="points"
    )
    yield at_most("pages a two-year chart touches (median)", median(pages), "pages", 10)
    yield at_most("pages a two-year chart touches (worst)", max(pages), "pages", 10)
    yield Measure(name="two-year chart / primary-key look-up", value=chart / look_up, unit="x")


def _pages(key: int, *, since: date) -> int:
    """Buffers that the statements of a chart touch, as EXPLAIN counts them."""
    with connection.execute_wrapper(_Explained()) as _, connection.cursor():
        counted = _Explained.pages
        queries.history([key], since=since)
        return _Explained.pages - counted


class _Explained:
    """Runs each statement once more under EXPLAIN and adds up the buffers it touched."""

    pages = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204 -- Django's signature
        execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params, many, context)
        (plan,) = context["cursor"].fetchone()
        root = plan[0]["Plan"]
        type(self).pages += root["Shared Hit Blocks"] + root["Shared Read Blocks"]
        return execute(sql, params, many, context)


def _points(key: int, *, since: date) -> int:
    return len(queries.history([key], since=since)[key])


def _look_up(key: int) -> None:
    PriceHistory.objects.filter(series_id=key).values_list("through").get()
