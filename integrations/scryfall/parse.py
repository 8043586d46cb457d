"""Scryfall's card objects, from records to entries (https://scryfall.com/docs/api/cards)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from integrations import fields
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.payload import parse_json
from integrations.quotes import GroupEntry, ProductEntry, Quote

LANGUAGE: Final = "en"
PAPER, MTGO = "paper", "mtgo"
# By currency: where the cards are played, and the key of each finish's price.
GAMES: Final = {"USD": PAPER, "EUR": PAPER, "TIX": MTGO}
PRICES: Final[Mapping[str, Mapping[str, str]]] = {
    "USD": {"usd": "Normal", "usd_foil": "Foil", "usd_etched": "Etched"},
    "EUR": {"eur": "Normal", "eur_foil": "Foil", "eur_etched": "Etched"},
    "TIX": {"tix": "Normal"},
}
_NAME, _SHORT = 200, 60
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def default_cards(body: bytes) -> tuple[str, datetime]:
    """The address of the file of cards in the list of bulk files, and when it was made, in UTC."""
    rows = fields.rows(parse_json(body, expect=dict), "data")
    row = next((row for row in rows if row.get("type") == "default_cards"), None)
    if row is None:
        raise MarketError("Scryfall lists no file default_cards", permanent=True)
    url, updated_at = row.get("download_uri"), row.get("updated_at")
    try:
        moment = datetime.fromisoformat(updated_at) if isinstance(updated_at, str) else None
    except ValueError:
        moment = None
    if not isinstance(url, str) or moment is None or moment.tzinfo is None:
        raise MarketError("The bulk file has no address, or no moment at which it was made", permanent=True)
    return url, moment.astimezone(UTC)


def is_wanted(row: Row) -> bool:
    """Whether a card is one in English: of a printing without one, Scryfall lists another language."""
    return row.get("lang") == LANGUAGE


def games(row: Row) -> frozenset[str]:
    """Where a card is played: paper, mtgo, arena."""
    found = row.get("games")
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise MarketError(f"games of card {row.get('id')!r:.50} is not a list of names", permanent=True)
    return frozenset(found)


def group_entry(row: Row) -> GroupEntry:
    """The set of a card; a card of a set that came out in parts may know a later day than others."""
    code = fields.text(row, "set", limit=_SHORT)
    return GroupEntry(
        external_id=code,
        name=fields.text(row, "set_name", limit=_NAME) or code,
        code=code.upper(),
        released_on=fields.day(row, "released_at"),
    )


def product_entry(row: Row) -> ProductEntry:
    external_id = _uuid(row)
    kind = fields.text(row, "type_line", limit=_NAME)
    return ProductEntry(
        external_id=external_id,
        name=fields.text(row, "name", limit=_NAME) or f"Card {external_id}",
        kind="single",
        number=fields.text(row, "collector_number", limit=_SHORT),
        rarity=fields.text(row, "rarity", limit=_SHORT),
        image_url=_image(row),
        url=fields.link(row, "scryfall_uri"),
        is_presale=False,
        details={"Card Type": kind} if kind else {},
        ids=_ids(row),
        language=LANGUAGE,
    )


def quotes(row: Row, *, currency: str) -> list[Quote]:
    """The prices of a card in one currency, one for each finish that has one."""
    prices = row.get("prices")
    if not isinstance(prices, dict):
        raise MarketError(f"prices of card {row.get('id')!r:.50} is not a record", permanent=True)
    amounts = {finish: _cents(prices, key) for key, finish in PRICES[currency].items()}
    return [
        Quote(
            product_id=_uuid(row),
            finish=finish,
            currency=currency,
            market=amount,
            low=None,
            mid=None,
            high=None,
            direct_low=None,
        )
        for finish, amount in amounts.items()
        if amount
    ]


def _ids(row: Row) -> tuple[tuple[str, str], ...]:
    """What TCGplayer and Cardmarket call the card. TCGplayer may list the etched cards as a product of their
    own: that is this card only where there is no other.
    """
    keys = {"tcgplayer": ("tcgplayer_id", "tcgplayer_etched_id"), "cardmarket": ("cardmarket_id",)}
    found = {source: next((key for key in names if row.get(key)), None) for source, names in keys.items()}
    return tuple((source, fields.identifier(row, key)) for source, key in found.items() if key)


def _uuid(row: Row) -> str:
    found = row.get("id")
    if not isinstance(found, str) or not _UUID.fullmatch(found):
        raise MarketError(f"id is {found!r:.50}, not a UUID", permanent=True)
    return found


def _image(row: Row) -> str:
    """Of a card with two sides, the front."""
    faces = fields.rows(row, "card_faces")
    for side in (row, *faces[:1]):
        images = side.get("image_uris")
        if isinstance(images, dict):
            return fields.link(images, "normal")
    return ""


def _cents(prices: Mapping[str, Any], key: str) -> int | None:
    """Scryfall writes amounts as text."""
    amount = prices.get(key)
    if amount is None:
        return None
    try:
        return fields.cents({key: Decimal(amount)}, key) if isinstance(amount, str) else _refuse(key, amount)
    except InvalidOperation:
        return _refuse(key, amount)


def _refuse(key: str, amount: object) -> int:
    raise MarketError(f"{key} is {amount!r:.40}, not an amount", permanent=True)
