"""What visitors see of shared collections, and what they never see."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.tests.factories import PrintingFactory
from collections_app import repricing
from collections_app.models import Collection
from collections_app.tests import sets
from collections_app.tests.factories import collection, lot
from collections_app.views import sharing
from pricing.models import Source
from pricing.tests.market import DAY
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
Visibility = Collection.Visibility
PAID = 4_321


@pytest.fixture
def visitor(client: Client) -> Client:
    client.get("/methodology/")  # keeps the games of the header
    return client


def binder(owner: User, *, rows: int = 1, visibility: str = Visibility.PUBLIC, **facts: Any) -> Collection:
    """A collection of dollar cards, each bought for PAID with a secret note."""
    made = collection(owner, visibility=visibility, **facts)
    for _ in range(rows):
        printing = PrintingFactory.create()
        sets.costs(printing, 100)
        lot(made, printing, quantity=2, unit_cost=PAID, notes="secret")
    return made


def link(of: Collection) -> str:
    return f"/shared/{of.token}/"


def body(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_an_empty_list_of_public_collections_says_so(visitor: Client) -> None:
    assert "Nobody shares a collection yet" in body(visitor, "/collections/public/")


def test_only_public_collections_are_listed_and_nothing_says_whose_they_are(
    visitor: Client, alice: User
) -> None:
    shown = binder(alice)
    hidden = [binder(alice, visibility=each) for each in (Visibility.PRIVATE, Visibility.UNLISTED)]
    found = body(visitor, "/collections/public/")
    assert f'href="{link(shown)}"' in found
    assert "1 lot · 2 copies" in found
    assert ">$2.00<" in found
    for secret in (alice.email, alice.name, *(link(one) for one in hidden)):
        assert secret not in found


def test_a_public_collection_without_a_known_price_names_no_value(visitor: Client, alice: User) -> None:
    lot(collection(alice, visibility=Visibility.PUBLIC), PrintingFactory.create())
    assert "No price known" in body(visitor, "/collections/public/")


def test_the_list_has_pages(visitor: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "LISTED", 2)
    names = [collection(alice, visibility=Visibility.PUBLIC).name for _ in range(3)]
    first, second = (body(visitor, f"/collections/public/?page={page}") for page in (1, 2))
    assert [name in first for name in names] == [False, True, True]
    assert [name in second for name in names] == [True, False, False]
    assert 'href="?page=2" rel="next"' in first
    assert 'href="?page=1" rel="prev"' in second
    body(visitor, "/collections/public/?page=3", status=404)
    body(visitor, "/collections/public/?page=x", status=400)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_four_queries(
    visitor: Client, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows):
        binder(alice)
    with django_assert_num_queries(4):  # count, collections, their worth, freshness
        body(visitor, "/collections/public/")


def test_a_shared_collection_shows_its_lots_and_its_value(visitor: Client, alice: User) -> None:
    shown = binder(alice, rows=2)
    lot(shown, PrintingFactory.create())
    found = body(visitor, link(shown))
    assert "<dd>$4.00</dd>" in found
    assert "1 copy has no price and is left out" in found
    assert found.count("<td>$2.00") == 2


def test_without_any_price_the_value_is_a_dash(visitor: Client, alice: User) -> None:
    shown = collection(alice, visibility=Visibility.PUBLIC)
    lot(shown, PrintingFactory.create())
    assert "<dd>–</dd>" in body(visitor, link(shown))


@pytest.mark.parametrize("shows_cost", [True, False])
def test_cost_gain_and_days_are_shown_only_where_the_owner_shows_them(
    visitor: Client, alice: User, *, shows_cost: bool
) -> None:
    found = body(visitor, link(binder(alice, shows_cost=shows_cost)))
    secrets = ("$86.42", "−$84.42", "2 Mar 2026", "sort=-gain", "sort=-acquired", ">Cost<", ">Gain<")
    assert [secret in found for secret in secrets] == [shows_cost] * len(secrets)


@pytest.mark.parametrize("shows_cost", [True, False])
def test_notes_photos_and_the_owner_are_never_shown(
    visitor: Client, alice: User, *, shows_cost: bool
) -> None:
    shown = binder(alice, shows_cost=shows_cost)
    held = shown.lots.get()
    held.photo.name = "photos/front.jpg"
    held.save()
    found = body(visitor, link(shown))
    for secret in ("secret", "front.jpg", f"/collections/lots/{held.pk}/", alice.email, alice.name):
        assert secret not in found


def test_hidden_orders_are_refused(visitor: Client, alice: User) -> None:
    shown = binder(alice)
    body(visitor, f"{link(shown)}?sort=-value")
    body(visitor, f"{link(shown)}?sort=-gain", status=400)
    body(visitor, f"{link(shown)}?page=x", status=400)


def test_a_link_dies_with_the_sharing(visitor: Client, alice: User, bob: User) -> None:
    shown = binder(alice, visibility=Visibility.UNLISTED)
    body(visitor, link(shown))
    Collection.objects.update(visibility=Visibility.PRIVATE)
    body(visitor, link(shown), status=404)
    visitor.force_login(bob)
    body(visitor, link(shown), status=404)
    visitor.force_login(alice)
    body(visitor, link(shown), status=404)
    body(visitor, "/shared/nothing/", status=404)


def test_unlisted_pages_ask_robots_to_forget_them(visitor: Client, alice: User) -> None:
    unlisted = visitor.get(link(binder(alice, visibility=Visibility.UNLISTED)))
    public = visitor.get(link(binder(alice)))
    assert unlisted["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in unlisted.content.decode()
    assert "X-Robots-Tag" not in public
    assert "noindex" not in public.content.decode()
    assert public["Cache-Control"] == "private, no-store"


def test_values_are_in_the_visitors_currency_or_else_the_owners(
    alice: User, bob: User, client: Client, client_for: Callable[[User], Client]
) -> None:
    says(DAY, USD="2", GBP="0.50")
    User.objects.filter(pk=alice.pk).update(currency="EUR")
    User.objects.filter(pk=bob.pk).update(currency="GBP")
    shown = binder(alice)
    assert "<dd>€1.00</dd>" in body(client, link(shown))
    assert "<dd>£0.50</dd>" in body(client_for(bob), link(shown))
    assert "Converted with the ECB&#39;s rates of 2 Mar 2026" in body(client, link(shown)).replace(
        "'", "&#39;"
    )


def test_lots_have_pages(visitor: Client, alice: User) -> None:
    shown = binder(alice, rows=51)
    first, second = body(visitor, link(shown)), body(visitor, f"{link(shown)}?page=2")
    assert 'href="?sort=name&amp;page=2" rel="next"' in first
    rows = [len(re.findall(r'<th scope="row">', page)) for page in (first, second)]
    assert rows == [50, 1]


def test_an_empty_collection_says_so(visitor: Client, alice: User) -> None:
    shown = collection(alice, visibility=Visibility.PUBLIC)
    assert "Nothing in it yet" in body(visitor, link(shown))


def test_demonstration_prices_are_labelled(visitor: Client, alice: User) -> None:
    shown = binder(alice)
    assert "Demonstration prices" not in body(visitor, link(shown))
    Source.objects.update(is_demo=True)
    repricing.choose()
    assert "Demonstration prices" in body(visitor, link(shown))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_shared_page_costs_five_queries(
    visitor: Client, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    shown = binder(alice, rows=rows)
    with django_assert_num_queries(5):  # the collection, number of lots, lots, totals, sales
        body(visitor, link(shown))


@pytest.mark.parametrize("address", ["/collections/public/", "/shared/x/"])
def test_shared_pages_are_read_only(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
