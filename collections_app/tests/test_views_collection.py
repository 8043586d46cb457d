"""A collection: its list, the filters of it, and what is done with many rows at once."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from collections_app import sales
from collections_app.lots import today
from collections_app.models import Collection, Lot, Multiplier
from collections_app.tests import factories, pages
from collections_app.tests.pages import body, posted
from pricing.tests.market import DAY, Shop

Queries = DjangoAssertNumQueries


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def shop(db: None) -> Shop:
    return pages.shop()


@pytest.fixture
def printings(shop: Shop) -> list[Printing]:
    return pages.priced(shop, 1_000, 2_500, None)


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice, "Binder")


def test_an_empty_collection_says_how_to_fill_it(client: Client, binder: Collection) -> None:
    page = body(client, binder.get_absolute_url())
    assert "“Binder” is empty" in page
    assert f'href="/collections/{binder.pk}/add/"' in page


def test_a_row_says_what_it_is_and_what_it_is_worth(
    client: Client, binder: Collection, printings: list[Printing]
) -> None:
    factories.lot(binder, printings[0], quantity=3, unit_cost=400)
    page = body(client, binder.get_absolute_url())
    for text in ("Card 1", "Base Set · 1 · Normal", "NM", "$10.00", "<b>$30.00</b>", "+$18.00", "+150%"):
        assert text in page


def test_an_estimate_says_how_it_was_made(
    client: Client, binder: Collection, printings: list[Printing]
) -> None:
    Multiplier.objects.filter(condition="LP").delete()
    Multiplier.objects.create(condition="LP", percent=85)
    factories.lot(binder, printings[0], condition="LP")
    page = body(client, binder.get_absolute_url())
    assert "85 %</abbr>" in page
    assert "The market price times 85 %, as no source prices LP itself" in page


def test_an_old_price_is_marked(client: Client, binder: Collection, shop: Shop) -> None:
    shop.says({"1": 1_000}, day=DAY)
    factories.lot(binder, shop.series("1").printing)
    page = body(client, binder.get_absolute_url())
    assert "Its source has not spoken lately: as of 2 Mar 2026" in page
    assert "100% on old ones" in page


def test_copies_without_a_price_make_the_value_a_range(
    client: Client, binder: Collection, printings: list[Printing]
) -> None:
    factories.lot(binder, printings[0])
    factories.lot(binder, printings[2], quantity=2, unit_cost=300)
    page = body(client, binder.get_absolute_url())
    assert "$10.00 <small>to $16.00</small>" in page
    assert "2 copies without a price, not counted as zero" in page
    assert "would make it $16.00." in page


def test_a_range_without_an_end_says_so(
    client: Client, binder: Collection, printings: list[Printing]
) -> None:
    factories.lot(binder, printings[2])
    assert "their cost is unknown too" in body(client, binder.get_absolute_url())


@pytest.mark.parametrize("visibility", ["unlisted", "public"])
def test_a_shared_collection_shows_its_link(client: Client, alice: User, visibility: str) -> None:
    shared = factories.collection(alice, visibility=visibility)
    assert f"http://testserver/shared/{shared.token}/" in body(client, shared.get_absolute_url())


def test_a_private_collection_has_no_link(client: Client, binder: Collection) -> None:
    assert binder.token not in body(client, binder.get_absolute_url())


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Card 1", "Card 2", "Card 3"}),
        ("search=card 2", {"Card 2"}),
        ("condition=LP", {"Card 2"}),
        ("basis=missing", {"Card 3"}),
        ("game=pokemon&set=base-set", {"Card 1", "Card 2", "Card 3"}),
        ("search=zzz", set()),
    ],
)
def test_the_list_is_filtered(
    client: Client, binder: Collection, printings: list[Printing], query: str, shown: set[str]
) -> None:
    for printing, condition in zip(printings, ("NM", "LP", "NM"), strict=True):
        factories.lot(binder, printing, condition=condition)
    page = body(client, f"{binder.get_absolute_url()}?{query}")
    assert {name for name in ("Card 1", "Card 2", "Card 3") if f">{name}</a>" in page} == shown
    assert ("No card fits" in page) is not bool(shown)


def test_the_list_is_sorted(client: Client, binder: Collection, printings: list[Printing]) -> None:
    for printing in printings:
        factories.lot(binder, printing)
    page = body(client, f"{binder.get_absolute_url()}?sort=-value")
    assert page.index(">Card 2</a>") < page.index(">Card 1</a>") < page.index(">Card 3</a>")


@pytest.mark.parametrize("query", ["set=fossil", "sort=luck", "page=0", "condition=XX"])
def test_a_wrong_filter_is_said_and_the_list_stays(
    client: Client, binder: Collection, printings: list[Printing], query: str
) -> None:
    factories.lot(binder, printings[0])
    page = body(client, f"{binder.get_absolute_url()}?{query}", status=400)
    assert 'role="alert"' in page
    assert ">Card 1</a>" in page


def test_a_long_list_has_pages_that_keep_the_filters(
    client: Client, binder: Collection, printings: list[Printing]
) -> None:
    for _ in range(51):
        factories.lot(binder, printings[0])
    page = body(client, f"{binder.get_absolute_url()}?sort=-value")
    assert "Page 1 of 2" in page
    assert 'href="?sort=-value&page=2"' in page
    page = body(client, f"{binder.get_absolute_url()}?sort=-value&page=2")
    assert page.count('name="lot"') == 1
    assert 'href="?sort=-value&page=1"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_a_collection_costs_eleven_queries(
    client: Client,
    binder: Collection,
    printings: list[Printing],
    rows: int,
    django_assert_num_queries: Queries,
) -> None:
    for printing in printings[:rows]:
        factories.lot(binder, printing, unit_cost=100)
        factories.collection(binder.owner)
    body(client, "/collections/new/")  # the visitor is seen, and the games of the header are known
    # visitor, collection, its sets, lots (2), totals (2), demonstration prices, where to move (2), unread
    with django_assert_num_queries(11):
        body(client, binder.get_absolute_url())


def bulk(binder: Collection, query: str = "") -> str:
    return f"/collections/{binder.pk}/bulk/{query}"


def test_ticked_rows_get_what_was_filled_in(
    client: Client, binder: Collection, printings: list[Printing]
) -> None:
    first, second, other = (factories.lot(binder, printing) for printing in printings)
    said: dict[str, Any] = {
        "lot": [first.pk, second.pk],
        "action": "edit",
        "condition": "LP",
        "unit_cost": "1.50",
    }
    leads_to = posted(client, bulk(binder, "?sort=-value"), currency="EUR", **said)
    assert leads_to == f"{binder.get_absolute_url()}?sort=-value"
    changed = Lot.objects.filter(condition="LP", unit_cost=150, currency="EUR")
    assert set(changed) == {first, second}
    other.refresh_from_db()
    assert (other.condition, other.unit_cost) == ("NM", None)


def test_graded_cards_keep_their_grade(client: Client, binder: Collection, printings: list[Printing]) -> None:
    raw = factories.lot(binder, printings[0])
    graded = factories.lot(binder, printings[1], condition="", grader="PSA", grade="10")
    posted(client, bulk(binder), lot=[raw.pk, graded.pk], action="edit", condition="MP", currency="USD")
    raw.refresh_from_db()
    graded.refresh_from_db()
    assert (raw.condition, graded.condition, graded.grader) == ("MP", "", "PSA")
    assert "1 row changed. 1 row of graded cards kept their grade." in body(client, binder.get_absolute_url())


def test_ticked_rows_are_moved(client: Client, binder: Collection, printings: list[Printing]) -> None:
    lot, box = factories.lot(binder, printings[0]), factories.collection(binder.owner, "Box")
    posted(client, bulk(binder), lot=lot.pk, action="move", to=box.pk, currency="USD")
    lot.refresh_from_db()
    assert lot.collection == box


def test_rows_are_deleted_only_after_a_second_look(
    client: Client, binder: Collection, printings: list[Printing]
) -> None:
    kept, lot = factories.lot(binder, printings[1]), factories.lot(binder, printings[0])
    said: dict[str, Any] = {"lot": lot.pk, "action": "delete", "currency": "USD"}
    page = posted(client, bulk(binder), status=200, **said)
    assert "Delete 1 row?" in page
    assert Lot.objects.count() == 2
    posted(client, bulk(binder), sure="yes", **said)
    assert list(Lot.objects.all()) == [kept]


def test_an_impossible_bulk_change_keeps_the_ticks_and_changes_nothing(
    client: Client, binder: Collection, printings: list[Printing]
) -> None:
    lot = factories.lot(binder, printings[0], quantity=2)
    other = factories.lot(binder, printings[1])
    sales.sell(lot, sales.Terms(quantity=1, sold_on=factories.BOUGHT, currency="USD"))
    said: dict[str, Any] = {
        "lot": [lot.pk, other.pk],
        "action": "edit",
        "acquired_on": today(),
        "currency": "USD",
    }
    page = posted(client, bulk(binder), status=400, **said)
    assert "they cannot have been acquired later" in page
    assert page.count("checked>") == 2
    assert set(Lot.objects.values_list("acquired_on", flat=True)) == {factories.BOUGHT}


def test_nothing_ticked_is_said(client: Client, binder: Collection, printings: list[Printing]) -> None:
    factories.lot(binder, printings[0])
    page = posted(client, bulk(binder), status=400, action="edit", condition="LP", currency="USD")
    assert "Tick at least one row first." in page


def test_nobody_changes_rows_of_somebody_else(
    client: Client, binder: Collection, bob: User, printings: list[Printing]
) -> None:
    hers, his = factories.lot(binder, printings[0]), factories.lot(factories.collection(bob), printings[0])
    box = his.collection
    posted(client, bulk(binder), status=400, lot=his.pk, action="delete", sure="yes", currency="USD")
    posted(client, bulk(binder), status=400, lot=hers.pk, action="move", to=box.pk, currency="USD")
    posted(client, bulk(box), status=404, lot=his.pk, action="delete", sure="yes", currency="USD")
    assert Lot.objects.filter(collection__in=[binder, box]).count() == 2
