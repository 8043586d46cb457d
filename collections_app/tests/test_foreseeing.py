"""What another price would do to holdings is what it does, also when every message of it is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from collections_app import foreseeing, snapshots, valuation
from collections_app.models import Collection, Multiplier, ValueSnapshot
from collections_app.tests import factories
from pricing import corrections
from pricing.consequences import Move
from pricing.tests.market import DAY, Shop, later

pytestmark = pytest.mark.django_db
TODAY = 10


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    noon = datetime.combine(later(TODAY), datetime.min.time(), UTC) + timedelta(hours=12)
    with time_machine.travel(noon, tick=False) as traveller:
        yield traveller


@pytest.fixture
def binder(shop: Shop, alice: User) -> Collection:
    """Two near mint and three lightly played copies of a card at $1.01, later $1.51."""
    shop.says({"1": 101})
    shop.says({"1": 151}, day=later(6))
    Multiplier.objects.update_or_create(
        game=None, condition="LP", grade="", defaults={"percent": Decimal(85)}
    )
    binder = factories.collection(alice)
    printing = shop.series("1").printing
    factories.lot(binder, printing, quantity=2)
    factories.lot(binder, printing, quantity=3, condition="LP")
    return binder


def values(binder: Collection) -> list[int]:
    found = ValueSnapshot.objects.filter(collection=binder).order_by("day")
    return list(found.values_list("value", flat=True))


def test_the_change_in_value_is_exactly_what_it_will_be(shop: Shop, binder: Collection, carla: User) -> None:
    before = valuation.totals([binder.pk], currency="USD").value
    move = corrections.supposed(shop.series("1"), day=later(6), market=333)
    said = foreseeing.foresee(move)
    corrections.correct(shop.series("1"), day=later(6), market=333, by=carla)
    change = valuation.totals([binder.pk], currency="USD").value - before
    assert (said.count, change) == (1, 829)
    assert said.said == "5 copies in 1 collection: +$8.29 in value from 2026-03-08 on."


def test_a_past_day_changes_until_the_next_price(shop: Shop, binder: Collection) -> None:
    move = corrections.supposed(shop.series("1"), day=DAY, market=1)
    assert foreseeing.foresee(move).said == (
        "5 copies in 1 collection: −$4.55 in value from 2026-03-02 until 2026-03-08."
    )


def test_what_nobody_holds_changes_nobodys_value(shop: Shop) -> None:
    shop.says({"1": 100})
    move = Move(series=shop.series("1"), day=DAY, was=100, now=None)
    assert foreseeing.foresee(move).said == "No collection is valued by it."


def test_people_are_counted_once_for_a_printing(shop: Shop, alice: User, bob: User) -> None:
    shop.says({"1": 100, "2": 100})
    first, second = (shop.series(product).printing for product in "12")
    for owner, printing in ((alice, first), (alice, first), (bob, first), (bob, second)):
        factories.lot(factories.collection(owner), printing)
    assert foreseeing.holders([first.pk, second.pk, 0]) == {first.pk: 2, second.pk: 1}


def test_foreseeing_costs_the_same_for_one_lot_and_for_three(
    shop: Shop, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shop.says({"1": 100})
    move = Move(series=shop.series("1"), day=DAY, was=100, now=90)
    for _ in range(3):
        factories.lot(factories.collection(alice), move.series.printing)
        with django_assert_num_queries(1):
            foreseeing.foresee(move)


def test_the_past_follows_a_correction_though_every_message_is_lost(
    shop: Shop, binder: Collection, carla: User, clock: time_machine.Traveller
) -> None:
    snapshots.nightly(later(TODAY))
    wrong = values(binder)
    corrections.correct(shop.series("1"), day=DAY, market=201, by=carla)  # what waits for a commit is lost
    assert values(binder) == wrong
    assert Collection.objects.get().stale_from == DAY
    clock.shift(timedelta(days=1))
    snapshots.nightly(later(TODAY + 1))
    assert values(binder) == [2 * 201 + 3 * 171] * 6 + wrong[6:] + wrong[-1:]
    recorded = ValueSnapshot.objects.get(day=later(TODAY)).recorded
    assert recorded == wrong[-1]  # what was recorded when the day ended stays


def test_collections_that_the_price_does_not_value_are_left_alone(
    shop: Shop, binder: Collection, alice: User, carla: User
) -> None:
    shop.says({"1": 151, "2": 100}, day=later(7))
    other = factories.collection(alice)
    factories.lot(other, shop.series("2").printing)
    Collection.objects.update(stale_from=None)
    corrections.correct(shop.series("1"), day=DAY, market=201, by=carla)
    assert set(Collection.objects.values_list("pk", "stale_from")) == {(binder.pk, DAY), (other.pk, None)}
