"""Prices of many series as the paths that rules are judged on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from alerts.rules import Ints, Path
from pricing.rates import Rates
from pricing.steps import Steps, Supposed, dated


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The prices of one series on the days from `first` to `last`, and what they were in another currency.

    `converted_from` is the first day whose converted price is needed; None: none is.
    """

    series: int
    currency: str
    into: str
    first: int
    last: int
    converted_from: int | None = None

    @property
    def is_foreign(self) -> bool:
        return self.converted_from is not None and self.currency != self.into


def load(wanted: Sequence[Wanted], *, supposed: Supposed | None = None) -> list[Path]:
    """A path for each; two statements for all prices and one for all rates, however many there are."""
    if not wanted:
        return []
    steps = Steps.load({one.series for one in wanted}, since=dated(min(one.first for one in wanted)))
    if supposed:
        steps = steps.supposing(supposed)
    exchange = _Exchange.load(one for one in wanted if one.is_foreign)
    return [_path(one, steps=steps, exchange=exchange) for one in wanted]


def _path(wanted: Wanted, *, steps: Steps, exchange: "_Exchange") -> Path:
    days = np.arange(wanted.first, wanted.last + 1, dtype=np.int64)
    prices = steps.at(np.full(len(days), wanted.series, dtype=np.int64), days)
    converted = exchange.converted(prices, wanted=wanted) if wanted.is_foreign else prices
    return Path(first=wanted.first, prices=prices, converted=converted)


class _Exchange:
    """Rates of each day as whole numbers: a price is multiplied by one and divided by the other."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._factors: dict[tuple[str, str, int], tuple[int, int]] = {}

    @classmethod
    def load(cls, wanted: Iterable[Wanted]) -> "_Exchange":
        foreign = list(wanted)
        currencies = {currency for one in foreign for currency in (one.currency, one.into)}
        since = min((one.converted_from or 0 for one in foreign), default=0)
        return cls(Rates.load(currencies, since=dated(since)))

    def converted(self, prices: Ints, *, wanted: Wanted) -> Ints:
        """Rounded half up to minor units, as they are shown; 0 where price or rate is unknown."""
        found = np.zeros(len(prices), dtype=np.int64)
        start = max(0, (wanted.converted_from or 0) - wanted.first)
        for place, price in enumerate(prices[start:].tolist(), start=start):
            over, under = self._factor(wanted.currency, wanted.into, wanted.first + place)
            found[place] = (2 * price * over + under) // (2 * under)
        return found

    def _factor(self, source: str, target: str, day: int) -> tuple[int, int]:
        key = (source, target, day)
        if key not in self._factors:
            factor = self._rates.factor(source, target, day=dated(day))
            self._factors[key] = (factor.numerator, factor.denominator) if factor else (0, 1)
        return self._factors[key]


def factor(source: str, target: str, *, day: date) -> tuple[int, int]:
    """One minor unit of `source` in those of `target` as a fraction; (0, 1) while no rate is known."""
    found = Rates.load({source, target}).factor(source, target, day=day)
    return (found.numerator, found.denominator) if found else (0, 1)
