"""The ledger again, as slow and plain as it can be said: what the real one must agree with."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from pricing.tests.market import Amounts, Product

Charted = tuple[int | None, int | None, int | None]


@dataclass(kw_only=True)
class Known:
    """What is known of one product in one finish. `changes` holds market, low, mid by day."""

    amounts: Amounts
    changed_on: date
    previous_market: int | None = None
    missing_since: date | None = None
    changes: dict[date, Charted] = field(default_factory=dict)
    before_change: dict[date, int | None] = field(default_factory=dict)

    def market_on(self, day: date) -> int | None:
        earlier = [changed for changed in self.changes if changed <= day]
        return self.changes[max(earlier)][0] if earlier else None


@dataclass(kw_only=True)
class Reference:
    products: dict[Product, Known] = field(default_factory=dict)
    vectors: dict[date, dict[Product, int]] = field(default_factory=dict)
    doubts: set[tuple[Product, str]] = field(default_factory=set)
    today: date = date.min

    def bring(self, day: date, rows: Iterable[tuple[Product, Amounts]]) -> int:
        """The rows as listed, a product perhaps twice; how many changes were written."""
        listed: dict[Product, Amounts] = {}
        for product, amounts in rows:
            if any(amount is not None and amount < 0 for amount in amounts):
                self.doubts.add((product, "negative"))
            else:
                listed[product] = amounts
        for product in [product for product in listed if self._has_jumped(product, listed[product][0])]:
            self.doubts.add((product, "jump"))
            del listed[product]
        self.today = day
        self.vectors[day] = {product: amounts[0] or 0 for product, amounts in listed.items()}
        for product, known in self.products.items():
            if product not in listed and known.missing_since is None:
                known.missing_since = day
        return sum([self._move(product, amounts, day=day) for product, amounts in listed.items()])

    def _has_jumped(self, product: Product, market: int | None) -> bool:
        known = self.products.get(product)
        if known is None or known.amounts[0] is None or market is None:
            return False
        ratio = Fraction(market, known.amounts[0])
        return ratio > 10 or ratio < Fraction(1, 10)

    def _move(self, product: Product, amounts: Amounts, *, day: date) -> bool:
        known = self.products.get(product)
        if known is None:
            known = self.products[product] = Known(amounts=amounts, changed_on=day)
            known.changes[day], known.before_change[day] = _charted(amounts), None
            return True
        before, known.amounts, known.missing_since = known.amounts, amounts, None
        if _charted(before) == _charted(amounts):
            return False
        known.before_change.setdefault(day, before[0])
        known.changes[day], known.changed_on = _charted(amounts), day
        if before[0] != amounts[0]:
            known.previous_market = known.before_change[day]
        return True

    def change(self, product: Product, *, days: int) -> Decimal | None:
        """Percent since that many days ago, in exact arithmetic."""
        known = self.products[product]
        old, new = known.market_on(self.today - timedelta(days=days)), known.amounts[0]
        if old is None or new is None:
            return None
        exact = Fraction(100 * (new - old), old)
        return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _charted(amounts: Amounts) -> Charted:
    market, low, mid, *_ = amounts
    return market, low, mid
