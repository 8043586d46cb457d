"""What collections were worth on each day: writes it down, makes it anew after a change, and reads it.

A snapshot is derived: lots, sales, prices and rates as they are known now say what a past day was worth. Only
`recorded` stays, which says what the day looked like when it ended.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby, pairwise
from math import prod
from operator import attrgetter
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef

from catalog.models import Game
from collections_app import portions, repricing, restating
from collections_app.exchange import Exchange
from collections_app.holdings import Holdings
from collections_app.lots import today
from collections_app.models import Collection, Lot, ValueSnapshot
from collections_app.reckoning import ONE_DAY, Reckoned, reckon
from collections_app.rows import Day, Returns
from pricing.models import PriceSeries
from pricing.rates import rounded

logger = logging.getLogger(__name__)
EARLIEST = date(1999, 1, 4)  # the ECB's first rates; no price is as old
RESTATED = timedelta(days=2)  # what a sync that came late may have changed without asking

NARROW = {"day": "date", "quantity": "int", "missing": "int", "costless": "int"}
COLUMNS = {field.name: NARROW.get(field.name, "bigint") for field in fields(Reckoned)}
WRITE = f"""
INSERT INTO collections_app_valuesnapshot (collection_id, currency, recorded, {", ".join(COLUMNS)})
SELECT %s, %s, CASE WHEN day = %s THEN value END, {", ".join(COLUMNS)}
FROM unnest({", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())}) AS reckoned({", ".join(COLUMNS)})
ON CONFLICT (collection_id, day) DO UPDATE SET currency = excluded.currency,
    {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "day")},
    recorded = coalesce(collections_app_valuesnapshot.recorded, excluded.recorded)"""  # noqa: S608 -- our names
KNOWN = """
SELECT min(day), max(day), count(*), coalesce(bool_or(currency <> %s), false)
FROM collections_app_valuesnapshot WHERE collection_id = %s"""
CONVERT = """
UPDATE collections_app_valuesnapshot SET recorded = said.recorded
FROM unnest(%s::date[], %s::bigint[]) AS said(day, recorded)
WHERE collection_id = %s AND collections_app_valuesnapshot.day = said.day"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What snapshots there are; `is_foreign` when some are in another currency than their owner's now."""

    first: date | None
    last: date | None
    count: int
    is_foreign: bool

    @property
    def has_gaps(self) -> bool:
        return bool(self.first and self.last and (self.last - self.first).days + 1 != self.count)


def fill(collection_id: int, *, until: date | None = None) -> int:
    """Makes the snapshots of a collection that are missing or wrong, up to a day, else to yesterday.

    Returns how many were written. A collection that is gone has none. Edits of the collection wait until it
    is done, so none is overlooked: the mark they leave is of a later one.
    """
    return _fill(collection_id, until=until or today() - ONE_DAY)


def nightly(day: date) -> int:
    """Ends a day: every collection gets its snapshot, recorded for good; how many collections did.

    The days just before are made anew too. A collection that fails is logged and left to the next night.
    """
    repricing.choose()
    return sum(_ended(pk, day=day) for pk in Collection.objects.order_by("id").values_list("id", flat=True))


def outdate(game: Game, *, since: date) -> int:
    """After prices of a past day came: asks for the snapshots that rest on this game's; how many asked."""
    valued = Lot.objects.filter(collection=OuterRef("pk"), series__game=game)
    known = ValueSnapshot.objects.filter(collection=OuterRef("pk"), day__gte=since)
    found = Collection.objects.filter(Exists(valued), Exists(known)).values_list("pk", flat=True)
    restating.restate(list(found), since=since)
    return len(found)


def mark_corrected(series: PriceSeries, *, day: date) -> int:
    """In the transaction that corrects a price: marks what was valued by it; how many collections.

    The worker hears of the correction besides (`outdate`). Should that message be lost, the night finds the
    mark, however long ago the day was.
    """
    held = Lot.objects.filter(series=series).values_list("collection_id", flat=True)
    return restating.mark(sorted(set(held)), since=day)


def _ended(collection_id: int, *, day: date) -> bool:
    try:
        _fill(collection_id, until=day, since=day - RESTATED, recording=day)
    except Exception:
        logger.exception("Collection %s has no snapshot of %s.", collection_id, day)
        return False
    return True


@transaction.atomic
def _fill(
    collection_id: int, *, until: date, since: date | None = None, recording: date | None = None
) -> int:
    """With `since`, snapshots from that day on count as wrong; that of the day `recording` is recorded."""
    locked = Collection.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    collection = locked.filter(pk=collection_id).first()
    if collection is None:
        return 0
    first = _first(collection)
    _forget(collection, before=first)
    known = _known(collection)
    until = max(until, known.last or until)
    wrong = [day for day in (collection.stale_from, since) if day]
    start = _start(known, first=first or date.max, wrong=min(wrong, default=date.max))
    written = _write(collection, since=start, until=until, recording=recording) if start <= until else 0
    Collection.objects.filter(pk=collection.pk).update(stale_from=None)
    return written


def _first(collection: Collection) -> date | None:
    """The first day something was held."""
    first: date | None = Lot.objects.filter(collection=collection).aggregate(day=Min("acquired_on"))["day"]
    return first and max(first, EARLIEST)


def _forget(collection: Collection, *, before: date | None) -> None:
    """There is nothing to say of days before anything was held."""
    found = ValueSnapshot.objects.filter(collection=collection)
    (found.filter(day__lt=before) if before else found).delete()


def _known(collection: Collection) -> _Known:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [collection.owner.currency, collection.pk])
        first, last, count, is_foreign = cursor.fetchone() or (None, None, 0, False)
    return _Known(first=first, last=last, count=count, is_foreign=is_foreign)


def _start(known: _Known, *, first: date, wrong: date) -> date:
    """The first day that is missing or wrong."""
    if known.last is None or known.first != first or known.has_gaps or known.is_foreign:
        return first
    return max(first, min(wrong, known.last + ONE_DAY))


def _write(collection: Collection, *, since: date, until: date, recording: date | None) -> int:
    currency = collection.owner.currency
    _convert_recorded(collection, currency=currency)
    reckoned = reckon(Holdings.load([collection.pk]), since=since, until=until, currency=currency)
    columns = [list(column) for column in zip(*map(astuple, reckoned), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [collection.pk, currency, recording, *columns])
    return len(reckoned)


def _convert_recorded(collection: Collection, *, currency: str) -> None:
    """After its owner chose another currency, at the rates of the days; unknown where one is."""
    foreign = ValueSnapshot.objects.filter(collection=collection, recorded__isnull=False)
    rows = list(foreign.exclude(currency=currency).order_by("day").values_list("day", "currency", "recorded"))
    if not rows:
        return
    exchange = Exchange.load(currency, sources={code for _, code, _ in rows}, since=rows[0][0])
    said = [exchange.amount(recorded, code, day=day) for day, code, recorded in rows]
    converted = [rounded(one[0] * one[1]) if one else None for one in said]
    with connection.cursor() as cursor:
        cursor.execute(CONVERT, [[day for day, _, _ in rows], converted, collection.pk])


# Of each collection the snapshot that holds on a day, and those after it.
READ = """
SELECT v.day, v.value, v.stale, v.missing, v.quantity, v.cost, v.added, v.removed, v.realised,
       v.currency, v.collection_id
FROM unnest(%(collections)s::int[]) AS wanted(id)
JOIN collections_app_valuesnapshot v ON v.collection_id = wanted.id AND v.day <= %(until)s
    AND v.day >= coalesce((SELECT max(day) FROM collections_app_valuesnapshot
                           WHERE collection_id = wanted.id AND day <= %(since)s), %(since)s)
WHERE %(since)s <= %(until)s
ORDER BY v.day"""
AMOUNTS = ("value", "stale", "cost", "added", "removed", "realised")


class _Row(NamedTuple):
    """As READ gives it."""

    day: date
    value: int
    stale: int
    missing: int
    quantity: int
    cost: int
    added: int
    removed: int
    realised: int
    currency: str
    collection: int


def series(collection_ids: Sequence[int], *, since: date | None, until: date, currency: str) -> list[Day]:
    """The days of some collections together from `since`, or from their first one, to `until`.

    A collection counts from its first snapshot on, and on days without one as on the day before. One
    statement, two where snapshots are in another currency: they are converted at the rate of each day.
    """
    begin = since or date.min
    with connection.cursor() as cursor:
        cursor.execute(READ, {"collections": list(collection_ids), "since": begin, "until": until})
        found = [_Row._make(row) for row in cursor.fetchall()]
    foreign = {row.currency for row in found} - {currency}
    held = [_held_on(row, begin) if row.day < begin else row for row in found]
    if len(collection_ids) == 1 and not foreign:
        return [_day(row) for row in held]
    first = held[0].day if held else None
    return _together(held, exchange=Exchange.load(currency, sources=foreign, since=first))


def _held_on(row: _Row, day: date) -> _Row:
    """On a later day without a snapshot: what came and went is of its own day alone, all else holds on."""
    return row._replace(day=day, added=0, removed=0)


def _day(row: _Row) -> Day:
    return Day(
        day=row.day,
        value=row.value,
        stale=row.stale,
        missing=row.missing,
        quantity=row.quantity,
        cost=row.cost,
        added=row.added,
        removed=row.removed,
        realised=row.realised,
    )


def _together(found: Iterable[_Row], *, exchange: Exchange) -> list[Day]:
    held: dict[int, _Row] = {}
    days = []
    for day, group in groupby(found, key=attrgetter("day")):
        held = {pk: _held_on(row, day) for pk, row in held.items()} | {row.collection: row for row in group}
        days.append(_summed(day, list(held.values()), exchange=exchange))
    return days


def _summed(day: date, held: list[_Row], *, exchange: Exchange) -> Day:
    """Where a rate is unknown, copies count as of unknown price."""
    rated = [(row, exchange.factor(row.currency, day=day)) for row in held]
    sums = {
        name: rounded(sum((getattr(row, name) * factor for row, factor in rated if factor), Fraction()))
        for name in AMOUNTS
    }
    return Day(
        day=day,
        quantity=sum(row.quantity for row in held),
        missing=sum(row.missing if factor else row.quantity for row, factor in rated),
        **sums,
    )


def live(collection_ids: Sequence[int], *, currency: str) -> Day:
    """Today as it stands now, to follow the days of `series`; seven statements at most.

    A price counts as stale here if it will be when the day ends.
    """
    now = today()
    (reckoned,) = reckon(Holdings.load(collection_ids).as_of_now(), since=now, until=now, currency=currency)
    return Day(**{field.name: getattr(reckoned, field.name) for field in fields(Day)})


def returns(days: Sequence[Day]) -> Returns | None:
    """What the value did from the first of these days to the last; None for less than two.

    Time-weighted without deposits: each day's factor is what was there the day before, at today's prices,
    over what it was worth then. A day that begins with nothing moves nothing.
    """
    if len(days) < 2:
        return None
    first, last = days[0], days[-1]
    steps = [(day.value - day.added + day.removed, before.value) for before, day in pairwise(days)]
    moves = [(now, before) for now, before in steps if before]
    end, begin = prod(now for now, _ in moves), prod(before for _, before in moves)
    change = last.value - first.value
    return Returns(
        since=first.day,
        until=last.day,
        change=change,
        change_percent=portions.percent(change, first.value),
        percent=portions.percent(end - begin, begin) if first.value else None,
    )
