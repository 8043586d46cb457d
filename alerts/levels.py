"""Between which prices a rule sleeps: cautious levels, so that only what may matter is judged.

Whatever a price does, a rule that would fire on a day is woken by that day's price: it lies at or beyond a
firing level, or an earlier day's price or the passing of time led to other levels before. Pure functions;
`alerts/tests/test_levels.py` tries this against the exact rules on every kind of path.

A change in percent is held against the price some days before, which moves though the price itself does not.
The firing level is therefore that of the lowest (or highest) price the coming days can be held against, taken
a quarter of the way beyond the price of now: setting levels anew is cheap and nobody waits for it, so what
wakes a rule is three times as far as what moves its levels. A price that trembles does neither.
"""

from dataclasses import dataclass
from math import isqrt
from typing import Final

from alerts.rules import WHOLE, Ints, Judgement, Path, Rule

Factor = tuple[int, int]

LARGEST: Final = 2**31 - 1
BAND: Final = 10  # percent that an exchange rate may drift until levels of thresholds are set anew
SURE: Final = 4  # a look-back's lowest price is that of all but a quarter of its days


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """As in `alerts.models.Watch`, in minor units of the series' currency; `sure_until` is a day's number."""

    fire_down: int | None = None
    fire_up: int | None = None
    floor: int | None = None
    ceiling: int | None = None
    sure_until: int | None = None
    wakes_on_return: bool = False


ASLEEP: Final = Levels()
AWAKE: Final = Levels(fire_down=LARGEST, fire_up=0)


def of(rule: Rule, path: Path, judgement: Judgement, *, factor: Factor | None = None) -> Levels:
    """The levels after the last day of the path. `factor` is what one minor unit of the alert's currency is
    in the series', if that is another: as a fraction, (0, 1) while it is unknown.
    """
    if judgement.is_done:
        return ASLEEP
    if rule.kind == "back":
        return Levels(wakes_on_return=True)
    if rule.kind == "found":
        return AWAKE
    if rule.is_static:
        found = _of_threshold(rule, is_armed=judgement.is_armed, factor=factor)
    else:
        found = _of_change(rule, path) if rule.kind in {"falls", "rises"} else _of_extreme(rule, path)
    return _awake_beyond(found, price=int(path.prices[-1]) if len(path.prices) else 0)


def _awake_beyond(levels: Levels, *, price: int) -> Levels:
    """Already beyond a level, the next change may fire whichever way it goes: a cautious level is passed
    before the exact one is reached, and a rate that drifts reaches that without the price.
    """
    below = [level for level in (levels.fire_down, levels.floor) if level is not None]
    above = [level for level in (levels.fire_up, levels.ceiling) if level is not None]
    is_beyond = any(price <= level for level in below) or any(price >= level for level in above)
    return AWAKE if price and is_beyond else levels


def _of_threshold(rule: Rule, *, is_armed: bool, factor: Factor | None) -> Levels:
    if factor and not factor[0]:
        return AWAKE
    if rule.kind == "below":
        if is_armed:
            return Levels(fire_down=_at_most(rule.threshold, factor))
        back = max(rule.threshold + 1, -(-rule.threshold * (WHOLE + rule.margin) // WHOLE))
        return Levels(ceiling=_at_least(back, factor))
    if is_armed:
        return Levels(fire_up=_at_least(rule.threshold, factor))
    back = min(rule.threshold - 1, rule.threshold * (WHOLE - rule.margin) // WHOLE)
    return Levels(floor=_at_most(back, factor))


def _at_most(amount: int, factor: Factor | None) -> int:
    """The highest price that can be `amount` or less once it is converted and rounded, within the band."""
    if factor is None:
        return min(amount, LARGEST)
    over, under = factor
    return min((amount + 1) * over * (100 + BAND) // (under * 100) + 1, LARGEST)


def _at_least(amount: int, factor: Factor | None) -> int:
    """The lowest price that can be `amount` or more, likewise."""
    if factor is None:
        return min(amount, LARGEST)
    over, under = factor
    return min(max(amount - 1, 0) * over * 100 // (under * (100 + BAND)), LARGEST)


def _of_change(rule: Rule, path: Path) -> Levels:
    """The days to come are held against the prices of the last `rule.days` days, and then against theirs."""
    recent = _known(path.prices[-rule.days :])
    if not len(recent):
        return AWAKE
    price = int(path.prices[-1])
    if rule.kind == "rises":
        share = WHOLE + rule.percent
        lowest = max(1, min(int(recent.min()), _quarter(price, WHOLE, share) if price else LARGEST))
        return Levels(fire_up=min(-(-lowest * share // WHOLE), LARGEST), floor=lowest - 1)
    share = WHOLE - rule.percent
    highest = min(max(int(recent.max()), _quarter(price, WHOLE, share) + 1), LARGEST - 1)
    return Levels(fire_down=highest * share // WHOLE, ceiling=highest + 1)


def _quarter(price: int, over: int, under: int) -> int:
    """The price times the fourth root of a ratio, rounded down."""
    return isqrt(isqrt(price**4 * over // under))


def _of_extreme(rule: Rule, path: Path) -> Levels:
    """The lowest of a look-back rises as old prices leave it: it is looked at again before many have left."""
    ahead = max(1, rule.days // SURE)
    recent = _known(path.prices[-(rule.days + 1 - ahead) :])
    if not len(recent):
        return AWAKE
    sure_until = path.last + ahead
    if rule.kind == "low":
        return Levels(fire_down=int(recent.min()) - 1, sure_until=sure_until)
    return Levels(fire_up=int(recent.max()) + 1, sure_until=sure_until)


def _known(prices: Ints) -> Ints:
    return prices[prices > 0]
