"""Saved searches by API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import Api, errors
from pricing.models import SavedSearch

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(alice: User, client_for: Callable[[User], Client]) -> Api:
    client = client_for(alice)
    client.get("/methodology/")  # notes that she was seen
    return Api(client)


@pytest.fixture
def kept(api: Api) -> Any:
    return api.post(
        "searches/", {"name": "Foils", "q": "mew", "filters": {"game": "pokemon", "price_min": "5"}}
    )


def test_a_search_is_saved_read_changed_and_deleted(api: Api, kept: Any) -> None:
    made = kept.json()
    assert kept.status_code == 201
    assert {name: made[name] for name in ("name", "q", "filters", "url")} == {
        "name": "Foils",
        "q": "mew",
        "filters": {"game": "pokemon", "price_min": "5"},
        "url": "/search/?q=mew&game=pokemon&min=5",
    }
    at = f"searches/{made['id']}/"
    assert api.get(at).json() == made
    assert api.get("searches/").json() == {"results": [made]}
    changed = api.patch(at, q="mewtwo").json()
    assert changed == {**made, "q": "mewtwo", "url": "/search/?q=mewtwo&game=pokemon&min=5"}
    assert api.patch(at, filters={}).json()["filters"] == {}
    assert api.delete(at).status_code == 204
    assert api.get(at).status_code == 404


def test_the_list_costs_the_same_with_three(
    api: Api, kept: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    del kept
    for count in (1, 3):
        with django_assert_num_queries(2):
            assert len(api.get("searches/").json()["results"]) == count
        api.post("searches/", {"name": f"A{count}"})
        api.post("searches/", {"name": f"B{count}"})


def test_somebody_elses_search_is_not_there(
    kept: Any, bob: User, client_for: Callable[[User], Client]
) -> None:
    his, at = Api(client_for(bob)), f"searches/{kept.json()['id']}/"

    answers = [his.get(at), his.patch(at, name="Mine"), his.delete(at)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert his.get("searches/").json() == {"results": []}
    assert SavedSearch.objects.get().name == "Foils"


def test_nobody_saves_without_signing_in(client: Client) -> None:
    anyone = Api(client)
    assert [anyone.get("searches/").status_code, anyone.post("searches/", {"name": "x"}).status_code] == [
        401,
        401,
    ]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"q": "mew"}, {"name": "This field is required."}),
        ({"name": ""}, {"name": "This field may not be blank."}),
        ({"name": "Foils"}, {"name": "You have a search named “Foils” already."}),
        ({"name": "x", "q": "m" * 501}, {"q": "Ensure this field has no more than 500 characters."}),
        (
            {"name": "x", "filters": {"kind": "box"}},
            {"kind": "“box” is not accepted. Accepted are single, sealed."},
        ),
        ({"name": "x", "else": 1}, {"else": "There is no such field. Known are name, q, filters."}),
    ],
)
@pytest.mark.usefixtures("kept")
def test_a_wrong_body_is_refused_field_by_field(api: Api, body: Any, wrong: dict[str, str]) -> None:
    assert errors(api.post("searches/", body)) == wrong


def test_what_cannot_be_meant_is_pointed_at(api: Api) -> None:
    (error,) = api.post("searches/", {"name": "x", "q": "rarty:rare"}).json()["errors"]
    assert (error["field"], error["position"], error["length"], error["suggestions"]) == (
        "q",
        0,
        5,
        ["rarity"],
    )


def test_an_unknown_filter_is_named(api: Api) -> None:
    refused = errors(api.post("searches/", {"name": "x", "filters": {"colour": "red"}}))
    assert refused["filters"].startswith("There is no filter “colour”. Known are game, set,")
