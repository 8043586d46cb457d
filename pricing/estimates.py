"""What single sightings say together: a robust estimate, and a day's prices made of them.

The estimate is the median of what is left when prices far from it are taken out: those more than 3.5
robust deviations away in the logarithm (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993, the
modified z-score), and never those within a fifth, however closely the others agree.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from django.db.models import QuerySet

from catalog.models import Game
from integrations.quotes import GroupEntry, ProductEntry, Quote
from pricing.models import Sighting, Source

FEWEST = 3  # sightings that make an estimate
ENOUGH = 8  # of the last month; fewer, and the whole window counts
MONTH, WINDOW = timedelta(days=30), timedelta(days=90)
OFFERED = timedelta(days=2)
FARTHEST = 3.5
TO_SIGMA = 0.6745  # the median absolute deviation of a normal distribution with deviation 1
NEAR = math.log(1.2)
PLAIN = ("", "NM", "LP")  # what counts for the price without a condition
GROUP = GroupEntry(external_id="sightings", name="Sightings", code="", released_on=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """`amount` in minor units; `kept` are the places of the amounts it rests on."""

    amount: int
    kept: tuple[int, ...]


def estimate(amounts: Sequence[int]) -> Estimate | None:
    """Of positive amounts; None of fewer than FEWEST, before or after the outliers are taken out."""
    if len(amounts) < FEWEST:
        return None
    logs = [math.log(amount) for amount in amounts]
    middle = median(logs)
    spread = median(abs(value - middle) for value in logs)
    limit = max(FARTHEST * spread / TO_SIGMA, NEAR)
    kept = tuple(place for place, value in enumerate(logs) if abs(value - middle) <= limit)
    if len(kept) < FEWEST:
        return None
    return Estimate(amount=_middle([amounts[place] for place in kept]), kept=kept)


def _middle(amounts: Sequence[int]) -> int:
    """The median; between two amounts the half is rounded up."""
    ordered, half = sorted(amounts), len(amounts) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half] + 1) // 2


class Line(NamedTuple):
    """What has an estimate of its own: a card in a finish, plain or in a condition or grade."""

    card: int
    finish: str
    condition: str
    grade: str


class Counted(NamedTuple):
    size: int
    left_out: int


class Estimates:
    """A Capture of the estimates of one game on one day; a product's id is that of our card.

    `samples` says, once the quotes were read, how many sightings each rests on.
    """

    def __init__(self, source: Source, *, game: Game, day: date, is_sold: bool) -> None:
        self.day = day
        self.samples: dict[Line, Counted] = {}
        self._source, self._game, self._is_sold = source, game, is_sold

    def groups(self) -> list[GroupEntry]:
        return [GROUP]

    def products(self, group: GroupEntry) -> list[ProductEntry]:  # noqa: ARG002 -- the cards are ours
        return []

    def quotes(self, group: GroupEntry) -> list[Quote]:  # noqa: ARG002
        lines = self._lines()
        return [quote for line, seen in sorted(lines.items()) if (quote := self._quote(line, seen))]

    def cards(self) -> list[int]:
        """The cards that were sighted."""
        return sorted(set(self._sightings().values_list("printing__card_id", flat=True)))

    def _sightings(self) -> QuerySet[Sighting]:
        window = WINDOW if self._is_sold else OFFERED
        return Sighting.objects.filter(
            source=self._source,
            printing__card__game=self._game,
            currency=self._source.currency,
            left_out="",
            day__gt=self.day - window,
            day__lte=self.day,
        )

    def _lines(self) -> dict[Line, list[tuple[date, int]]]:
        rows = self._sightings().order_by("pk")
        columns = ("printing__card_id", "printing__finish__name", "condition", "grade", "day", "price")
        found: dict[Line, list[tuple[date, int]]] = defaultdict(list)
        for card, finish, condition, grade, day, price in rows.values_list(*columns):
            for line in _lines_of(card, finish, condition, grade):
                found[line].append((day, price))
        return found

    def _quote(self, line: Line, seen: list[tuple[date, int]]) -> Quote | None:
        counted = _counted(seen, day=self.day)
        made = estimate(counted)
        if made is None:
            return None
        self.samples[line] = Counted(len(made.kept), len(counted) - len(made.kept))
        return Quote(
            product_id=str(line.card),
            finish=line.finish,
            currency=self._source.currency,
            market=made.amount,
            low=min(counted[place] for place in made.kept),
            mid=None,
            high=None,
            direct_low=None,
            condition=line.condition,
            grade=line.grade,
        )


def _lines_of(card: int, finish: str, condition: str, grade: str) -> Iterable[Line]:
    if grade or condition:
        yield Line(card, finish, "" if grade else condition, grade)
    if not grade and condition in PLAIN:
        yield Line(card, finish, "", "")


def _counted(seen: Sequence[tuple[date, int]], *, day: date) -> list[int]:
    """The last month's prices where they are enough, else the whole window's."""
    month = [price for seen_on, price in seen if seen_on > day - MONTH]
    return month if len(month) >= ENOUGH else [price for _, price in seen]
