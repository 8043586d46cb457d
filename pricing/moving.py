"""Which series moved by so many percent, from the day vectors: where they are few, the way to their cards."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from django.db.models import Max
from psycopg.sql import SQL

from pricing import vectors
from pricing.models import PriceDay
from pricing.packing import Ints

FEW = 20_000  # with more of them, reading card by card soon fills a page
ROUNDED = 0.01  # percent: the exact change is asked of these series afterwards
CARDS = SQL("""c.id IN (
    SELECT p.card_id FROM pricing_priceseries e JOIN catalog_printing p ON p.id = e.printing_id
    WHERE e.id = ANY({}::int[])
)""")
Day = tuple[Ints, Ints]


def series(days: int, *, sign: str, percent: Decimal, game: str = "") -> list[int] | None:
    """All series that may have moved so over the days, None where these are many or no day is kept.

    Those that were not listed on both days are among them: only their changes tell.
    """
    newest = PriceDay.objects.filter(game__slug=game) if game else PriceDay.objects.all()
    found: list[int] = []
    shelves = newest.values_list("source_id", "game_id").annotate(day=Max("day")).order_by()
    for source_id, game_id, day in shelves:
        new = vectors.on(source_id, game_id=game_id, day=day)
        old = _known_on(source_id, game_id=game_id, day=day - timedelta(days=days))
        found += _moved(old, new, sign=sign, percent=float(percent))
        if len(found) > FEW:
            return None
    return found if shelves else None


def _known_on(source_id: int, *, game_id: int, day: date) -> Day:
    kept = PriceDay.objects.filter(source_id=source_id, game_id=game_id, day__lte=day).order_by("-day")
    then = kept.values_list("day", flat=True).first()
    return vectors.on(source_id, game_id=game_id, day=then or day)


def _moved(old: Day, new: Day, *, sign: str, percent: float) -> list[int]:
    listed = np.union1d(old[0], new[0])
    before, after = vectors.aligned(listed, *old), vectors.aligned(listed, *new)
    is_known = (before > 0) & (after > 0)
    change = np.divide(after * 100.0, before, out=np.full(len(listed), 100.0), where=is_known) - 100
    is_met = np.full(len(listed), fill_value=True)
    if sign in {">", ">=", "="}:
        is_met &= change >= percent - ROUNDED
    if sign in {"<", "<=", "="}:
        is_met &= change <= percent + ROUNDED
    found: list[int] = listed[is_met | ((before > 0) != (after > 0))].tolist()
    return found
