"""What a collection is worth now: exact sums, and in plain sight what is not known."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from collections_app import sales, valuation
from collections_app.models import Collection
from collections_app.rows import Share
from collections_app.sales import Terms
from collections_app.tests import factories
from pricing.tests.market import DAY, Shop, later
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(f"{later(1)}T12:00:00+00:00", tick=False):
        yield


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice)


def printing(shop: Shop, product: str) -> Printing:
    return shop.series(product).printing


def test_an_empty_collection_is_worth_nothing_and_cost_nothing(binder: Collection) -> None:
    found = valuation.totals([binder.pk], currency="USD")
    assert (found.lots, found.quantity, found.value, found.missing, found.cost) == (0, 0, 0, 0, 0)
    assert (found.unrealised, found.unrealised_percent, found.realised) == (None, None, 0)
    assert (found.ceiling, found.is_open, found.fresh_percent, found.rates_on) == (0, False, 0, None)


def test_value_cost_and_gain_are_of_all_copies(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 1_000, "2": 333})
    factories.lot(binder, printing(shop, "1"), quantity=2, unit_cost=800)
    factories.lot(binder, printing(shop, "2"), quantity=3, unit_cost=0)
    found = valuation.totals([binder.pk], currency="USD")
    assert (found.lots, found.quantity, found.value, found.fresh, found.stale) == (2, 5, 2_999, 2_999, 0)
    assert (found.cost, found.costless) == (1_600, 0)
    assert (found.unrealised, found.unrealised_percent) == (1_399, Decimal("87.44"))


def test_each_copy_is_rounded_half_up_before_it_is_multiplied(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 50})
    factories.lot(binder, printing(shop, "1"), quantity=10, condition="LP")  # 42.5 cents each
    assert valuation.totals([binder.pk], currency="USD").value == 430


def test_what_has_no_price_is_never_counted_as_nothing(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 1_000, "2": None})
    factories.lot(binder, printing(shop, "1"), unit_cost=None)
    factories.lot(binder, printing(shop, "2"), quantity=4, unit_cost=50)
    found = valuation.totals([binder.pk], currency="USD")
    assert (found.value, found.missing, found.missing_cost, found.ceiling) == (1_000, 4, 200, 1_200)
    assert (found.is_open, found.costless, found.cost) == (False, 1, 200)
    assert (found.unrealised, found.unrealised_percent) == (None, None)
    factories.lot(binder, printing(shop, "2"), unit_cost=None)
    assert valuation.totals([binder.pk], currency="USD").is_open


def test_where_no_cost_is_known_their_sum_is_not_zero(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 1_000})
    factories.lot(binder, printing(shop, "1"), unit_cost=None)
    assert valuation.totals([binder.pk], currency="USD").cost is None


def test_the_part_that_rests_on_stale_prices_is_told(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 1_000, "2": 500})
    shop.says({"1": 1_000}, day=later(1))
    factories.lot(binder, printing(shop, "1"), quantity=3)
    factories.lot(binder, printing(shop, "2"))
    with time_machine.travel(f"{later(3)}T00:00:00+00:00", tick=False):
        found = valuation.totals([binder.pk], currency="USD")
        assert (found.value, found.fresh, found.stale) == (3_500, 3_500, 0)
    with time_machine.travel(f"{later(3)}T00:00:01+00:00", tick=False):
        found = valuation.totals([binder.pk], currency="USD")
        assert (found.value, found.fresh, found.stale, found.fresh_percent) == (3_500, 3_000, 500, 85)


def test_costs_are_converted_at_the_rate_of_their_day_and_values_at_that_of_today(
    shop: Shop, binder: Collection
) -> None:
    says(DAY, USD="2")
    says(later(1), USD="1.25")
    shop.says({"1": 1_000})
    factories.lot(binder, printing(shop, "1"), unit_cost=600, acquired_on=DAY)
    factories.lot(binder, printing(shop, "1"), unit_cost=5_00, currency="EUR")
    found = valuation.totals([binder.pk], currency="EUR")
    assert (found.value, found.cost, found.unrealised) == (1_600, 800, 800)
    assert (found.rates_on, found.rates_are_carried) == (later(1), False)


def test_a_rate_of_an_earlier_day_is_carried_forward_and_says_so(binder: Collection, shop: Shop) -> None:
    says(DAY, USD="1.25")
    shop.says({"1": 1_000})
    factories.lot(binder, printing(shop, "1"))
    found = valuation.totals([binder.pk], currency="EUR")
    assert (found.value, found.rates_on, found.rates_are_carried) == (800, DAY, True)


def test_a_total_is_rounded_once(shop: Shop, binder: Collection) -> None:
    says(DAY, USD="3")
    shop.says({"1": 100})
    for _ in range(3):
        factories.lot(binder, printing(shop, "1"))  # 33 and a third each
    assert valuation.totals([binder.pk], currency="EUR").value == 100
    assert [row.value for row in valuation.lot_rows([binder.pk], currency="EUR").rows] == [33, 33, 33]


def test_the_fresh_and_the_stale_part_sum_to_the_value(shop: Shop, binder: Collection) -> None:
    says(DAY, USD="3")
    shop.says({"1": 100, "2": 100})
    shop.says({"1": 100}, day=later(1))
    for product in ("1", "2"):
        factories.lot(binder, printing(shop, product))  # 33 and a third each
    with time_machine.travel(f"{later(3)}T12:00:00+00:00", tick=False):
        found = valuation.totals([binder.pk], currency="EUR")
    assert (found.value, found.fresh, found.stale) == (67, 34, 33)


def test_without_a_rate_a_price_is_missing_and_a_cost_unknown(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 1_000})
    factories.lot(binder, printing(shop, "1"), unit_cost=600)
    found = valuation.totals([binder.pk], currency="EUR")
    assert (found.value, found.missing, found.cost, found.costless) == (0, 1, None, 1)
    assert (found.is_open, found.realised) == (True, 0)


def test_several_collections_are_summed_and_others_are_not(
    shop: Shop, binder: Collection, alice: User, bob: User
) -> None:
    shop.says({"1": 1_000})
    box, his = factories.collection(alice), factories.collection(bob)
    for owned in (binder, box, his):
        factories.lot(owned, printing(shop, "1"))
    assert valuation.totals([binder.pk, box.pk], currency="USD").value == 2_000
    assert valuation.totals([], currency="USD").value == 0


def test_what_was_sold_is_no_longer_worth_anything_here(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 1_000})
    lot = factories.lot(binder, printing(shop, "1"), quantity=2, unit_cost=100)
    terms = Terms(quantity=2, sold_on=later(1), currency="USD", unit_price=900, fees=50)
    sales.sell(lot, terms)
    found = valuation.totals([binder.pk], currency="USD")
    assert (found.lots, found.quantity, found.value, found.cost, found.realised) == (0, 0, 0, 0, 1_550)


@pytest.mark.parametrize("count", [1, 3])
def test_totals_are_two_statements_and_three_with_rates(
    shop: Shop, binder: Collection, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    says(DAY, USD="1.10", GBP="0.85")
    shop.says({str(n): 100 for n in range(count)})
    for n in range(count):
        factories.lot(binder, printing(shop, str(n)), unit_cost=5, acquired_on=DAY - timedelta(days=n))
    with django_assert_num_queries(2):
        valuation.totals([binder.pk], currency="USD")
    with django_assert_num_queries(3):
        valuation.totals([binder.pk], currency="GBP")


def spread(shares: list[Share]) -> list[tuple[str, str, int, int, str]]:
    return [(one.key, one.label, one.quantity, one.value, str(one.percent)) for one in shares]


def test_the_value_is_spread_over_games_sets_rarities_and_conditions(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100, "2": 100, "3": None})
    factories.lot(binder, printing(shop, "1"), quantity=2)
    factories.lot(binder, printing(shop, "2"), condition="", grader="PSA", grade="7")
    factories.lot(binder, printing(shop, "3"), condition="HP")
    found = valuation.allocation([binder.pk], currency="USD")
    assert spread(found.game) == [(shop.game.slug, shop.game.name, 4, 300, "100.0")]
    assert spread(found.set) == [(f"{shop.game.slug}/base-set", "Base Set", 4, 300, "100.0")]
    assert spread(found.rarity) == [("Rare", "Rare", 4, 300, "100.0")]
    assert spread(found.condition) == [
        ("NM", "Near Mint", 2, 200, "66.7"),
        ("PSA 7", "PSA 7", 1, 100, "33.3"),
        ("HP", "Heavily Played", 1, 0, "0.0"),
    ]


def test_an_empty_collection_has_no_shares(binder: Collection) -> None:
    found = valuation.allocation([binder.pk], currency="USD")
    assert (found.game, found.set, found.rarity, found.condition) == ([], [], [], [])


@pytest.mark.parametrize("count", [1, 3])
def test_shares_are_one_statement_and_two_with_rates(
    shop: Shop, binder: Collection, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    shop.says({str(n): 100 for n in range(count)})
    for n in range(count):
        factories.lot(binder, printing(shop, str(n)))
    with django_assert_num_queries(1):
        valuation.allocation([binder.pk], currency="USD")
    with django_assert_num_queries(2):
        valuation.allocation([binder.pk], currency="EUR")
