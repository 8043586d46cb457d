"""Which printings gained and lost most against what they had cost."""

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from collections_app.contributions import best_and_worst
from collections_app.models import Collection
from collections_app.tests import factories
from pricing.tests.market import DAY, Shop
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice)


def gains(binder: Collection, *, currency: str = "USD", limit: int = 5) -> tuple[list[int], list[int]]:
    best, worst = best_and_worst([binder.pk], currency=currency, limit=limit)
    return [one.gain for one in best], [one.gain for one in worst]


def test_the_largest_come_first_and_who_neither_gained_nor_lost_is_in_neither(
    shop: Shop, binder: Collection
) -> None:
    shop.says(dict.fromkeys(["1", "2", "3", "4", "5"], 100))
    for product, cost in (("1", 60), ("2", 10), ("3", 100), ("4", 140), ("5", 190)):
        factories.lot(binder, shop.series(product).printing, unit_cost=cost)
    assert gains(binder) == ([90, 40], [-90, -40])
    assert gains(binder, limit=1) == ([90], [-90])


def test_lots_of_a_printing_count_together_where_price_and_cost_are_known(
    shop: Shop, binder: Collection
) -> None:
    shop.says({"1": 100, "2": None})
    printing = shop.series("1").printing
    factories.lot(binder, printing, quantity=2, unit_cost=30)
    factories.lot(binder, printing, unit_cost=200, condition="LP")
    factories.lot(binder, printing, quantity=9, unit_cost=None)
    factories.lot(binder, shop.series("2").printing, unit_cost=5)
    (best,), worst = best_and_worst([binder.pk], currency="USD")
    assert (best.printing_id, best.quantity, best.value, best.cost, best.gain) == (
        printing.pk,
        3,
        285,
        260,
        25,
    )
    assert (best.name, best.number, best.finish, best.set_name) == ("Card 1", "1", "Normal", "Base Set")
    assert (best.percent, worst) == (Decimal("9.62"), [])


def test_a_gift_gained_all_of_its_value_and_no_percentage(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, shop.series("1").printing, unit_cost=0)
    (best,), _ = best_and_worst([binder.pk], currency="USD")
    assert (best.gain, best.percent) == (100, None)


def test_amounts_are_converted_at_their_own_rates(shop: Shop, binder: Collection) -> None:
    says(factories.BOUGHT, USD="2", JPY="150")
    says(DAY, USD="2", JPY="150")
    shop.says({"1": 100, "2": 100})
    factories.lot(binder, shop.series("1").printing, unit_cost=3_000, currency="JPY")  # 20 euros
    factories.lot(binder, shop.series("2").printing, unit_cost=50)
    assert gains(binder, currency="EUR") == ([25], [-1_950])
    assert gains(binder, currency="GBP") == ([], [])  # nobody knows its rate


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_three_statements_and_four_with_rates(
    shop: Shop, binder: Collection, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    shop.says({str(n): 100 for n in range(count)})
    for n in range(count):
        factories.lot(binder, shop.series(str(n)).printing, unit_cost=n)
    with django_assert_num_queries(3):
        best_and_worst([binder.pk], currency="USD")
    with django_assert_num_queries(4):
        best_and_worst([binder.pk], currency="EUR")
