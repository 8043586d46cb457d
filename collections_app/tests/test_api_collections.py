"""Collections by API: made, changed, deleted, listed, and seen by visitors."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import Api, errors, usd
from catalog.tests.factories import PrintingFactory
from collections_app.api_urls import holdings
from collections_app.models import Collection
from collections_app.tests import sets
from collections_app.tests.factories import collection, lot
from pricing.tests.market import DAY
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries


def dollar(into: Collection, **facts: Any) -> None:
    printing = PrintingFactory.create()
    sets.costs(printing, 100)
    lot(into, printing, **facts)


def test_a_collection_is_made(api: Api, alice: User) -> None:
    answer = api.post("collections/", {"name": "Binder", "kind": "owned", "visibility": "unlisted"})
    assert answer.status_code == 201
    made = Collection.objects.get(owner=alice)
    assert answer.json() == {
        "id": made.pk,
        "name": "Binder",
        "kind": "owned",
        "visibility": "unlisted",
        "shows_cost": False,
        "shared_at": f"/shared/{made.token}/",
        "created_at": made.created_at.isoformat(),
        "lots": 0,
        "quantity": 0,
        "missing": 0,
        "value": usd("0.00"),
    }


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "x" * 81}, {"name"}),
        ({"name": "a\x00b"}, {"name"}),
        (
            {"name": "Binder", "kind": "box", "visibility": 1, "shows_cost": "maybe"},
            {"kind", "visibility", "shows_cost"},
        ),
        ({"name": "Binder", "colour": "red", "owner": 1}, {"colour", "owner"}),
        ([], {"body"}),
        ("Binder", {"body"}),
        (3, {"body"}),
    ],
)
def test_each_wrong_value_and_unknown_name_is_named(api: Api, body: Any, wrong: set[str]) -> None:
    assert set(errors(api.post("collections/", body))) == wrong
    assert not Collection.objects.exists()


def test_a_name_is_taken_once(api: Api, alice: User, bob: User) -> None:
    collection(alice, "Binder")
    collection(bob, "Box")
    assert "already" in errors(api.post("collections/", {"name": "binder"}))["name"]
    assert api.post("collections/", {"name": "Box"}).status_code == 201


def test_a_patch_changes_only_what_was_sent(api: Api, alice: User) -> None:
    known = collection(alice, "Binder", visibility="public", shows_cost=True)
    assert api.patch(f"collections/{known.pk}/", name="Box").json()["name"] == "Box"
    known.refresh_from_db()
    assert (known.name, known.visibility, known.shows_cost) == ("Box", "public", True)
    collection(alice, "Shelf")
    assert set(errors(api.patch(f"collections/{known.pk}/", name="shelf"))) == {"name"}
    assert set(errors(api.patch(f"collections/{known.pk}/", id=7))) == {"id"}


def test_a_collection_is_deleted_with_what_it_holds(api: Api, alice: User) -> None:
    known = collection(alice)
    dollar(known)
    assert api.delete(f"collections/{known.pk}/").status_code == 204
    assert not Collection.objects.exists()


def test_collections_are_listed_with_their_worth_in_the_currency_asked_for(api: Api, alice: User) -> None:
    says(DAY, USD="2")
    binder = collection(alice)
    dollar(binder, quantity=3)
    lot(binder, PrintingFactory.create(), quantity=2)
    (row,) = api.get("collections/").json()["results"]
    assert (row["lots"], row["quantity"], row["missing"], row["value"]) == (2, 5, 2, usd("3.00"))
    assert row["shared_at"] is None
    (row,) = api.get("collections/", currency="EUR").json()["results"]
    assert row["value"] == {"amount": "1.50", "currency": "EUR"}
    assert set(errors(api.get("collections/", currency="XXX"))) == {"currency"}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_three_queries(
    api: Api, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows):
        dollar(collection(alice))
    with django_assert_num_queries(3):  # user, collections, their worth
        assert len(api.get("collections/").json()["results"]) == rows


def test_a_patch_that_is_no_json_is_a_400(api: Api, alice: User) -> None:
    address = f"/api/v1/collections/{collection(alice).pk}/"
    answer = api.client.patch(address, "{", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


ADDRESSES = [str(pattern.pattern) for pattern in holdings.urlpatterns]
PRIVATE = [address for address in ADDRESSES if not address.startswith("shared/")]
METHODS = ["get", "post", "patch", "delete"]


def filled(address: str, number: int) -> str:
    of_set = address.replace("<slug:game_slug>", "pokemon").replace("<slug:set_slug>", "x")
    return "/api/v1/" + of_set.replace("<int:pk>", str(number))


@pytest.mark.parametrize("method", METHODS)
def test_strangers_are_refused_everywhere(client: Client, method: str) -> None:
    found = {address: getattr(client, method)(filled(address, 1)).status_code for address in PRIVATE}
    assert found == dict.fromkeys(PRIVATE, 401)


@pytest.mark.parametrize("method", METHODS[1:])
def test_no_write_goes_without_its_token(alice: User, method: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    found = {address: getattr(strict, method)(filled(address, 1)).status_code for address in PRIVATE}
    assert found == dict.fromkeys(PRIVATE, 403)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_somebody_elses_is_not_there(
    alice: User, bob: User, client_for: Callable[[User], Client], method: str
) -> None:
    hers, his = collection(alice), client_for(bob)
    dollar(hers)
    ids = {"lots": hers.lots.get().pk, "sales": 1}
    numbered = [address for address in PRIVATE if "<int:pk>" in address]
    asked = {address: filled(address, ids.get(address.split("/")[0], hers.pk)) for address in numbered}
    found = {
        address: getattr(his, method)(path, content_type="application/json").status_code
        for address, path in asked.items()
    }
    assert {address: status for address, status in found.items() if status not in {404, 405}} == {}
    assert 404 in found.values()
    assert hers.lots.get().quantity == 1


# What visitors see.


@pytest.fixture
def shared(alice: User) -> Collection:
    made = collection(alice, "Binder", visibility="public")
    dollar(made, quantity=2, unit_cost=4_321, notes="secret")
    return made


def test_visitors_see_a_shared_collection_without_what_was_paid(client: Client, shared: Collection) -> None:
    found = Api(client).get(f"shared/{shared.token}/").json()
    assert found["collection"] == {"name": "Binder", "kind": "owned", "shows_cost": False}
    assert (found["count"], found["pages"], found["next"]) == (1, 1, None)
    assert (found["totals"]["value"], found["totals"]["quantity"]) == (usd("2.00"), 2)
    (row,) = found["results"]
    assert (row["value"], row["quantity"]) == (usd("2.00"), 2)
    hidden = {"notes", "has_photo", "collection_id", "unit_cost", "cost", "gain", "gain_percent"}
    assert not hidden & set(row)
    assert not {"acquired_on", "disposed"} & set(row)
    paid = {
        "cost",
        "costless",
        "missing_cost",
        "ceiling",
        "is_open",
        "unrealised",
        "unrealised_percent",
        "realised",
    }
    assert not paid & set(found["totals"])


def test_visitors_see_what_was_paid_where_the_owner_shows_it(client: Client, shared: Collection) -> None:
    Collection.objects.update(shows_cost=True)
    found = Api(client).get(f"shared/{shared.token}/").json()
    (row,) = found["results"]
    assert (row["unit_cost"], row["gain"]) == (usd("43.21"), usd("-84.42"))
    assert found["totals"]["unrealised"] == usd("-84.42")
    assert not {"notes", "has_photo", "collection_id"} & set(row)


def test_a_link_dies_with_the_sharing_and_unlisted_ones_are_not_indexed(
    client: Client, shared: Collection
) -> None:
    address = f"/api/v1/shared/{shared.token}/"
    assert "X-Robots-Tag" not in client.get(address)
    Collection.objects.update(visibility="unlisted")
    assert client.get(address)["X-Robots-Tag"] == "noindex"
    Collection.objects.update(visibility="private")
    assert client.get(address).status_code == 404


def test_a_shared_collection_has_pages(client: Client, shared: Collection) -> None:
    for _ in range(50):
        dollar(shared)
    address = f"shared/{shared.token}/"
    first = Api(client).get(address).json()
    second = client.get(first["next"]).json()
    assert (first["count"], len(first["results"]), len(second["results"])) == (51, 50, 1)
    assert second["next"] is None
    assert Api(client).get(address, page=3).status_code == 404
    assert set(errors(Api(client).get(address, page="x"))) == {"page"}


@pytest.mark.parametrize("rows", [1, 3])
def test_a_shared_collection_costs_five_queries(
    client: Client, shared: Collection, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows - 1):
        dollar(shared)
    with django_assert_num_queries(5):  # the collection, number of lots, lots, totals, sales
        assert len(Api(client).get(f"shared/{shared.token}/").json()["results"]) == rows
