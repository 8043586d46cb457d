"""OPTCG API's lists of cards, from bytes to entries and quotes.

A number such as OP01-025 has several prints: parallels have image ids of their own (OP01-025_p1), while
promos and reprints may repeat the image id of the first print and differ in what their name has in brackets.
So a print is its set, its image id and those words together. Fields may say "NULL" instead of null.

`market_price` is the market price, in USD. What `inventory_price` is the price of is documented nowhere, so
it is not read: a guess must not become somebody's lowest price. Lists: https://optcgapi.com
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from integrations import fields
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.payload import parse_json
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.text import key

CURRENCY: Final = "USD"
PROMOS: Final = "allPromos"
LISTS: Final = ("allSetCards", "allSTCards", PROMOS)
NOTHING: Final = b"[]"
_NAME, _SHORT = 200, 60
_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
# A price that was not looked up for so long is not today's.
_STALE = timedelta(days=3)
# A promo is listed with the set of the card it reprints; its own set is that of all promos.
_PROMO_SET = GroupEntry(external_id="promos", name="One Piece Promotion Cards", code="P", released_on=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One print with its market price, None when unknown, and the day on which that was looked up."""

    product: ProductEntry
    market: int | None
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSet:
    entry: GroupEntry
    prints: dict[str, Print] = field(default_factory=dict)


def card_sets(body: bytes, *, is_promo: bool) -> list[CardSet]:
    """The sets of one list. A print that is listed twice is read once."""
    found: dict[str, CardSet] = {}
    for row in parse_json(body, expect=list):
        if not isinstance(row, dict):
            raise MarketError(f"{row!r:.40} is not a card", permanent=True)
        group = _PROMO_SET if is_promo else _group(row)
        known = found.setdefault(group.external_id, CardSet(entry=group))
        one = _print(row, group=group)
        known.prints.setdefault(one.product.external_id, one)
    return list(found.values())


def quotes(prints: Iterable[Print], *, day: date) -> list[Quote]:
    """The prices that are known and of the last days."""
    return [
        _quote(one)
        for one in prints
        if one.market is not None and (one.day is None or one.day >= day - _STALE)
    ]


def _group(row: Row) -> GroupEntry:
    set_id = _required(row, "set_id")
    return GroupEntry(
        external_id=key(set_id), name=_said(row, "set_name") or set_id, code=set_id, released_on=None
    )


def _print(row: Row, *, group: GroupEntry) -> Print:
    name, number = _required(row, "card_name"), _required(row, "card_set_id")
    product_id = key(group.external_id, _said(row, "card_image_id") or number, *_variant(name))
    details = {"Card Type": _said(row, "card_type"), "Color": _said(row, "card_color")}
    return Print(
        product=ProductEntry(
            external_id=product_id,
            name=name,
            kind="single",
            number=number,
            rarity=_said(row, "rarity"),
            image_url="",  # it serves images from the machine that answers requests
            url="",
            is_presale=False,
            details={label: value for label, value in details.items() if value},
        ),
        market=_price(row, "market_price"),
        day=fields.day(row, "date_scraped"),
    )


def _variant(name: str) -> list[str]:
    """What the name has in brackets, but for the plain number that tells namesakes apart: "Zoro (001)"."""
    return [words.strip() for words in _BRACKETS.findall(name) if not words.strip().isdigit()]


def _quote(one: Print) -> Quote:
    """The finish is not told: most numbers have one finish, and parallels are prints of their own."""
    return Quote(
        product_id=one.product.external_id,
        finish="",
        currency=CURRENCY,
        market=one.market,
        low=None,
        mid=None,
        high=None,
        direct_low=None,
    )


def _price(row: Row, name: str) -> int | None:
    return None if _is_null(row, name) else fields.written_cents(row, name)


def _said(row: Row, name: str) -> str:
    if _is_null(row, name):
        return ""
    return fields.text(row, name, limit=_NAME if name.endswith("name") else _SHORT)


def _is_null(row: Row, name: str) -> bool:
    value = row.get(name)
    return isinstance(value, str) and value.strip().upper() == "NULL"


def _required(row: Row, name: str) -> str:
    if text := _said(row, name):
        return text
    raise MarketError(f"A card has no {name}: {dict(row)!r:.80}", permanent=True)
