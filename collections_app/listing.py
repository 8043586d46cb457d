"""Lots in lists: found, sorted and valued, each rounded by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any

from catalog import spelling
from collections_app import portions
from collections_app.exchange import Exchange
from collections_app.lots import today
from collections_app.models import Lot
from collections_app.paging import pages_of
from collections_app.pricetags import GRADING, IS_STALE, PRICED, RATED, UNIT, UNRATED, clock, factors
from collections_app.rows import LotRow, PricedLot
from pricing.queries import AS_OF, DAYS, rows
from pricing.rates import rounded

SORTS = {
    "name": "Name",
    "set": "Set and number",
    "number": "Number",
    "-value": "Highest value",
    "value": "Lowest value",
    "-gain": "Largest gain",
    "-quantity": "Most copies",
    "quantity": "Fewest copies",
    "-acquired": "Newest first",
    "condition": "Condition",
}
MISSING = "missing"  # of `basis`: no price is known
WORTH = f"lot.quantity * {UNIT} * rate.factor"
SORTED = {
    "name": "c.folded, c.number_key",
    "set": "cs.name, c.number_key, c.folded",
    "number": "c.number_key, c.folded",
    "-value": f"{WORTH} DESC NULLS LAST, c.folded",
    "value": f"{WORTH} NULLS LAST, c.folded",
    "-gain": f"{WORTH} - lot.quantity * lot.unit_cost * paid.factor DESC NULLS LAST, c.folded",
    "-quantity": "lot.quantity DESC, c.folded",
    "quantity": "lot.quantity, c.folded",
    "-acquired": "lot.acquired_on DESC, lot.id DESC",
    "condition": "lot.grader, array_position(ARRAY['NM', 'LP', 'MP', 'HP', 'DMG'], lot.condition::text),"
    " length(lot.grade) DESC, lot.grade DESC, c.folded",
}
FILTERS = {
    "words": "c.words @@ %(words)s::tsquery",
    "game": "g.slug = %(game)s",
    "card_set": "cs.slug = %(card_set)s",
    "condition": f"{GRADING} = %(condition)s",
    "basis": "lot.basis = %(basis)s",
}

CATALOGUED = """
JOIN catalog_printing p ON p.id = lot.printing_id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id
JOIN catalog_game g ON g.id = c.game_id"""
# What the list is long, and in which currencies; the days of costs only where the list is sorted by them.
COUNT = f"""
SELECT CASE WHEN l.market IS NULL THEN NULL ELSE s.currency END AS price_currency,
       lot.currency AS cost_currency,
       CASE WHEN %(by_gain)s AND lot.currency <> %(currency)s THEN lot.acquired_on END AS paid_on,
       count(*)::int AS count, min(lot.acquired_on) AS since
FROM collections_app_lot lot {CATALOGUED}
LEFT JOIN pricing_priceseries s ON s.id = lot.series_id
LEFT JOIN pricing_latestprice l ON l.series_id = lot.series_id
WHERE {{where}} GROUP BY 1, 2, 3"""  # noqa: S608 -- built of our own constants
ROWS = f"""
WITH {DAYS}
SELECT lot.id, lot.collection_id, col.name AS collection_name, p.id AS printing_id, c.id AS card_id, c.slug,
       c.name, c.number, c.kind, coalesce(r.name, '') AS rarity, c.image_url, cs.name AS set_name,
       cs.slug AS set_slug, g.name AS game_name, g.slug AS game_slug, f.name AS finish, lot.condition,
       lot.grader, lot.grade, lot.language, lot.quantity, lot.disposed, lot.unit_cost,
       lot.currency AS cost_currency, lot.acquired_on, lot.notes, lot.photo <> '' AS has_photo,
       {UNIT} AS price, coalesce(s.currency, lot.currency) AS price_currency, lot.percent, lot.basis,
       coalesce(o.name, '') AS source_name, coalesce(o.is_demo, false) AS is_demo, {AS_OF} AS as_of,
       {IS_STALE} AS is_stale
FROM collections_app_lot lot {CATALOGUED}
JOIN collections_app_collection col ON col.id = lot.collection_id
JOIN catalog_finish f ON f.id = p.finish_id
LEFT JOIN catalog_rarity r ON r.id = c.rarity_id {PRICED} {RATED}
WHERE {{where}} ORDER BY {{order}}, lot.id LIMIT %(limit)s OFFSET %(offset)s"""  # noqa: S608 -- ours too


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPage:
    rows: list[LotRow]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    price_currency: str | None
    cost_currency: str
    paid_on: date | None
    count: int
    since: date


def lot_rows(  # noqa: PLR0913 -- one argument for each filter of the page
    collection_ids: Sequence[int],
    *,
    currency: str,
    search: str = "",
    game: str = "",
    card_set: str = "",
    condition: str = "",
    basis: str = "",
    is_open: bool = True,
    sort: str = "name",
    page: int = 1,
    per_page: int = 50,
) -> LotPage:
    """A page of lots; three statements, two where nothing is to be converted.

    `condition` is also a grade ("PSA 10"); `basis` is one of Lot.Basis, or "missing" for all without a
    price. Without `is_open` it lists the lots of which nothing is left. A page behind the last is the last.
    """
    typed = spelling.typed_words(search)
    if search.strip() and not typed:
        return LotPage(rows=[], count=0, page=1, pages=1)
    said = {
        "words": spelling.as_typed(typed) if typed else "",
        "game": game,
        "card_set": card_set,
        "condition": condition,
        "basis": "" if basis == MISSING else basis,
    }
    where = ["lot.collection_id = ANY(%(collections)s)", f"(lot.quantity > 0) = {is_open}"]
    where += [FILTERS[name] for name, value in said.items() if value]
    params = {**said, "collections": list(collection_ids), "currency": currency}
    return _page(where, params=params, is_missing=basis == MISSING, sort=sort, page=page, per_page=per_page)


def _page(  # noqa: PLR0913 -- see lot_rows
    where: list[str], *, params: dict[str, Any], is_missing: bool, sort: str, page: int, per_page: int
) -> LotPage:
    currency = params["currency"]
    counted = rows(_Count, COUNT.format(where=" AND ".join(where)), params | {"by_gain": sort == "-gain"})
    codes = {code for one in counted for code in (one.price_currency, one.cost_currency) if code}
    since = min((one.since for one in counted if one.cost_currency != currency), default=None)
    exchange = Exchange.load(currency, sources=codes, since=since)
    known = factors(
        exchange,
        priced_in={one.price_currency for one in counted if one.price_currency},
        paid={(one.cost_currency, one.paid_on) for one in counted},
    )
    if is_missing:
        where = [*where, f"{WORTH} IS NULL"]
        counted = [one for one in counted if _is_missing(one, exchange=exchange)]
    count = sum(one.count for one in counted)
    at = pages_of(count, page=page, per_page=per_page)
    found = rows(
        PricedLot,
        ROWS.format(where=" AND ".join(where), order=SORTED[sort]),
        {**params, **known, "now": clock(), "limit": per_page, "offset": at.offset},
    )
    listed = [_valued(one, exchange=exchange) for one in found]
    return LotPage(rows=listed, count=count, page=at.page, pages=at.pages)


def lot_row(lot_id: int, *, currency: str) -> LotRow:
    """One lot; two statements, one where nothing is to be converted. Raises Lot.DoesNotExist."""
    params = {"lot": lot_id, "currency": currency, "now": clock(), "limit": 1, "offset": 0}
    found = rows(PricedLot, ROWS.format(where="lot.id = %(lot)s", order="lot.id"), UNRATED | params)
    if not found:
        raise Lot.DoesNotExist(f"There is no lot {lot_id}")
    codes = {found[0].price_currency, found[0].cost_currency}
    return _valued(found[0], exchange=Exchange.load(currency, sources=codes, since=found[0].acquired_on))


def _is_missing(one: _Count, *, exchange: Exchange) -> bool:
    return not one.price_currency or exchange.factor(one.price_currency, day=today()) is None


def _valued(row: PricedLot, *, exchange: Exchange) -> LotRow:
    """Gains are the difference of the amounts beside them."""
    value = _rounded(exchange.amount(row.price, row.price_currency, day=today()), row.quantity)
    cost = _rounded(exchange.amount(row.unit_cost, row.cost_currency, day=row.acquired_on), row.quantity)
    gain = None if value is None or cost is None else value - cost
    return LotRow(
        **{field.name: getattr(row, field.name) for field in fields(row)},
        currency=exchange.target,
        value=value,
        cost=cost,
        gain=gain,
        gain_percent=None if gain is None else portions.percent(gain, cost or 0),
    )


def _rounded(unit: tuple[int, Fraction] | None, quantity: int) -> int | None:
    return None if unit is None else rounded(unit[0] * quantity * unit[1])
