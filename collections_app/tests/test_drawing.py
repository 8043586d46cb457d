"""Drawings of values: what a bar shows is what the numbers say."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app import drawing
from collections_app.rows import Day, Explanation, Totals

DAY = date(2026, 3, 2)
TOTALS = Totals(
    currency="USD",
    lots=2,
    quantity=10,
    value=1_000,
    fresh=750,
    stale=250,
    missing=2,
    missing_cost=0,
    is_open=False,
    cost=None,
    costless=10,
    unrealised=None,
    unrealised_percent=None,
    realised=None,
)
TOLD = Explanation(
    currency="USD",
    since=DAY,
    until=DAY + timedelta(days=30),
    before=1_000,
    after=1_500,
    price=300,
    additions=400,
    removals=-200,
    exchange=0,
    edited=0,
    coverage=0,
)


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_copies_without_a_price_take_their_share_and_the_rest_is_divided_as_the_value() -> None:
    shown = drawing.coverage(TOTALS)
    assert shown
    assert (shown.fresh.width, shown.stale.width, shown.missing.width) == ("60%", "20%", "20%")
    assert (shown.fresh.x, shown.stale.x, shown.missing.x) == ("0%", "60%", "80%")
    assert (shown.fresh_percent, shown.stale_percent) == (75, 25)


def test_nothing_held_is_no_bar() -> None:
    assert drawing.coverage(replace(TOTALS, quantity=0, missing=0, value=0, fresh=0, stale=0)) is None


def test_without_any_price_the_whole_bar_is_missing() -> None:
    shown = drawing.coverage(replace(TOTALS, missing=10, value=0, fresh=0, stale=0))
    assert shown
    assert (shown.fresh.width, shown.stale.width, shown.missing.width) == ("0%", "0%", "100%")
    assert (shown.fresh_percent, shown.stale_percent) == (0, 0)


def test_a_waterfall_leads_from_the_value_before_to_the_value_after() -> None:
    steps = drawing.waterfall(TOLD)
    assert [step.is_level for step in steps] == [True, *[False] * 6, True]
    assert [step.label for step in steps[:2]] == ["Value on 2 Mar 2026", "Prices"]
    assert steps[0].amount + sum(step.amount for step in steps[1:-1]) == steps[-1].amount
    # each part begins where the one before ended: 1,000 → 1,300 → 1,700 → 1,500
    ends = [percent(step.bar.x) + percent(step.bar.width) for step in steps]
    assert ends[0] == pytest.approx(percent(steps[1].bar.x))
    assert ends[1] == pytest.approx(percent(steps[2].bar.x))
    assert percent(steps[3].bar.x) == pytest.approx(ends[-1])


@given(parts=st.lists(st.integers(-(10**9), 10**9), min_size=6, max_size=6), before=st.integers(0, 10**12))
def test_no_bar_leaves_its_drawing(parts: list[int], before: int) -> None:
    names = ("price", "additions", "removals", "exchange", "edited", "coverage")
    amounts: dict[str, Any] = dict(zip(names, parts, strict=True))
    told = replace(TOLD, before=before, after=before + sum(parts), **amounts)
    for step in drawing.waterfall(told):
        assert 0 <= percent(step.bar.x) <= 100
        assert 0 <= percent(step.bar.width) <= 100.3


def day(place: int, value: int, cost: int = 0) -> Day:
    return Day(
        day=DAY + timedelta(days=place),
        value=value,
        stale=0,
        missing=0,
        quantity=1,
        cost=cost,
        added=0,
        removed=0,
        realised=0,
    )


def test_a_day_without_anything_is_a_gap_not_a_zero() -> None:
    days = [day(0, 0), day(1, 500, 400), day(2, 600, 400)]
    shown = drawing.history(days, since=DAY, until=DAY + timedelta(days=2))
    assert shown
    assert [line.name for line in shown.lines] == ["Value", "Paid"]
    assert [(line.low.amount, line.first) for line in shown.lines] == [(500, 500), (400, 400)]


def test_unknown_cost_draws_no_second_line() -> None:
    shown = drawing.history([day(0, 500), day(1, 600)], since=None, until=DAY)
    assert shown
    assert [line.name for line in shown.lines] == ["Value"]


def test_too_little_to_draw_is_no_line() -> None:
    assert drawing.sparkline([], until=DAY) == ""
    assert drawing.sparkline([day(0, 500)], until=DAY) == ""
    assert drawing.sparkline([day(0, 0), day(1, 0)], until=DAY) == ""
    assert drawing.sparkline([day(0, 500), day(1, 600)], until=DAY + timedelta(days=1)).startswith("M0 ")
