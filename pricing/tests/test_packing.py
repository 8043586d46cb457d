"""Packing loses nothing, whatever the numbers."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pricing import packing
from pricing.packing import Change

AMOUNT = st.one_of(st.none(), st.integers(1, 2**31 - 1))
CHANGES = st.lists(
    st.tuples(st.dates(date(1970, 1, 2), date(9999, 12, 31)), AMOUNT, AMOUNT, AMOUNT),
    unique_by=lambda row: row[0],
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


@given(changes=CHANGES)
def test_a_packed_history_is_unpacked_as_it_was(changes: list[Change]) -> None:
    assert packing.unpack(packing.pack(changes)) == changes


@given(market=st.dictionaries(st.integers(1, 2**31 - 2), st.integers(0, 2**31 - 1)))
def test_a_packed_day_is_unpacked_as_it_was(market: dict[int, int]) -> None:
    series = np.array(sorted(market), dtype=np.int32)
    prices = np.array([market[key] for key in sorted(market)], dtype=np.int32)
    keys, values = packing.unpack_day(packing.pack_day(series, prices))
    assert dict(zip(keys.tolist(), values.tolist(), strict=True)) == market
    assert [str(keys.dtype), str(values.dtype)] == ["int32", "int32"]


def test_nothing_packs_to_nothing() -> None:
    assert packing.unpack(packing.pack([])) == []
    empty = np.array([], dtype=np.int32)
    assert [len(part) for part in packing.unpack_day(packing.pack_day(empty, empty))] == [0, 0]


def test_a_year_of_daily_changes_takes_less_than_six_bytes_each() -> None:
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + place) for place in range(365)]
    walk = np.random.default_rng(7).integers(-9, 10, size=(365, 3)).cumsum(axis=0) + 5000
    changes: list[Change] = [
        (day, int(m), int(low), int(mid)) for day, (m, low, mid) in zip(days, walk, strict=True)
    ]
    assert len(packing.pack(changes)) < 365 * 6
