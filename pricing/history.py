"""Keeps history small: changes of closed months move into one packed blob a series.

A change row costs about 100 bytes with its index, a packed one about 5. Rows of the last 31 days stay,
because lists look up "7 days ago" and "30 days ago" in them: the last 31 days that the source spoke of, for
the newest prices of a source that fell silent are compared with those before them.
"""

from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from catalog.models import Game
from pricing import packing, telling
from pricing.models import IngestRun, PriceChange, PriceDay, PriceHistory, PriceSeries, Source

KEEP_DAYS = 31
KEEP_VECTORS = 400
BATCH = 5_000  # series in one transaction
# Deletes what it reads, so that nothing is lost that another process writes in between.
TAKE = """
WITH taken AS (
    DELETE FROM pricing_pricechange WHERE day < %s AND series_id >= %s AND series_id < %s
    AND series_id IN (SELECT id FROM pricing_priceseries WHERE source_id = %s AND game_id = %s)
    RETURNING series_id, day, market, low, mid
) SELECT * FROM taken ORDER BY series_id, day"""


def pack_closed(today: date, *, batch: int = BATCH) -> int:
    """Packs all changes before the month that lies 31 days back; how many rows were moved."""
    return sum(
        _pack_shelf(source, game=game, until=_closed_until(source, game=game, today=today), batch=batch)
        for source in Source.objects.all()
        for game in Game.objects.all()
    )


def _closed_until(source: Source, *, game: Game, today: date) -> date:
    done = IngestRun.objects.filter(source=source, game=game, status=IngestRun.Status.DONE)
    newest = done.aggregate(day=Max("day"))["day"] or today
    return (min(newest, today) - timedelta(days=KEEP_DAYS)).replace(day=1)


def drop_vectors(today: date) -> int:
    """Forgets day vectors older than the longest window of the movers."""
    return PriceDay.objects.filter(day__lt=today - timedelta(days=KEEP_VECTORS)).delete()[0]


def _pack_shelf(source: Source, *, game: Game, until: date, batch: int) -> int:
    """Each batch of series is one transaction, so a killed run continues where it stopped."""
    series = PriceSeries.objects.filter(source=source, game=game)
    packed, key = 0, 0
    while True:
        left = PriceChange.objects.filter(
            series_id__in=series.values("id"), series_id__gte=key, day__lt=until
        )
        first = left.order_by("series_id").values_list("series_id", flat=True).first()
        if first is None:
            return packed
        key = first + batch
        packed += _pack([until, first, key, source.pk, game.pk])


@transaction.atomic
def _pack(span: list[date | int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, span)
        rows = cursor.fetchall()
    fresh = {key: [row[1:] for row in found] for key, found in groupby(rows, key=itemgetter(0))}
    packed = PriceHistory.objects.select_for_update().filter(series_id__in=fresh)
    known = {key: bytes(data) for key, data in packed.values_list("series_id", "data")}
    PriceHistory.objects.bulk_create(
        (
            PriceHistory(series_id=key, through=changes[-1][0], data=_merged(known.get(key), changes))
            for key, changes in fresh.items()
        ),
        update_conflicts=True,
        unique_fields=["series_id"],
        update_fields=["through", "data"],
        batch_size=1000,
    )
    return len(rows)


def _merged(known: bytes | None, changes: list[packing.Change]) -> bytes:
    older = packing.unpack(known) if known else []
    return packing.pack([*older, *changes])


def cut(before: date, *, is_rehearsal: bool = False) -> int:
    """Forgets packed changes before a day, but for the last, whose price held on that day; how many.

    What is not packed yet stays too. A rehearsal only counts.
    """
    gone, key = 0, 0
    while keys := list(_packed_after(key).values_list("series_id", flat=True)[:BATCH]):
        gone += _cut_some(keys, before=before, is_rehearsal=is_rehearsal)
        key = keys[-1]
    return gone


def _packed_after(key: int) -> QuerySet[PriceHistory]:
    return PriceHistory.objects.filter(series_id__gt=key).order_by("series_id")


@transaction.atomic
def _cut_some(keys: list[int], *, before: date, is_rehearsal: bool) -> int:
    gone, shorter = 0, []
    for row in PriceHistory.objects.select_for_update().filter(series_id__in=keys):
        changes = packing.unpack(bytes(row.data))
        old = sum(day < before for day, *_ in changes)
        if old > 1:
            gone += old - 1
            row.data = packing.pack(changes[old - 1 :])
            shorter.append(row)
    if not is_rehearsal:
        PriceHistory.objects.bulk_update(shorter, ["data"], batch_size=1000)
        _tell(shorter)
    return gone


def _tell(shorter: list[PriceHistory]) -> None:
    """What is kept of charts is made anew."""
    series = PriceSeries.objects.filter(pk__in=[row.series_id for row in shorter])
    shelves = series.order_by().values_list("source_id", "game_id").distinct()
    sources = Source.objects.in_bulk()
    for source_id, game_id in shelves:
        telling.prices(sources[source_id], game_id=game_id, day=None, rows=telling.NO_ROWS)


def settle() -> None:
    """Lets charts and lists read the newest changes from the index alone; a transaction cannot do this."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) pricing_pricechange, pricing_latestprice")
