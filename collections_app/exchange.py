"""What amounts are worth in the one currency that a page or a snapshot is in."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pricing.rates import Rates


class Exchange:
    """Factors into one currency, each worked out once however many lots ask for it."""

    def __init__(self, target: str, *, rates: Rates) -> None:
        self.target = target
        self._rates = rates
        self._known: dict[tuple[str, date], Fraction | None] = {}

    @classmethod
    def load(cls, target: str, *, sources: Iterable[str], since: date | None = None) -> "Exchange":
        """For days from `since` on, or for today alone; one statement, none when nothing is converted."""
        return cls(target, rates=Rates.load({target, *sources}, since=since))

    def factor(self, source: str, *, day: date) -> Fraction | None:
        """Minor units of the target for one of the source, None where no rate is known by that day."""
        key = (source, day)
        if key not in self._known:
            self._known[key] = self._rates.factor(source, self.target, day=day)
        return self._known[key]

    def amount(self, amount: Decimal | int | None, source: str, *, day: date) -> tuple[int, Fraction] | None:
        """A whole amount and its factor; None where either is unknown."""
        if amount is None or (factor := self.factor(source, day=day)) is None:
            return None
        return int(amount), factor

    def as_of(self, sources: Iterable[str], *, day: date) -> date | None:
        """The day of the oldest rate used to convert these on `day`; None when nothing is converted."""
        foreign = {source for source in sources if source != self.target}
        return self._rates.as_of(self.target, *foreign, day=day) if foreign else None
