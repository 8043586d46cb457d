"""Ranks what gained and lost most, from the day vectors; derived anew after each ingest.

A price is *thin* when its market price changed on fewer than 3 of the last 30 days: a market price is
made of sales, so it seldom changes where little is sold, and one sale can move it far. Becoming unknown, or
known again, is no sale.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from catalog import revisions
from catalog.models import Game
from pricing import packing, vectors
from pricing.models import Mover, PriceDay, Source
from pricing.packing import Ints

WINDOWS = (1, 7, 30, 365)
FLOORS = (100, 500, 2_000, 5_000, 10_000)
TOP = 100
THIN_DAYS = 30
THIN_CHANGES = 3
Flags = NDArray[np.bool_]


@transaction.atomic
def rank(source: Source, *, game: Game) -> int:
    """Replaces the game's movers by those of its newest day; how many there are.

    While a better-ranked source covers the game, another source's movers are not shown, nor kept.
    """
    # After a correction and after a sync at once: the second reads what the first has not.
    Game.objects.select_for_update(no_key=True).get(pk=game.pk)
    days = PriceDay.objects.filter(game=game)
    shown = days.order_by("source__rank", "-day").values_list("source_id", "day").first()
    if not shown or shown[0] != source.pk:
        return 0
    found = list(_movers(source, game=game, today=shown[1]))
    Mover.objects.filter(game=game).delete()
    Mover.objects.bulk_create(found, batch_size=2000)
    revisions.add("movers", game_id=game.pk)
    return len(found)


def _movers(source: Source, *, game: Game, today: date) -> Iterator[Mover]:
    series, new = vectors.on(source.pk, game_id=game.pk, day=today)
    thin = _thin(source, game=game, today=today, series=series)
    for window in WINDOWS:
        then = _newest_day(source, game=game, until=today - timedelta(days=window))
        if then is None:
            continue
        old = vectors.aligned(series, *vectors.on(source.pk, game_id=game.pk, day=then))
        for floor, is_thin, direction, places in _rankings(old, new=new, thin=thin):
            for place in places.tolist():
                yield Mover(
                    source=source,
                    game=game,
                    series_id=int(series[place]),
                    window=window,
                    direction=direction,
                    floor=floor,
                    is_thin=is_thin,
                    day=today,
                    old=int(old[place]),
                    new=int(new[place]),
                    percent=percent(int(old[place]), int(new[place])),
                )


def percent(old: int, new: int) -> Decimal:
    """Never -100, which no price can lose, and never more than the column holds."""
    exact = (Decimal(100) * (new - old) / old).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return min(max(exact, Decimal("-99.99")), Decimal("9999999.99"))


def _rankings(old: Ints, *, new: Ints, thin: Flags) -> Iterator[tuple[int, bool, str, NDArray[np.intp]]]:
    ratio = np.divide(new, old, out=np.ones(len(new)), where=old > 0)
    for floor in FLOORS:
        for is_thin in (False, True):
            eligible = (old >= floor) & (new >= floor) & (thin == is_thin)
            yield floor, is_thin, Mover.Direction.UP, _top(-ratio, eligible & (new > old))
            yield floor, is_thin, Mover.Direction.DOWN, _top(ratio, eligible & (new < old))


def _top(key: NDArray[np.float64], among: Flags) -> NDArray[np.intp]:
    places = np.flatnonzero(among)
    if len(places) > TOP:
        places = places[np.argpartition(key[places], TOP)[:TOP]]
    return places[np.argsort(key[places], kind="stable")]


def _thin(source: Source, *, game: Game, today: date, series: Ints) -> Flags:
    recent = PriceDay.objects.filter(
        source=source, game=game, day__gte=today - timedelta(days=THIN_DAYS), day__lte=today
    )
    changes = np.zeros(len(series), dtype=np.int16)
    before: Ints | None = None
    for data in recent.order_by("day").values_list("data", flat=True).iterator(chunk_size=4):
        market = vectors.aligned(series, *packing.unpack_day(bytes(data)))
        if before is not None:
            changes += (market != before) & (market > 0) & (before > 0)
        before = market
    thin: Flags = changes < THIN_CHANGES
    return thin


def _newest_day(source: Source, *, game: Game, until: date) -> date | None:
    days = PriceDay.objects.filter(source=source, game=game, day__lte=until)
    return days.order_by("-day").values_list("day", flat=True).first()
