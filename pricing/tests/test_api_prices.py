"""Many prices at once, as of today and of days before, over a real ingest."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import CardSet
from pricing import history
from pricing.models import LatestPrice, Source
from pricing.tests import rates as bank
from pricing.tests.asking import errors, usd
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, listing, quote

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
UNSAID = {"source": None, "as_of": None, "is_stale": False, "is_demo": False}
Get = Callable[..., Any]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def shop(shop: Shop) -> Shop:
    Source.objects.filter(pk=shop.source.pk).update(slug="market", rank=1)
    shop.source.refresh_from_db()
    return shop


@pytest.fixture
def get(client: Client) -> Get:
    def answer(path: str, **query: Any) -> Any:
        return client.get(f"/api/v1/{path}", query)

    return answer


def printing(shop: Shop, product_id: str) -> int:
    return shop.series(product_id).printing_id


def another(shop: Shop, **facts: Any) -> Shop:
    """A second source that knows the same cards by the same ids."""
    source = SourceFactory.create(**{"slug": "other", "rank": 2} | facts)
    return Shop(source=source, game=shop.game)


def says_too(other: Shop, shop: Shop, market: int, *, day: date = TODAY) -> None:
    """The other source prices the first card as well."""
    quotes = [quote("1", (market,), currency=other.source.currency)]
    other.brings(listing(quotes, day=day), ids=shop.source.slug)


def test_prices_come_in_the_order_of_the_ids_and_unknown_ones_are_missing(shop: Shop, get: Get) -> None:
    shop.brings(listing([quote("1", (1000, 950, 1100)), quote("2", (None, 20))], day=TODAY))
    first, second = printing(shop, "1"), printing(shop, "2")
    found = get("prices/", ids=f"{second},999,{first},{second}").json()
    assert found == {
        "currency": None,
        "day": None,
        "results": [
            {
                "printing_id": second,
                "condition": "",
                "grade": "",
                "language": "en",
                "market": None,
                "low": usd("0.20"),
                "mid": None,
                "rate_of": None,
                "source": "market",
                "as_of": TODAY.isoformat(),
                "is_stale": False,
                "is_demo": False,
            },
            {
                "printing_id": first,
                "condition": "",
                "grade": "",
                "language": "en",
                "market": usd("10.00"),
                "low": usd("9.50"),
                "mid": usd("11.00"),
                "rate_of": None,
                "source": "market",
                "as_of": TODAY.isoformat(),
                "is_stale": False,
                "is_demo": False,
            },
        ],
        "missing": [999],
    }


def test_a_body_asks_the_same_as_an_address(shop: Shop, client: Client, get: Get) -> None:
    shop.says({"1": 1000}, day=ago(1))
    first = printing(shop, "1")
    sent = client.post("/api/v1/prices/", {"ids": [first, 7]}, content_type="application/json")
    assert sent.json() == get("prices/", ids=f"{first},7").json()
    body = {"ids": [first], "as_of": ago(1).isoformat(), "condition": "NM"}
    sent = client.post("/api/v1/prices/", body, content_type="application/json")
    assert sent.json() == get("prices/", ids=first, as_of=ago(1), condition="NM").json()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "ids"),
        ({"ids": "1,two"}, "ids"),
        ({"ids": "0"}, "ids"),
        ({"ids": "1,"}, "ids"),
        ({"ids": "2147483648"}, "ids"),
        ({"ids": ",".join(map(str, range(1, 502)))}, "ids"),
        ({"ids": "1", "source": "nobody"}, "source"),
        ({"ids": "1", "currency": "XXX"}, "currency"),
        ({"ids": "1", "as_of": "yesterday"}, "as_of"),
        ({"ids": "1", "as_of": "9999-12-31"}, "as_of"),
        ({"ids": "1", "as_of": "0001-01-01"}, "as_of"),
        ({"ids": "1", "condition": "NM", "grade": "PSA 10"}, "grade"),
    ],
)
def test_what_is_wrong_is_named(query: dict[str, str], field: str, db: None, get: Get) -> None:
    assert list(errors(get("prices/", **query))) == [field]


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["1"]}, {"ids": [0]}, {"ids": [1], "id": 2}, []])
def test_a_wrong_body_is_a_problem(body: Any, db: None, client: Client) -> None:
    assert errors(client.post("/api/v1/prices/", body, content_type="application/json"))


def test_the_best_ranked_source_with_a_price_speaks_unless_another_is_asked(shop: Shop, get: Get) -> None:
    shop.says({"1": 1000}, day=TODAY)
    other = another(shop)
    says_too(other, shop, 900)
    first = printing(shop, "1")
    assert get("prices/", ids=first).json()["results"][0]["source"] == "market"
    assert get("prices/", ids=first, source="other").json()["results"][0]["market"] == usd("9.00")
    LatestPrice.objects.filter(series__source=shop.source).update(market=None)
    assert get("prices/", ids=first).json()["results"][0]["source"] == "other"


def test_a_printing_without_such_a_price_says_null(shop: Shop, get: Get) -> None:
    shop.says({"1": 1000}, day=TODAY)
    (row,) = get("prices/", ids=printing(shop, "1"), grade="PSA 10").json()["results"]
    assert (row["grade"], row["market"], row["language"]) == ("PSA 10", None, None)
    assert {name: row[name] for name in UNSAID} == UNSAID


def test_prices_are_converted_at_the_rate_of_their_day(shop: Shop, get: Get) -> None:
    shop.says({"1": 1000}, day=ago(3))
    bank.says(ago(4), USD="1.25")
    bank.says(TODAY, USD="2")
    first = printing(shop, "1")
    found = get("prices/", ids=first, currency="EUR").json()
    assert found["currency"] == "EUR"
    (row,) = found["results"]
    assert (row["market"], row["rate_of"]) == (eur("8.00"), ago(4).isoformat())
    (row,) = get("prices/", ids=first, currency="EUR", as_of=TODAY).json()["results"]
    assert (row["market"], row["rate_of"]) == (eur("5.00"), TODAY.isoformat())
    (row,) = get("prices/", ids=first, currency="USD").json()["results"]
    assert (row["market"], row["rate_of"]) == (usd("10.00"), None)


def test_without_a_rate_a_converted_price_is_unknown(shop: Shop, get: Get) -> None:
    shop.says({"1": 1000}, day=TODAY)
    (row,) = get("prices/", ids=printing(shop, "1"), currency="EUR").json()["results"]
    assert (row["market"], row["rate_of"], row["source"]) == (None, None, "market")


@pytest.mark.parametrize("is_packed", [False, True])
def test_what_was_known_on_a_day(is_packed: bool, shop: Shop, get: Get) -> None:
    for days, price in ((200, 1000), (100, 1500), (0, 1600)):
        shop.says({"1": price}, day=ago(days))
    if is_packed:
        assert history.pack_closed(TODAY) == 2
    first = printing(shop, "1")

    def on(days: int) -> Any:
        (row,) = get("prices/", ids=first, as_of=ago(days)).json()["results"]
        return row["market"], row["as_of"], row["is_stale"]

    assert on(0) == (usd("16.00"), ago(0).isoformat(), False)
    assert on(1) == (usd("15.00"), ago(100).isoformat(), True)
    assert on(100) == (usd("15.00"), ago(100).isoformat(), False)
    assert on(101) == (usd("10.00"), ago(200).isoformat(), True)
    assert on(201) == (None, None, False)


def test_on_a_day_the_best_ranked_source_of_that_day_speaks(shop: Shop, get: Get) -> None:
    shop.says({"1": 1000}, day=ago(1))
    other = another(shop, rank=0)
    says_too(other, shop, 900)
    first = printing(shop, "1")
    assert get("prices/", ids=first).json()["results"][0]["source"] == "other"
    assert get("prices/", ids=first, as_of=ago(1)).json()["results"][0]["source"] == "market"


def test_what_the_terms_let_us_show_no_longer_is_not_shown(shop: Shop, get: Get) -> None:
    shop.says({"1": 1000}, day=ago(1))
    Source.objects.filter(pk=shop.source.pk).update(shown_hours=6, keeps_history=False)
    first = printing(shop, "1")
    (row,) = get("prices/", ids=first).json()["results"]
    assert row["market"] == usd("10.00")  # it was asked a moment ago
    shop.source.runs.update(finished_at=datetime.now(UTC) - timedelta(hours=7))
    (row,) = get("prices/", ids=first).json()["results"]
    assert (row["market"], row["source"]) == (None, "market")
    (row,) = get("prices/", ids=first, as_of=TODAY).json()["results"]
    assert (row["market"], row["source"]) == (None, None)
    assert get(f"printings/{first}/history/").json()["results"][0]["market"] is None


def test_hidden_sets_are_missing(shop: Shop, get: Get) -> None:
    shop.says({"1": 1000}, day=TODAY)
    first = printing(shop, "1")
    CardSet.objects.update(is_published=False)
    for query in ({}, {"as_of": TODAY}, {"currency": "EUR"}):
        assert get("prices/", ids=first, **query).json()["missing"] == [first]
    assert get(f"printings/{first}/history/").status_code == 404


@pytest.mark.parametrize(
    ("query", "statements"),
    [
        ({}, 1),
        ({"source": "market"}, 2),
        ({"currency": "EUR"}, 2),
        ({"as_of": TODAY}, 1),
        ({"as_of": ago(400)}, 2),
    ],
)
def test_a_list_costs_the_same_with_one_row_and_with_three(
    query: dict[str, Any],
    statements: int,
    shop: Shop,
    get: Get,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    shop.says({"1": 1000, "2": 2000, "3": 3000}, day=TODAY)
    ids = [printing(shop, key) for key in "123"]
    for asked in (ids[:1], ids):
        with django_assert_num_queries(statements):
            found = get("prices/", ids=",".join(map(str, asked)), **query).json()
        assert [row["printing_id"] for row in found["results"]] == asked
