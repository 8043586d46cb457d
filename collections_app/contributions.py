"""Which printings gained and lost most against what they had cost.

The database ranks them, with rates of fifty digits; the few that are shown are then reckoned exactly.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collections_app import portions
from collections_app.exchange import Exchange
from collections_app.lots import today
from collections_app.pricetags import RATED, UNIT, factors
from collections_app.rows import Mover
from pricing.queries import rows
from pricing.rates import rounded

COMPARED = """
FROM collections_app_lot lot
JOIN pricing_priceseries s ON s.id = lot.series_id
JOIN pricing_latestprice l ON l.series_id = lot.series_id {rated}
WHERE lot.collection_id = ANY(%(collections)s) AND lot.quantity > 0
  AND l.market IS NOT NULL AND lot.unit_cost IS NOT NULL"""
PAID_ON = "CASE WHEN lot.currency = %(currency)s THEN NULL ELSE lot.acquired_on END"
PAIRS = f"""
SELECT DISTINCT s.currency AS price_currency, lot.currency AS cost_currency, {PAID_ON} AS paid_on
{COMPARED.format(rated="")}"""
RANKED = f"""
WITH compared AS (
    SELECT lot.printing_id,
           sum(lot.quantity * {UNIT} * rate.factor - lot.quantity * lot.unit_cost * paid.factor) AS gain
    {COMPARED.format(rated=RATED)} GROUP BY lot.printing_id
), chosen AS (
    (SELECT * FROM compared WHERE gain > 0 ORDER BY gain DESC, printing_id LIMIT %(limit)s)
    UNION ALL (SELECT * FROM compared WHERE gain < 0 ORDER BY gain, printing_id LIMIT %(limit)s)
)
SELECT chosen.printing_id, gain > 0 AS is_gain, c.id AS card_id, c.slug, c.name, c.number,
       cs.name AS set_name, g.slug AS game_slug, c.image_url, f.name AS finish
FROM chosen
JOIN catalog_printing p ON p.id = chosen.printing_id
JOIN catalog_finish f ON f.id = p.finish_id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id
JOIN catalog_game g ON g.id = c.game_id
ORDER BY abs(gain) DESC, chosen.printing_id"""  # noqa: S608 -- built of our own constants
SUMS = f"""
SELECT lot.printing_id, s.currency AS price_currency, lot.currency AS cost_currency, {PAID_ON} AS paid_on,
       sum(lot.quantity)::int AS quantity, sum(lot.quantity * {UNIT})::numeric AS value,
       sum(lot.quantity * lot.unit_cost)::numeric AS cost
{COMPARED.format(rated="")} AND lot.printing_id = ANY(%(printings)s) GROUP BY 1, 2, 3, 4"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    price_currency: str
    cost_currency: str
    paid_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranked:
    printing_id: int
    is_gain: bool
    card_id: int
    slug: str
    name: str
    number: str
    set_name: str
    game_slug: str
    image_url: str
    finish: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sum:
    printing_id: int
    price_currency: str
    cost_currency: str
    paid_on: date | None
    quantity: int
    value: Decimal
    cost: Decimal


def best_and_worst(
    collection_ids: Sequence[int], *, currency: str, limit: int = 5
) -> tuple[list[Mover], list[Mover]]:
    """Of copies with both a price and a cost; four statements, three where nothing is to be converted."""
    params = {"collections": list(collection_ids), "currency": currency, "limit": limit}
    pairs = rows(_Pair, PAIRS, params)
    exchange = Exchange.load(
        currency,
        sources={code for pair in pairs for code in (pair.price_currency, pair.cost_currency)},
        since=min((pair.paid_on for pair in pairs if pair.paid_on), default=None),
    )
    paid = {(pair.cost_currency, pair.paid_on) for pair in pairs}
    known = factors(exchange, priced_in={pair.price_currency for pair in pairs}, paid=paid)
    ranked = rows(_Ranked, RANKED, params | known)
    sums: dict[int, list[_Sum]] = defaultdict(list)
    for one in rows(_Sum, SUMS, params | {"printings": [one.printing_id for one in ranked]}):
        sums[one.printing_id].append(one)
    moved = [(one.is_gain, _mover(one, sums=sums[one.printing_id], exchange=exchange)) for one in ranked]
    best = [mover for is_gain, mover in moved if is_gain and mover.gain > 0]
    return best, [mover for is_gain, mover in moved if not is_gain and mover.gain < 0]


def _mover(printing: _Ranked, *, sums: list[_Sum], exchange: Exchange) -> Mover:
    """Its copies of which a rate is unknown are left out."""
    now = today()
    known = [
        (one.quantity, worth, paid)
        for one in sums
        if (worth := exchange.amount(one.value, one.price_currency, day=now))
        and (paid := exchange.amount(one.cost, one.cost_currency, day=one.paid_on or now))
    ]
    value = rounded(portions.total(worth for _, worth, _ in known))
    cost = rounded(portions.total(paid for _, _, paid in known))
    return Mover(
        printing_id=printing.printing_id,
        card_id=printing.card_id,
        slug=printing.slug,
        name=printing.name,
        number=printing.number,
        set_name=printing.set_name,
        game_slug=printing.game_slug,
        image_url=printing.image_url,
        finish=printing.finish,
        quantity=sum(quantity for quantity, _, _ in known),
        value=value,
        cost=cost,
        gain=value - cost,
        percent=portions.percent(value - cost, cost),
    )
