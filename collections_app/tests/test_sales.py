"""Copies are sold from one lot or first in, first out; a sale can be undone."""

from datetime import date

import pytest

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app import sales
from collections_app.lots import LotError
from collections_app.models import Collection, Lot, Sale
from collections_app.sales import Terms
from collections_app.tests import factories

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 2)


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice)


@pytest.fixture
def printing() -> Printing:
    return PrintingFactory.create()


def terms(quantity: int, sold_on: date = MAY) -> Terms:
    return Terms(quantity=quantity, sold_on=sold_on, currency="USD", unit_price=500)


def shares(sale: Sale) -> list[tuple[int, int]]:
    return list(sale.disposals.order_by("lot_id").values_list("lot_id", "quantity"))


def test_the_first_acquired_is_sold_first(binder: Collection, printing: Printing) -> None:
    newer = factories.lot(binder, printing, quantity=2, acquired_on=APRIL)
    older = factories.lot(binder, printing, quantity=2, acquired_on=MARCH)
    sale = sales.sell(newer, terms(3), method="fifo")
    assert shares(sale) == [(newer.pk, 1), (older.pk, 2)]
    assert set(binder.lots.values_list("pk", "quantity", "disposed")) == {(newer.pk, 1, 1), (older.pk, 0, 2)}


def test_only_copies_that_are_alike_stand_in_for_each_other(binder: Collection, printing: Printing) -> None:
    factories.lot(binder, printing, condition="LP")
    factories.lot(binder, printing, language="ja")
    factories.lot(binder, PrintingFactory.create())
    mine = factories.lot(binder, printing)
    with pytest.raises(LotError, match="1 copies were held"):
        sales.sell(mine, terms(2), method="fifo")


def test_a_chosen_lot_gives_only_its_own_copies(binder: Collection, printing: Printing) -> None:
    factories.lot(binder, printing, acquired_on=MARCH)
    chosen = factories.lot(binder, printing, acquired_on=APRIL)
    assert shares(sales.sell(chosen, terms(1))) == [(chosen.pk, 1)]
    with pytest.raises(LotError):
        sales.sell(chosen, terms(1))


def test_what_was_not_yet_acquired_cannot_be_sold(binder: Collection, printing: Printing) -> None:
    lot = factories.lot(binder, printing, quantity=2, acquired_on=APRIL)
    with pytest.raises(LotError, match="0 copies were held on 2026-03-02"):
        sales.sell(lot, terms(1, sold_on=MARCH), method="fifo")


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_sale_is_of_something(binder: Collection, printing: Printing, quantity: int) -> None:
    with pytest.raises(LotError):
        sales.sell(factories.lot(binder, printing), terms(quantity))


def test_a_refused_sale_leaves_nothing_behind(binder: Collection, printing: Printing) -> None:
    lot = factories.lot(binder, printing)
    with pytest.raises(LotError):
        sales.sell(lot, terms(2))
    assert not Sale.objects.exists()
    assert Lot.objects.get().quantity == 1


def test_an_undone_sale_puts_every_copy_back(binder: Collection, printing: Printing) -> None:
    factories.lot(binder, printing, quantity=2, acquired_on=MARCH)
    newer = factories.lot(binder, printing, quantity=2, acquired_on=APRIL)
    sale = sales.sell(newer, terms(3), method="fifo")
    Collection.objects.update(stale_from=None)
    sales.undo(sale)
    assert set(binder.lots.values_list("quantity", "disposed")) == {(2, 0)}
    assert Collection.objects.get().stale_from == MAY


def test_a_sale_undone_twice_gives_back_once(binder: Collection, printing: Printing) -> None:
    sale = sales.sell(factories.lot(binder, printing), terms(1))
    again = Sale.objects.get(pk=sale.pk)
    sales.undo(sale)
    sales.undo(again)
    assert binder.lots.get().quantity == 1
