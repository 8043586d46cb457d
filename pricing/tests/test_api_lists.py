"""The catalogue page after page, one printing, its history, and exchange rates."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import CardSet
from pricing import history
from pricing.models import Source
from pricing.tests import rates as bank
from pricing.tests.asking import errors, usd
from pricing.tests.factories import SourceFactory
from pricing.tests.market import BASE, Shop, listing, quote

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
Get = Callable[..., Any]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


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


def turn(client: Client, address: str) -> list[Any]:
    """Every row of a list, page after page."""
    rows, following = [], address
    while following:
        answer = client.get(following)
        rows += answer.json()["results"]
        following = answer.json()["next"]
        assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
    return rows


def test_pages_of_printings_hold_each_once(shop: Shop, client: Client) -> None:
    foil = [quote(str(number), (100,), finish=finish) for number in range(5) for finish in ("Foil", "Normal")]
    shop.brings(listing(foil))
    whole = client.get("/api/v1/printings/").json()
    assert whole["next"] is None
    assert len(whole["results"]) == 10
    for limit in (1, 3, 10):
        assert turn(client, f"/api/v1/printings/?limit={limit}") == whole["results"]
        assert turn(client, f"/api/v1/printings/?limit={limit}&finish=Foil") == whole["results"][::2]
    card = whole["results"][0]["card_id"]
    assert [row["finish"] for row in turn(client, f"/api/v1/printings/?card={card}")] == ["Foil", "Normal"]


def test_a_row_says_what_a_printing_is(shop: Shop, get: Get) -> None:
    shop.says({"1": 1000})
    (row,) = get("printings/").json()["results"]
    card = shop.series("1").printing.card
    about = {
        "name": "Card 1",
        "number": "1",
        "kind": "single",
        "rarity": "Rare",
        "image_url": "",
        "game": {"slug": shop.game.slug, "name": shop.game.name},
        "set": {"slug": "base-set", "name": "Base Set"},
    }
    printing = shop.series("1").printing_id
    assert row == {"printing_id": printing, "card_id": card.pk, "finish": "Normal", **about}
    assert get("cards/").json()["results"] == [{"id": card.pk, **about}]


def test_pages_of_cards_hold_each_once_and_only_those_asked_for(shop: Shop, client: Client) -> None:
    shop.says({str(number): 100 for number in range(5)})
    every = turn(client, "/api/v1/cards/?limit=2")
    assert [row["name"] for row in every] == [f"Card {number}" for number in range(5)]
    for query in ("kind=single", "rarity=Rare", f"game={shop.game.slug}&set=base-set"):
        assert turn(client, f"/api/v1/cards/?{query}&limit=2") == every
    assert turn(client, "/api/v1/cards/?kind=sealed") == []
    CardSet.objects.update(is_published=False)
    assert turn(client, "/api/v1/cards/") == turn(client, "/api/v1/printings/") == []


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("cards/", {"game": "atlantis"}, "game"),
        ("cards/", {"set": "base-set"}, "set"),
        ("cards/", {"limit": "501"}, "limit"),
        ("cards/", {"limit": "0"}, "limit"),
        ("cards/", {"after": "x"}, "after"),
        ("printings/", {"finish": "Gold"}, "finish"),
        ("printings/", {"card": "0"}, "card"),
        ("rates/", {"day": "9999-01-01"}, "day"),
        ("rates/", {"base": "XXX"}, "base"),
        ("rates/", {"currencies": "USD,XXX"}, "currencies"),
    ],
)
def test_what_is_wrong_is_named(path: str, query: dict[str, str], field: str, db: None, get: Get) -> None:
    assert list(errors(get(path, **query))) == [field]


def test_a_page_of_another_list_is_refused(shop: Shop, client: Client) -> None:
    shop.says({"1": 100, "2": 100})
    following = client.get("/api/v1/cards/?limit=1").json()["next"]
    assert errors(client.get(f"{following}&kind=single")) == {
        "after": "This is no page of these results. Start again without it."
    }


def test_a_printing_with_ids_and_the_price_of_each_source(shop: Shop, get: Get) -> None:
    shop.brings(listing([quote("1", (1000, 950)), quote("1", (700,), condition="LP")], day=TODAY))
    other = Shop(source=SourceFactory.create(slug="other", rank=0, currency="EUR"), game=shop.game)
    other.brings(listing([quote("1", (900,), currency="EUR")], day=TODAY), ids="market")
    pk = get("printings/").json()["results"][0]["printing_id"]
    found = get(f"printings/{pk}/").json()
    assert (found["printing_id"], found["finish"], found["card"]["name"]) == (pk, "Normal", "Card 1")
    assert found["external_ids"] == {
        "card": [{"source": "market", "id": "1"}],
        "set": [{"source": "market", "id": BASE.external_id}],
    }
    told = [(row["source"], row["condition"], row["market"]) for row in found["prices"]]
    assert told == [
        ("other", "", {"amount": "9.00", "currency": "EUR"}),
        ("market", "", usd("10.00")),
        ("market", "LP", usd("7.00")),
    ]
    assert get("printings/999999/").status_code == 404


@pytest.fixture
def pk(shop: Shop) -> int:
    """It cost 10 seventy days ago, which is packed, 12 ten days ago and yesterday, and costs 13 today."""
    for days, price in ((70, 1000), (10, 1200), (1, 1200), (0, 1300)):
        shop.says({"1": price}, day=ago(days))
    assert history.pack_closed(TODAY) == 1
    return shop.series("1").printing_id


def points(get: Get, pk: int, **query: Any) -> list[tuple[str, str]]:
    found = get(f"printings/{pk}/history/", **query).json()["results"]
    return [(point["day"], point["market"]["amount"]) for point in found]


def test_changes_alone(pk: int, get: Get) -> None:
    assert points(get, pk, interval="change") == [
        (str(ago(70)), "10.00"),
        (str(ago(10)), "12.00"),
        (str(ago(0)), "13.00"),
    ]
    assert points(get, pk, interval="change", **{"from": ago(20), "to": ago(5)}) == [
        (str(ago(20)), "10.00"),
        (str(ago(10)), "12.00"),
    ]


def test_every_day_carries_its_price_forward(pk: int, get: Get) -> None:
    found = points(get, pk)
    assert [day for day, _ in found] == [str(ago(days)) for days in range(70, -1, -1)]
    assert [price for _, price in found] == ["10.00"] * 60 + ["12.00"] * 10 + ["13.00"]
    assert points(get, pk, **{"from": ago(11), "to": ago(9)}) == found[59:62]
    assert points(get, pk, **{"from": ago(90)}) == found


@pytest.mark.parametrize("interval", ["week", "month"])
def test_of_each_interval_the_last_day_is_a_point(interval: str, pk: int, get: Get) -> None:
    by_day = points(get, pk)
    last: dict[Any, tuple[str, str]] = {}
    for day, price in by_day:
        known = date.fromisoformat(day)
        last[known.isocalendar()[:2] if interval == "week" else (known.year, known.month)] = (day, price)
    assert points(get, pk, interval=interval) == list(last.values())


def test_each_day_is_converted_at_its_own_rate(pk: int, get: Get) -> None:
    bank.says(ago(80), USD="1.25")
    bank.says(ago(10), USD="2")
    found = get(f"printings/{pk}/history/", currency="EUR", interval="change").json()
    assert (found["currency"], found["source"]) == ("EUR", "market")
    assert [point["market"]["amount"] for point in found["results"]] == ["8.00", "6.00", "6.50"]


def test_a_history_that_nobody_knows_is_empty(pk: int, get: Get) -> None:
    for query in ({"condition": "LP"}, {"source": "demo"}, {"to": ago(71)}):
        assert points(get, pk, **query) == []
    assert get("printings/999999/history/").status_code == 404
    wrong = {"from": ago(1), "to": ago(2)}
    assert list(errors(get(f"printings/{pk}/history/", **wrong))) == ["to"]
    assert list(errors(get(f"printings/{pk}/history/", interval="hour"))) == ["interval"]


def test_rates_of_a_day_between_any_two_currencies(db: None, get: Get) -> None:
    bank.says(ago(3), USD="1.25", JPY="160", IDR="17600.5")
    bank.says(ago(1), USD="1.2", JPY="150")
    found = get("rates/", base="USD", currencies="EUR,JPY,USD", day=ago(2)).json()
    quoted = str(ago(3))
    assert found == {
        "day": str(ago(2)),
        "base": "USD",
        "results": [
            {"currency": "EUR", "rate": "0.8", "quoted_on": quoted},
            {"currency": "JPY", "rate": "128", "quoted_on": quoted},
            {"currency": "USD", "rate": "1", "quoted_on": quoted},
        ],
    }
    rows = {row["currency"]: row for row in get("rates/").json()["results"]}
    assert rows["USD"] == {"currency": "USD", "rate": "1.2", "quoted_on": str(ago(1))}
    assert rows["EUR"] == {"currency": "EUR", "rate": "1", "quoted_on": None}
    (tiny,) = get("rates/", base="IDR", currencies="EUR").json()["results"]
    assert tiny["rate"] == "0.00005681656771"
    (unknown,) = get("rates/", currencies="USD", day=ago(9)).json()["results"]
    assert (unknown["rate"], unknown["quoted_on"]) == (None, None)


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("cards/", 4),
        ("printings/", 4),
        ("printings/{pk}/", 3),
        ("printings/{pk}/history/", 3),
        ("printings/{pk}/history/?interval=change&currency=EUR", 4),
        ("rates/?currencies=USD,EUR", 2),
    ],
)
def test_every_endpoint_costs_the_same_with_one_row_and_with_three(
    path: str, statements: int, shop: Shop, get: Get, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bank.says(ago(2), USD="1.25")
    shop.says({"1": 1000}, day=ago(1))
    address = path.format(pk=shop.series("1").printing_id)
    with django_assert_num_queries(statements):
        assert get(address).status_code == 200
    shop.says({"1": 1100, "2": 2000, "3": 3000}, day=TODAY)
    with django_assert_num_queries(statements):
        assert get(address).status_code == 200
