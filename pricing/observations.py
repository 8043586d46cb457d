"""What sources say of one printing, as `pricing.blending` takes it, and why one of them has no part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

WINDOW: Final = 30  # days before a price that make its usual level


class Reason(StrEnum):
    """Why a source has no part in a blend."""

    DEMO = "demo"
    TERMS = "terms"
    UNKNOWN = "unknown"
    UNCONVERTED = "unconverted"
    SAME = "same"
    FAR = "far"
    STALE = "stale"
    NEW = "new"
    OUTLIER = "outlier"
    STILL = "still"
    MOVED = "moved"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A day before: `amount` in minor units of the source's currency, `value` in those of the blend's."""

    day: date
    amount: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one source says of a printing. `value` is `amount` at the rate of `day`, None without a rate.

    `history` holds the known prices of the WINDOW days before the blend's, oldest first, up to the day before
    `day`; it is empty where the terms of the source let us keep none.
    """

    source: str
    name: str
    origin: str = ""
    rank: int = 100
    is_blended: bool = True
    keeps_history: bool = True
    is_demo: bool = False
    is_stale: bool = False
    day: date | None
    amount: int | None
    value: Fraction | None
    history: Sequence[Past] = field(default=(), repr=False)

    @property
    def lineage(self) -> str:
        """The market whose prices these are."""
        return self.origin or self.source

    @property
    def still_days(self) -> int:
        """For how many of the days before it has said the same."""
        moved = (ago for ago, past in enumerate(reversed(self.history)) if past.amount != self.amount)
        return next(moved, len(self.history))

    @property
    def order(self) -> tuple[int, str]:
        """The best-ranked first."""
        return self.rank, self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    source: str
    name: str
    reason: Reason
    why: str


def left_out(said: Observation, reason: Reason, why: str) -> LeftOut:
    return LeftOut(source=said.source, name=said.name, reason=reason, why=why)


@dataclass(frozen=True, slots=True)
class Level:
    """Where a source usually stands: the difference of logarithms to the anchor. `weight` grows with the days
    on which that was seen.
    """

    offset: float
    weight: int


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A source that may be heard today: `x` is the logarithm of its price, `past` of the days before."""

    said: Observation
    x: float
    past: Mapping[date, float]
    level: Level | None = None

    @property
    def offset(self) -> float:
        return self.level.offset if self.level else 0.0

    @property
    def y(self) -> float:
        """What it says today at the anchor's level."""
        return self.x - self.offset


Voices = list[Voice]
