"""Why a value changed: each cause by itself, and all of them to the cent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from collections_app import lots, sales, snapshots, valuation
from collections_app.explanations import explain
from collections_app.models import Collection, Lot
from collections_app.rows import Explanation
from collections_app.sales import Terms
from collections_app.tests import factories
from pricing.tests.market import Shop, later
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
TODAY = 10
PARTS = ("price", "additions", "removals", "exchange", "edited", "coverage")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    noon = datetime.combine(later(TODAY), datetime.min.time(), UTC) + timedelta(hours=12)
    with time_machine.travel(noon, tick=False) as traveller:
        yield traveller


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice)


def printing(shop: Shop, product: str = "1") -> Printing:
    return shop.series(product).printing


def explained(*binders: Collection, since: int = 0, until: int = TODAY, currency: str = "USD") -> Explanation:
    ids = [binder.pk for binder in binders]
    found = explain(ids, since=later(since), until=later(until), currency=currency)
    assert found.before + sum(getattr(found, name) for name in PARTS) == found.after
    assert found.corrections == found.edited + found.coverage
    return found


def causes(found: Explanation) -> dict[str, int]:
    """The parts that are not nothing."""
    return {name: amount for name in PARTS if (amount := getattr(found, name))}


def test_nothing_happened(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), quantity=3, acquired_on=later(-5))
    found = explained(binder, since=2)
    assert (found.before, found.after, causes(found)) == (300, 300, {})


def test_an_empty_collection_is_explained_by_nothing(binder: Collection) -> None:
    found = explained(binder)
    assert (found.before, found.after, causes(found)) == (0, 0, {})


def test_prices_moved(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    shop.says({"1": 90}, day=later(3))
    shop.says({"1": 130}, day=later(8))
    factories.lot(binder, printing(shop), quantity=3, acquired_on=later(0))
    assert causes(explained(binder, since=1)) == {"price": 90}
    assert causes(explained(binder, since=1, until=7)) == {"price": -30}
    assert causes(explained(binder, since=3, until=7)) == {}


def test_copies_came_at_the_price_of_their_day_and_then_moved(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    shop.says({"1": 130}, day=later(8))
    factories.lot(binder, printing(shop), quantity=2, acquired_on=later(4))
    assert causes(explained(binder, since=1)) == {"additions": 200, "price": 60}
    assert causes(explained(binder, since=4)) == {"price": 60}


def test_copies_were_sold_at_the_price_of_their_day(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    shop.says({"1": 130}, day=later(3))
    shop.says({"1": 500}, day=later(8))
    lot = factories.lot(binder, printing(shop), quantity=2, acquired_on=later(0))
    sales.sell(lot, Terms(quantity=2, sold_on=later(5), currency="USD", unit_price=1))
    assert causes(explained(binder, since=1)) == {"price": 60, "removals": -260}
    assert causes(explained(binder, since=5)) == {}


def test_what_came_and_went_is_in_both(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    shop.says({"1": 130}, day=later(5))
    lot = factories.lot(binder, printing(shop), acquired_on=later(4))
    sales.sell(lot, Terms(quantity=1, sold_on=later(6), currency="USD"))
    assert causes(explained(binder)) == {"additions": 100, "price": 30, "removals": -130}


def test_exchange_rates_moved_apart_from_prices(shop: Shop, binder: Collection) -> None:
    says(later(0), USD="2")
    says(later(5), USD="1.25")
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(5))
    factories.lot(binder, printing(shop), quantity=10, acquired_on=later(0))
    found = explained(binder, since=1, currency="EUR")
    assert (found.before, found.after) == (500, 960)
    assert causes(found) == {"price": 100, "exchange": 360}


def test_prices_became_known_and_were_lost(shop: Shop, binder: Collection) -> None:
    shop.says({"1": None, "2": 70})
    shop.says({"1": 100, "2": None}, day=later(5))
    factories.lot(binder, printing(shop, "1"), acquired_on=later(0))
    factories.lot(binder, printing(shop, "2"), quantity=2, acquired_on=later(0))
    assert causes(explained(binder, until=4)) == {}
    assert causes(explained(binder)) == {"coverage": 100 - 140}


def test_a_rate_that_became_known_is_no_gain(shop: Shop, binder: Collection) -> None:
    says(later(5), USD="2")
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(0))
    assert causes(explained(binder, currency="EUR")) == {"coverage": 50}


def test_a_change_of_the_recorded_past_is_a_correction(
    shop: Shop, binder: Collection, clock: time_machine.Traveller
) -> None:
    shop.says({"1": 100})
    shop.says({"1": 130}, day=later(8))
    lot = factories.lot(binder, printing(shop), quantity=2, acquired_on=later(0))
    snapshots.nightly(later(4))
    lots.edit(lot, factories.facts(printing(shop), quantity=3, acquired_on=later(1)))
    for _ in range(2):  # whether or not the snapshot was made anew in between
        found = explained(binder, since=4)
        assert (found.before, found.after) == (200, 390)
        assert causes(found) == {"edited": 100, "price": 90}
        snapshots.fill(binder.pk)
    assert causes(explained(binder, since=3)) == {"price": 90}


def test_what_was_removed_altogether_is_a_correction_too(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(0))
    lot = factories.lot(binder, printing(shop), quantity=5, acquired_on=later(0))
    snapshots.nightly(later(4))
    lots.remove(Lot.objects.filter(pk=lot.pk))
    found = explained(binder, since=4)
    assert (found.before, found.after, causes(found)) == (600, 100, {"edited": -500})


def test_rounding_alone_is_never_a_correction(shop: Shop, binder: Collection, alice: User) -> None:
    says(later(0), USD="3")
    alice.currency = "EUR"
    alice.save()
    box = factories.collection(alice)
    shop.says({"1": 100})
    for one in (binder, box):
        factories.lot(one, printing(shop), acquired_on=later(0))  # 33 and a third each
        factories.lot(one, printing(shop), acquired_on=later(0))
    snapshots.nightly(later(4))
    found = explained(binder, box, since=4, currency="EUR")
    assert (found.before, found.after, causes(found)) == (133, 133, {})
    found = explained(binder, box, since=4, currency="USD")
    assert (found.before, found.after, causes(found)) == (400, 400, {})


def test_a_move_between_two_collections_is_none_of_both_together(
    shop: Shop, binder: Collection, alice: User
) -> None:
    shop.says({"1": 100})
    box = factories.collection(alice)
    lot = factories.lot(binder, printing(shop), acquired_on=later(0))
    snapshots.nightly(later(4))
    lots.move(Lot.objects.filter(pk=lot.pk), to=box)
    assert causes(explained(binder, since=4)) == {"edited": -100}
    together = explained(binder, box, since=4)
    assert (together.before, together.after, causes(together)) == (100, 100, {})


def test_a_new_collection_with_old_lots_corrects_what_was_recorded_of_the_others(
    shop: Shop, binder: Collection, alice: User
) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(0))
    snapshots.nightly(later(4))
    box = factories.collection(alice)
    factories.lot(box, printing(shop), quantity=5, acquired_on=later(0))
    found = explained(binder, box, since=4)
    assert (found.before, found.after, causes(found)) == (100, 600, {"edited": 500})


def test_the_end_of_today_is_what_everything_is_worth_now(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(TODAY + 3))
    found = explained(binder, until=TODAY + 30)
    assert (found.until, found.after) == (later(TODAY), 100)
    assert found.after == valuation.totals([binder.pk], currency="USD").value


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_lots(
    shop: Shop, binder: Collection, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    shop.says({str(n): 100 for n in range(count)})
    for n in range(count):
        factories.lot(binder, printing(shop, str(n)), acquired_on=later(0))
    with django_assert_num_queries(3):
        explained(binder)
    with django_assert_num_queries(4):
        explained(binder, currency="EUR")
    with django_assert_num_queries(5):  # a price before the first known may lie in the packed months
        explained(binder, since=-1, currency="EUR")
