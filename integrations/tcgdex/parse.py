"""TCGdex's sets and cards, from bytes to entries and quotes.

A card carries the prices of two markets: TCGplayer's in USD by finish, Cardmarket's in EUR for the card and,
with names that end in -holo, for its foil print. Either may be null or absent, and so may each amount; 0 is
none, too. Shapes: https://tcgdex.dev/reference/card and /reference/set.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from integrations import fields
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.payload import parse_json
from integrations.quotes import GroupEntry, ProductEntry, Quote

GONE: Final = b"null"
_NAME, _SHORT = 200, 60
# Also a name of a file: "sv03.5-001", "exu-!", "P-A-001".
_ID = re.compile(r"[A-Za-z0-9][\w.!?%-]{0,79}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# A market that TCGdex has not asked for so long has no price of today there.
_STALE = timedelta(days=3)
# TCGdex's words for TCGplayer's finishes; its documents and its answers do not use the same ones.
FINISHES = {
    "normal": "Normal",
    "holofoil": "Holofoil",
    "reverse": "Reverse Holofoil",
    "reverse-holofoil": "Reverse Holofoil",
    "1st-edition": "1st Edition",
    "1st-edition-normal": "1st Edition",
    "1st-edition-holofoil": "1st Edition Holofoil",
    "unlimited": "Unlimited",
    "unlimited-normal": "Unlimited",
    "unlimited-holofoil": "Unlimited Holofoil",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSet:
    """A set with the ids of its cards."""

    entry: GroupEntry
    card_ids: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card with what each market is said to ask, still as TCGdex wrote it; empty where it said nothing."""

    product: ProductEntry
    has: Row
    usd: Row
    eur: Row


def set_id(text: str) -> str:
    """The id of a set or card if it can be one; a permanent MarketError otherwise."""
    if not _ID.fullmatch(text):
        raise MarketError(f"{text!r:.60} is not an id of TCGdex", permanent=True)
    return text


def card_set(body: bytes) -> CardSet:
    row = parse_json(body, expect=dict)
    identifier = set_id(_text(row, "id"))
    code = _text(_part(row, "abbreviation"), "official") or _text(row, "tcgOnline") or identifier
    entry = GroupEntry(
        external_id=identifier,
        name=_text(row, "name") or f"Set {identifier}",
        code=code,
        released_on=fields.day(row, "releaseDate"),
    )
    return CardSet(entry=entry, card_ids=[set_id(_text(card, "id")) for card in fields.rows(row, "cards")])


def card(body: bytes) -> Card:
    row = parse_json(body, expect=dict)
    pricing = _part(row, "pricing")
    usd, eur = _part(pricing, "tcgplayer"), _part(pricing, "cardmarket")
    return Card(
        product=_product(row, ids=_ids(usd=usd, eur=eur)), has=_part(row, "variants"), usd=usd, eur=eur
    )


def usd_quotes(found: Card, *, day: date) -> list[Quote]:
    """TCGplayer's prices, one for each finish."""
    if _is_stale(found.usd, day=day):
        return []
    blocks: dict[str, Row] = {}
    for word, block in found.usd.items():
        if isinstance(block, dict):
            blocks.setdefault(_finish(word), block)
    currency = _currency(found.usd, usual="USD")
    quotes = [
        _usd_quote(found, block=block, finish=name, currency=currency) for name, block in blocks.items()
    ]
    return [quote for quote in quotes if _says_something(quote)]


def eur_quotes(found: Card, *, day: date) -> list[Quote]:
    """Cardmarket's prices: the trend stands for the market price, the average of what was sold for the mid.

    Cardmarket has one product for a card. Its plain prices are of the card as it mostly is, the -holo ones of
    the print that shines beside it, which for Pokémon is the reverse holo where there is one.
    """
    if _is_stale(found.eur, day=day):
        return []
    plain, beside = _cardmarket_finishes(found.has)
    quotes = [_eur_quote(found, finish=plain, ending=""), _eur_quote(found, finish=beside, ending="-holo")]
    return [quote for quote in quotes if quote.finish and _says_something(quote)]


def _product(row: Row, *, ids: tuple[tuple[str, str], ...]) -> ProductEntry:
    identifier = set_id(_text(row, "id"))
    image = fields.link(row, "image")
    details = {"Card Type": _text(row, "category"), "HP": _text(row, "hp"), "Stage": _text(row, "stage")}
    return ProductEntry(
        external_id=identifier,
        name=_text(row, "name") or f"Card {identifier}",
        kind="single",
        number=_text(row, "localId"),
        rarity=_text(row, "rarity"),
        image_url=f"{image}/high.webp" if image else "",
        url="",
        is_presale=False,
        details={name: value for name, value in details.items() if value},
        ids=ids,
    )


def _ids(*, usd: Row, eur: Row) -> tuple[tuple[str, str], ...]:
    """What both markets call the card. Where the finishes name two products of TCGplayer, TCGdex joins what
    is apart there, and neither is the card.
    """
    blocks = [block for block in usd.values() if isinstance(block, dict)]
    theirs = {fields.identifier(block, "productId") for block in blocks if block.get("productId") is not None}
    found = [("tcgplayer", identifier) for identifier in theirs] if len(theirs) == 1 else []
    if eur.get("idProduct") is not None:
        found.append(("cardmarket", fields.identifier(eur, "idProduct")))
    return tuple(found)


def _usd_quote(found: Card, *, block: Row, finish: str, currency: str) -> Quote:
    return Quote(
        product_id=found.product.external_id,
        finish=finish,
        currency=currency,
        market=fields.cents(block, "marketPrice"),
        low=fields.cents(block, "lowPrice"),
        mid=fields.cents(block, "midPrice"),
        high=fields.cents(block, "highPrice"),
        direct_low=fields.cents(block, "directLowPrice"),
    )


def _eur_quote(found: Card, *, finish: str, ending: str) -> Quote:
    return Quote(
        product_id=found.product.external_id,
        finish=finish,
        currency=_currency(found.eur, usual="EUR"),
        market=fields.cents(found.eur, f"trend{ending}"),
        low=fields.cents(found.eur, f"low{ending}"),
        mid=fields.cents(found.eur, f"avg{ending}"),
        high=None,
        direct_low=None,
    )


def _cardmarket_finishes(has: Row) -> tuple[str, str]:
    """The finish of the plain prices and that of the -holo ones; empty when there is no such print."""
    is_normal, is_holo, is_reverse = (has.get(word) is True for word in ("normal", "holo", "reverse"))
    plain = "Normal" if is_normal else "Holofoil" if is_holo else "Reverse Holofoil" if is_reverse else ""
    beside = "Reverse Holofoil" if is_reverse else "Holofoil" if is_holo else ""
    return plain or "Normal", beside if beside != plain else ""


def _is_stale(block: Row, *, day: date) -> bool:
    said = block.get("updated")
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return False
    if moment is None:
        return False
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date() < day - _STALE


def _currency(block: Row, *, usual: str) -> str:
    said = block.get("unit")
    if said is None:
        return usual
    if not isinstance(said, str) or not _CURRENCY.fullmatch(said):
        raise MarketError(f"unit is {said!r:.40}, not a currency", permanent=True)
    return said


def _finish(word: str) -> str:
    """TCGplayer's name of a finish; one nobody told us of, such as "cosmos-holofoil", in our spelling."""
    plain = _CAMEL.sub("-", word).lower()
    parts = (part[:1].upper() + part[1:] for part in plain.split("-") if part)
    return FINISHES.get(plain) or " ".join(parts)[:_SHORT]


def _says_something(quote: Quote) -> bool:
    amounts = (quote.market, quote.low, quote.mid, quote.high, quote.direct_low)
    return any(amount is not None for amount in amounts)


def _part(row: Row, name: str) -> dict[str, Any]:
    """A record within the record; absent and null are empty."""
    value = row.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MarketError(f"{name} is {value!r:.40}, not a record", permanent=True)
    return value


def _text(row: Row, name: str) -> str:
    text = fields.text(row, name, limit=_NAME if name == "name" else _SHORT)
    return "" if name == "rarity" and text == "None" else text
