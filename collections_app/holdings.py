"""What was held when, and what it was worth: lots and what was sold of them as arrays.

The past follows from the lots and sales as they are now: copies of a lot are held from the day they were
acquired until the day they were sold, at what `Lot.series` cost on each day, times `Lot.percent`. A day is
its number (pricing.steps).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from catalog import reads
from collections_app.lots import today
from pricing.steps import Steps, number

Ints = NDArray[np.int64]
NEVER: Final = 2**20  # a day behind all others

# Each row some copies that came together and are still held, or left together.
COPIES = """
SELECT lot.collection_id, coalesce(lot.series_id, 0), coalesce(s.currency, ''), (lot.percent * 100)::int,
       lot.acquired_on, NULL::date, lot.quantity, lot.unit_cost, lot.currency,
       NULL::bigint, NULL::bigint, NULL::int, NULL::varchar
FROM collections_app_lot lot LEFT JOIN pricing_priceseries s ON s.id = lot.series_id
WHERE lot.collection_id = ANY(%(collections)s) AND lot.quantity > 0
UNION ALL
SELECT lot.collection_id, coalesce(lot.series_id, 0), coalesce(s.currency, ''), (lot.percent * 100)::int,
       lot.acquired_on, sale.sold_on, d.quantity, lot.unit_cost, lot.currency,
       sale.unit_price, sale.fees, (sum(d.quantity) OVER (PARTITION BY sale.id))::int, sale.currency
FROM collections_app_disposal d
JOIN collections_app_sale sale ON sale.id = d.sale_id
JOIN collections_app_lot lot ON lot.id = d.lot_id
LEFT JOIN pricing_priceseries s ON s.id = lot.series_id
WHERE lot.collection_id = ANY(%(collections)s)"""


class Paid(NamedTuple):
    """What some copies cost, and what they brought if they left in a sale, which was of `size` copies."""

    acquired_on: date
    sold_on: date | None
    quantity: int
    unit_cost: int | None
    currency: str
    unit_price: int | None
    fees: int | None
    size: int | None
    sale_currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """Row i of each array is of the same copies; `left` is NEVER for what is held still.

    `currencies[currency[i]]` is that of the price, "" without one; `percent` is in hundredths.
    """

    collection: Ints
    series: Ints
    currencies: list[str]
    currency: Ints
    percent: Ints
    acquired: Ints
    left: Ints
    quantity: Ints
    paid: list[Paid]

    @classmethod
    def load(cls, collection_ids: Sequence[int]) -> "Holdings":
        """One statement."""
        with reads.cursor() as cursor:
            cursor.execute(COPIES, {"collections": list(collection_ids)})
            rows = cursor.fetchall()
        currencies = sorted({row[2] for row in rows})
        places = {currency: place for place, currency in enumerate(currencies)}
        columns = np.array(
            [(row[0], row[1], places[row[2]], row[3], _day(row[4]), _day(row[5]), row[6]) for row in rows],
            dtype=np.int64,
        ).reshape(-1, 7)
        collection, series, currency, percent, acquired, left, quantity = columns.T.copy()
        return cls(
            collection=collection,
            series=series,
            currencies=currencies,
            currency=currency,
            percent=percent,
            acquired=acquired,
            left=left,
            quantity=quantity,
            paid=[Paid(*row[4:]) for row in rows],
        )

    def as_of_now(self) -> "Holdings":
        """What is dated in the future counts as of today, as it does in `valuation`."""
        last = number(today())
        left = np.where(self.left == NEVER, NEVER, np.minimum(self.left, last))
        return replace(self, acquired=np.minimum(self.acquired, last), left=left)

    def during(self, since: int, until: int) -> "Holdings":
        """What was held at the end of the one day, or came until the end of the other."""
        where = np.flatnonzero((self.left > since) & (self.acquired <= until))
        names = ("collection", "series", "currency", "percent", "acquired", "left", "quantity")
        chosen = {name: getattr(self, name)[where] for name in names}
        return replace(self, **chosen, paid=[self.paid[place] for place in where.tolist()])


def _day(day: date | None) -> int:
    return NEVER if day is None else number(day)


def unit_prices(steps: Steps, *, series: Ints, percent: Ints, days: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """What one copy costs, in minor units of its price's currency rounded half up, and whether that is known.

    A known price may still round to 0.
    """
    market = steps.at(series, days)
    return (2 * market * percent + 10_000) // 20_000, market > 0
