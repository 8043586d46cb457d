"""What a source listed on a day, as arrays: the day vectors, and what moved between two of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pricing import packing
from pricing.models import IngestRun, PriceChange, PriceDay
from pricing.packing import Ints

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The series with another known price than on the recorded day before, sorted. One that was not listed
    then has come back, and both fell and rose.
    """

    series: Ints
    market: Ints
    falls: Flags
    rises: Flags
    returns: Flags


def on(source_id: int, *, game_id: int, day: date) -> tuple[Ints, Ints]:
    """The series listed on a day, sorted, and their market prices, 0 unknown; none where it is not kept."""
    kept = PriceDay.objects.filter(source_id=source_id, game_id=game_id, day=day)
    data = kept.values_list("data", flat=True).first()
    nothing = np.zeros(0, dtype=np.int32)
    return packing.unpack_day(bytes(data)) if data else (nothing, nothing)


def known_from(
    source_id: int, *, game_id: int, since: date, until: date
) -> Iterator[tuple[date, Ints, Ints]]:
    """As `between`, beginning with the last recorded day up to `since`: what it said stands on that day."""
    older = PriceDay.objects.filter(source_id=source_id, game_id=game_id, day__lte=since).order_by("-day")
    first = older.values_list("day", flat=True).first()
    yield from between(source_id, game_id=game_id, since=first or since, until=until)


def between(source_id: int, *, game_id: int, since: date, until: date) -> Iterator[tuple[date, Ints, Ints]]:
    """Each recorded day with what was listed on it, oldest first."""
    days = PriceDay.objects.filter(source_id=source_id, game_id=game_id, day__range=(since, until))
    for day, data in days.order_by("day").values_list("day", "data").iterator(chunk_size=4):
        yield day, *packing.unpack_day(bytes(data))


def moved(source_id: int, *, game_id: int, day: date) -> Moved:
    """Since the recorded day before `day`; three statements, four of a day the source spoke of twice.

    Of a day whose vector is kept no longer, nothing.
    """
    series, market = _said(source_id, game_id=game_id, day=day)
    older = PriceDay.objects.filter(source_id=source_id, game_id=game_id, day__lt=day).order_by("-day")
    before = older.values_list("data", flat=True).first()
    old = aligned(series, *packing.unpack_day(bytes(before))) if before else np.zeros_like(market)
    here = np.flatnonzero((market > 0) & (market != old))
    series, market, old = series[here], market[here], old[here]
    returns = old == 0
    return Moved(
        series=series,
        market=market,
        falls=returns | (market < old),
        rises=returns | (market > old),
        returns=returns,
    )


def _said(source_id: int, *, game_id: int, day: date) -> tuple[Ints, Ints]:
    """What was listed on the day. When a source speaks of it again and leaves out what it had listed at
    another price than before, that price stays: it is added.
    """
    series, market = on(source_id, game_id=game_id, day=day)
    runs = IngestRun.objects.filter(source_id=source_id, game_id=game_id, day=day)
    if runs.exclude(status=IngestRun.Status.FAILED).count() < 2:
        return series, market
    changes = PriceChange.objects.filter(series__source=source_id, series__game=game_id, day=day)
    rows = changes.exclude(market=None).values_list("series_id", "market")
    known = set(series.tolist())
    left_out = [row for row in rows if row[0] not in known]
    added = np.array(left_out, dtype=np.int32).reshape(-1, 2)
    order = np.argsort(keys := np.append(series, added[:, 0]))
    return keys[order], np.append(market, added[:, 1])[order]


def aligned(wanted: Ints, series: Ints, market: Ints) -> Ints:
    """The market price of each wanted series among the sorted listed ones, 0 where there is none."""
    if not len(series):
        return np.zeros(len(wanted), dtype=np.int32)
    place = np.minimum(np.searchsorted(series, wanted), len(series) - 1)
    return np.where(series[place] == wanted, market[place], 0).astype(np.int32)
