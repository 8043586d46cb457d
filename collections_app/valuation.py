"""What lots are worth now: sums and shares of the whole. Lists are read from here, too.

All amounts are summed exactly, with the rates of the day, and rounded once. Copies of which the price, or
the rate of its currency, is unknown count as missing; the same goes for costs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from collections_app import gains, portions
from collections_app.contributions import best_and_worst
from collections_app.exchange import Exchange
from collections_app.listing import SORTS, LotPage, lot_row, lot_rows
from collections_app.lots import today
from collections_app.models import RAW_CONDITIONS
from collections_app.pricetags import GRADING, IS_STALE, PRICED, UNIT, clock
from collections_app.rows import Allocation, Share, Totals
from pricing.queries import DAYS, rows
from pricing.rates import rounded

__all__ = ["SORTS", "LotPage", "allocation", "best_and_worst", "lot_row", "lot_rows", "totals"]

# Lots with the same currencies and days share a row: days matter only where a cost is to be converted.
HELD = f"""
WITH {DAYS}, held AS (
    SELECT lot.quantity, {UNIT} AS price, s.currency AS price_currency, {IS_STALE} AS is_stale,
           lot.unit_cost, lot.currency AS cost_currency,
           CASE WHEN lot.currency = %(currency)s OR lot.unit_cost IS NULL THEN NULL
                ELSE lot.acquired_on END AS paid_on
    FROM collections_app_lot lot {PRICED}
    WHERE lot.collection_id = ANY(%(collections)s) AND lot.quantity > 0
)
SELECT price_currency, is_stale, cost_currency, paid_on,
       count(*)::int AS lots, sum(quantity)::int AS quantity,
       sum(quantity * price)::numeric AS value, sum(quantity * unit_cost)::numeric AS cost
FROM held GROUP BY price_currency, is_stale, cost_currency, paid_on, price IS NULL, unit_cost IS NULL"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """Lots alike. `value` and `cost` are sums in their own currencies."""

    price_currency: str | None
    is_stale: bool
    cost_currency: str
    paid_on: date | None
    lots: int
    quantity: int
    value: Decimal | None
    cost: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worth:
    """The same in the viewer's currency: an amount and its factor, None where unknown."""

    held: _Held
    value: tuple[int, Fraction] | None
    cost: tuple[int, Fraction] | None


def totals(collection_ids: Sequence[int], *, currency: str) -> Totals:
    """Three statements: lots, sales and rates; without rates where nothing is to be converted."""
    ids = list(collection_ids)
    held = rows(_Held, HELD, {"collections": ids, "currency": currency, "now": clock()})
    sold = gains.sold(ids, currency=currency)
    priced_in = {one.price_currency for one in held if one.value is not None and one.price_currency}
    paid_in = {one.cost_currency for one in held} | {code for one in sold for code in one.currencies}
    since = min([*(one.paid_on for one in held if one.paid_on), *gains.days(sold)], default=None)
    exchange = Exchange.load(currency, sources=priced_in | paid_in, since=since)
    gained = gains.gained(sold, exchange=exchange)
    return _totals(
        [_worth(one, exchange=exchange) for one in held],
        currency=currency,
        realised=None if gained is None else rounded(gained),
        rates_on=exchange.as_of(priced_in, day=today()),
    )


def _worth(held: _Held, *, exchange: Exchange) -> _Worth:
    now = today()
    value = exchange.amount(held.value, held.price_currency or "", day=now)
    cost = exchange.amount(held.cost, held.cost_currency, day=held.paid_on or now)
    return _Worth(held=held, value=value, cost=cost)


def _totals(worth: list[_Worth], *, currency: str, realised: int | None, rates_on: date | None) -> Totals:
    quantity = _copies(worth)
    unpriced = [one for one in worth if one.value is None]
    costless = _copies(one for one in worth if one.cost is None)
    value = _sum(one.value for one in worth)
    stale = _sum(one.value for one in worth if one.held.is_stale)
    unrealised, percent = _unrealised([one for one in worth if one.value and one.cost])
    return Totals(
        currency=currency,
        lots=sum(one.held.lots for one in worth),
        quantity=quantity,
        value=value,
        fresh=value - stale,
        stale=stale,
        missing=_copies(unpriced),
        missing_cost=_sum(one.cost for one in unpriced),
        is_open=any(one.cost is None for one in unpriced),
        cost=None if quantity and costless == quantity else _sum(one.cost for one in worth),
        costless=costless,
        unrealised=unrealised,
        unrealised_percent=percent,
        realised=realised,
        rates_on=rates_on,
        rates_are_carried=bool(rates_on and rates_on < today()),
    )


def _copies(worth: Iterable[_Worth]) -> int:
    return sum(one.held.quantity for one in worth)


def _sum(amounts: Iterable[tuple[int, Fraction] | None]) -> int:
    return rounded(portions.total(amount for amount in amounts if amount))


def _unrealised(worth: list[_Worth]) -> tuple[int | None, Decimal | None]:
    """The gain of copies with both a price and a cost, and in percent of that cost."""
    if not worth:
        return None, None
    value = portions.total(one.value for one in worth if one.value)
    cost = portions.total(one.cost for one in worth if one.cost)
    return rounded(value - cost), portions.percent(value - cost, cost)


SHARES = f"""
SELECT CASE WHEN grouping(g.slug, cs.slug) = 0 THEN 'set' WHEN grouping(g.slug) = 0 THEN 'game'
            WHEN grouping(r.name) = 0 THEN 'rarity' ELSE 'condition' END AS part,
       g.slug AS game_slug, g.name AS game_name, cs.slug AS set_slug, cs.name AS set_name,
       coalesce(r.name, '') AS rarity, {GRADING} AS grading, s.currency, sum(lot.quantity)::int AS quantity,
       sum(lot.quantity * {UNIT})::numeric AS value
FROM collections_app_lot lot
JOIN catalog_printing p ON p.id = lot.printing_id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id
JOIN catalog_game g ON g.id = c.game_id
LEFT JOIN catalog_rarity r ON r.id = c.rarity_id
LEFT JOIN pricing_priceseries s ON s.id = lot.series_id
LEFT JOIN pricing_latestprice l ON l.series_id = lot.series_id
WHERE lot.collection_id = ANY(%(collections)s) AND lot.quantity > 0
GROUP BY GROUPING SETS (
    (s.currency, g.slug, g.name), (s.currency, g.slug, g.name, cs.slug, cs.name), (s.currency, r.name),
    (s.currency, {GRADING})
)"""  # noqa: S608 -- built of our own constants


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    part: str
    game_slug: str | None
    game_name: str | None
    set_slug: str | None
    set_name: str | None
    rarity: str
    grading: str | None
    currency: str | None
    quantity: int
    value: Decimal | None


def allocation(collection_ids: Sequence[int], *, currency: str) -> Allocation:
    """How the value is spread; two statements. The largest share first, percentages sum to 100."""
    found = rows(_Part, SHARES, {"collections": list(collection_ids)})
    exchange = Exchange.load(currency, sources={one.currency for one in found if one.currency})
    found.sort(key=lambda one: one.part)
    by_part = {part: list(group) for part, group in groupby(found, key=lambda one: one.part)}
    return Allocation(**{part: _shares(group, exchange=exchange) for part, group in by_part.items()})


def _shares(found: list[_Part], *, exchange: Exchange) -> list[Share]:
    labels: dict[str, str] = {}
    copies: dict[str, int] = {}
    worth: dict[str, Fraction] = {}
    for one in found:
        key, labels[key] = _label(one)
        amount, factor = exchange.amount(one.value, one.currency or "", day=today()) or (0, Fraction())
        copies[key] = copies.get(key, 0) + one.quantity
        worth[key] = worth.get(key, Fraction()) + amount * factor
    return _apportioned(worth, labels=labels, copies=copies)


def _apportioned(
    worth: Mapping[str, Fraction], *, labels: Mapping[str, str], copies: Mapping[str, int]
) -> list[Share]:
    whole = sum(worth.values(), Fraction())
    keys = sorted(worth, key=lambda key: (-worth[key], labels[key], key))
    values = portions.apportion([worth[key] for key in keys], whole=rounded(whole))
    tenths = [worth[key] / whole * 1000 if whole else Fraction() for key in keys]
    percents = portions.apportion(tenths, whole=1000 if whole else 0)
    return [
        Share(
            key=key,
            label=labels[key],
            quantity=copies[key],
            value=value,
            percent=Decimal(tenth).scaleb(-1),
        )
        for key, value, tenth in zip(keys, values, percents, strict=True)
    ]


def _label(one: _Part) -> tuple[str, str]:
    """A share's key and label. The key of a set is its address: a slug alone may be in two games."""
    if one.part == "game":
        return one.game_slug or "", one.game_name or ""
    if one.part == "set":
        return f"{one.game_slug}/{one.set_slug}", one.set_name or ""
    if one.part == "rarity":
        return one.rarity, one.rarity or "No rarity"
    return one.grading or "", dict(RAW_CONDITIONS).get(one.grading or "", one.grading or "")
