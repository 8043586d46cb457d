"""Cardmarket's price guide and product lists, from records to entries.

`{version, createdAt, priceGuides: [{idProduct, idCategory, avg, low, trend, avg1, avg7, avg30, avg-foil …}]}`
and `{version, createdAt, products: [{idProduct, name, idCategory, categoryName, idExpansion …}]}`. There is
no currency in them; Cardmarket trades in euros. A price of 0 and a null are both "no data".
"""

from datetime import UTC, date, datetime
from typing import Any, Literal

from integrations import fields
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.quotes import GroupEntry, ProductEntry, Quote

CURRENCY = "EUR"
NO_EXPANSION = "0"
_NAME, _SHORT = 200, 60
# The second printing is called foil, and for Pokémon holo, where it is the reverse holo and no other.
# The first is whichever is not that: the plain card, or the only one.
_FAMILIES = {"": "", "-foil": "Foil", "-holo": "Reverse Holofoil"}
_SOLD = ("trend", "avg", "avg1", "avg7", "avg30")


def day(created_at: Any) -> date:
    """The UTC day of a file's createdAt, such as 2026-10-07T02:50:07+0200: its zone can be a day ahead."""
    try:
        moment = datetime.fromisoformat(created_at) if isinstance(created_at, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MarketError(f"createdAt is {created_at!r:.60}, not a moment with its time zone", permanent=True)
    return moment.astimezone(UTC).date()


def expansion(row: Row) -> str:
    """The expansion of a product; NO_EXPANSION for one that belongs to none."""
    return NO_EXPANSION if not row.get("idExpansion") else fields.identifier(row, "idExpansion")


def group_entry(external_id: str) -> GroupEntry:
    """The files name no expansion, only its number."""
    return GroupEntry(external_id=external_id, name=f"Expansion {external_id}", code="", released_on=None)


def product_entry(row: Row, *, kind: Literal["single", "sealed"]) -> ProductEntry:
    external_id = fields.identifier(row, "idProduct")
    category = fields.text(row, "categoryName", limit=_SHORT)
    return ProductEntry(
        external_id=external_id,
        name=fields.text(row, "name", limit=_NAME) or f"Product {external_id}",
        kind=kind,
        number="",
        rarity="",
        image_url="",
        url="",
        is_presale=False,
        details={"Category": category} if category else {},
    )


def quotes(row: Row) -> list[Quote]:
    """What one row says of each of its printings that has a price."""
    found = (_quote(row, suffix=suffix) for suffix in _FAMILIES if not _is_echo(row, suffix=suffix))
    return [quote for quote in found if quote.market or quote.low or quote.mid]


def _quote(row: Row, *, suffix: str) -> Quote:
    """`trend`, which Cardmarket itself puts forward as the price, is the market price, and `low` the cheapest
    offer. `avg`, the average of what copies were sold for, stands as mid: there is no middle of the offers in
    the files, and of the averages it is the one that is not bound to a number of days (avg1, avg7, avg30).
    """
    return Quote(
        product_id=fields.identifier(row, "idProduct"),
        finish=_FAMILIES[suffix],
        currency=CURRENCY,
        market=fields.cents(row, f"trend{suffix}"),
        low=fields.cents(row, f"low{suffix}"),
        mid=fields.cents(row, f"avg{suffix}"),
        high=None,
        direct_low=None,
    )


def _is_echo(row: Row, *, suffix: str) -> bool:
    """A card that exists in foil only: nothing plain was ever sold, and `low` repeats that of the foil.

    So it is in 10,613 rows of the Magic guide of 2024-11-19, and a plain printing does not exist for them.
    """
    if suffix or not row.get("low") or any(row.get(name) for name in _SOLD):
        return False
    return row["low"] in (row.get("low-foil"), row.get("low-holo"))
