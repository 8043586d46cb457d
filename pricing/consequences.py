"""What another price would bring about, told before it is recorded: each app above speaks for its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from pricing.models import PriceSeries


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From `day` on, until the day `until` (None: until now), the market price would be `now`, not `was`.

    In minor units of the series' currency, None for unknown.
    """

    series: PriceSeries
    day: date
    was: int | None
    now: int | None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """`count` of what is affected, and the whole of it in a sentence."""

    name: str
    count: int
    said: str


Estimate = Callable[[Move], Consequence]
_estimates: Final[dict[str, Estimate]] = {}


def register(name: str, estimate: Estimate) -> None:
    """Adds what another app has to say; the name is its own, so registering twice is once."""
    _estimates[name] = estimate


def of(move: Move) -> list[Consequence]:
    """What each app says, in the order of their names; a fixed number of statements for each. Reads only."""
    return [_estimates[name](move) for name in sorted(_estimates)]
