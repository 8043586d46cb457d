"""The search page of conditions at the size of the real market, words and names drawn from it."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from itertools import count
from statistics import median
from time import perf_counter

import numpy as np
from django.core.cache import cache
from django.db.backends.utils import CursorWrapper
from django.test import Client, override_settings

from bench import market, paging, prices
from bench.measure import Measure, at_most, p95
from bench.movers import PLAIN
from bench.search import _index
from pricing import packing
from pricing.models import LatestPrice, PriceDay

LIMIT = 50  # ms, of the page
ROUNDS = 12
CALLERS = count()  # one's calls in a minute are limited
# Two of five series moved within the week, by a few percent; one in a thousand of these by far more.
CHANGES = """
INSERT INTO pricing_pricechange (series_id, day, market, previous_market)
SELECT series_id, DATE '2026-11-20' - (series_id % 6), market,
       greatest(1, (market * (CASE WHEN series_id % 2501 = 0 THEN 0.3 ELSE
                                   0.9 + (hashint4(series_id) & 255) / 1200.0 END))::int)
FROM pricing_latestprice WHERE market IS NOT NULL AND series_id % 5 < 2"""
RUNS = """
INSERT INTO pricing_ingestrun (source_id, game_id, adapter, day, status, started_at, finished_at, progress,
    error, products, rows, new_series, changed, reviewed, unmatched, unmatched_ids)
SELECT DISTINCT source_id, game_id, 'bench', DATE '2026-11-20', 'done', now(), now(), '', '',
    0, 0, 0, 0, 0, 0, '[]'::jsonb
FROM pricing_latestprice"""
DAYS = """
SELECT l.source_id, l.game_id, array_agg(l.series_id ORDER BY l.series_id),
       array_agg(l.market ORDER BY l.series_id),
       array_agg(coalesce(c.previous_market, l.market) ORDER BY l.series_id)
FROM pricing_latestprice l LEFT JOIN pricing_pricechange c ON c.series_id = l.series_id
WHERE l.market IS NOT NULL GROUP BY l.source_id, l.game_id"""
SEARCHES = {
    "a word and conditions": "{word} price>=5 -rarity:{rarity}",
    "a word that moved": "{word} change7d>5%",
    "words or words": "{word} or {other}",
    "a phrase": '"{name}"',
    "a number": "number:17/200",
    "a set": 'set:"{card_set}" price>1',
    "a price": "price>=10 price<20",
    "either a price or a rarity": "price>500 or rarity:{rarity}",
    "neither": "-(price<100 or rarity:{rarity})",
    "what moved a little": "change7d>2%",
    "what moved far": "change7d>100%",
    "what moved far, of a game": "game:magic change7d>100% price>1",
    "what fell or is dear": "change7d<-5% or price>900",
    "what no price meets": "price>1000000",
    "what nothing meets, card by card": "-price<1000000 -kind:single",
}


def run(cursor: CursorWrapper) -> Iterator[Measure]:
    market.load()
    prices.load()
    if not LatestPrice.objects.exists():
        cursor.execute(paging.LATEST)
    _moved(cursor)
    yield from _index(cursor)
    cursor.execute("VACUUM ANALYZE")
    cards = _drawn(cursor)
    with override_settings(STORAGES=PLAIN, ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        for name, search in SEARCHES.items():
            yield from _page(name, [search.format(**card) for card in cards])


def _page(name: str, searches: list[str]) -> Iterator[Measure]:
    times = [_made(search) for search in searches]
    yield Measure(name=f"{name}: median", value=median(times[1:]), unit="ms")
    yield at_most(f"{name}: p95", p95(times[1:]), "ms", LIMIT)


def _made(search: str) -> float:
    """Milliseconds of a page that nobody asked for before: a kept one, or a refusal, is no measure."""
    cache.clear()
    client = Client(REMOTE_ADDR=f"10.0.0.{next(CALLERS) % 250}")
    start = perf_counter()
    response = client.get("/search/", {"q": search})
    spent = (perf_counter() - start) * 1000
    assert response.status_code == HTTPStatus.OK, search
    return spent


def _moved(cursor: CursorWrapper) -> None:
    if PriceDay.objects.exists():
        return
    cursor.execute(CHANGES)
    cursor.execute(RUNS)
    cursor.execute(DAYS)
    for source_id, game_id, series, new, old in cursor.fetchall():
        for day, said in ((prices.TODAY, new), (prices.TODAY - timedelta(days=10), old)):
            data = packing.pack_day(np.array(series, dtype=np.int32), np.array(said, dtype=np.int32))
            PriceDay.objects.create(
                source_id=source_id, game_id=game_id, day=day, size=len(series), data=data
            )


def _drawn(cursor: CursorWrapper) -> list[dict[str, str]]:
    cursor.execute(
        """SELECT c.folded, s.name, r.name FROM catalog_card c JOIN catalog_cardset s ON s.id = c.card_set_id
        JOIN catalog_rarity r ON r.id = c.rarity_id ORDER BY hashint4(c.id # 7) LIMIT %s""",
        [2 * ROUNDS],
    )
    rows = cursor.fetchall()
    pairs = zip(rows[:ROUNDS], rows[ROUNDS:], strict=True)
    return [
        {
            "name": name,
            "word": name.split()[0],
            "card_set": card_set,
            "rarity": f'"{rarity}"',
            "other": other[0].split()[0],
        }
        for (name, card_set, rarity), other in pairs
    ]
