"""Small reads of the pages: values at a glance, what is there, what would be lost."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import CardSet
from catalog.tests.factories import PrintingFactory
from collections_app import overview, sales
from collections_app.lots import today
from collections_app.models import Collection, ImportBatch, ImportRow, Multiplier
from collections_app.overview import Shelf, Worth
from collections_app.tests import factories, pages
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries


def test_each_collection_has_its_own_value(alice: User, django_assert_num_queries: Queries) -> None:
    first, second, unknown = pages.priced(pages.shop(), 1_000, 301, None)
    one, two, empty = (factories.collection(alice) for _ in range(3))
    factories.lot(one, first, quantity=2)
    factories.lot(one, unknown, quantity=3)
    Multiplier.objects.filter(condition="LP").delete()
    Multiplier.objects.create(condition="LP", percent=50)
    factories.lot(two, second, quantity=3, condition="LP")
    with django_assert_num_queries(1):
        found = overview.worth([one.pk, two.pk, empty.pk], currency="USD")
    assert found == {
        one.pk: Worth(quantity=5, missing=3, value=2_000),
        two.pk: Worth(quantity=3, missing=0, value=453),  # 150.5 is 151, three times
        empty.pk: Worth(),
    }


def test_values_are_converted_once_and_unknown_rates_are_missing_prices(alice: User) -> None:
    (printing,) = pages.priced(pages.shop(), 1_001)
    collection = factories.collection(alice)
    factories.lot(collection, printing, quantity=3)
    assert overview.worth([collection.pk], currency="EUR")[collection.pk] == Worth(quantity=3, missing=3)
    says(date(2026, 3, 2), USD="2.00")
    assert overview.worth([collection.pk], currency="EUR")[collection.pk].value == 1_502


def test_shelves_are_the_sets_of_what_is_held(alice: User) -> None:
    (printing,) = pages.priced(pages.shop(), 1_000)
    collection = factories.collection(alice)
    lot = factories.lot(collection, printing)
    base_set = CardSet.objects.get(name="Base Set")
    assert overview.shelves([collection.pk]) == [Shelf("pokemon", "Pokémon", base_set.slug, "Base Set")]
    sales.sell(lot, sales.Terms(quantity=1, sold_on=today(), currency="USD"))
    assert overview.shelves([collection.pk]) == []


def test_what_goes_with_a_collection_is_counted(alice: User) -> None:
    collection = factories.collection(alice)
    lot = factories.lot(collection, PrintingFactory.create(), quantity=5)
    factories.lot(factories.collection(alice), lot.printing)
    sales.sell(lot, sales.Terms(quantity=2, sold_on=today(), currency="USD"))
    ImportBatch.objects.create(collection=collection, size=1)
    told = overview.loss(collection)
    assert (told.lots, told.copies, told.sales, told.imports, told.photos, told.reports) == (1, 3, 1, 1, 0, 0)


def test_owned_copies_are_counted_over_all_collections_but_wish_lists(alice: User, bob: User) -> None:
    printing = PrintingFactory.create()
    for collection in (factories.collection(alice), factories.collection(alice), factories.collection(bob)):
        factories.lot(collection, printing, quantity=2)
    factories.lot(factories.collection(alice, kind=Collection.Kind.WISH), printing, quantity=9)
    assert overview.owned(alice, printing.pk) == 4


def test_copies_that_are_alike_are_counted_in_one_collection(alice: User) -> None:
    collection = factories.collection(alice)
    lot = factories.lot(collection, PrintingFactory.create(), quantity=2)
    factories.lot(collection, lot.printing, quantity=3)
    factories.lot(collection, lot.printing, quantity=5, condition="LP")
    factories.lot(factories.collection(alice), lot.printing, quantity=7)
    assert overview.alike(lot) == 5


def test_rows_wait_once_their_file_is_imported(alice: User) -> None:
    collection = factories.collection(alice)
    for status, line in ((ImportBatch.Status.DONE, 2), (ImportBatch.Status.PREVIEW, 2)):
        batch = ImportBatch.objects.create(collection=collection, size=1, status=status)
        ImportRow.objects.create(batch=batch, line=line, raw={}, verdict=ImportRow.Verdict.UNMATCHED)
        ImportRow.objects.create(
            batch=batch, line=line + 1, raw={}, verdict=ImportRow.Verdict.UNMATCHED, is_dismissed=True
        )
    assert overview.waiting(alice) == 1


def test_demonstration_prices_are_noticed(alice: User) -> None:
    (printing,) = pages.priced(pages.shop(is_demo=True), 1_000)
    collection = factories.collection(alice)
    assert not overview.shows_demo([collection.pk])
    factories.lot(collection, printing)
    assert overview.shows_demo([collection.pk])
