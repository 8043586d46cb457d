"""Sales by API: made, listed, undone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import TOMORROW, Api, errors, usd
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app import lots
from collections_app.models import Collection, Lot, Sale
from collections_app.tests import sets
from collections_app.tests.factories import collection, lot

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries


@pytest.fixture
def binder(alice: User) -> Collection:
    return collection(alice, "Binder")


@pytest.fixture
def printing(db: None) -> Printing:
    made = PrintingFactory.create(card__name="Charizard", card__number="4/102", finish__name="Holofoil")
    sets.costs(made, 150)
    return made


@pytest.fixture
def held(binder: Collection, printing: Printing) -> Lot:
    return lot(binder, printing, quantity=4, unit_cost=1_000, notes="Kept")


def facts(held: Lot) -> dict[str, Any]:
    known = Lot.objects.get(pk=held.pk)
    return {name: getattr(known, name) for name in ("printing_id", "quantity", *lots.SHARED_FACTS)}


def test_a_sale_is_made_listed_and_undone(api: Api, held: Lot, binder: Collection) -> None:
    said = {"quantity": 3, "unit_price": "15.00", "fees": "1.50", "currency": "USD", "sold_on": "2026-03-05"}
    answer = api.post(f"lots/{held.pk}/sell/", said | {"notes": "At the fair"})
    assert answer.status_code == 201
    made = Sale.objects.get()
    assert answer.json() == {
        "id": made.pk,
        "collection_id": binder.pk,
        "sold_on": "2026-03-05",
        "quantity": 3,
        "unit_price": usd("15.00"),
        "fees": usd("1.50"),
        "notes": "At the fair",
    }
    (row,) = api.get(f"collections/{binder.pk}/sales/").json()["results"]
    assert (row["id"], row["name"], row["proceeds"], row["gain"]) == (
        made.pk,
        "Charizard",
        usd("43.50"),
        usd("13.50"),
    )
    assert api.delete(f"sales/{made.pk}/").status_code == 204
    assert (facts(held)["quantity"], Sale.objects.count()) == (4, 0)


def test_the_first_acquired_are_sold_first(
    api: Api, held: Lot, binder: Collection, printing: Printing
) -> None:
    older = lot(binder, printing, acquired_on=date(2026, 1, 1))
    api.post(f"lots/{held.pk}/sell/", {"quantity": 2, "method": "fifo"})
    assert Lot.objects.get(pk=older.pk).quantity == 0
    assert facts(held)["quantity"] == 3
    assert Sale.objects.get().sold_on == lots.today()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"quantity": 5}, {"quantity"}),
        ({"quantity": 0}, {"quantity"}),
        ({"quantity": None}, {"quantity"}),
        ({"unit_price": 1.5}, {"unit_price"}),
        ({"fees": None}, {"fees"}),
        ({"fees": "0.001"}, {"fees"}),
        ({"unit_price": "1.50", "currency": "JPY"}, {"unit_price"}),
        ({"sold_on": TOMORROW}, {"sold_on"}),
        ({"sold_on": "2026-03-01"}, {"quantity"}),
        ({"method": "lifo"}, {"method"}),
        ({"buyer": "Bob"}, {"buyer"}),
    ],
)
def test_a_wrong_sale_sells_nothing(api: Api, held: Lot, said: dict[str, Any], wrong: set[str]) -> None:
    assert set(errors(api.post(f"lots/{held.pk}/sell/", {"quantity": 1} | said))) == wrong
    assert not Sale.objects.exists()


def test_a_sale_of_somebody_else_is_not_there(
    api: Api, held: Lot, bob: User, client_for: Callable[[User], Client]
) -> None:
    api.post(f"lots/{held.pk}/sell/", {"quantity": 1})
    assert Api(client_for(bob)).delete(f"sales/{Sale.objects.get().pk}/").status_code == 404
    assert Sale.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_sales_costs_four_queries(
    api: Api, held: Lot, binder: Collection, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows):
        api.post(f"lots/{held.pk}/sell/", {"quantity": 1})
    with django_assert_num_queries(4):  # user, collection, number of sales, sales
        assert len(api.get(f"collections/{binder.pk}/sales/").json()["results"]) == rows
