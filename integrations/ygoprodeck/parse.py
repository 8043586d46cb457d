"""YGOPRODeck's answers, from bytes to printings.

What it calls a card is a game piece; what we call one is a line of its `card_sets`: a set code in a rarity.
The price of such a line is its `set_price`. `card_prices` are of the cheapest printing, whichever that is,
and say nothing about a printing. Amounts are texts, and "0" means that there is none.

Shapes: https://ygoprodeck.com/api-guide/ (v7).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from integrations import fields
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.payload import parse_json
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.text import key

CURRENCY: Final = "USD"
_NAME, _SHORT = 200, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSet:
    """A set with its printings. The name is the only thing that tells sets apart: the 25th Anniversary
    Edition of a set repeats its code and its numbers.
    """

    entry: GroupEntry
    products: list[ProductEntry] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)


def version(body: bytes) -> str:
    """The version of the database, such as 145.46, from checkDBVer.php."""
    found = parse_json(body, expect=list)
    first = found[0] if found else None
    said = fields.text(first, "database_version", limit=_SHORT) if isinstance(first, dict) else ""
    if not said:
        raise MarketError("The answer names no version of the database", permanent=True)
    return said


def card_sets(body: bytes) -> dict[str, CardSet]:
    """The sets of cardinfo.php by their ids. A card that is in no set yet is left out."""
    printings = list(_printings(parse_json(body, expect=dict)))
    often = Counter(_id(row) for _, row in printings)
    found: dict[str, CardSet] = {}
    seen: set[str] = set()
    for card, row in printings:
        plain = _id(row)
        # A reprint under the same number and in the same rarity is told apart by the name of its set.
        product_id = plain if often[plain] == 1 else key(plain, _text(row, "set_name"))
        if product_id not in seen:
            seen.add(product_id)
            _add(found, card=card, row=row, product_id=product_id)
    return found


def _printings(body: Row) -> Iterator[tuple[Row, Row]]:
    """Each line of `card_sets` with its card."""
    if not (cards := fields.rows(body, "data")):
        said = fields.text(body, "error", limit=_NAME)
        raise MarketError(f"The answer has no cards: {said or 'no reason given'}", permanent=True)
    return ((card, row) for card in cards for row in fields.rows(card, "card_sets"))


def _add(found: dict[str, CardSet], *, card: Row, row: Row, product_id: str) -> None:
    group = _group(row)
    card_set = found.setdefault(group.external_id, CardSet(entry=group))
    card_set.products.append(_product(card, row=row, product_id=product_id))
    if (market := fields.written_cents(row, "set_price")) is not None:
        card_set.quotes.append(_quote(product_id, market=market))


def _id(row: Row) -> str:
    rarity = _text(row, "set_rarity_code").strip("()") or _text(row, "set_rarity")
    return key(_required(row, "set_code"), rarity)


def _group(row: Row) -> GroupEntry:
    name = _required(row, "set_name")
    code = _text(row, "set_code").partition("-")[0]
    return GroupEntry(external_id=key(name), name=name, code=code, released_on=None)


def _product(card: Row, *, row: Row, product_id: str) -> ProductEntry:
    details = {"Passcode": _text(card, "id"), "Card Type": _text(card, "type")}
    return ProductEntry(
        external_id=product_id,
        name=_required(card, "name"),
        kind="single",
        number=_text(row, "set_code"),
        rarity=_text(row, "set_rarity"),
        image_url="",  # an address that links to its images is blocked
        url=fields.link(card, "ygoprodeck_url"),
        is_presale=False,
        details={name: value for name, value in details.items() if value},
    )


def _quote(product_id: str, *, market: int) -> Quote:
    """One price for all editions: 1st Edition and Unlimited are not told apart."""
    return Quote(
        product_id=product_id,
        finish="",
        currency=CURRENCY,
        market=market,
        low=None,
        mid=None,
        high=None,
        direct_low=None,
    )


def _text(row: Row, name: str) -> str:
    return fields.text(row, name, limit=_NAME if name.endswith("name") else _SHORT)


def _required(row: Row, name: str) -> str:
    if text := _text(row, name):
        return text
    raise MarketError(f"A record has no {name}: {dict(row)!r:.80}", permanent=True)
