"""What market prices were on many days at once: the steps of thousands of series as arrays.

A day is its number since packing.EPOCH. An unknown price is 0, which no price can be.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog import reads
from pricing import packing
from pricing.models import PriceHistory
from pricing.packing import EPOCH

Days = NDArray[np.int64]
Amounts = NDArray[np.int64]

SPAN: Final = 2**22  # days; in a key they stand behind the series
MIDDLE: Final = SPAN // 2  # makes days before the epoch positive
WIDTH = 3
# The step that holds on a day and those after it. The latest price is the last step, known even where nothing
# was ever charted. One value instead of a row for each, as in ledger.KNOWN.
UNPACKED = """
SELECT string_agg(int4send(series_id) || int4send(day - DATE '1970-01-01') || int4send(coalesce(market, 0)),
                  ''::bytea)
FROM (
    SELECT series_id, day, market FROM pricing_pricechange
    WHERE series_id = ANY(%(series)s) AND day > %(since)s
    UNION ALL
    SELECT holds.* FROM unnest(%(series)s::int[]) AS wanted(id) CROSS JOIN LATERAL (
        SELECT series_id, day, market FROM pricing_pricechange
        WHERE series_id = wanted.id AND day <= %(since)s ORDER BY day DESC LIMIT 1
    ) holds
    UNION ALL
    SELECT series_id, changed_on, market FROM pricing_latestprice WHERE series_id = ANY(%(series)s)
) steps"""


def number(day: date) -> int:
    return (day - EPOCH).days


def dated(number: int) -> date:
    return EPOCH + timedelta(days=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """A price that a series might have had from a day until another, None: until now."""

    series: int
    day: date
    market: int | None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.day <= day and (self.until is None or day < self.until)


class Steps:
    """A price holds from its step to the next."""

    def __init__(self, series: NDArray[np.int64], days: Days, market: Amounts) -> None:
        """In any order; of two steps of a series on a day the last counts."""
        keys = keys_of(series, days)
        order = np.argsort(keys, kind="stable")
        self._keys, self._market = keys[order], market[order]

    @classmethod
    def load(cls, series_ids: Iterable[int], *, since: date) -> "Steps":
        """For prices on `since` and later; two statements, one where no price that old is packed."""
        wanted = sorted(set(series_ids))
        # Changes first: while months are being packed, a change may be seen in both places, never in none.
        fresh = _unpacked(wanted, since=since)
        known = set(fresh[fresh[:, 1] <= number(since), 0].tolist())
        older = _packed([key for key in wanted if key not in known])
        # Where a day stands in both, the change itself comes last.
        return cls(*np.concatenate([older, fresh]).T)

    def supposing(self, step: "Supposed") -> "Steps":
        """As they would be if the series had had this price."""
        owners, days = self._keys // SPAN, self._keys % SPAN - MIDDLE
        until = SPAN if step.until is None else number(step.until)
        # The latest price may stand on a later day than the change that made it.
        kept = (owners != step.series) | (days < number(step.day)) | (days >= until)
        columns = (owners[kept], days[kept], self._market[kept])
        added = (step.series, number(step.day), step.market or 0)
        return Steps(*(np.append(column, one) for column, one in zip(columns, added, strict=True)))

    def at(self, series: NDArray[np.int64], days: Days) -> Amounts:
        """The market price of each series on the day beside it, as of its last step until then."""
        wanted = keys_of(series, days)
        if not len(self._keys):
            return np.zeros(wanted.shape, dtype=np.int64)
        place = np.searchsorted(self._keys, wanted, side="right") - 1
        # A place before the first step of all turns to the last, which is of another series or later.
        is_same = self._keys[place] // SPAN == wanted // SPAN
        return np.where(is_same & (place >= 0), self._market[place], 0)


def keys_of(owners: NDArray[np.int64], days: Days) -> NDArray[np.int64]:
    """One number for each pair, in the order of owners and then of days."""
    keys: NDArray[np.int64] = owners * SPAN + days + MIDDLE
    return keys


def parted(keys: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """The pairs again."""
    return zip((keys // SPAN).tolist(), (keys % SPAN - MIDDLE).tolist(), strict=True)


def _unpacked(series_ids: list[int], *, since: date) -> NDArray[np.int64]:
    with reads.cursor() as cursor:
        cursor.execute(UNPACKED, {"series": series_ids, "since": since})
        (blob,) = cursor.fetchone() or (None,)
    return np.frombuffer(bytes(blob or b""), dtype=">i4").reshape(-1, WIDTH).astype(np.int64)


def _packed(series_ids: list[int]) -> NDArray[np.int64]:
    if not series_ids:
        return np.zeros((0, WIDTH), dtype=np.int64)
    found = PriceHistory.objects.filter(series_id__in=series_ids).values_list("series_id", "data")
    keys, steps = [], [np.zeros((2, 0), dtype=np.int32)]
    for key, data in found:
        keys.append(key)
        steps.append(packing.unpack_market(bytes(data)))
    owners = np.repeat(np.array(keys, dtype=np.int64), [block.shape[1] for block in steps[1:]])
    return np.concatenate([owners[None], np.concatenate(steps, axis=1)]).T
