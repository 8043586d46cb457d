"""Rules in words, the same in pages, messages and the API. Pure."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

from alerts.models import LONGEST_LOOK_BACK
from alerts.rules import Rule
from pricing.formats import money

YEARS: Final = {365: "a year", 730: "two years", 1825: "five years"}


def rule(facts: Any) -> str:
    """What an alert, or whatever has the facts of one, waits for: “falls to $10.00 or below”."""
    spoken: dict[str, Callable[[], str]] = {
        "below": lambda: f"falls to {money(facts.threshold, facts.currency)} or below",
        "above": lambda: f"rises to {money(facts.threshold, facts.currency)} or above",
        "falls": lambda: f"loses {plain(facts.percent)} % within {days(facts.days)}",
        "rises": lambda: f"gains {plain(facts.percent)} % within {days(facts.days)}",
        "low": lambda: f"is lower than ever {look_back(facts.days)}",
        "high": lambda: f"is higher than ever {look_back(facts.days)}",
        "back": lambda: f"has a price again after {days(facts.days)} or more without",
        "found": lambda: "is newly found",
    }
    least = f", at {money(facts.least, facts.currency)} or more" if facts.least else ""
    return f"{spoken[facts.kind]()}{least}"


def of(judged: Rule, *, currency: str) -> str:
    """The same of a rule as it is judged."""
    percent = Decimal(judged.percent) / 100
    return rule(
        SimpleNamespace(
            kind=judged.kind,
            threshold=judged.threshold,
            percent=percent,
            days=judged.days,
            least=judged.least,
            currency=currency,
        )
    )


def manner(facts: Any) -> str:
    """How often it counts: “once”, or when again."""
    if not facts.rearms:
        return "once"
    if not facts.margin or facts.kind in {"back", "found"}:
        return "each time"
    return f"each time, once the price was back across by {plain(facts.margin)} %"


def days(count: int) -> str:
    return "a day" if count == 1 else f"{count} days"


def look_back(count: int) -> str:
    if count >= LONGEST_LOOK_BACK:
        return "before"
    return f"in {YEARS.get(count, days(count))}"


def plain(number: Decimal) -> str:
    """Without the zeros behind the point that say nothing: 12.50 is 12.5."""
    return f"{number.normalize():f}"
