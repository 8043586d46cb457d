"""The blended price, by itself: what must hold for any sources, and each rule alone."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.blending import Agreement, Blend, blend
from pricing.observations import WINDOW, Observation, Past, Reason

TODAY = date(2026, 3, 2)
NAMES = ("a", "b", "c", "d", "e")
Prices = Sequence[int | None]  # of the days before, the last one is yesterday's


def says(name: str, amount: int | None, *, before: Prices = (), at: float = 1.0, **facts: Any) -> Observation:
    """A source with its price in cents today; `at` is the exchange rate."""
    days = [TODAY - timedelta(days=ago) for ago in range(len(before), 0, -1)]
    plain = Observation(
        source=name,
        name=name.upper(),
        day=TODAY,
        amount=amount,
        value=None if amount is None else amount * Fraction(at),
        history=[
            Past(day=day, amount=price, value=price * at)
            for day, price in zip(days, before, strict=True)
            if price
        ],
    )
    return replace(plain, **facts)


def of(*said: Observation) -> Blend:
    return blend(said, currency="USD")


def reasons(found: Blend) -> dict[str, Reason]:
    return {left.source: left.reason for left in found.left_out}


def month(price: int) -> list[int]:
    return [price] * WINDOW


@st.composite
def markets(draw: st.DrawFn, *, least: int = 1) -> list[Observation]:
    """Sources that follow one price, each at a level and with a noise of its own."""
    chance = Random(draw(st.integers(0, 2**32)))
    count = draw(st.integers(least, len(NAMES)))
    logs, levels = [math.log(chance.randint(100, 1_000_000))], [chance.uniform(-0.4, 0.4) for _ in NAMES]
    for _ in range(WINDOW):
        logs.append(logs[-1] + chance.uniform(-0.02, 0.02))
    found = []
    for name, level in zip(NAMES[:count], levels, strict=False):
        path = [max(1, round(math.exp(log + level + chance.uniform(-0.01, 0.01)))) for log in logs]
        found.append(says(name, path[-1], before=path[:-1], rank=chance.randint(1, 3)))
    return found


@given(markets(), st.randoms())
def test_the_order_of_the_sources_does_not_matter(said: list[Observation], random: Any) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)
    assert of(*shuffled) == of(*said)


@given(markets(), st.integers(2, 50))
def test_a_dearer_currency_only_scales_the_blend(said: list[Observation], factor: int) -> None:
    scaled = [
        replace(
            one,
            value=one.value * factor if one.value else None,
            history=[replace(past, value=past.value * factor) for past in one.history],
        )
        for one in said
    ]
    plain, larger = of(*said), of(*scaled)
    assert plain.amount
    assert larger.amount
    assert abs(larger.amount - plain.amount * factor) <= factor
    assert reasons(larger) == reasons(plain)


@given(markets(), st.integers(101, 130))
def test_when_all_rise_the_blend_rises(said: list[Observation], percent: int) -> None:
    risen = [replace(one, value=(one.value or 0) * Fraction(percent, 100)) for one in said]
    before, after = of(*said), of(*risen)
    assert before.amount
    assert after.amount
    if reasons(before) == reasons(after):
        assert after.amount >= before.amount


@given(markets(least=2), st.data())
def test_a_source_that_says_more_never_lowers_the_blend_it_has_a_vote_in(
    said: list[Observation], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(said) - 1))
    dearer = replace(said[place], value=(said[place].value or 0) * Fraction(102, 100))
    before, after = of(*said), of(*said[:place], dearer, *said[place + 1 :])
    if reasons(before) == reasons(after):
        assert (after.amount or 0) >= (before.amount or 0)


@given(markets())
def test_the_blend_lies_between_the_levelled_sources_it_uses(said: list[Observation]) -> None:
    found = of(*said)
    assert found.low
    assert found.high
    assert found.amount
    assert found.low <= found.amount <= found.high
    assert {used.levelled for used in found.used} >= {found.low, found.high}
    assert sum(used.weight for used in found.used) == 1


@given(markets(least=3), st.integers(0, 4), st.floats(-12, 12))
def test_one_poisoned_source_of_three_or_more_moves_the_blend_by_the_others_noise_only(
    said: list[Observation], place: int, shift: float
) -> None:
    place %= len(said)
    poisoned = said[place]
    wrong = max(Fraction(1), (poisoned.value or 1) * Fraction(math.exp(shift)))
    others = said[:place] + said[place + 1 :]
    without = of(*others, replace(poisoned, is_stale=True))  # its level stays known, its vote is gone
    found = of(*others, replace(poisoned, amount=round(wrong), value=wrong))
    assert without.amount
    assert without.low
    assert without.high
    assert found.amount
    assert without.low * 0.97 - 1 <= found.amount <= without.high * 1.03 + 1


@given(markets(least=2), st.data())
def test_leaving_a_source_out_today_does_not_make_the_blend_jump(
    said: list[Observation], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(said) - 1))
    silent = [*said[:place], replace(said[place], is_stale=True), *said[place + 1 :]]
    before, after = of(*said), of(*silent)
    assert before.amount
    assert after.amount
    # All noise there is: two sources and their levels, each within 2 %.
    assert abs(math.log(after.amount / before.amount)) < 0.08


@given(markets())
def test_every_source_is_either_used_or_left_out_for_a_reason(said: list[Observation]) -> None:
    found = of(*said)
    named = [used.source for used in found.used] + [left.source for left in found.left_out]
    assert sorted(named) == sorted(one.source for one in said)


def test_one_source_is_its_own_price_to_the_cent() -> None:
    found = of(says("a", 1_234, before=month(1_000), at=1.0))
    assert (found.amount, found.low, found.high, found.spread) == (1_234, 1_234, 1_234, None)
    assert found.agreement == Agreement.ALONE
    assert found.method == "One source alone: this is the price of A."


def test_half_a_cent_is_rounded_up() -> None:
    assert of(says("a", 5, at=0.5)).amount == 3


def test_no_source_is_an_unknown_price() -> None:
    found = of(says("a", None))
    assert (found.amount, found.low, found.agreement) == (None, None, Agreement.NONE)
    assert reasons(found) == {"a": Reason.UNKNOWN}
    assert of().amount is None


def test_terms_demonstrations_and_missing_rates_keep_a_source_out() -> None:
    found = of(
        says("a", 1_000),
        says("b", 5_000, is_blended=False),
        says("c", 5_000, is_demo=True),
        replace(says("d", 5_000), value=None),
    )
    assert found.amount == 1_000
    assert reasons(found) == {"b": Reason.TERMS, "c": Reason.DEMO, "d": Reason.UNCONVERTED}


def test_sources_of_one_market_count_once_the_freshest_first() -> None:
    mirror = says("b", 2_000, origin="a", rank=1, day=TODAY - timedelta(days=1))
    found = of(says("a", 1_000, rank=2), mirror)
    assert found.amount == 1_000
    assert [left.why for left in found.left_out] == ["it passes on the same prices as A"]
    again = of(says("a", 1_000, rank=2), replace(mirror, day=TODAY))
    assert again.amount == 2_000


def test_a_stale_source_is_left_out_while_there_are_fresh_ones() -> None:
    old = says("b", 3_000, is_stale=True)
    found = of(says("a", 1_000), old)
    assert (found.amount, found.is_stale, reasons(found)) == (1_000, False, {"b": Reason.STALE})
    alone = of(old)
    assert (alone.amount, alone.is_stale) == (3_000, True)


def test_markets_of_different_levels_meet_in_the_middle() -> None:
    found = of(says("a", 1_000, before=month(1_000)), says("b", 810, before=month(810)))
    assert found.amount == 900  # the geometric mean
    assert found.levels == {"a": pytest.approx(11, abs=0.2), "b": pytest.approx(-10, abs=0.2)}
    assert {used.source: used.levelled for used in found.used} == {"a": 900, "b": 900}
    assert (found.spread, found.agreement) == (Decimal("0.0"), Agreement.CLOSE)
    assert found.sample == 2 * (WINDOW + 1)


def test_a_level_that_fades_leaves_slowly() -> None:
    """A source that fell silent days ago still holds the level, by the days it was seen on."""
    steady = says("a", 1_000, before=month(1_000))
    amounts = []
    for silent in range(WINDOW - 5):
        before = [810] * (WINDOW - silent) + [None] * silent
        gone = says("b", 810, before=before, is_stale=True)
        amounts.append(of(steady, gone).amount or 0)
    assert amounts[0] == 900
    assert amounts[-1] == 1_000
    assert all(0 <= now - then <= 12 for then, now in pairwise(amounts))


def test_a_new_source_has_no_vote_until_its_level_is_known() -> None:
    known = says("a", 1_000, before=month(1_000))
    assert reasons(of(known, says("b", 100_000))) == {"b": Reason.NEW}
    assert of(known, says("b", 100_000)).amount == 1_000
    assert reasons(of(known, says("b", 100_000, keeps_history=False))) == {"b": Reason.NEW}
    assert of(known, says("b", 810, before=[810] * 7)).amount == pytest.approx(1_000, abs=10)


def test_without_any_history_prices_count_as_they_are() -> None:
    assert of(says("a", 1_000), says("b", 1_210)).amount == 1_100
    found = of(says("a", 1_000), says("b", 1_100), says("c", 100_000))
    assert (found.amount, reasons(found)) == (1_049, {"c": Reason.OUTLIER})


def test_usual_prices_far_apart_are_not_of_the_same_thing() -> None:
    found = of(says("a", 1_000, before=month(1_000)), says("b", 100_000, before=month(100_000)))
    assert (found.amount, reasons(found)) == (1_000, {"b": Reason.FAR})
    assert "100 times" in found.left_out[0].why


def test_of_two_the_one_that_moved_is_left_out() -> None:
    steady, moved = says("a", 1_010, before=month(1_000)), says("b", 2_000, before=month(1_000))
    found = of(steady, moved)
    assert (found.amount, reasons(found)) == (1_010, {"b": Reason.MOVED})
    assert "agreed on 1 Mar 2026" in found.left_out[0].why
    # Whatever their rank.
    assert of(replace(moved, rank=1), steady).amount == 1_010


def test_of_two_the_one_that_stands_still_is_left_out() -> None:
    rising = [1_000 + 3 * day for day in range(20)] + [1_057 + 20 * day for day in range(10)]
    stuck = rising[:20] + [1_057] * 10
    found = of(says("a", 1_057, before=stuck), says("b", 1_257, before=rising))
    assert reasons(found) == {"a": Reason.STILL}
    assert found.amount == pytest.approx(1_257, rel=0.02)


def test_where_history_does_not_tell_the_better_ranked_stays() -> None:
    up, down = says("a", 1_200, before=month(1_000)), says("b", 830, before=month(1_000))
    assert reasons(of(up, down)) == {"b": Reason.DISAGREES}
    assert reasons(of(replace(up, rank=200), down)) == {"a": Reason.DISAGREES}
    assert "B ranks first" in of(replace(up, rank=200), down).left_out[0].why


def test_two_that_always_disagree_may_disagree_today() -> None:
    wild = [900, 1_150, 950, 1_080, 880, 1_200] * 5
    found = of(says("a", 1_000, before=month(1_000)), says("b", 1_250, before=wild))
    assert not found.left_out
    assert found.agreement in {Agreement.FAIR, Agreement.WIDE}


def test_one_cent_is_no_disagreement() -> None:
    found = of(says("a", 5, before=month(5)), says("b", 6, before=month(5)))
    assert not found.left_out


def test_two_against_two_are_told_apart_by_what_all_said_last_week() -> None:
    right = [says(name, 1_050, before=month(1_000)) for name in ("a", "b")]
    wrong = [says(name, 105_000, before=month(1_000)) for name in ("c", "d")]
    found = of(*right, *wrong)
    assert (found.amount, set(reasons(found))) == (1_050, {"c", "d"})


def test_a_blend_says_how_it_was_made() -> None:
    three = [says(name, 1_000, before=month(1_000)) for name in ("a", "b", "c")]
    assert (
        of(*three).method
        == "The median of A, B and C in logarithms, at the common level of the last 30 days."
    )
    assert of(*three[:2]).method.startswith("The mean of A and B")
    left = of(three[0], replace(three[1], is_stale=True))
    assert left.method == "What A says, at the common level of the last 30 days."
    assert of().method == "No source that may be blended names a price."
