"""MTGJSON's cards, sets and prices, from records to entries.

Prices are `data.<uuid>.paper.<shop>.{currency, retail.{normal|foil|etched}.{YYYY-MM-DD: amount}}`, the cards
of AllIdentifiers `data.<uuid>`, the sets of SetList `data[]`. Shapes: https://mtgjson.com/data-models
"""

import re
from datetime import date
from typing import Any, Final

from integrations import fields
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.quotes import GroupEntry, ProductEntry, Quote

CURRENCY: Final = "USD"
SHOPS: Final = ("cardkingdom", "manapool")
FINISHES: Final = {"normal": "Normal", "foil": "Foil", "etched": "Etched"}
_NAME, _SHORT = 200, 60
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
# By the source whose name for a card it is. TCGplayer may list the etched cards as a product of their own:
# that is this card only where there is no other.
_IDS: Final = {
    "tcgplayer": ("tcgplayerProductId", "tcgplayerEtchedProductId"),
    "scryfall": ("scryfallId",),
    "cardmarket": ("mcmId",),
}
# In minor units, by finish.
Amounts = dict[str, int]


def group_entry(row: Row) -> GroupEntry:
    code = fields.text(row, "code", limit=_SHORT)
    return GroupEntry(
        external_id=code,
        name=fields.text(row, "name", limit=_NAME) or code,
        code=code,
        released_on=fields.day(row, "releaseDate"),
    )


def group_of(row: Row) -> str:
    """The code of a card's set."""
    return fields.text(row, "setCode", limit=_SHORT)


def is_wanted(row: Row) -> bool:
    """Whether a record is a card of paper, and not the further side of one: each side is a record."""
    games = row.get("availability")
    return isinstance(games, list) and "paper" in games and row.get("side") in (None, "a")


def product_entry(uuid: str, row: Row) -> ProductEntry:
    kind = fields.text(row, "type", limit=_NAME)
    return ProductEntry(
        external_id=_identity(uuid),
        name=fields.text(row, "name", limit=_NAME) or f"Card {uuid}",
        kind="single",
        number=fields.text(row, "number", limit=_SHORT),
        rarity=fields.text(row, "rarity", limit=_SHORT),
        image_url="",
        url="",
        is_presale=False,
        details={"Card Type": kind} if kind else {},
        ids=_ids(row),
        language="en",
    )


def retail(row: Row, *, shop: str) -> dict[date, Amounts]:
    """What a shop asks for a card, by day and finish; what it does not know is left out."""
    offer = _record(_record(row, "paper"), shop)
    currency = offer.get("currency", CURRENCY)
    if currency != CURRENCY:
        raise MarketError(f"{shop} trades in {currency!r:.20}, not in {CURRENCY}", permanent=True)
    found: dict[date, Amounts] = {}
    prices = _record(offer, "retail")
    for key, finish in FINISHES.items():
        by_day = _record(prices, key)
        for said in by_day:
            if amount := fields.cents(by_day, said):
                found.setdefault(day(said), {})[finish] = amount
    return found


def quotes(product_id: str, amounts: Amounts) -> list[Quote]:
    return [
        Quote(
            product_id=product_id,
            finish=finish,
            currency=CURRENCY,
            market=amount,
            low=None,
            mid=None,
            high=None,
            direct_low=None,
        )
        for finish, amount in amounts.items()
    ]


def day(value: Any) -> date:
    """A day as MTGJSON writes it: 2026-11-22."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise MarketError(f"{value!r:.40} is not a day", permanent=True) from error


def _identity(uuid: str) -> str:
    if not _UUID.fullmatch(uuid):
        raise MarketError(f"{uuid!r:.50} is not a UUID", permanent=True)
    return uuid


def _ids(row: Row) -> tuple[tuple[str, str], ...]:
    said = _record(row, "identifiers")
    found = {
        source: next((said[key] for key in keys if said.get(key)), None) for source, keys in _IDS.items()
    }
    return tuple((source, _id(source, key)) for source, key in found.items() if key is not None)


def _id(source: str, key: object) -> str:
    shape = _UUID if source == "scryfall" else _NUMBER
    if not isinstance(key, str | int) or not shape.fullmatch(str(key)):
        raise MarketError(f"{key!r:.50} is no id of {source}", permanent=True)
    return str(key)


def _record(row: Row, name: str) -> Row:
    """A record within one; absent and null are empty."""
    found = row.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise MarketError(f"{name} is {found!r:.40}, not a record", permanent=True)
    return found
