"""Which series moved by so many percent, from the day vectors: where they are few, the way to their cards."""

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from catalog import reads, revisions
from pricing import vectors
from pricing.models import PriceDay
from pricing.packing import Ints

FEW = 20_000  # with more of them, reading card by card soon fills a page
ROUNDED = 0.02  # percent: the exact change is asked of these series afterwards
CARDS = """
SELECT DISTINCT p.card_id FROM pricing_priceseries e JOIN catalog_printing p ON p.id = e.printing_id
WHERE e.id = ANY(%s)"""
SERIES = """
SELECT p.card_id, e.id FROM catalog_printing p JOIN pricing_priceseries e ON e.printing_id = p.id
WHERE p.card_id = ANY(%s)"""
Day = tuple[Ints, Ints]
Floats = NDArray[np.float32]


def cards(moved: Ints) -> list[int] | None:
    """All cards with one of these series, None where these are many."""
    if len(moved) > FEW:
        return None
    with reads.cursor() as cursor:
        cursor.execute(CARDS, [moved.tolist()])
        return [row[0] for row in cursor.fetchall()]


def among(card_ids: list[int], *, moved: Ints) -> list[int]:
    """Those of the cards with one of these series."""
    with reads.cursor() as cursor:
        cursor.execute(SERIES, [card_ids])
        pairs = np.array(cursor.fetchall(), dtype=np.int32).reshape(-1, 2)
    is_moved = np.zeros(max(pairs[:, 1].max(initial=0), moved.max(initial=0)) + 1, dtype=np.bool_)
    is_moved[moved] = True
    return sorted(set(pairs[is_moved[pairs[:, 1]], 0].tolist()))


def series(days: int, *, sign: str, percent: Decimal, game: str = "") -> Ints | None:
    """All series that may have moved so over the days, None where no day is kept.

    Those that were not listed on both days are among them: only their changes tell.
    """
    newest = PriceDay.objects.filter(game__slug=game) if game else PriceDay.objects.all()
    shelves = newest.values_list("source_id", "game_id").annotate(day=Max("day")).order_by()
    made_from = revisions.generation(None)
    found: list[Ints] = []
    for source_id, game_id, day in shelves:
        listed, change = _changes(source_id, game_id=game_id, day=day, days=days, made_from=made_from)
        found.append(listed[_meets(change, sign=sign, percent=float(percent))])
    return np.concatenate(found) if found else None


@lru_cache(maxsize=24)
def _changes(source_id: int, *, game_id: int, day: date, days: int, made_from: str) -> tuple[Ints, Floats]:
    """What was listed on either day, and its change in percent; not a number where one price is unknown.

    Kept in memory, eight bytes a series, until other prices are recorded: `made_from` is their generation.
    """
    del made_from
    new = vectors.on(source_id, game_id=game_id, day=day)
    old = _known_on(source_id, game_id=game_id, day=day - timedelta(days=days))
    listed = np.union1d(old[0], new[0])
    before, after = vectors.aligned(listed, *old), vectors.aligned(listed, *new)
    some = np.flatnonzero((before > 0) | (after > 0))
    before, after = before[some], after[some]
    nothing = np.full(len(some), np.nan)
    change = np.divide(after * 100.0, before, out=nothing, where=(before > 0) & (after > 0)) - 100
    return listed[some], change.astype(np.float32)


def _meets(change: Floats, *, sign: str, percent: float) -> NDArray[np.bool_]:
    is_met = np.full(len(change), fill_value=True)
    if sign in {">", ">=", "="}:
        is_met &= change >= percent - ROUNDED
    if sign in {"<", "<=", "="}:
        is_met &= change <= percent + ROUNDED
    return is_met | np.isnan(change)


def _known_on(source_id: int, *, game_id: int, day: date) -> Day:
    kept = PriceDay.objects.filter(source_id=source_id, game_id=game_id, day__lte=day).order_by("-day")
    then = kept.values_list("day", flat=True).first()
    return vectors.on(source_id, game_id=game_id, day=then or day)
