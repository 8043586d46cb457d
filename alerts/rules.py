"""When a rule is met: pure functions over what prices were on each day.

A day counts when its price differs from the day before. A rule that is *armed* and met on such a day fires
and is disarmed; it is armed again on a day on which the price is back across its level by the margin. So a
price that stays on the far side fires once, however it moves, and a rule that is met from the start waits.

Prices are integer minor units, 0 where unknown, which meets nothing and arms nothing. Days are numbers
(pricing.steps). Percentages are whole hundredths of a percent, so all of it is exact.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WHOLE: Final = 10_000  # hundredths of a percent
UNDER, OVER = ("below", "falls", "low"), ("above", "rises", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`threshold` and `least` are minor units of the alert's currency; `percent` and `margin` hundredths of a
    percent; `days` the window of a change, the look-back of a low or high, or the length of a gap.
    """

    kind: str
    threshold: int = 0
    percent: int = 0
    days: int = 0
    least: int = 0
    rearms: bool = False
    margin: int = 0

    @property
    def is_static(self) -> bool:
        """Whether its level is the same every day."""
        return self.kind in {"below", "above"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What one series cost at the end of each day from `first` on, the same in the alert's currency, and
    (for gaps only) whether its source listed it with a price.
    """

    first: int
    prices: Ints
    converted: Ints
    listed: Flags | None = None

    @property
    def last(self) -> int:
        return self.first + len(self.prices) - 1

    def until(self, day: int) -> "Path":
        size = max(0, day - self.first + 1)
        listed = None if self.listed is None else self.listed[:size]
        return Path(
            first=self.first, prices=self.prices[:size], converted=self.converted[:size], listed=listed
        )


class Fire(NamedTuple):
    """A day on which a rule fires. `level` is what the price was held against, 0 where there is nothing."""

    day: int
    price: int
    before: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    fires: list[Fire]
    is_armed: bool
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Of each day: the level in the currency the rule speaks of, and what the price means for the rule."""

    level: Ints
    met: Flags
    arms: Flags


def judge(rule: Rule, path: Path, *, since: int) -> Judgement:
    """Every day after `since` up to the path's last on which the rule fires.

    The path has to reach back before `since` by the rule's days; what it lacks counts as unknown.
    """
    days = weighed(rule, path)
    start = since - path.first
    fires: list[Fire] = []
    armed, done = not _is_met(days, start), False
    counts = days.met & _moments(rule, path)
    for place in np.flatnonzero(counts | days.arms).tolist():
        if place <= start or done:
            continue
        if days.arms[place]:
            armed = True
        elif armed:
            fires.append(_fire(path, days, place))
            armed, done = False, not rule.rearms
    return Judgement(fires=fires, is_armed=armed and not done, is_done=done)


def judge_found(rule: Rule, path: Path, *, found: int | None) -> Judgement:
    """Fires on the first day with a price from the day `found` on, on which a search began to find the card;
    never without such a day. What costs less than the rule's least price does not count, whatever comes.
    """
    if found is None:
        return Judgement(fires=[], is_armed=False, is_done=True)
    priced = np.flatnonzero(path.prices)
    place = next((int(one) for one in priced if path.first + one >= found), None)
    if place is None:
        return Judgement(fires=[], is_armed=True, is_done=False)
    fire = Fire(path.first + place, int(path.prices[place]), int(path.prices[place - 1]) if place else 0, 0)
    is_dear = int(path.converted[place]) >= rule.least
    return Judgement(fires=[fire] if is_dear else [], is_armed=False, is_done=True)


def weighed(rule: Rule, path: Path) -> Days:
    """The rule held against each day of the path."""
    if rule.kind == "back":
        return _gaps(rule, path)
    prices = path.converted if rule.is_static else path.prices
    level = levels(rule, path)
    known = (prices > 0) & (level > 0)
    met, arms = _sides(rule, prices, level)
    dear = path.converted >= rule.least if rule.least else np.ones(len(prices), dtype=bool)
    return Days(level=level, met=known & met & dear, arms=known & arms)


def levels(rule: Rule, path: Path) -> Ints:
    """What a price is held against on each day, 0 where that is unknown: the threshold, the price so many
    days before, or the lowest or highest of so many days before.
    """
    if rule.is_static:
        return np.full(len(path.prices), rule.threshold, dtype=np.int64)
    if rule.kind in {"falls", "rises"}:
        return np.concatenate([np.zeros(rule.days, dtype=np.int64), path.prices])[: len(path.prices)]
    return _extremes(path.prices, days=rule.days, lowest=rule.kind == "low")


def mark(rule: Rule, path: Path) -> int:
    """The price that meets the rule on the path's last day, 0 where that is unknown."""
    level = int(levels(rule, path)[-1])
    if not level or rule.is_static:
        return level
    if rule.kind in {"falls", "rises"}:
        return _share(level, rule.percent, under=rule.kind == "falls")
    return level - 1 if rule.kind == "low" else level + 1


def back_mark(rule: Rule, path: Path) -> int:
    """The price at which a rule that is met already counts again, 0 where that is unknown."""
    level = int(levels(rule, path)[-1])
    if not level:
        return 0
    if rule.kind in {"falls", "rises"}:
        level = _share(level, rule.percent, under=rule.kind == "falls")
    if rule.kind in UNDER:
        return max(level + (rule.kind != "low"), -(-level * (WHOLE + rule.margin) // WHOLE))
    return min(level - (rule.kind != "high"), level * (WHOLE - rule.margin) // WHOLE)


def _share(level: int, percent: int, *, under: bool) -> int:
    """So many percent less, rounded down, or more, rounded up."""
    return level * (WHOLE - percent) // WHOLE if under else -(-level * (WHOLE + percent) // WHOLE)


def _sides(rule: Rule, prices: Ints, level: Ints) -> tuple[Flags, Flags]:
    """Where the price is across the level, and where it is back by the margin."""
    mark, scale = level, 1  # the price to reach is mark / scale
    if rule.kind in {"falls", "rises"}:
        share = WHOLE - rule.percent if rule.kind == "falls" else WHOLE + rule.percent
        mark, scale = level * share, WHOLE
    size = prices * scale
    strict = rule.kind in {"low", "high"}  # equal to the lowest is no new low
    if rule.kind in UNDER:
        met = size < mark if strict else size <= mark
        return met, ~met & (size * WHOLE >= mark * (WHOLE + rule.margin))
    met = size > mark if strict else size >= mark
    return met, ~met & (size * WHOLE <= mark * (WHOLE - rule.margin))


def _extremes(prices: Ints, *, days: int, lowest: bool) -> Ints:
    """The lowest or highest known price of the `days` days before each, 0 where none is known."""
    if not lowest:
        return _windowed(prices, days=days, extreme=np.maximum, unknown=0)
    unknown = np.iinfo(np.int64).max
    found = _windowed(np.where(prices > 0, prices, unknown), days=days, extreme=np.minimum, unknown=unknown)
    return np.where(found == unknown, 0, found)


def _windowed(prices: Ints, *, days: int, extreme: np.ufunc, unknown: int) -> Ints:
    """The extreme of the `days` values before each, in time that does not grow with `days`.

    Each window is the end of one block of that size and the start of the next (M. van Herk, "A fast algorithm
    for local minimum and maximum filters on rectangular and octagonal kernels", 1992).
    """
    size = len(prices)
    blocks = -(-(size + days) // days)
    padded = np.full(blocks * days, unknown, dtype=np.int64)
    padded[days : days + size] = prices
    rows = padded.reshape(blocks, days)
    starts = extreme.accumulate(rows, axis=1).ravel()
    ends = extreme.accumulate(rows[:, ::-1], axis=1)[:, ::-1].ravel()
    places = np.arange(size)
    found: Ints = extreme(ends[places], starts[places + days - 1])
    return found


def _gaps(rule: Rule, path: Path) -> Days:
    """Met on the day a price is listed again after `rule.days` or more days without."""
    listed = path.listed
    assert listed is not None, "a rule about gaps needs to know what was listed"
    places = np.arange(len(listed))
    last = np.maximum.accumulate(np.where(listed, places, -1))
    before = np.concatenate([np.array([-1]), last[:-1]])  # the last day with a price before each
    met = listed & (before >= 0) & (places - before > rule.days)
    dear = path.converted >= rule.least if rule.least else np.ones(len(listed), dtype=bool)
    return Days(level=np.zeros(len(listed), dtype=np.int64), met=met & dear, arms=~listed)


def _moments(rule: Rule, path: Path) -> Flags:
    """The days that count: on which the price differs from the day before, or is listed again."""
    if rule.kind == "back":
        return np.ones(len(path.prices), dtype=bool)
    before = np.concatenate([path.prices[:1], path.prices[:-1]])
    moments: Flags = path.prices != before
    return moments


def _is_met(days: Days, place: int) -> bool:
    return bool(0 <= place < len(days.met) and days.met[place])


def _fire(path: Path, days: Days, place: int) -> Fire:
    before = path.prices[place - 1] if place else 0
    return Fire(
        day=path.first + place,
        price=int(path.prices[place]),
        before=int(before),
        level=int(days.level[place]),
    )
