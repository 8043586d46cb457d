from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.ebay import parse
from integrations.errors import MarketError
from integrations.listings import Listing
from integrations.tests.ebay import answers


def _usd(value: str) -> dict[str, str]:
    return {"value": value, "currency": "USD"}


def _shipping(kind: str, value: str | None = None, currency: str = "USD") -> dict[str, Any]:
    cost = {"shippingCost": {"value": value, "currency": currency}} if value is not None else {}
    return {"shippingCostType": kind, **cost}


def test_an_offer_is_read_whole() -> None:
    assert parse.listing(answers.offer()) == Listing(
        source="ebay",
        item_id="v1|701|0",
        title="Mew ex 232/091 Paldean Fates",
        url="https://www.ebay.com/itm/701",
        image_url="https://i.ebayimg.com/images/g/invented/s-l225.jpg",
        currency="USD",
        price=38_900,
        shipping=499,
        condition="",
        grader="",
        grade="",
        is_graded=False,
        is_auction=False,
        bids=None,
        country="US",
        listed_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        ends_at=None,
        sold_at=None,
    )


def test_a_sale_is_read_whole() -> None:
    found = parse.sale(answers.sold(image=None))
    assert (found.item_id, found.price, found.currency, found.bids) == ("v1|801|0", 37_150, "USD", 12)
    assert found.sold_at == datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
    assert (found.is_auction, found.shipping, found.listed_at, found.image_url) == (True, None, None, "")


def test_nothing_of_the_seller_is_kept() -> None:
    for found in (
        parse.listing(answers.offer()),
        parse.sale(answers.sold(seller={"username": "nobody-may"})),
    ):
        assert "nobody-may" not in str(asdict(found))


@pytest.mark.parametrize(
    ("options", "price", "bid", "amount", "is_auction"),
    [
        (["FIXED_PRICE"], "389.00", None, 38_900, False),
        (["AUCTION"], None, "12.50", 1_250, True),
        (["AUCTION"], "9.99", "12.50", 1_250, True),
        (["AUCTION"], "9.99", None, 999, True),
        (["AUCTION", "FIXED_PRICE"], "50.00", "12.50", 5_000, False),
        (["AUCTION", "FIXED_PRICE"], None, "12.50", 1_250, True),
        ([], "389.00", None, 38_900, False),
        (None, "389.00", None, 38_900, False),
        (["SOMETHING_NEW", 7], "389.00", None, 38_900, False),
    ],
)
def test_the_price_is_what_one_would_pay_now(
    options: list[str] | None,
    price: str | None,
    bid: str | None,
    amount: int,
    is_auction: bool,
) -> None:
    row = answers.offer(
        buyingOptions=options,
        price=price and _usd(price),
        currentBidPrice=bid and _usd(bid),
        bidCount=3,
        itemEndDate="2026-11-24T18:00:00.000Z",
    )
    found = parse.listing(row)
    assert (found.price, found.is_auction, found.bids) == (amount, is_auction, 3)
    assert found.ends_at == datetime(2026, 11, 24, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "currency", "amount"),
    [
        ("389.00", "USD", 38_900),
        ("389", "EUR", 38_900),
        ("0.005", "USD", 1),
        ("0.01", "GBP", 1),
        ("19.999", "USD", 2_000),
        ("1500.0", "JPY", 1_500),
        ("1500", "KRW", 1_500),
        ("999999999999.99", "USD", 99_999_999_999_999),
    ],
)
def test_amounts_become_minor_units(value: str, currency: str, amount: int) -> None:
    assert parse.minor_units(value, currency=currency) == amount
    assert parse.listing(answers.offer(price={"value": value, "currency": currency})).price == amount


@pytest.mark.parametrize(
    "price",
    [
        None,
        {},
        {"value": "389.00"},
        {"currency": "USD"},
        _usd("0.00"),
        _usd("-1.00"),
        _usd("1,250.00"),
        _usd("1e9"),
        _usd("NaN"),
        _usd("١٢"),
        _usd("9999999999999"),
        {"value": 389, "currency": "USD"},
        {"value": "389.00", "currency": "usd"},
        {"value": "389.00", "currency": 7},
        "389.00",
        [],
        7,
    ],
)
def test_an_offer_without_a_price_is_no_listing(price: object) -> None:
    with pytest.raises(MarketError) as caught:
        parse.listing(answers.offer(price=price))
    assert caught.value.permanent is True


@pytest.mark.parametrize(
    ("options", "shipping"),
    [
        (None, None),
        ([], None),
        ([_shipping("FIXED", "0.00")], 0),
        ([_shipping("CALCULATED", "3.00")], None),
        ([_shipping("CALCULATED")], None),
        ([_shipping("FIXED")], None),
        ([_shipping("FIXED", "free"), _shipping("FIXED", "4.50")], 450),
        ([_shipping("FIXED", "9.00"), _shipping("FIXED", "4.50"), _shipping("CALCULATED", "1.00")], 450),
        ([_shipping("FIXED", "4.50", currency="EUR")], None),
    ],
)
def test_shipping_is_known_where_it_is_fixed(
    options: list[dict[str, Any]] | None, shipping: int | None
) -> None:
    assert parse.listing(answers.offer(shippingOptions=options)).shipping == shipping


def test_texts_are_plain_and_links_safe() -> None:
    found = parse.listing(
        answers.offer(
            title="<script>alert(1)</script> Mew\u202e &amp; \x00Co " + "x" * 300,
            image={"imageUrl": "javascript:alert(1)"},
            itemLocation={"country": "<b>"},
        )
    )
    assert found.title.startswith("alert(1) Mew & Co x")
    assert (len(found.title), found.image_url, found.country) == (200, "", "")
    with pytest.raises(MarketError):
        parse.listing(answers.offer(itemWebUrl="javascript:alert(1)"))


def test_the_affiliates_link_goes_first() -> None:
    link = f"https://www.ebay.com/itm/701?campid=5338&amdata={'x' * 600}"
    assert parse.listing(answers.offer(itemAffiliateWebUrl=link)).url == link
    assert parse.listing(answers.offer(itemAffiliateWebUrl="")).url == "https://www.ebay.com/itm/701"


@pytest.mark.parametrize("name", ["itemId", "title", "itemWebUrl"])
@pytest.mark.parametrize("value", [None, "", 7.5, [], {}])
def test_an_offer_without_id_title_or_link_is_left_out_and_counted(name: str, value: object) -> None:
    body = {"total": 2, "itemSummaries": [answers.offer(1), {**answers.offer(2), name: value}]}
    found = parse.search(body)
    assert ([listing.item_id for listing in found.listings], found.skipped) == (["v1|1|0"], 1)


@pytest.mark.parametrize("name", ["itemId", "title", "lastSoldPrice", "lastSoldDate"])
def test_a_sale_without_id_title_price_or_date_is_left_out_and_counted(name: str) -> None:
    found = parse.sales({"itemSales": [answers.sold(1, **{name: None}), answers.sold(2)]})
    assert ([sale.item_id for sale in found.listings], found.skipped) == (["v1|2|0"], 1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-20T12:00:00.000Z", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T12:00:00+02:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T12:00:00", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
        (7, None),
        (None, None),
    ],
)
def test_moments_are_utc_or_unknown(written: object, meant: datetime | None) -> None:
    assert parse.listing(answers.offer(itemCreationDate=written)).listed_at == meant


@pytest.mark.parametrize(("bids", "meant"), [(0, 0), (12, 12), (-1, None), (True, None), ("3", None)])
def test_bids_are_a_count_or_unknown(bids: object, meant: int | None) -> None:
    assert parse.listing(answers.offer(bidCount=bids)).bids == meant


@pytest.mark.parametrize(
    ("body", "total", "more"),
    [
        ({}, None, False),
        ({"total": 0}, 0, False),
        ({"total": -1, "itemSummaries": None}, None, False),
        ({"total": "9", "next": "https://api.ebay.com/"}, None, False),
        ({"total": 9, "itemSummaries": [{}], "next": "https://api.ebay.com/"}, 9, True),
    ],
)
def test_a_page_without_listings_is_empty(body: dict[str, Any], total: int | None, *, more: bool) -> None:
    found = parse.search(body)
    assert (found.listings, found.total, found.has_more) == ([], total, more)


@pytest.mark.parametrize("listed", [7, "x", {}, [7], [None]])
def test_a_page_that_holds_no_list_is_an_error(listed: object) -> None:
    with pytest.raises(MarketError):
        parse.search({"itemSummaries": listed})
    with pytest.raises(MarketError):
        parse.sales({"itemSales": listed})


def test_incomplete_rates_are_left_out() -> None:
    body = answers.rate_limits(remaining=7, reset="2026-11-24T08:00:00.000Z")
    body["rateLimits"][0]["resources"] += [
        {"name": "unused", "rates": [{"limit": 5000}, {"limit": 1, "remaining": 1, "reset": "?"}]},
        {"name": "empty"},
    ]
    body["rateLimits"].append({})
    found = parse.rates(body)
    assert [(rate.resource, rate.remaining, rate.window) for rate in found] == [
        ("buy.browse.item.bulk", 5_000, 86_400),
        ("buy.browse", 1, 300),
        ("buy.browse", 7, 86_400),
    ]
    assert found[2].resets_at == datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_a_key_without_a_key_is_an_error() -> None:
    with pytest.raises(MarketError):
        parse.public_key({"algorithm": "ECDSA", "digest": "SHA1"})
