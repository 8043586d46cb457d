"""Adding a card with one touch, and taking it back."""

import pytest

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app import quick, sales
from collections_app.lots import LotError, today
from collections_app.models import Collection, Lot
from collections_app.tests import factories


@pytest.fixture
def printing(db: None) -> Printing:
    return PrintingFactory.create()


def test_the_first_card_makes_the_first_collection(alice: User, printing: Printing) -> None:
    added = quick.add(alice, printing)
    assert (added.collection.name, added.lot.quantity, added.owned) == ("My collection", 1, 1)
    assert (added.lot.condition, added.lot.acquired_on, added.lot.unit_cost) == ("NM", today(), None)


def test_another_touch_adds_to_the_same_lot(alice: User, printing: Printing) -> None:
    quick.add(alice, printing)
    added = quick.add(alice, printing, quantity=2)
    assert Lot.objects.get().quantity == added.owned == 3


def test_a_wish_is_not_owned(alice: User, printing: Printing) -> None:
    wishes = factories.collection(alice, kind=Collection.Kind.WISH)
    assert quick.add(alice, printing, to=wishes).owned == 0


def test_what_was_added_is_taken_back(alice: User, printing: Printing) -> None:
    quick.add(alice, printing, quantity=2)
    added = quick.add(alice, printing)
    quick.take_back(added.lot, quantity=1)
    assert Lot.objects.get().quantity == 2
    quick.take_back(added.lot, quantity=2)
    assert not Lot.objects.exists()


def test_a_lot_that_was_sold_from_stays_when_its_rest_is_taken_back(alice: User, printing: Printing) -> None:
    lot = quick.add(alice, printing, quantity=2).lot
    sales.sell(lot, sales.Terms(quantity=1, sold_on=today(), currency="USD"))
    quick.take_back(lot, quantity=1)
    lot.refresh_from_db()
    assert (lot.quantity, lot.disposed) == (0, 1)


@pytest.mark.parametrize("quantity", [0, 2])
def test_more_than_is_held_cannot_be_taken_back(alice: User, printing: Printing, quantity: int) -> None:
    lot = quick.add(alice, printing).lot
    with pytest.raises(LotError, match="1 copies are held"):
        quick.take_back(lot, quantity=quantity)
