"""Writes a price of a day that is recorded already anew, in each of the places where it stands.

Whoever does so first waits for the sync of the game: it has read what is about to change.
"""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

import numpy as np
from django.db import connection
from django.utils import timezone

from accounts.models import User
from pricing import packing, queries, telling
from pricing.models import PriceChange, PriceCorrection, PriceDay, PriceHistory, PriceSeries
from pricing.signals import price_corrected

AT_ONCE = 4  # day vectors in memory: a full one is about a megabyte
Amounts = Mapping[str, int | None]
Markets = dict[date, int | None]


def wait_for_sync(series: PriceSeries) -> None:
    """Takes the lock of ingest.only_one, before any row lock: a sync takes them in this order too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [series.source_id, series.game_id])


def markets(series: PriceSeries) -> Markets:
    """The market price of each day on which the series changed, oldest first."""
    return {point.day: point.market for point in queries.history([series.pk], since=None)[series.pk]}


def before_last_move(known: Markets) -> int | None:
    """The market price before the newest change that moved it: LatestPrice.previous_market."""
    moves = [old for old, new in pairwise(known.values()) if old != new]
    return moves[-1] if moves else None


def in_changes(series: PriceSeries, *, day: date, amounts: Amounts) -> None:
    """Gives the change of a day other amounts, of market, low and mid: in its row, or where it is packed.

    A packer may take the row at this moment: the update waits for it, and then finds none.
    """
    if not PriceChange.objects.filter(series_id=series.pk, day=day).update(**amounts):
        packed = PriceHistory.objects.select_for_update().get(series_id=series.pk)
        changes = packing.unpack(bytes(packed.data))
        packed.data = packing.pack(_with(one, amounts) if one[0] == day else one for one in changes)
        packed.save(update_fields=["data"])


def _with(change: packing.Change, amounts: Amounts) -> packing.Change:
    day, market, low, mid = change
    return day, amounts.get("market", market), amounts.get("low", low), amounts.get("mid", mid)


def in_vectors(series: PriceSeries, *, market: int | None, since: date, until: date | None) -> None:
    """Gives the series another price in the day vectors before `until` in which it is listed."""
    days = PriceDay.objects.filter(source_id=series.source_id, game_id=series.game_id, day__gte=since)
    days = days.filter(day__lt=until) if until else days
    for pk, data in days.order_by("day").values_list("pk", "data").iterator(chunk_size=AT_ONCE):
        keys, prices = packing.unpack_day(bytes(data))
        place = keys == series.pk
        if place.any():
            anew = packing.pack_day(keys, np.where(place, np.int32(market or 0), prices))
            days.filter(pk=pk).update(data=anew)


def note(  # noqa: PLR0913 -- all that is put on record
    series: PriceSeries, *, day: date, was: int | None, now: int | None, by: User, reason: str
) -> PriceCorrection:
    """Puts on record that what was told of the day was not so, and tells who values something by it."""
    made = PriceCorrection.objects.create(
        series=series,
        day=day,
        was=was,
        now=now,
        reason=reason,
        corrected_by=by,
        corrected_at=timezone.now(),
    )
    telling.corrected(series, day=day)
    price_corrected.send(sender=PriceCorrection, series=series, day=day)
    return made
