"""What sales brought, after fees, against what the copies had cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from catalog import reads
from collections_app import portions
from collections_app.exchange import Exchange
from collections_app.models import Sale
from collections_app.paging import pages_of
from collections_app.pricetags import GRADING
from collections_app.rows import SaleRow
from pricing.queries import rows
from pricing.rates import rounded

# Days matter only where something is to be converted: without them, sales share a row.
SOLD = """
WITH taken AS (
    SELECT sale.currency, sale.unit_price, sale.fees, d.quantity, lot.unit_cost,
           sum(d.quantity) OVER (PARTITION BY sale.id) AS size, lot.currency AS cost_currency,
           CASE WHEN sale.currency = %(currency)s THEN NULL ELSE sale.sold_on END AS sold_on,
           CASE WHEN lot.currency = %(currency)s THEN NULL ELSE lot.acquired_on END AS paid_on
    FROM collections_app_sale sale
    JOIN collections_app_disposal d ON d.sale_id = sale.id
    JOIN collections_app_lot lot ON lot.id = d.lot_id
    WHERE sale.collection_id = ANY(%(collections)s)
)
SELECT currency, sold_on, cost_currency, paid_on, size::int, sum(quantity * unit_price)::numeric AS price,
       sum(quantity * fees)::numeric AS fees, sum(quantity * unit_cost)::numeric AS cost
FROM taken
GROUP BY currency, sold_on, cost_currency, paid_on, size, unit_price IS NULL, unit_cost IS NULL"""

TAKEN = f"""
WITH chosen AS (
    SELECT * FROM collections_app_sale WHERE collection_id = ANY(%(collections)s)
    ORDER BY sold_on DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
)
SELECT chosen.id, chosen.collection_id, chosen.sold_on, chosen.unit_price, chosen.fees, chosen.currency,
       chosen.notes, d.quantity, lot.unit_cost, lot.currency AS cost_currency, lot.acquired_on,
       {GRADING} AS grading, c.id AS card_id, c.slug, c.name, c.number, cs.name AS set_name, f.name AS finish
FROM chosen
JOIN collections_app_disposal d ON d.sale_id = chosen.id
JOIN collections_app_lot lot ON lot.id = d.lot_id
JOIN catalog_printing p ON p.id = lot.printing_id
JOIN catalog_finish f ON f.id = p.finish_id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id
ORDER BY chosen.sold_on DESC, chosen.id DESC, lot.id"""  # noqa: S608 -- built of our own constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """Disposals alike: of sales of `size` copies, on one day, of copies paid on one day.

    `price` and `fees` are sums over the copies; `fees` still has to be divided by `size`. A day is None
    where the amount is in the viewer's currency already; a sum is None where it is unknown.
    """

    currency: str
    sold_on: date | None
    cost_currency: str
    paid_on: date | None
    size: int
    price: int | None
    fees: int
    cost: int | None

    @property
    def currencies(self) -> tuple[str, str]:
        return self.currency, self.cost_currency


@dataclass(frozen=True, slots=True, kw_only=True)
class SalePage:
    rows: list[SaleRow]
    count: int
    page: int
    pages: int


def sold(collection_ids: Sequence[int], *, currency: str) -> list[Sold]:
    """Everything sold, to be valued in `currency`; one statement."""
    with reads.cursor() as cursor:
        cursor.execute(SOLD, {"collections": list(collection_ids), "currency": currency})
        return [
            Sold(
                currency=sale_currency,
                sold_on=sold_on,
                cost_currency=cost_currency,
                paid_on=paid_on,
                size=size,
                price=None if price is None else int(price),
                fees=int(fees),
                cost=None if cost is None else int(cost),
            )
            for sale_currency, sold_on, cost_currency, paid_on, size, price, fees, cost in cursor.fetchall()
        ]


def days(found: Iterable[Sold]) -> list[date]:
    """On which rates are needed."""
    return [day for one in found for day in (one.sold_on, one.paid_on) if day]


def gained(found: Sequence[Sold], *, exchange: Exchange) -> Fraction | None:
    """The gain of all sales whose price and cost are known; None when there are sales, but none of them."""
    known = [one for one in (parts(sale, exchange=exchange) for sale in found) if one]
    if found and not known:
        return None
    return portions.total(amount for one in known for amount in one)


def parts(one: Sold, *, exchange: Exchange) -> list[tuple[int, Fraction]]:
    """Amounts and factors that sum to the gain; none where price, cost or a rate is unknown."""
    today = date.max  # of no account where nothing is converted
    income = exchange.factor(one.currency, day=one.sold_on or today)
    paid = exchange.factor(one.cost_currency, day=one.paid_on or today)
    if one.price is None or one.cost is None or income is None or paid is None:
        return []
    return [(one.price, income), (-one.fees, income / one.size), (-one.cost, paid)]


def realised(collection_ids: Sequence[int], *, currency: str) -> int | None:
    """The gain of all sales, 0 without any, None when all are of unknown gain; two statements."""
    found = sold(collection_ids, currency=currency)
    currencies = {code for one in found for code in one.currencies}
    exchange = Exchange.load(currency, sources=currencies, since=min(days(found), default=None))
    gain = gained(found, exchange=exchange)
    return None if gain is None else rounded(gain)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    id: int
    collection_id: int
    sold_on: date
    unit_price: int | None
    fees: int
    currency: str
    notes: str
    quantity: int
    unit_cost: int | None
    cost_currency: str
    acquired_on: date
    grading: str
    card_id: int
    slug: str
    name: str
    number: str
    set_name: str
    finish: str


def sales(collection_ids: Sequence[int], *, currency: str, page: int = 1, per_page: int = 50) -> SalePage:
    """The sales, the newest first; three statements. A page behind the last is the last."""
    count = Sale.objects.filter(collection_id__in=collection_ids).count()
    at = pages_of(count, page=page, per_page=per_page)
    found = rows(_Taken, TAKEN, {"collections": list(collection_ids), "limit": per_page, "offset": at.offset})
    needed = [day for one in found for day in (one.sold_on, one.acquired_on)]
    currencies = {code for one in found for code in (one.currency, one.cost_currency)}
    exchange = Exchange.load(currency, sources=currencies, since=min(needed, default=None))
    grouped = [list(group) for _, group in groupby(found, key=lambda one: one.id)]
    listed = [_row(group, exchange=exchange) for group in grouped]
    return SalePage(rows=listed, count=count, page=at.page, pages=at.pages)


def _row(taken: list[_Taken], *, exchange: Exchange) -> SaleRow:
    first = taken[0]
    quantity = sum(one.quantity for one in taken)
    proceeds, gain = _proceeds(first, quantity=quantity, exchange=exchange), _gain(taken, exchange=exchange)
    return SaleRow(
        id=first.id,
        collection_id=first.collection_id,
        sold_on=first.sold_on,
        quantity=quantity,
        card_id=first.card_id,
        slug=first.slug,
        name=first.name,
        number=first.number,
        set_name=first.set_name,
        finish=first.finish,
        grading=first.grading,
        unit_price=first.unit_price,
        fees=first.fees,
        sale_currency=first.currency,
        notes=first.notes,
        currency=exchange.target,
        proceeds=None if proceeds is None else rounded(proceeds),
        gain=None if gain is None else rounded(gain),
    )


def _proceeds(sale: _Taken, *, quantity: int, exchange: Exchange) -> Fraction | None:
    """What was received, after fees."""
    factor = exchange.factor(sale.currency, day=sale.sold_on)
    if sale.unit_price is None or factor is None:
        return None
    return (quantity * sale.unit_price - sale.fees) * factor


def _gain(taken: list[_Taken], *, exchange: Exchange) -> Fraction | None:
    proceeds = _proceeds(taken[0], quantity=sum(one.quantity for one in taken), exchange=exchange)
    if proceeds is None:
        return None
    costs: list[tuple[int, Fraction]] = []
    for one in taken:
        factor = exchange.factor(one.cost_currency, day=one.acquired_on)
        if one.unit_cost is None or factor is None:
            return None
        costs.append((one.quantity * one.unit_cost, factor))
    return proceeds - portions.total(costs)
