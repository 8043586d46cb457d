"""Many lots changed, moved or deleted by API: all or none."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import Api, errors
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app import lots
from collections_app.models import Collection, Lot
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


def test_many_lots_get_the_same_facts(api: Api, held: Lot, binder: Collection, printing: Printing) -> None:
    other = lot(binder, printing, condition="", grader="PSA", grade="9")
    said = {
        "ids": [held.pk, other.pk],
        "action": "edit",
        "condition": "HP",
        "unit_cost": "2.50",
        "currency": "EUR",
    }
    assert api.post("lots/bulk/", said).json() == {"count": 2}
    for one in (held, other):
        known = Lot.objects.get(pk=one.pk)
        assert (known.condition, known.grader, known.grade) == ("HP", "", "")
        assert (known.unit_cost, known.currency) == (250, "EUR")
    assert facts(held)["notes"] == "Kept"


def test_many_lots_are_moved_and_deleted(api: Api, held: Lot, alice: User) -> None:
    box = collection(alice)
    assert api.post("lots/bulk/", {"ids": [held.pk], "action": "move", "to": box.pk}).json() == {"count": 1}
    assert Lot.objects.get(pk=held.pk).collection == box
    assert api.post("lots/bulk/", {"ids": [held.pk], "action": "delete"}).json() == {"count": 1}
    assert not Lot.objects.exists()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, {"action"}),
        ({"action": "burn"}, {"action"}),
        ({"action": "edit"}, {"action"}),
        ({"action": "edit", "to": 1}, {"to"}),
        ({"action": "edit", "quantity": 1}, {"quantity"}),
        ({"action": "edit", "unit_cost": "1"}, {"currency"}),
        ({"action": "edit", "currency": "USD"}, {"unit_cost"}),
        ({"action": "edit", "unit_cost": "1.5", "currency": "JPY"}, {"unit_cost"}),
        ({"action": "edit", "grade": "10"}, {"grader"}),
        ({"action": "move"}, {"to"}),
        ({"action": "move", "to": 99_999_999}, {"to"}),
        ({"action": "delete", "notes": "x"}, {"notes"}),
        ({"action": "delete", "ids": []}, {"ids"}),
        ({"action": "delete", "ids": [True]}, {"ids"}),
        ({"action": "delete", "ids": ["1"]}, {"ids"}),
        ({"action": "delete", "ids": 1}, {"ids"}),
        ({"action": "delete", "ids": [10**12]}, {"ids"}),
    ],
)
def test_a_wrong_bulk_changes_nothing(api: Api, held: Lot, said: dict[str, Any], wrong: set[str]) -> None:
    before = facts(held)
    assert set(errors(api.post("lots/bulk/", {"ids": [held.pk]} | said))) == wrong
    assert facts(held) == before


def test_one_lot_of_somebody_else_leaves_all_as_they_are(
    api: Api, held: Lot, bob: User, printing: Printing
) -> None:
    his = lot(collection(bob), printing)
    answer = api.post("lots/bulk/", {"ids": [held.pk, his.pk], "action": "delete"})
    assert errors(answer) == {"ids": f"You have no lot {his.pk}."}
    assert set(
        errors(api.post("lots/bulk/", {"ids": [held.pk], "action": "move", "to": his.collection_id}))
    ) == {"to"}
    assert Lot.objects.count() == 2
