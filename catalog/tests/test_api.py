"""The API over prices that came through the real ingest: two days of one set."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Card, CardSet
from catalog.tests.factories import CardFactory, GameFactory, PrintingFactory
from catalog.tests.two_days import CARDS, TODAY, YESTERDAY, market
from pricing.tests.factories import SourceFactory
from pricing.tests.market import BASE, Listing, Shop, product, quote

pytestmark = pytest.mark.django_db
GAMES = "pokemon, magic, yugioh, one-piece, lorcana, digimon"
SAID = {"source": "market", "as_of": TODAY.isoformat(), "is_stale": False, "is_demo": False}
Get = Callable[..., Any]


@pytest.fixture
def get(client: Client) -> Get:
    """What the API answers to a parametrized address."""

    def answer(path: str, **query: Any) -> Any:
        return client.get(f"/api/v1/{path}", query)

    return answer


@pytest.fixture
def shop() -> Shop:
    source = SourceFactory.create(slug="market", name="Market", rank=1, attribution="Prices by Market.")
    return Shop(source=source, game=GameFactory.create(slug="digimon", name="Digimon"))


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def problem(answer: Any, status: int) -> Any:
    """The body of an answer that is a problem of this status."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body = answer.json()
    assert body["status"] == status
    return body


def errors(answer: Any) -> dict[str, str]:
    return {error["field"]: error["detail"] for error in problem(answer, 400)["errors"]}


def test_games_are_those_of_the_database(shop: Shop, get: Get) -> None:
    found = get("games/").json()["results"]
    assert [game["slug"] for game in found] == GAMES.split(", ")
    assert found[-1] == {"slug": "digimon", "name": "Digimon", "language": "en"}


def test_sets_of_a_game_with_the_number_of_their_cards(shop: Shop, get: Get) -> None:
    market(shop, first=(1000, 200), then=(1500, 200))
    assert get("games/digimon/sets/").json() == {
        "results": [
            {
                "slug": "base-set",
                "name": "Base Set",
                "code": "BS",
                "released_on": "1999-01-09",
                "cards": 2,
            }
        ]
    }


def test_a_set_is_a_checklist_with_prices_and_a_value(shop: Shop, get: Get) -> None:
    market(shop, first=(1000, 200), then=(1500, 200))
    found = get("sets/digimon/base-set/").json()
    assert (found["game"]["slug"], found["set"]["slug"]) == ("digimon", "base-set")
    assert (found["value"]["base"], found["value"]["unpriced"]) == (usd("17.00"), 0)
    card = Card.objects.get(name="Charizard")
    assert found["results"][0] == {
        "printing_id": card.printings.get().pk,
        "card_id": card.pk,
        "name": "Charizard",
        "number": "4/102",
        "kind": "single",
        "rarity": "Holo Rare",
        "finish": "Holofoil",
        "market": usd("15.00"),
        "low": usd("14.50"),
        "mid": None,
        "change_24h": "50.00",
        "change_7d": None,
        **SAID,
    }


def test_a_card_without_a_price_says_null_and_never_nought(shop: Shop, get: Get) -> None:
    card = CardFactory.create(game=shop.game, card_set__game=shop.game, card_set__slug="empty")
    PrintingFactory.create(card=card)
    (row,) = get("sets/digimon/empty/").json()["results"]
    nothing = {"source": None, "as_of": None, "is_stale": False, "is_demo": False}
    assert {name: row[name] for name in ("market", "low", "mid", *nothing)} == {
        "market": None,
        "low": None,
        "mid": None,
        **nothing,
    }
    (printing,) = get(f"cards/{card.pk}/").json()["printings"]
    assert (printing["market"], printing["source"]) == (None, None)
    (line,) = get(f"cards/{card.pk}/history/").json()["results"]
    assert line["points"] == []


def test_a_card_has_its_printings_with_prices_and_changes(shop: Shop, get: Get) -> None:
    market(shop, first=(1000,), then=(1500,))
    card = Card.objects.get(name="Charizard")
    found = get(f"cards/{card.pk}/").json()
    assert found["url"] == f"/cards/{card.pk}/charizard/"
    assert (found["name"], found["number"], found["rarity"]) == ("Charizard", "4/102", "Holo Rare")
    (printing,) = found["printings"]
    assert (printing["market"], printing["low"], printing["high"]) == (usd("15.00"), usd("14.50"), None)
    assert printing["changes"]["24h"] == {"from": usd("10.00"), "percent": "50.00"}
    assert {name: printing[name] for name in SAID} == SAID
    assert found["conditions"] == []


def test_conditions_stand_beside_the_market_price(shop: Shop, get: Get) -> None:
    listed = {BASE: [product("1", **CARDS["1"])]}
    quotes = [quote("1", (1000,)), quote("1", (700, 650), condition="LP")]
    shop.brings(Listing(day=TODAY, listed=listed, quoted={BASE.external_id: quotes}))
    (row,) = get(f"cards/{Card.objects.get().pk}/").json()["conditions"]
    assert row == {
        "finish": "Normal",
        "condition": "LP",
        "grade": "",
        "language": "en",
        "market": usd("7.00"),
        "low": usd("6.50"),
        "source": "market",
        "is_demo": False,
    }


def test_a_history_has_a_point_for_each_change(shop: Shop, get: Get) -> None:
    market(shop, first=(1000,), then=(1500,))
    found = get(f"cards/{Card.objects.get().pk}/history/", range="1w").json()
    assert (found["range"], found["until"]) == ("1w", TODAY.isoformat())
    assert found["since"] == (TODAY - timedelta(days=7)).isoformat()
    (line,) = found["results"]
    assert (line["finish"], line["source"]) == ("Holofoil", "market")
    assert line["points"] == [
        {"day": YESTERDAY.isoformat(), "market": usd("10.00"), "low": usd("9.50"), "mid": None},
        {"day": TODAY.isoformat(), "market": usd("15.00"), "low": usd("14.50"), "mid": None},
    ]


@pytest.mark.parametrize(("asked", "shown"), [("", "3m"), ("all", "all"), ("1y", "1y")])
def test_a_range_is_three_months_unless_asked(asked: str, shown: str, shop: Shop, get: Get) -> None:
    market(shop, first=(1000,), then=(1500,))
    assert get(f"cards/{Card.objects.get().pk}/history/", range=asked).json()["range"] == shown


def test_a_search_finds_in_spite_of_a_typing_error_and_says_so(shop: Shop, get: Get) -> None:
    market(shop, first=(1000, 200), then=(1500, 200))
    found = get("search/", q="charzard").json()
    assert (found["corrected"], found["next"]) == ("charizard", None)
    (row,) = found["results"]
    assert (row["name"], row["market"], row["game"]["slug"]) == ("Charizard", usd("15.00"), "digimon")
    assert {name: row[name] for name in SAID} == SAID


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"price_min": "2.01"}, ["Booster Box", "Charizard"]),
        ({"price_max": "2.00"}, ["Pikachu"]),
        ({"rarity": "Common"}, ["Pikachu"]),
        ({"finish": "Holofoil", "kind": "sealed"}, ["Booster Box"]),
        ({"set": "base-set", "sort": "-price"}, ["Booster Box", "Charizard", "Pikachu"]),
        ({"sort": "price"}, ["Pikachu", "Charizard", "Booster Box"]),
        ({"kind": "", "sort": "", "rarity": "", "q": ""}, ["Booster Box", "Charizard", "Pikachu"]),
    ],
)
def test_filters_and_orders_are_those_of_the_page(
    query: dict[str, str], names: list[str], shop: Shop, get: Get
) -> None:
    market(shop, first=(1000, 200, 9000), then=(1500, 200, 9000))
    found = [row["name"] for row in get("search/", game="digimon", **query).json()["results"]]
    assert (found if query.get("sort") else sorted(found)) == names


def test_the_next_page_goes_on_behind_the_last_row(shop: Shop, get: Get, client: Client) -> None:
    card_set = CardFactory.create(card_set__game=shop.game).card_set
    CardFactory.create_batch(59, card_set=card_set, game=shop.game)
    first = get("search/", game="digimon", sort="name").json()
    second = client.get(first["next"]).json()
    assert first["next"].startswith("http://testserver/api/v1/search/?game=digimon&sort=name&after=")
    found = [row["id"] for row in first["results"] + second["results"]]
    assert (len(first["results"]), len(found), len(set(found)), second["next"]) == (48, 60, 60, None)


def test_suggestions_are_made_as_one_types(shop: Shop, get: Get) -> None:
    market(shop, first=(1000, 200), then=(1500, 200))
    found = get("search/suggest/", q="char", game="digimon").json()["results"]
    assert [(row["name"], row["number"], row["set_name"]) for row in found] == [
        ("Charizard", "4/102", "Base Set")
    ]


def test_movers_say_from_what_to_what(shop: Shop, get: Get) -> None:
    market(shop, first=(1000, 400), then=(1500, 300))
    (up,) = get("movers/", window=1, floor=100, thin="on").json()["results"]
    assert (up["name"], up["from"], up["to"], up["percent"]) == (
        "Charizard",
        usd("10.00"),
        usd("15.00"),
        "50.00",
    )
    assert {name: up[name] for name in SAID} == SAID
    (down,) = get("movers/", window=1, floor=100, thin="on", direction="down", game="digimon").json()[
        "results"
    ]
    assert (down["name"], down["percent"]) == ("Pikachu", "-25.00")
    assert get("movers/", window=1, floor=100).json()["results"] == []


def test_sources_say_who_they_are_and_how_far_they_go(shop: Shop, get: Get) -> None:
    market(shop, first=(1000,), then=(1500,))
    found = {row["slug"]: row for row in get("sources/").json()["results"]}
    assert found["market"] == {
        "slug": "market",
        "name": "Market",
        "url": "",
        "attribution": "Prices by Market.",
        "currency": "USD",
        "is_demo": False,
        "newest_day": TODAY.isoformat(),
        "policy": {"is_blended": True, "keeps_history": True, "shown_hours": None, "origin": None},
        "games": [{"game": "digimon", "newest_day": TODAY.isoformat(), "is_stale": False}],
    }
    assert found["demo"]["games"] == []
    assert (found["demo"]["is_demo"], found["demo"]["newest_day"]) == (True, None)


def test_prices_of_a_silent_source_are_stale_and_demonstration_prices_say_so(shop: Shop, get: Get) -> None:
    shop.source.is_demo, shop.source.fresh_hours = True, 24
    shop.source.save()
    old = TODAY - timedelta(days=9)
    shop.brings(
        Listing(day=old, listed={BASE: [product("1", **CARDS["1"])]}, quoted={"604": [quote("1", (100,))]})
    )
    (row,) = get("sets/digimon/base-set/").json()["results"]
    said = {"source": "market", "as_of": old.isoformat(), "is_stale": True, "is_demo": True}
    assert {name: row[name] for name in said} == said
    (printing,) = get(f"cards/{Card.objects.get().pk}/").json()["printings"]
    assert {name: printing[name] for name in said} == said


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("games/", 2),
        ("games/digimon/sets/", 3),
        ("sets/digimon/base-set/", 6),
        ("cards/{pk}/", 9),
        ("cards/{pk}/history/", 7),
        ("search/?game=digimon", 9),
        ("search/?game=digimon&q=base", 11),
        ("search/suggest/?q=base", 8),
        ("movers/?window=1&floor=100&thin=on", 4),
        ("sources/", 4),
    ],
)
def test_every_endpoint_costs_the_same_with_one_row_and_with_three(
    path: str, queries: int, shop: Shop, get: Get, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    market(shop, first=(1000,), then=(1500,))
    address = path.format(pk=Card.objects.get(name="Charizard").pk)
    with django_assert_num_queries(queries):
        assert get(address).status_code == 200
    market(shop, then=(1500, 300, 9500))
    with django_assert_num_queries(queries):
        assert get(address).status_code == 200


@pytest.mark.parametrize("path", ["games/atlantis/sets/", "sets/atlantis/base-set/"])
def test_an_unknown_game_in_the_path_is_not_found_and_the_supported_are_named(
    path: str, shop: Shop, get: Get
) -> None:
    found = problem(get(path), 404)
    assert found["detail"] == f"There is no game “atlantis” here. Supported are {GAMES}."
    assert found["type"].endswith("/api/problems/not-found/")


def test_an_unknown_or_hidden_set_is_not_found(shop: Shop, get: Get) -> None:
    market(shop, first=(1000,), then=(1500,))
    CardSet.objects.update(is_published=False)
    detail = problem(get("sets/digimon/base-set/"), 404)["detail"]
    assert detail == "Digimon has no set “base-set”; /api/v1/games/digimon/sets/ lists its sets."
    assert get("games/digimon/sets/").json()["results"] == []


@pytest.mark.parametrize("page", ["", "history/"])
def test_an_unknown_or_hidden_card_is_not_found(page: str, shop: Shop, get: Get) -> None:
    market(shop, first=(1000,), then=(1500,))
    CardSet.objects.update(is_published=False)
    for pk in (Card.objects.get().pk, 10**15):
        assert problem(get(f"cards/{pk}/{page}"), 404)["detail"] == "This card is not in the catalogue."


@pytest.mark.parametrize("path", ["search/", "search/suggest/", "movers/"])
def test_an_unknown_game_in_the_query_is_refused_and_the_supported_are_named(
    path: str, shop: Shop, get: Get
) -> None:
    refused = errors(get(path, q="char", game="atlantis"))
    assert refused == {"game": f"“atlantis” is not accepted. Accepted are {GAMES}."}


def test_every_wrong_value_of_a_search_is_named_with_the_accepted_ones(shop: Shop, get: Get) -> None:
    market(shop, first=(1000, 200), then=(1500, 200))
    wrong = {"rarity": "r", "finish": "f", "kind": "k", "sort": "s", "set": "t"}
    assert errors(get("search/", game="digimon", price_min="-1", price_max="x", **wrong)) == {
        "rarity": "“r” is not accepted. Accepted are Common, Holo Rare.",
        "finish": "“f” is not accepted. Accepted are Holofoil.",
        "kind": "“k” is not accepted. Accepted are single, sealed.",
        "sort": "“s” is not accepted. Accepted are relevance, name, number, price, -price, newest.",
        "set": "“t” is not accepted. Accepted are base-set.",
        "price_min": "Ensure this value is greater than or equal to 0.",
        "price_max": "Enter a number.",
    }


def test_a_set_needs_its_game(shop: Shop, get: Get) -> None:
    market(shop, first=(1000,), then=(1500,))
    assert errors(get("search/", set="base-set")) == {
        "set": "“base-set” is not accepted. Name the game it belongs to."
    }


def test_a_search_that_cannot_be_understood_says_where_and_what_may_be_meant(shop: Shop, get: Get) -> None:
    assert problem(get("search/", q="mew rarty:rare"), 400)["errors"] == [
        {
            "field": "q",
            "detail": "There is no “rarty:”. Did you mean rarity?",
            "position": 4,
            "length": 5,
            "suggestions": ["rarity"],
        }
    ]


def test_only_who_is_signed_in_asks_for_what_they_own(
    shop: Shop, get: Get, client: Client, alice: User
) -> None:
    assert "once you are signed in" in errors(get("search/", q="owned:yes"))["q"]

    client.force_login(alice)
    assert get("search/", q="owned:yes").json()["results"] == []


def test_a_price_range_upside_down_is_refused(get: Get) -> None:
    refused = errors(get("search/", price_min="5", price_max="4"))
    assert refused == {"price_max": "The highest price lies below the lowest."}


def test_a_cursor_that_was_tampered_with_or_belongs_to_another_search_is_refused(
    shop: Shop, get: Get
) -> None:
    CardFactory.create_batch(
        50, card_set=CardFactory.create(card_set__game=shop.game).card_set, game=shop.game
    )
    page = get("search/", game="digimon", sort="name").json()["next"]
    cursor = page.partition("after=")[2]
    lost = {"after": "This is no page of these results. Start again without it."}
    assert errors(get("search/", game="digimon", sort="name", after="x" + cursor)) == lost
    assert errors(get("search/", game="digimon", sort="price", after=cursor)) == lost


def test_wrong_values_of_movers_and_of_a_range_are_named(shop: Shop, get: Get) -> None:
    market(shop, first=(1000,), then=(1500,))
    assert errors(get("movers/", window="9", floor="1", direction="left")) == {
        "window": "“9” is not accepted. Accepted are 1, 7, 30, 365.",
        "floor": "“1” is not accepted. Accepted are 100, 500, 2000, 5000, 10000.",
        "direction": "“left” is not accepted. Accepted are up, down.",
    }
    assert errors(get(f"cards/{Card.objects.get().pk}/history/", range="2w")) == {
        "range": "“2w” is not accepted. Accepted are 1w, 1m, 3m, 6m, 1y, all."
    }


def test_suggestions_need_a_text_that_a_database_can_hold(get: Get) -> None:
    assert errors(get("search/suggest/")) == {"q": "This field is required."}
    assert errors(get("search/suggest/", q="a\x00b")) == {"q": "Null characters are not allowed."}


@pytest.mark.parametrize("path", ["nothing/", "games/digimon/", "", "cards/x/"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_address_that_is_none_is_a_problem_too(path: str, method: str, client: Client) -> None:
    answer = getattr(client, method)(f"/api/v1/{path}")
    assert problem(answer, 404)["detail"] == "There is no such endpoint; docs/api.md lists them all."


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(method: str, client: Client) -> None:
    answer = getattr(client, method)("/api/v1/games/")
    assert problem(answer, 405)["detail"] == f'Method "{method.upper()}" not allowed.'
    assert "GET" in answer["Allow"]


def test_a_forgotten_slash_leads_to_the_address_with_it(client: Client) -> None:
    answer = client.get("/api/v1/games")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/games/")


def test_who_asks_does_not_matter(client: Client) -> None:
    assert client.get("/api/v1/games/", HTTP_AUTHORIZATION="Basic bm9ib2R5OmhlcmU=").status_code == 200
