"""When a rule fires, worked out slowly: a day at a time, with exact fractions and no array.

Written from the description of the rules, not from their code: the fast ones are held against this.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from alerts.rules import Rule

Prices = Mapping[int, int]  # day to minor units; a day without an entry is unknown


def fires(  # noqa: C901 -- all of it in one place, to be read beside the rules
    rule: Rule,
    prices: Prices,
    *,
    since: int,
    until: int,
    converted: Callable[[int, int], int] = lambda price, _day: price,
    listed: frozenset[int] = frozenset(),
) -> list[int]:
    """`converted` gives a day's price in the alert's currency; `listed` are days with one at the source."""

    def price(day: int) -> int:
        return prices.get(day, 0)

    def local(day: int) -> int:
        return converted(price(day), day) if price(day) else 0

    def level(day: int) -> Fraction | None:
        if rule.kind in {"below", "above"}:
            return Fraction(rule.threshold)
        if rule.kind in {"falls", "rises"}:
            base = price(day - rule.days)
            part = Fraction(rule.percent, 10_000)
            return base * (1 - part if rule.kind == "falls" else 1 + part) if base else None
        before = [price(day - back) for back in range(1, rule.days + 1) if price(day - back)]
        if not before:
            return None
        return Fraction(min(before) if rule.kind == "low" else max(before))

    def is_met(day: int) -> bool:
        if rule.least and local(day) < rule.least:
            return False
        if rule.kind == "back":
            earlier = [one for one in listed if one < day]
            return day in listed and bool(earlier) and day - max(earlier) > rule.days
        here, mark = compared(day), level(day)
        if not here or mark is None:
            return False
        return {
            "below": here <= mark,
            "falls": here <= mark,
            "low": here < mark,
            "above": here >= mark,
            "rises": here >= mark,
            "high": here > mark,
        }[rule.kind]

    def compared(day: int) -> int:
        return local(day) if rule.kind in {"below", "above"} else price(day)

    def is_back(day: int) -> bool:
        if rule.kind == "back":
            return day not in listed
        here, mark = compared(day), level(day)
        if not here or mark is None or crossed(day):
            return False
        part = Fraction(rule.margin, 10_000)
        if rule.kind in {"below", "falls", "low"}:
            return here >= mark * (1 + part)
        return here <= mark * (1 - part)

    def crossed(day: int) -> bool:
        """As met, whatever the card is worth."""
        here, mark = compared(day), level(day)
        assert mark is not None
        sides = {"below": here <= mark, "falls": here <= mark, "low": here < mark}
        sides |= {"above": here >= mark, "rises": here >= mark, "high": here > mark}
        return sides[rule.kind]

    found: list[int] = []
    armed = not is_met(since)
    for day in range(since + 1, until + 1):
        if is_back(day):
            armed = True
        counts = rule.kind == "back" or price(day) != price(day - 1)
        if armed and counts and is_met(day):
            found.append(day)
            armed = False
            if not rule.rearms:
                break
    return found
