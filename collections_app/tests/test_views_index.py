"""The first page of a collector, and making, changing and deleting a collection."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from collections_app import collecting, snapshots
from collections_app.lots import today
from collections_app.models import Collection
from collections_app.tests import factories, pages
from collections_app.tests.pages import body, posted

Queries = DjangoAssertNumQueries


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_without_a_collection_there_are_three_ways_to_begin(client: Client) -> None:
    page = body(client, "/collections/")
    assert "Three ways to begin" in page
    for address in ("/collections/new/", "/search/", "/collections/sets/"):
        assert f'"{address}"' in page


def test_with_an_empty_collection_a_file_goes_into_it(client: Client, alice: User) -> None:
    collection = factories.collection(alice)
    assert f'href="/collections/{collection.pk}/import/"' in body(client, "/collections/")


def test_the_values_of_all_collections_stand_together(client: Client, alice: User) -> None:
    first, second, unknown = pages.priced(pages.shop(), 1_000, 2_500, None)
    binder = factories.collection(alice, "Binder", visibility=Collection.Visibility.PUBLIC)
    factories.lot(binder, first, quantity=2, unit_cost=500)
    factories.lot(factories.collection(alice, "Box"), second)
    factories.lot(binder, unknown)
    wishes = factories.collection(alice, "Dreams", kind=Collection.Kind.WISH)
    factories.lot(wishes, second, quantity=4)
    page = body(client, "/collections/")
    assert "<dd>$45.00" in page  # of what is owned; wishes are worth $100.00 by themselves
    assert "$100.00" in page
    assert "+$10.00" in page
    assert "1 copy without a price, not counted as zero" in page
    assert ">Public<" in page
    assert page.index("Binder") < page.index("Wish lists") < page.index("Dreams")
    assert "Three ways to begin" not in page


def test_the_change_since_yesterday_says_that_additions_are_in_it(client: Client, alice: User) -> None:
    (printing,) = pages.priced(pages.shop(), 1_000)
    collection = factories.collection(alice)
    factories.lot(collection, printing, acquired_on=today() - timedelta(days=3))
    snapshots.fill(collection.pk)
    factories.lot(collection, printing)
    assert "with what you added" in body(client, "/collections/")


def test_demonstration_prices_are_labelled(client: Client, alice: User) -> None:
    (printing,) = pages.priced(pages.shop(is_demo=True), 1_000)
    factories.lot(factories.collection(alice), printing)
    for address in ("/collections/", "/collections/value/", Collection.objects.get().get_absolute_url()):
        assert "Demonstration prices" in body(client, address)


def test_values_are_shown_in_the_currency_of_the_visitor(client: Client, alice: User) -> None:
    factories.lot(factories.collection(alice), pages.priced(pages.shop(), 1_000)[0])
    User.objects.filter(pk=alice.pk).update(currency="GBP")
    page = body(client, "/collections/")
    assert "In GBP" in page
    assert 'href="/preferences/"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_index_costs_nine_queries(
    client: Client, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    printings = pages.priced(pages.shop(), *[1_000] * rows)
    for printing in printings:
        factories.lot(factories.collection(alice), printing)
    body(client, "/collections/new/")  # the visitor is seen, and the games of the header are known
    # visitor, collections, their worth, totals (2), history, demonstration prices, tray, unread
    with django_assert_num_queries(9):
        body(client, "/collections/")


def test_a_collection_is_made(client: Client, alice: User) -> None:
    said: dict[str, Any] = {"name": "Binder", "kind": "wish", "visibility": "unlisted", "shows_cost": "on"}
    leads_to = posted(client, "/collections/new/", **said)
    made = Collection.objects.get(owner=alice)
    assert leads_to == made.get_absolute_url()
    assert (made.name, made.kind, made.visibility, made.shows_cost) == ("Binder", "wish", "unlisted", True)


def test_a_name_is_taken_once_and_what_was_typed_is_kept(client: Client, alice: User) -> None:
    factories.collection(alice, "Binder")
    said: dict[str, Any] = {"name": "binder", "kind": "wish", "visibility": "private"}
    page = posted(client, "/collections/new/", status=400, **said)
    assert "You have a collection named “binder” already." in page
    assert 'value="binder"' in page
    assert '<option value="wish" selected>' in page


def test_a_collection_is_changed(client: Client, alice: User) -> None:
    collection = factories.collection(alice, "Binder", shows_cost=True)
    address = f"/collections/{collection.pk}/edit/"
    assert 'value="Binder"' in body(client, address)
    posted(client, address, name="Box", kind="owned", visibility="public")
    collection.refresh_from_db()
    assert (collection.name, collection.visibility, collection.shows_cost) == ("Box", "public", False)


def test_a_wrong_change_leaves_the_head_of_the_page_alone(client: Client, alice: User) -> None:
    factories.collection(alice, "Binder")
    collection = factories.collection(alice, "Box")
    said: dict[str, Any] = {"name": "Binder", "kind": "owned", "visibility": "private"}
    page = posted(client, f"/collections/{collection.pk}/edit/", status=400, **said)
    assert '<h1 class="page-title">Box</h1>' in page


def test_deleting_says_what_is_lost_first(client: Client, alice: User) -> None:
    (printing,) = pages.priced(pages.shop(), 1_000)
    lot = factories.lot(factories.collection(alice, "Binder"), printing, quantity=3)
    address = f"/collections/{lot.collection_id}/delete/"
    assert "1 row with 3 copies" in body(client, address)
    assert posted(client, address) == "/collections/"
    assert not Collection.objects.exists()
    assert "“Binder” is deleted." in body(client, "/collections/")


PAGES = ["", "new/", "value/", "sales/", "quick-add/?printing=1", "{pk}/", "{pk}/edit/", "{pk}/delete/"]
PAGES += ["{pk}/value/", "{pk}/sales/", "{pk}/add/"]


@pytest.mark.parametrize("page", PAGES)
def test_visitors_sign_in_first_and_come_back(alice: User, page: str) -> None:
    address = "/collections/" + page.format(pk=collecting.first(alice).pk)
    response = Client().get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/?next=/collections/")


@pytest.mark.parametrize("page", [page for page in PAGES if "{pk}" in page])
def test_somebody_else_finds_nothing(alice: User, bob: User, page: str) -> None:
    his = Client()
    his.force_login(bob)
    body(his, "/collections/" + page.format(pk=collecting.first(alice).pk), status=404)


def test_no_shared_cache_keeps_a_page(client: Client) -> None:
    assert client.get("/collections/").headers["Cache-Control"] == "private, no-store"


def test_the_header_leads_members_to_their_collection(client: Client) -> None:
    link = '<a href="/collections/">Collection</a>'
    assert link in body(client, "/")
    assert link not in body(Client(), "/")
