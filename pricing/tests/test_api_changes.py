"""The change feed as a third party follows it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Card, CardSet
from catalog.tests.committing import commit
from catalog.tests.factories import CardSetFactory
from pricing import corrections, feed
from pricing.tests.market import Shop, later

FEED = "/api/v1/changes/"


@pytest.fixture
def start(shop: Shop) -> str:
    shop.says({"1": 1_000, "2": 2_000})
    commit()
    return str(feed.newest())


def asked(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.get(FEED, query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_changed_price_is_told(client: Client, shop: Shop, start: str) -> None:
    shop.says({"1": 1_100, "2": 2_000}, day=later(1))
    commit()
    found = asked(client, since=start, type="price")
    (told,) = found["results"]
    series = shop.series("1")
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "id": told["id"],
        "type": "price",
        "game": shop.game.slug,
        "printing_id": series.printing_id,
        "card_id": series.printing.card_id,
        "source": shop.source.slug,
        "condition": "",
        "grade": "",
        "language": "en",
        "day": later(1).isoformat(),
        "market": {"amount": "11.00", "currency": "USD"},
        "low": None,
        "mid": None,
    }
    assert (found["cursor"], found["has_more"]) == (str(feed.newest()), False)
    assert asked(client, since=found["cursor"])["results"] == []


def test_next_leads_from_page_to_page(client: Client, shop: Shop, start: str) -> None:
    shop.says({"1": 1_100, "2": 2_100}, day=later(1))
    commit()
    first = asked(client, since=start, type="price", limit=1)
    assert first["has_more"]
    second = client.get(first["next"]).json()
    assert [one["market"]["amount"] for one in first["results"] + second["results"]] == ["11.00", "21.00"]
    assert not second["has_more"]


def test_now_begins_with_what_is_to_come(client: Client, shop: Shop, start: str) -> None:
    assert asked(client, since="now") | {"next": ""} == {
        "cursor": start,
        "has_more": False,
        "next": "",
        "results": [],
    }


def test_without_a_cursor_everything_that_is_kept_comes(client: Client, shop: Shop, start: str) -> None:
    kinds = {one["type"] for one in asked(client, game=shop.game.slug)["results"]}
    assert kinds == {"game", "set", "card", "printing", "price"}


def test_the_catalogue_tells_what_changed_with_its_address(client: Client, shop: Shop, start: str) -> None:
    card, gone = Card.objects.get(number="1"), CardSetFactory.create(game=shop.game)
    key = gone.pk
    CardSet.objects.filter(pk=card.card_set_id).update(name="Base")
    Card.objects.filter(pk=card.pk).update(name="Pikachu")
    gone.delete()
    commit()
    found = asked(client, since=start, type="card,set")["results"]
    assert [{name: one[name] for name in one if name not in {"id", "at", "game"}} for one in found] == [
        {"type": "set", "action": "added", "set_id": key, "set": None},
        {"type": "set", "action": "changed", "set_id": card.card_set_id, "set": card.card_set.slug},
        {"type": "card", "action": "changed", "card_id": card.pk},
        {"type": "set", "action": "removed", "set_id": key, "set": None},
    ]


def test_a_correction_is_told_beside_the_price_of_now(
    client: Client, shop: Shop, start: str, carla: User
) -> None:
    corrections.correct(shop.series("1"), day=later(0), market=1_050, by=carla)
    commit()
    price, correction = asked(client, since=start, type=["price", "correction"])["results"]
    assert (price["market"]["amount"], correction["day"]) == ("10.50", later(0).isoformat())
    assert "market" not in correction


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": "1" * 50}, "since"),
        ({"since": "\x00"}, "since"),
        ({"type": "weather"}, "type"),
        ({"game": "atlantis"}, "game"),
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"limit": "x"}, "limit"),
    ],
)
def test_what_is_not_accepted_is_named(client: Client, db: None, query: dict[str, str], field: str) -> None:
    answer = client.get(FEED, query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_cursor_that_is_no_longer_kept_is_gone(client: Client, start: str) -> None:
    answer = client.get(FEED, {"since": str(int(start) + 1)})
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert "Take the bulk files" in answer.json()["detail"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_for_one_and_for_many(
    client: Client, shop: Shop, start: str, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    shop.says({str(n): 1_100 + n for n in range(1, count + 1)}, day=later(1))
    commit()
    with django_assert_num_queries(7):
        assert len(asked(client, since=start, type="price")["results"]) == count
