"""What sales brought, after fees, against what the copies had cost."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app import gains, sales
from collections_app.models import Collection, Sale
from collections_app.sales import Terms
from collections_app.tests import factories
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 4)


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice)


@pytest.fixture
def printing() -> Printing:
    return PrintingFactory.create()


def sold(
    binder: Collection,
    printing: Printing,
    *,
    cost: int | None = 100,
    cost_currency: str = "USD",
    quantity: int = 2,
    price: int | None = 300,
    fees: int = 0,
    on: date = MAY,
    currency: str = "USD",
) -> Sale:
    lot = factories.lot(binder, printing, quantity=quantity, unit_cost=cost, currency=cost_currency)
    terms = Terms(quantity=quantity, sold_on=on, currency=currency, unit_price=price, fees=fees)
    return sales.sell(lot, terms)


def realised(binder: Collection, currency: str = "USD") -> int | None:
    return gains.realised([binder.pk], currency=currency)


def test_a_gain_is_the_price_less_fees_and_cost(binder: Collection, printing: Printing) -> None:
    sale = sold(binder, printing, fees=30)
    (row,) = gains.sales([binder.pk], currency="USD").rows
    assert (row.id, row.collection_id, row.sold_on) == (sale.pk, binder.pk, MAY)
    assert (row.name, row.number, row.finish) == (printing.card.name, printing.card.number, "Normal")
    assert (row.card_id, row.set_name) == (printing.card_id, printing.card.card_set.name)
    assert (row.grading, row.quantity, row.unit_price, row.fees) == ("NM", 2, 300, 30)
    assert (row.proceeds, row.gain) == (570, 370)
    assert realised(binder) == 370


def test_without_sales_the_gain_is_nothing(binder: Collection) -> None:
    assert realised(binder) == 0
    assert gains.sales([binder.pk], currency="USD").rows == []


@pytest.mark.parametrize(
    ("price", "cost", "proceeds"), [(None, 100, None), (300, None, 600), (None, None, None)]
)
def test_a_gain_is_unknown_without_price_or_cost(
    binder: Collection, printing: Printing, price: int | None, cost: int | None, proceeds: int | None
) -> None:
    sold(binder, printing, price=price, cost=cost)
    (row,) = gains.sales([binder.pk], currency="USD").rows
    assert (row.proceeds, row.gain, realised(binder)) == (proceeds, None, None)
    sold(binder, printing, quantity=1)
    assert realised(binder) == 200


def test_a_gift_was_paid_nothing_for(binder: Collection, printing: Printing) -> None:
    sold(binder, printing, cost=0, price=0, fees=5)
    assert realised(binder) == -5


def test_a_sale_of_several_lots_bears_its_fees_in_shares(binder: Collection, printing: Printing) -> None:
    """Of the three copies one has an unknown cost: its third of the fees is unknown with it."""
    factories.lot(binder, printing, quantity=1, unit_cost=None, acquired_on=date(2026, 1, 1))
    lot = factories.lot(binder, printing, quantity=2, unit_cost=100)
    terms = Terms(quantity=3, sold_on=MAY, currency="USD", unit_price=300, fees=100)
    sales.sell(lot, terms, method="fifo")
    (row,) = gains.sales([binder.pk], currency="USD").rows
    assert (row.quantity, row.proceeds, row.gain) == (3, 800, None)
    assert realised(binder) == 333  # 400 less 66 and two thirds
    other = factories.lot(binder, PrintingFactory.create(), quantity=2, unit_cost=100)
    same = factories.lot(binder, other.printing, unit_cost=None)
    sales.sell(same, terms, method="fifo")
    assert realised(binder) == 667  # rounded once


def test_each_amount_is_converted_at_the_rate_of_its_day(binder: Collection, printing: Printing) -> None:
    says(factories.BOUGHT, USD="2", JPY="100")
    says(MAY, USD="1", JPY="200")
    sold(binder, printing, quantity=1, cost=1_000, price=600, currency="JPY", fees=40)
    (row,) = gains.sales([binder.pk], currency="EUR").rows
    assert (row.currency, row.sale_currency) == ("EUR", "JPY")
    assert (row.proceeds, row.gain) == (280, -220)  # 560 yen at 200; 10 dollars at 2
    assert realised(binder, "EUR") == -220
    assert (realised(binder, "GBP"), gains.sales([binder.pk], currency="GBP").rows[0].gain) == (None, None)


def test_the_newest_sale_comes_first_and_lists_have_pages(binder: Collection, printing: Printing) -> None:
    first = sold(binder, printing, on=date(2026, 4, 1))
    last = sold(binder, printing, on=MAY)
    same_day = sold(binder, printing, on=MAY)
    found = [gains.sales([binder.pk], currency="USD", per_page=2, page=page) for page in (1, 2, 3)]
    assert [[row.id for row in page.rows] for page in found] == [
        [same_day.pk, last.pk],
        [first.pk],
        [first.pk],
    ]
    assert {(page.count, page.pages) for page in found} == {(3, 2)}


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_sales(
    binder: Collection, printing: Printing, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        sold(binder, printing)
    with django_assert_num_queries(2):
        assert len(gains.sales([binder.pk], currency="USD").rows) == count
    with django_assert_num_queries(3):
        gains.sales([binder.pk], currency="EUR")
    with django_assert_num_queries(1):
        gains.realised([binder.pk], currency="USD")
    with django_assert_num_queries(2):
        gains.realised([binder.pk], currency="EUR")
