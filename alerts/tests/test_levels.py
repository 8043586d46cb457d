"""A rule that sleeps is woken on every day on which it would fire; and a quiet price lets it sleep."""

from itertools import accumulate
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import levels
from alerts.levels import ASLEEP, AWAKE, Levels
from alerts.rules import Path, Rule, judge
from alerts.tests import reference
from alerts.tests.paths import LONGEST, rules, walks

SINCE = 20


class Sleeper:
    """Judges a rule as the evaluation does: only on days that wake it."""

    def __init__(self, rule: Rule, prices: list[int]) -> None:
        self.rule, self.prices = rule, np.array(prices, dtype=np.int64)
        self.fired: list[int] = []
        self.woken = 0
        self.levels = AWAKE

    def live(self, *, since: int, skipped: frozenset[int] = frozenset()) -> list[int]:
        """Each day's price comes in turn; of some days the source says nothing."""
        self._level(since, since=since)
        for day in range(since + 1, len(self.prices)):
            if day in skipped:
                continue
            if self._wakes(day):
                self.woken += 1
                self.fired += [fire.day for fire in self._judged(day, since=since).fires if fire.day == day]
                self._level(day, since=since)
            elif self._needs_levels(day):
                self._level(day, since=since)
        return self.fired

    def _path(self, day: int) -> Path:
        known = self.prices[: day + 1]
        return Path(first=0, prices=known, converted=known)

    def _judged(self, day: int, *, since: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return judge(self.rule, self._path(day), since=since)

    def _level(self, day: int, *, since: int) -> None:
        self.levels = levels.of(self.rule, self._path(day), self._judged(day, since=since))

    def _moved(self, day: int) -> tuple[bool, bool]:
        old, new = self.prices[day - 1], self.prices[day]
        return bool(new and (new < old or not old)), bool(new and new > old)

    def _wakes(self, day: int) -> bool:
        price, (falls, rises) = int(self.prices[day]), self._moved(day)
        unsure = self.levels.sure_until is not None and self.levels.sure_until < day
        down = falls and self.levels.fire_down is not None and price <= self.levels.fire_down
        up = rises and self.levels.fire_up is not None and price >= self.levels.fire_up
        return bool(down or up or (unsure and (falls or rises)))

    def _needs_levels(self, day: int) -> bool:
        price, (falls, rises) = int(self.prices[day]), self._moved(day)
        unsure = self.levels.sure_until is not None and self.levels.sure_until <= day
        down = falls and self.levels.floor is not None and price <= self.levels.floor
        up = rises and self.levels.ceiling is not None and price >= self.levels.ceiling
        return bool(down or up or unsure)


@settings(max_examples=600)
@given(rule=rules(), prices=walks())
def test_nothing_that_fires_is_slept_through(rule: Rule, prices: dict[int, int]) -> None:
    amounts = [prices.get(day, 0) for day in range(LONGEST)]
    expected = reference.fires(rule, prices, since=SINCE, until=LONGEST - 1)
    assert Sleeper(rule, amounts).live(since=SINCE) == expected


@settings(max_examples=200)
@given(rule=rules(), prices=walks(), silent=st.sets(st.integers(SINCE + 1, LONGEST - 1)))
def test_nor_when_the_source_misses_days(rule: Rule, prices: dict[int, int], silent: set[int]) -> None:
    """On a day without a word the price of the day before stands."""
    amounts = [prices.get(day, 0) for day in range(LONGEST)]
    for day in sorted(silent):
        amounts[day] = amounts[day - 1]
    known = {day: amount for day, amount in enumerate(amounts) if amount}
    expected = reference.fires(rule, known, since=SINCE, until=LONGEST - 1)
    assert Sleeper(rule, amounts).live(since=SINCE, skipped=frozenset(silent)) == expected


class Traveller(Sleeper):
    """A threshold in a currency whose rate drifts while the price rests: levels follow only now and then."""

    def __init__(self, rule: Rule, prices: list[int], rates: list[int]) -> None:
        """`rates` are hundredths of the alert's currency for one of the series'."""
        super().__init__(rule, prices)
        self.rates, self.set_at = rates, rates[0]
        self.local = np.array(
            [convert(price, rate) for price, rate in zip(prices, rates, strict=True)], dtype=np.int64
        )

    def _path(self, day: int) -> Path:
        return Path(first=0, prices=self.prices[: day + 1], converted=self.local[: day + 1])

    def _level(self, day: int, *, since: int) -> None:
        found = self._judged(day, since=since)
        self.levels = levels.of(self.rule, self._path(day), found, factor=(100, self.set_at))

    def _wakes(self, day: int) -> bool:
        rate = self.rates[day]
        if max(rate, self.set_at) * 100 > min(rate, self.set_at) * (100 + levels.BAND):
            self.set_at, self.levels = rate, AWAKE
        return super()._wakes(day)


def convert(price: int, rate: int) -> int:
    return (2 * price * rate + 100) // 200


@settings(max_examples=400)
@given(rule=rules(kinds=("below", "above")), prices=walks(), seed=st.integers(0, 2**32))
def test_nor_when_the_rate_of_its_currency_drifts(rule: Rule, prices: dict[int, int], seed: int) -> None:
    chance = Random(seed)
    drift = accumulate(chance.choices([0, 0, -1, 1, -2, 2, 15, -13], k=LONGEST - 1), initial=100)
    rates = [max(40, rate) for rate in drift]
    amounts = [prices.get(day, 0) for day in range(LONGEST)]
    expected = reference.fires(
        rule,
        prices,
        since=SINCE,
        until=LONGEST - 1,
        converted=lambda price, day: convert(price, rates[day]),
    )
    assert Traveller(rule, amounts, rates).live(since=SINCE) == expected


@pytest.mark.parametrize(
    "rule",
    [
        Rule(kind="below", threshold=50),
        Rule(kind="rises", percent=2000, days=7),
        Rule(kind="falls", percent=2000, days=30),
        Rule(kind="low", days=90),
        Rule(kind="high", days=365),
    ],
)
def test_a_price_that_trembles_wakes_nobody(rule: Rule) -> None:
    dip, peak = [90, 110], [98, 102]
    sleeper = Sleeper(rule, [100] * 60 + dip + [100] * 5 + peak + [100, 101, 99] * 15)
    assert sleeper.live(since=70) == []
    assert sleeper.woken == 0


def level(rule: Rule, *prices: int, factor: tuple[int, int] | None = None) -> Levels:
    amounts = np.array(prices, dtype=np.int64)
    found = Path(first=0, prices=amounts, converted=amounts)
    return levels.of(rule, found, judge(rule, found, since=0), factor=factor)


def test_a_rule_that_is_done_is_never_woken_again() -> None:
    assert level(Rule(kind="below", threshold=100), 120, 90) == ASLEEP


def test_a_rule_that_fired_sleeps_until_the_price_is_back_by_the_margin() -> None:
    rule = Rule(kind="below", threshold=1000, rearms=True, margin=500)
    assert level(rule, 1200, 900) == Levels(ceiling=1050)
    assert level(rule, 1200, 900, 1050) == Levels(fire_down=1000)


def test_a_threshold_in_another_currency_leaves_room_for_the_rate() -> None:
    """€10.00 at 1.20 dollars are 1200 cents; with the rate ten percent up still 1320."""
    found = level(Rule(kind="below", threshold=1000), 5000, factor=(6, 5))
    assert found.fire_down
    assert 1320 <= found.fire_down <= 1325
    found = level(Rule(kind="above", threshold=1000), 500, factor=(6, 5))
    assert found.fire_up
    assert 1080 <= found.fire_up <= 1091


def test_without_a_rate_every_change_is_judged() -> None:
    assert level(Rule(kind="below", threshold=1000), 5000, factor=(0, 1)) == AWAKE
