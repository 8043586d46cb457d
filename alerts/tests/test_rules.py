"""Rules against prices: what each kind means, told by example, and everything against a slow reference."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings

from alerts.rules import Fire, Path, Rule, judge
from alerts.tests import reference
from alerts.tests.paths import LONGEST, rules, walks


def path(*prices: int, first: int = 0, listed: Sequence[bool] | None = None) -> Path:
    amounts = np.array(prices, dtype=np.int64)
    shown = None if listed is None else np.array(listed, dtype=bool)
    return Path(first=first, prices=amounts, converted=amounts, listed=shown)


def days(rule: Rule, *prices: int, since: int = 0) -> list[int]:
    return [fire.day for fire in judge(rule, path(*prices), since=since).fires]


BELOW = Rule(kind="below", threshold=100)


@pytest.mark.parametrize(
    ("rule", "prices", "fired"),
    [
        (BELOW, [120, 101, 100, 90], [2]),  # the threshold itself counts
        (BELOW, [90, 80, 120, 99], [3]),  # below from the start: it has to come from above
        (BELOW, [120, 0, 90], [2]),  # unknown is on no side
        (BELOW, [0, 90], [1]),  # nor is a card without a price
        (Rule(kind="above", threshold=100), [90, 99, 100], [2]),
        (Rule(kind="below", threshold=100, rearms=True), [120, 99, 98, 101, 97], [1, 4]),
        (Rule(kind="below", threshold=100, rearms=True, margin=1000), [120, 99, 109, 98, 110, 98], [1, 5]),
        (Rule(kind="above", threshold=100, rearms=True, margin=1000), [80, 100, 91, 100, 90, 101], [1, 5]),
        (Rule(kind="falls", percent=2000, days=2), [100, 100, 81, 80, 79], [3]),
        (Rule(kind="falls", percent=2000, days=2), [100, 100, 100, 80], [3]),
        (Rule(kind="rises", percent=5000, days=1), [100, 149, 150, 225], [3]),
        (Rule(kind="rises", percent=5000, days=1, rearms=True), [100, 150, 150, 225], [1, 3]),
        (Rule(kind="low", days=3), [10, 12, 11, 10, 9], [4]),  # as low as before is no new low
        (Rule(kind="low", days=2), [5, 12, 11, 12, 10], [4]),  # what left the look-back does not count
        (Rule(kind="low", days=3, rearms=True), [10, 9, 8, 8, 7], [1, 4]),  # one fall, and another
        (Rule(kind="low", days=3, rearms=True, margin=5000), [10, 9, 8, 12, 7], [1, 4]),
        (Rule(kind="high", days=3), [10, 8, 10, 11], [3]),
        (Rule(kind="below", threshold=100, least=50), [120, 40, 90], [2]),
    ],
)
def test_a_rule_fires_on_these_days(rule: Rule, prices: list[int], fired: list[int]) -> None:
    assert days(rule, *prices) == fired


def test_a_price_counts_only_on_the_day_it_changes() -> None:
    """Ten percent over two days are reached on the third day, by standing still."""
    rule = Rule(kind="rises", percent=1000, days=2)
    assert days(rule, 110, 100, 110, 110) == []
    assert days(rule, 110, 100, 110, 111) == [3]


def test_what_happened_before_the_rule_was_made_starts_it_but_fires_nothing() -> None:
    assert days(BELOW, 120, 90, 120, 90, since=2) == [3]
    assert days(BELOW, 120, 90, 80, since=1) == []


def test_a_fire_says_what_the_price_was_and_what_it_was_held_against() -> None:
    found = judge(Rule(kind="falls", percent=1000, days=2), path(100, 110, 88, first=20_000), since=20_000)
    assert found.fires == [Fire(day=20_002, price=88, before=110, level=100)]
    assert found.is_done
    assert not found.is_armed


@pytest.mark.parametrize(
    ("listed", "fired"),
    [
        ([1, 1, 0, 0, 1, 1], [4]),
        ([1, 0, 1, 0, 0, 0, 1], [6]),  # a day is no gap of two
        ([0, 0, 0, 1, 1], []),  # the first price of all is not back
        ([1, 0, 0, 1, 0, 0, 1], [3]),  # once
    ],
)
def test_a_price_is_back_after_a_gap(listed: list[int], fired: list[int]) -> None:
    back = Rule(kind="back", days=2)
    found = judge(back, path(*[100] * len(listed), listed=[bool(one) for one in listed]), since=0)
    assert [fire.day for fire in found.fires] == fired


def test_a_rule_with_no_day_behind_it_fires_nothing() -> None:
    assert judge(BELOW, path(), since=5).fires == []


@settings(max_examples=400)
@given(rule=rules(), prices=walks())
def test_every_rule_fires_as_the_reference_says(rule: Rule, prices: dict[int, int]) -> None:
    amounts = [prices.get(day, 0) for day in range(LONGEST)]
    for since in (0, 100):
        found = judge(rule, path(*amounts), since=since)
        assert [fire.day for fire in found.fires] == reference.fires(
            rule, prices, since=since, until=LONGEST - 1
        )


@settings(max_examples=100)
@given(rule=rules(kinds=("back",)), prices=walks())
def test_gaps_are_found_as_the_reference_says(rule: Rule, prices: dict[int, int]) -> None:
    amounts = [prices.get(day, 0) for day in range(LONGEST)]
    found = judge(rule, path(*amounts, listed=[amount > 0 for amount in amounts]), since=3)
    assert [fire.day for fire in found.fires] == reference.fires(
        rule, prices, since=3, until=LONGEST - 1, listed=frozenset(prices)
    )
