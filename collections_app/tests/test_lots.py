"""Lots are added, changed, moved, split and removed; what is impossible is refused in plain words."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app import lots, sales
from collections_app.lots import LotError
from collections_app.models import Collection, Lot, Sale
from collections_app.sales import Terms
from collections_app.tests import factories

pytestmark = pytest.mark.django_db
LATER = date(2026, 4, 1)


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice)


@pytest.fixture
def printing() -> Printing:
    return PrintingFactory.create()


def held(collection: Collection) -> list[tuple[int, int]]:
    return list(collection.lots.order_by("id").values_list("quantity", "disposed"))


def stale_from(collection: Collection) -> date | None:
    return Collection.objects.get(pk=collection.pk).stale_from


def test_a_new_lot_asks_for_the_past_since_it_was_acquired(binder: Collection, printing: Printing) -> None:
    factories.lot(binder, printing)
    assert stale_from(binder) == factories.BOUGHT


def test_an_older_lot_moves_that_day_back_and_a_newer_one_does_not(
    binder: Collection, printing: Printing
) -> None:
    for day in (LATER, factories.BOUGHT, LATER):
        factories.lot(binder, printing, acquired_on=day)
    assert stale_from(binder) == factories.BOUGHT


def test_an_edit_that_postpones_a_lot_restates_the_days_it_no_longer_holds(
    binder: Collection, printing: Printing
) -> None:
    lot = factories.lot(binder, printing)
    Collection.objects.update(stale_from=None)
    lots.edit(lot, factories.facts(printing, acquired_on=LATER))
    assert stale_from(binder) == factories.BOUGHT


def test_many_lots_are_given_the_same_facts(binder: Collection, printing: Printing) -> None:
    for _ in range(3):
        factories.lot(binder, printing)
    assert lots.edit_many(binder.lots.all(), {"condition": "LP", "unit_cost": 250, "currency": "EUR"}) == 3
    assert set(binder.lots.values_list("condition", "unit_cost", "currency")) == {("LP", 250, "EUR")}


def test_many_lots_that_are_none_are_changed_without_complaint(binder: Collection) -> None:
    assert lots.edit_many(binder.lots.all(), {"condition": "LP"}) == 0


def test_a_lot_cannot_have_been_acquired_after_copies_of_it_were_sold(
    binder: Collection, printing: Printing
) -> None:
    lot = factories.lot(binder, printing, quantity=2)
    sales.sell(lot, Terms(quantity=1, sold_on=date(2026, 3, 10), currency="USD"))
    with pytest.raises(LotError, match="sold on 2026-03-10"):
        lots.edit(lot, factories.facts(printing, acquired_on=LATER))
    with pytest.raises(LotError, match="sold on 2026-03-10"), transaction.atomic():
        lots.edit_many(binder.lots.all(), {"acquired_on": LATER})
    assert binder.lots.get().acquired_on == factories.BOUGHT


def test_a_quantity_of_none_is_for_sold_lots_only(binder: Collection, printing: Printing) -> None:
    lot = factories.lot(binder, printing, quantity=2)
    with pytest.raises(LotError, match="delete it"):
        lots.edit(lot, factories.facts(printing, quantity=0))
    sales.sell(lot, Terms(quantity=1, sold_on=LATER, currency="USD"))
    lots.edit(lot, factories.facts(printing, quantity=0))
    assert held(binder) == [(0, 1)]


def test_the_database_refuses_a_lot_of_nothing_and_one_that_is_raw_and_graded(
    binder: Collection, printing: Printing
) -> None:
    lot = factories.lot(binder, printing)
    for wrong in ({"quantity": 0}, {"grader": "PSA", "grade": "10"}, {"unit_cost": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Lot.objects.filter(pk=lot.pk).update(**wrong)


def test_a_split_shares_the_copies_and_keeps_everything_else(binder: Collection, printing: Printing) -> None:
    lot = factories.lot(binder, printing, quantity=5, unit_cost=300, notes="from Anna")
    rest = lots.split(lot, quantity=2)
    assert held(binder) == [(3, 0), (2, 0)]
    assert (rest.unit_cost, rest.notes, rest.acquired_on) == (300, "from Anna", factories.BOUGHT)


@pytest.mark.parametrize("quantity", [0, 5, 6, -1])
def test_a_split_leaves_copies_on_both_sides(binder: Collection, printing: Printing, quantity: int) -> None:
    lot = factories.lot(binder, printing, quantity=5)
    with pytest.raises(LotError, match="1 to 4"):
        lots.split(lot, quantity=quantity)


def test_a_move_takes_what_is_held_and_leaves_what_was_sold(
    alice: User, binder: Collection, printing: Printing
) -> None:
    box = factories.collection(alice)
    lot = factories.lot(binder, printing, quantity=3)
    factories.lot(binder, printing)
    sales.sell(lot, Terms(quantity=1, sold_on=LATER, currency="USD"))
    assert lots.move(binder.lots.all(), to=box) == 2
    assert (held(binder), sorted(held(box))) == ([(0, 1)], [(1, 0), (2, 0)])
    assert stale_from(box) == factories.BOUGHT


def test_a_move_to_where_it_is_changes_nothing(binder: Collection, printing: Printing) -> None:
    factories.lot(binder, printing)
    assert lots.move(binder.lots.all(), to=binder) == 0


def test_a_removed_lot_takes_its_sales_with_it_but_not_those_of_others(
    binder: Collection, printing: Printing
) -> None:
    first = factories.lot(binder, printing)
    second = factories.lot(binder, printing)
    both = sales.sell(second, Terms(quantity=2, sold_on=LATER, currency="USD"), method="fifo")
    lots.remove(Lot.objects.filter(pk=first.pk))
    assert [share.lot_id for share in both.disposals.all()] == [second.pk]
    lots.remove(Lot.objects.filter(pk=second.pk))
    assert not Sale.objects.exists()


def test_quick_add_grows_the_lot_of_today(binder: Collection, printing: Printing) -> None:
    for _ in range(3):
        lots.quick_add(binder, printing)
    assert held(binder) == [(3, 0)]
    assert binder.lots.get().acquired_on == lots.today()


def test_quick_add_leaves_lots_of_other_days_costs_and_notes_alone(
    binder: Collection, printing: Printing
) -> None:
    factories.lot(binder, printing)
    factories.lot(binder, printing, acquired_on=lots.today(), unit_cost=100)
    factories.lot(binder, printing, acquired_on=lots.today(), notes="signed")
    lots.quick_add(binder, printing)
    assert held(binder) == [(1, 0)] * 4


def test_a_quantity_is_reached_by_adding_today(binder: Collection, printing: Printing) -> None:
    factories.lot(binder, printing)
    assert lots.set_quantity(binder, printing, quantity=4) == 1
    assert held(binder) == [(1, 0), (3, 0)]


def test_a_quantity_is_reached_by_taking_from_the_newest_lots(binder: Collection, printing: Printing) -> None:
    factories.lot(binder, printing, quantity=2)
    factories.lot(binder, printing, quantity=2, acquired_on=LATER)
    assert lots.set_quantity(binder, printing, quantity=1) == 4
    assert held(binder) == [(1, 0)]


def test_a_lot_that_was_sold_in_part_stays_when_the_rest_is_taken(
    binder: Collection, printing: Printing
) -> None:
    lot = factories.lot(binder, printing, quantity=2)
    sales.sell(lot, Terms(quantity=1, sold_on=LATER, currency="USD"))
    lots.set_quantity(binder, printing, quantity=0)
    assert held(binder) == [(0, 1)]


def test_a_quantity_counts_plain_near_mint_copies_only(binder: Collection, printing: Printing) -> None:
    factories.lot(binder, printing, condition="LP")
    graded = replace(factories.facts(printing), condition="", grader="PSA", grade="10")
    lots.add(binder, graded)
    assert lots.set_quantity(binder, printing, quantity=1) == 0
    assert binder.lots.count() == 3
