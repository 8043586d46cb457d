"""eBay's answers: listings and sales, the names of conditions, limits, keys, errors.

Shapes: https://developer.ebay.com/api-docs (Browse 1.19, Marketplace Insights 1 beta, Metadata 1, Analytics 1
beta, Notification 1). Their documents call nearly every field optional, so a record that lacks what a
listing needs is left out and counted. Nothing about sellers is read.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, TypeVar

from integrations import fields
from integrations.ebay import conditions
from integrations.ebay.conditions import ENGLISH, Descriptors
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.listings import Listing
from integrations.payload import parse_json
from integrations.text import plain

_Value = TypeVar("_Value")

SOURCE: Final = "ebay"
_TITLE, _SHORT, _LINK, _REASON = 200, 60, 2000, 200
_MONEY = re.compile(r"\d{1,12}(?:\.\d{1,6})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
# ISO 4217: the currencies without a minor unit; eBay's others have hundredths.
_NO_MINOR_UNITS: Final = frozenset({"CLP", "ISK", "JPY", "KRW", "VND"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search brought.

    `total` is eBay's own, inexact count of everything that fits; `skipped` counts the records that could not
    be read.
    """

    listings: list[Listing]
    total: int | None
    skipped: int
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What Developer Analytics says of one resource: `window` is in seconds."""

    resource: str
    limit: int
    remaining: int
    window: int
    resets_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    key: str
    algorithm: str
    digest: str


def search(body: Row, *, descriptors: Descriptors = ENGLISH) -> Found:
    """One page of Browse's `item_summary/search`; no `itemSummaries` means that nothing fits."""
    return _page(body, "itemSummaries", lambda row: listing(row, descriptors=descriptors))


def sales(body: Row) -> Found:
    """One page of Marketplace Insights' `item_sales/search`."""
    return _page(body, "itemSales", sale)


def listing(row: Row, *, descriptors: Descriptors = ENGLISH) -> Listing:
    """An offer out of Browse. A permanent MarketError when it lacks an id, a title, a link or a price.

    Whoever can buy at once pays `price`, so an auction with a fixed price beside it is no auction here.
    """
    options = _words(row, "buyingOptions")
    fixed, bid = _amount(row, "price"), _amount(row, "currentBidPrice")
    is_auction = "AUCTION" in options and not ("FIXED_PRICE" in options and fixed)
    price, currency = _required(row, (bid or fixed) if is_auction else (fixed or bid))
    state = conditions.state(row, descriptors=descriptors)
    return Listing(
        source=SOURCE,
        item_id=_text(row, "itemId"),
        title=_text(row, "title", limit=_TITLE),
        url=_required(row, _link(row)),
        image_url=_image(row),
        currency=currency,
        price=price,
        shipping=_shipping(row, currency=currency),
        condition=state.condition,
        grader=state.grader,
        grade=state.grade,
        is_graded=state.is_graded,
        is_auction=is_auction,
        bids=_count(row, "bidCount"),
        country=_country(row),
        listed_at=_moment(row, "itemCreationDate"),
        ends_at=_moment(row, "itemEndDate"),
        sold_at=None,
    )


def sale(row: Row) -> Listing:
    """The last sale of an item. A permanent MarketError when it lacks an id, a title, a price or a date."""
    price, currency = _required(row, _amount(row, "lastSoldPrice"))
    options = _words(row, "buyingOptions")
    return Listing(
        source=SOURCE,
        item_id=_text(row, "itemId"),
        title=_text(row, "title", limit=_TITLE),
        url=_link(row),
        image_url=_image(row),
        currency=currency,
        price=price,
        shipping=None,
        condition="",
        grader="",
        grade="",
        is_graded=conditions.is_graded(row),
        is_auction="AUCTION" in options and "FIXED_PRICE" not in options,
        bids=_count(row, "bidCount"),
        country=_country(row),
        listed_at=None,
        ends_at=None,
        sold_at=_required(row, _moment(row, "lastSoldDate")),
    )


def rates(body: Row) -> list[Rate]:
    """All complete rates of all resources."""
    resources = [entry for api in fields.rows(body, "rateLimits") for entry in fields.rows(api, "resources")]
    named = [(_name(entry), row) for entry in resources for row in fields.rows(entry, "rates")]
    return [rate for name, row in named if (rate := _rate(name, row))]


def public_key(body: Row) -> PublicKey:
    return PublicKey(
        key=_text(body, "key", limit=4000),
        algorithm=fields.text(body, "algorithm", limit=_SHORT),
        digest=fields.text(body, "digest", limit=_SHORT),
    )


def warnings(body: Row) -> str:
    """The numbers and messages of an answer's warnings; "" for none."""
    found = body.get("warnings")
    return _reasons(found) or "unreadable" if found else ""


def reasons(body: bytes) -> str:
    """The numbers and messages of an error's body, which may be anything."""
    try:
        found = parse_json(body, expect=dict)
    except MarketError:
        return "no reason given"
    return _reasons(found.get("errors")) or "no reason given"


def minor_units(value: str, *, currency: str) -> int:
    """A decimal such as "389.00" in minor units, rounded half up."""
    places = 0 if currency in _NO_MINOR_UNITS else 2
    return int(Decimal(value).scaleb(places).to_integral_value(ROUND_HALF_UP))


def _page(body: Row, name: str, read: Callable[[Row], Listing]) -> Found:
    rows = fields.rows(body, name)
    total = body.get("total")
    listings = [found for row in rows if (found := _readable(row, read))]
    return Found(
        listings=listings,
        total=total if type(total) is int and total >= 0 else None,
        skipped=len(rows) - len(listings),
        has_more=bool(rows and body.get("next")),
    )


def _readable(row: Row, read: Callable[[Row], Listing]) -> Listing | None:
    try:
        return read(row)
    except MarketError:
        return None


def _required(row: Row, value: _Value | None) -> _Value:
    if not value:
        raise MarketError(
            f"The item {str(row.get('itemId'))[:40]!r} lacks what a listing needs", permanent=True
        )
    return value


def _text(row: Row, name: str, *, limit: int = _SHORT) -> str:
    return _required(row, fields.text(row, name, limit=limit))


def _part(row: Row, name: str) -> Row:
    """A record within a record; absent and null are an empty one."""
    value = row.get(name)
    if value is not None and not isinstance(value, dict):
        raise MarketError(f"{name} is {value!r:.40}, not a record", permanent=True)
    return value or {}


def _words(row: Row, name: str) -> list[str]:
    value = row.get(name) or []
    if not isinstance(value, list):
        raise MarketError(f"{name} is {value!r:.40}, not a list", permanent=True)
    return [word for word in value if isinstance(word, str)]


def _amount(row: Row, name: str) -> tuple[int, str] | None:
    """Minor units and currency; None when absent or 0, which no offer costs."""
    money = _money(row, name)
    return money if money and money[0] else None


def _money(row: Row, name: str) -> tuple[int, str] | None:
    money = _part(row, name)
    value, currency = money.get("value"), money.get("currency")
    if value is None:
        return None
    fits = isinstance(value, str) and _MONEY.fullmatch(value)
    if not fits or not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise MarketError(f"{name} is {money!r:.60}, not an amount", permanent=True)
    return minor_units(value, currency=currency), currency


def _shipping(row: Row, *, currency: str) -> int | None:
    """The cheapest fixed cost; what depends on the buyer's address is not known here."""
    options = fields.rows(row, "shippingOptions")
    costs = [_cost(option) for option in options if option.get("shippingCostType") == "FIXED"]
    return min((cost[0] for cost in costs if cost and cost[1] == currency), default=None)


def _cost(option: Row) -> tuple[int, str] | None:
    """A cost that cannot be read is unknown; the offer is one all the same."""
    try:
        return _money(option, "shippingCost")
    except MarketError:
        return None


def _link(row: Row) -> str:
    """The affiliate's link where eBay gave one, as its partner network demands."""
    return fields.link(row, "itemAffiliateWebUrl", limit=_LINK) or fields.link(row, "itemWebUrl", limit=_LINK)


def _image(row: Row) -> str:
    return fields.link(_part(row, "image"), "imageUrl")


def _country(row: Row) -> str:
    value = _part(row, "itemLocation").get("country")
    return value if isinstance(value, str) and _COUNTRY.fullmatch(value) else ""


def _count(row: Row, name: str) -> int | None:
    value = row.get(name)
    return value if type(value) is int and value >= 0 else None


def _moment(row: Row, name: str) -> datetime | None:
    """A moment of ISO 8601, in UTC unless it says otherwise; None when it cannot be read."""
    value = row.get(name)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found and (found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _name(row: Row) -> str:
    return fields.text(row, "name", limit=_SHORT)


def _rate(resource: str, row: Row) -> Rate | None:
    limit, remaining, window = (_count(row, name) for name in ("limit", "remaining", "timeWindow"))
    resets_at = _moment(row, "reset")
    if limit is None or remaining is None or window is None or resets_at is None:
        return None
    return Rate(resource=resource, limit=limit, remaining=remaining, window=window, resets_at=resets_at)


def _reasons(errors: Any) -> str:
    entries = [entry for entry in errors if isinstance(entry, Mapping)] if isinstance(errors, list) else []
    return "; ".join(_reason(entry) for entry in entries[:5])


def _reason(entry: Mapping[str, Any]) -> str:
    message = entry.get("message")
    return f"{entry.get('errorId')!r:.12} {plain(message if isinstance(message, str) else '', limit=_REASON)}"
