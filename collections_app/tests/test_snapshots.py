"""What a collection was worth on each day follows from what is known now; what was recorded stays."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from collections_app import lots, reckoning, restating, sales, snapshots
from collections_app.models import Collection, Lot, Multiplier, ValueSnapshot
from collections_app.rows import Day
from collections_app.sales import Terms
from collections_app.tests import factories
from pricing.models import IngestRun
from pricing.tests.market import DAY, Shop, later
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
TODAY = 10


def noon(offset: int) -> datetime:
    return datetime.combine(later(offset), datetime.min.time(), UTC) + timedelta(hours=12)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon(TODAY), tick=False) as traveller:
        yield traveller


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice)


def printing(shop: Shop, product: str = "1") -> Printing:
    return shop.series(product).printing


def known(binder: Collection, name: str = "value") -> dict[int, Any]:
    """By days since DAY."""
    rows = ValueSnapshot.objects.filter(collection=binder).order_by("day").values_list("day", name)
    return {(day - DAY).days: amount for day, amount in rows}


def flows(binder: Collection) -> dict[int, tuple[int, int]]:
    rows = ValueSnapshot.objects.filter(collection=binder).values_list("day", "added", "removed")
    return {(day - DAY).days: (added, removed) for day, added, removed in rows if added or removed}


def series(*binders: Collection, since: int | None = None, currency: str = "USD") -> list[Day]:
    first = None if since is None else later(since)
    ids = [binder.pk for binder in binders]
    return snapshots.series(ids, since=first, until=later(TODAY), currency=currency)


def days_of(days: list[Day], name: str = "value") -> dict[int, int]:
    return {(day.day - DAY).days: getattr(day, name) for day in days}


def test_every_day_from_the_first_acquisition_until_yesterday_is_written(
    shop: Shop, binder: Collection
) -> None:
    shop.says({"1": 100})
    shop.says({"1": 150}, day=later(7))
    factories.lot(binder, printing(shop), quantity=2, acquired_on=later(5))
    assert snapshots.fill(binder.pk) == 5
    assert known(binder) == {5: 200, 6: 200, 7: 300, 8: 300, 9: 300}
    binder.refresh_from_db()
    assert binder.stale_from is None


def test_a_second_time_there_is_nothing_to_do(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop))
    assert (snapshots.fill(binder.pk), snapshots.fill(binder.pk)) == (10, 0)
    restating.restate([binder.pk], since=later(8))
    assert snapshots.fill(binder.pk) == 2


def test_days_before_any_price_was_known_say_that_it_is_missing(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100}, day=later(8))
    factories.lot(binder, printing(shop), quantity=3, acquired_on=later(6), unit_cost=None)
    snapshots.fill(binder.pk)
    assert known(binder) == {6: 0, 7: 0, 8: 300, 9: 300}
    assert known(binder, "missing") == {6: 3, 7: 3, 8: 0, 9: 0}
    assert known(binder, "costless") == {6: 3, 7: 3, 8: 3, 9: 3}
    assert flows(binder) == {8: (300, 0)}  # what became priced did not gain


def test_what_lost_its_price_left_at_its_last_one(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    shop.says({"1": None}, day=later(8))
    factories.lot(binder, printing(shop), acquired_on=later(7))
    snapshots.fill(binder.pk)
    assert known(binder) == {7: 100, 8: 0, 9: 0}
    assert flows(binder) == {7: (100, 0), 8: (0, 100)}


def test_sales_leave_at_the_market_price_and_their_gain_stays(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(8))
    lot = factories.lot(binder, printing(shop), quantity=3, acquired_on=later(6), unit_cost=50)
    sales.sell(lot, Terms(quantity=2, sold_on=later(8), currency="USD", unit_price=90, fees=10))
    snapshots.fill(binder.pk)
    assert known(binder) == {6: 300, 7: 300, 8: 120, 9: 120}
    assert known(binder, "cost") == {6: 150, 7: 150, 8: 50, 9: 50}
    assert known(binder, "realised") == {6: 0, 7: 0, 8: 70, 9: 70}
    assert flows(binder) == {6: (300, 0), 8: (0, 240)}


def test_what_came_and_went_on_one_day_was_never_held(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    lot = factories.lot(binder, printing(shop), acquired_on=later(8))
    sales.sell(lot, Terms(quantity=1, sold_on=later(8), currency="USD"))
    snapshots.fill(binder.pk)
    assert known(binder, "quantity") == {8: 0, 9: 0}
    assert flows(binder) == {8: (100, 100)}


def test_what_is_sold_on_the_day_its_price_was_lost_leaves_at_its_last_one(
    shop: Shop, binder: Collection
) -> None:
    shop.says({"1": 100})
    shop.says({"1": None}, day=later(8))
    lot = factories.lot(binder, printing(shop), acquired_on=later(7))
    sales.sell(lot, Terms(quantity=1, sold_on=later(8), currency="USD"))
    snapshots.fill(binder.pk)
    assert flows(binder) == {7: (100, 0), 8: (0, 100)}


def test_what_lost_its_price_before_any_rate_was_known_had_no_value_to_lose(
    shop: Shop, binder: Collection, alice: User
) -> None:
    says(later(8), USD="1")
    alice.currency = "EUR"
    alice.save()
    shop.says({"1": 100, "2": 30})
    shop.says({"1": None, "2": 30}, day=later(8))
    for product in ("1", "2"):
        factories.lot(binder, printing(shop, product), acquired_on=later(7))
    snapshots.fill(binder.pk)
    assert known(binder) == {7: 0, 8: 30, 9: 30}
    assert flows(binder) == {8: (30, 0)}


def test_what_is_dated_tomorrow_is_not_held_when_today_ends(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    lot = factories.lot(binder, printing(shop), quantity=2, acquired_on=later(9))
    factories.lot(binder, printing(shop), quantity=5, acquired_on=later(TODAY + 1))
    sales.sell(lot, Terms(quantity=1, sold_on=later(TODAY + 1), currency="USD", unit_price=1))
    snapshots.nightly(later(TODAY))
    assert known(binder) == {9: 200, 10: 200}


def test_a_price_that_nobody_said_for_too_long_was_stale_then(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100, "2": 30})
    shop.says({"2": 30}, day=later(1))
    shop.says({"2": 30}, day=later(6))
    for product in ("1", "2"):
        factories.lot(binder, printing(shop, product))
    snapshots.fill(binder.pk)
    # The first went missing on the second day; the source was silent from the third to the sixth.
    assert known(binder, "stale") == {
        0: 0,
        1: 0,
        2: 0,
        3: 100,
        4: 130,
        5: 130,
        6: 100,
        7: 100,
        8: 100,
        9: 130,
    }


def test_a_price_of_which_no_run_is_known_is_not_called_stale(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    IngestRun.objects.all().delete()
    factories.lot(binder, printing(shop))
    snapshots.fill(binder.pk)
    assert set(known(binder, "stale").values()) == {0}


def test_an_edit_of_the_past_changes_it_from_there_on(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    lot = factories.lot(binder, printing(shop), acquired_on=later(6))
    snapshots.fill(binder.pk)
    factories.lot(binder, printing(shop), acquired_on=later(8), quantity=4)
    assert snapshots.fill(binder.pk) == 2
    assert known(binder) == {6: 100, 7: 100, 8: 500, 9: 500}
    lots.edit(lot, factories.facts(printing(shop), acquired_on=later(4)))
    snapshots.fill(binder.pk)
    assert known(binder) == {4: 100, 5: 100, 6: 100, 7: 100, 8: 500, 9: 500}
    lots.remove(Lot.objects.filter(pk=lot.pk))
    snapshots.fill(binder.pk)
    assert known(binder) == {8: 400, 9: 400}
    lots.remove(Lot.objects.all())
    snapshots.fill(binder.pk)
    assert known(binder) == {}


def test_a_hole_is_filled(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(6))
    snapshots.fill(binder.pk)
    ValueSnapshot.objects.filter(day=later(7)).delete()
    assert snapshots.fill(binder.pk) == 4
    assert known(binder) == dict.fromkeys(range(6, 10), 100)


def test_an_ancient_acquisition_does_not_make_a_day_of_it_each(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=date(1, 1, 1))
    assert snapshots.fill(binder.pk) == (later(TODAY) - snapshots.EARLIEST).days
    assert snapshots.fill(binder.pk) == 0


def test_a_collection_that_is_gone_or_empty_has_no_days(binder: Collection) -> None:
    assert (snapshots.fill(binder.pk), snapshots.fill(binder.pk + 1)) == (0, 0)


def test_values_are_in_the_owners_currency_at_the_rates_of_their_days(
    shop: Shop, binder: Collection, alice: User
) -> None:
    says(later(6), USD="2")
    says(later(8), USD="1")
    alice.currency = "EUR"
    alice.save()
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(5), unit_cost=80)
    factories.lot(binder, printing(shop), acquired_on=later(7), unit_cost=80)
    snapshots.fill(binder.pk)
    assert known(binder) == {5: 0, 6: 50, 7: 100, 8: 200, 9: 200}
    assert known(binder, "missing") == {5: 1, 6: 0, 7: 0, 8: 0, 9: 0}
    assert known(binder, "cost") == {5: 0, 6: 0, 7: 40, 8: 40, 9: 40}
    assert known(binder, "costless") == {5: 1, 6: 1, 7: 1, 8: 1, 9: 1}
    assert flows(binder) == {6: (50, 0), 7: (50, 0)}


def test_the_night_writes_the_day_that_ends_and_records_it(
    shop: Shop, binder: Collection, clock: time_machine.Traveller
) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(8))
    assert snapshots.nightly(later(TODAY)) == 1
    assert known(binder) == {8: 100, 9: 100, 10: 100}
    assert known(binder, "recorded") == {8: None, 9: None, 10: 100}
    factories.lot(binder, printing(shop), acquired_on=later(9))
    snapshots.fill(binder.pk)
    assert known(binder) == {8: 100, 9: 200, 10: 200}
    clock.move_to(noon(TODAY + 1))
    snapshots.nightly(later(TODAY + 1))
    assert known(binder, "recorded") == {8: None, 9: None, 10: 100, 11: 200}
    snapshots.nightly(later(TODAY + 1))
    assert known(binder, "recorded") == {8: None, 9: None, 10: 100, 11: 200}


def test_the_night_gives_lots_their_price(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop))
    Lot.objects.update(series=None, basis="none")
    snapshots.nightly(later(TODAY))
    assert known(binder) == dict.fromkeys(range(11), 100)


def test_the_night_values_the_days_before_anew(shop: Shop, binder: Collection) -> None:
    """A sync that came after midnight may have brought their prices, and nobody may have heard of it."""
    shop.says({"1": 100})
    factories.lot(binder, printing(shop))
    snapshots.nightly(later(TODAY - 1))
    shop.says({"1": 130}, day=later(TODAY - 1))
    snapshots.nightly(later(TODAY))
    assert [known(binder)[day] for day in (8, 9, 10)] == [100, 130, 130]
    assert [known(binder, "recorded")[day] for day in (8, 9, 10)] == [None, 100, 130]


def test_one_collection_that_fails_does_not_stop_the_others(
    shop: Shop, binder: Collection, alice: User, bob: User, caplog: pytest.LogCaptureFixture
) -> None:
    says(DAY, USD="1", KRW="1000000")
    bob.currency = "KRW"
    bob.save()
    shop.says({"1": 90_000_000})
    too_dear, box = factories.collection(bob), factories.collection(alice)
    factories.lot(binder, printing(shop))
    factories.lot(box, printing(shop))
    for _ in range(11):
        factories.lot(too_dear, printing(shop), quantity=1_000_000)  # more than eight bytes of won
    assert snapshots.nightly(later(TODAY)) == 2
    assert (len(known(binder)), len(known(too_dear)), len(known(box))) == (11, 0, 11)
    assert caplog.messages[-1:] == [f"Collection {too_dear.pk} has no snapshot of {later(TODAY)}."]


def test_late_prices_of_a_past_day_ask_for_the_snapshots_that_rest_on_them(
    shop: Shop, binder: Collection, alice: User
) -> None:
    shop.says({"1": 100})
    elsewhere, empty = factories.collection(alice), factories.collection(alice)
    factories.lot(binder, printing(shop))
    snapshots.nightly(later(TODAY))
    assert snapshots.outdate(shop.game, since=later(TODAY + 1)) == 0
    shop.says({"1": 130}, day=later(9))
    assert snapshots.outdate(shop.game, since=later(9)) == 1
    marks = dict(Collection.objects.values_list("pk", "stale_from"))
    assert marks == {binder.pk: later(9), elsewhere.pk: None, empty.pk: None}
    snapshots.fill(binder.pk)
    assert [known(binder)[day] for day in (8, 9, 10)] == [100, 130, 130]
    assert known(binder, "recorded")[10] == 100


def test_another_currency_of_the_owner_makes_all_anew_and_converts_what_was_recorded(
    shop: Shop, binder: Collection, alice: User
) -> None:
    says(DAY, USD="2")
    says(later(TODAY), USD="4")
    shop.says({"1": 100})
    lot = factories.lot(binder, printing(shop), acquired_on=later(8))
    snapshots.nightly(later(TODAY))
    lots.edit(lot, factories.facts(printing(shop), quantity=3, acquired_on=later(8)))
    alice.currency = "EUR"
    alice.save()
    snapshots.fill(binder.pk)
    assert known(binder) == {8: 150, 9: 150, 10: 75}
    assert known(binder, "recorded") == {8: None, 9: None, 10: 25}
    assert set(known(binder, "currency").values()) == {"EUR"}


def test_what_was_recorded_is_unknown_in_a_currency_without_a_rate(
    shop: Shop, binder: Collection, alice: User
) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(9))
    snapshots.nightly(later(TODAY))
    alice.currency = "EUR"
    alice.save()
    snapshots.fill(binder.pk)
    assert (known(binder), known(binder, "recorded")) == ({9: 0, 10: 0}, {9: None, 10: None})


@pytest.mark.parametrize("count", [1, 3])
def test_a_fill_is_a_fixed_number_of_statements(
    shop: Shop, binder: Collection, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    shop.says({str(n): 100 for n in range(count)})
    for n in range(count):
        factories.lot(binder, printing(shop, str(n)), acquired_on=later(n))
    with django_assert_num_queries(14):  # two of them begin and end its transaction
        snapshots.fill(binder.pk)


def test_a_series_is_the_days_asked_for(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(5), unit_cost=70)
    snapshots.fill(binder.pk)
    assert days_of(series(binder)) == dict.fromkeys(range(5, 10), 100)
    assert days_of(series(binder, since=8)) == {8: 100, 9: 100}
    assert days_of(series(binder, since=2)) == dict.fromkeys(range(5, 10), 100)
    assert series(binder, since=5)[0] == Day(
        day=later(5), value=100, stale=100, missing=0, quantity=1, cost=70, added=100, removed=0, realised=0
    )


def test_a_series_that_begins_after_its_end_has_no_days(shop: Shop, binder: Collection, alice: User) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(5))
    snapshots.fill(binder.pk)
    assert series(binder, since=TODAY)
    assert series(binder, since=TODAY + 1) == []
    assert series(binder, factories.collection(alice, name="Second"), since=TODAY + 1) == []


def test_collections_count_from_their_first_day_on(shop: Shop, binder: Collection, alice: User) -> None:
    shop.says({"1": 100})
    box = factories.collection(alice)
    factories.lot(binder, printing(shop), acquired_on=later(6))
    factories.lot(box, printing(shop), quantity=3, acquired_on=later(8))
    for one in (binder, box):
        snapshots.fill(one.pk)
    found = series(binder, box)
    assert days_of(found) == {6: 100, 7: 100, 8: 400, 9: 400}
    assert days_of(found, "added") == {6: 100, 7: 0, 8: 300, 9: 0}
    assert days_of(found, "quantity") == {6: 1, 7: 1, 8: 4, 9: 4}


def test_between_its_days_a_collection_is_worth_what_it_was(
    shop: Shop, binder: Collection, alice: User
) -> None:
    shop.says({"1": 100})
    box = factories.collection(alice)
    factories.lot(binder, printing(shop), acquired_on=later(6))
    factories.lot(box, printing(shop), quantity=3, acquired_on=later(6))
    for one in (binder, box):
        snapshots.fill(one.pk)
    ValueSnapshot.objects.filter(collection=box, day__gt=later(6)).delete()
    assert days_of(series(binder, box)) == dict.fromkeys(range(6, 10), 400)
    assert days_of(series(binder, box, since=8), "added") == {8: 0, 9: 0}
    assert days_of(series(box, since=8)) == {8: 300}


def test_in_another_currency_each_day_has_its_own_rate(shop: Shop, binder: Collection) -> None:
    says(later(7), USD="2")
    says(later(9), USD="4")
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(6))
    snapshots.fill(binder.pk)
    found = series(binder, currency="EUR")
    assert days_of(found) == {6: 0, 7: 50, 8: 50, 9: 25}
    assert days_of(found, "missing") == {6: 1, 7: 0, 8: 0, 9: 0}


@pytest.mark.parametrize("count", [1, 3])
def test_a_series_is_one_statement_and_two_with_rates(
    shop: Shop, alice: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    shop.says({"1": 100})
    binders = [factories.collection(alice) for _ in range(count)]
    for one in binders:
        factories.lot(one, printing(shop))
        snapshots.fill(one.pk)
    with django_assert_num_queries(1):
        assert len(series(*binders)) == 10
    with django_assert_num_queries(2):
        series(*binders, currency="EUR")


def test_today_is_valued_as_it_stands(
    shop: Shop, binder: Collection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), quantity=2, acquired_on=later(8))
    factories.lot(binder, printing(shop), acquired_on=later(TODAY), unit_cost=60)
    with django_assert_num_queries(4):
        found = snapshots.live([binder.pk], currency="USD")
    assert (found.day, found.value, found.quantity) == (later(TODAY), 300, 3)
    assert (found.added, found.removed, found.cost) == (100, 0, 60)


def test_what_is_dated_tomorrow_counts_as_of_today(shop: Shop, binder: Collection) -> None:
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(TODAY + 1))
    found = snapshots.live([binder.pk], currency="USD")
    assert (found.value, found.added) == (100, 100)


def a_day(offset: int, value: int, *, added: int = 0, removed: int = 0) -> Day:
    return Day(
        day=later(offset), value=value, stale=0, missing=0, quantity=0, cost=0,
        added=added, removed=removed, realised=0,
    )  # fmt: skip


def test_a_return_without_deposits_is_of_prices_alone() -> None:
    days = [a_day(0, 100), a_day(1, 150, added=50), a_day(2, 165), a_day(3, 65, removed=111)]
    found = snapshots.returns(days)
    assert found
    assert (found.since, found.until, found.change) == (later(0), later(3), -35)
    assert (found.change_percent, found.percent) == (
        Decimal("-35.00"),
        Decimal("17.33"),
    )  # 1.1 times 176 / 165


def test_days_that_begin_with_nothing_move_nothing() -> None:
    found = snapshots.returns([a_day(0, 100), a_day(1, 0, removed=120), a_day(2, 80, added=80), a_day(3, 88)])
    assert found
    assert found.percent == Decimal("32.00")


def test_from_nothing_there_is_a_change_but_no_percentage() -> None:
    found = snapshots.returns([a_day(0, 0), a_day(1, 70, added=70), a_day(2, 77)])
    assert found
    assert (found.change, found.change_percent, found.percent) == (77, None, None)


def test_a_single_day_returns_nothing() -> None:
    assert snapshots.returns([]) is snapshots.returns([a_day(0, 100)]) is None


@pytest.mark.django_db(transaction=True)
def test_an_edit_waits_for_a_fill_and_its_mark_outlives_it(
    shop: Shop, binder: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    Multiplier.objects.get_or_create(condition="NM", defaults={"percent": 100})
    shop.says({"1": 100})
    factories.lot(binder, printing(shop), acquired_on=later(8))
    reckoned, edits = threading.Event(), threading.Event()

    def slowly(*args: Any, **options: Any) -> Any:
        reckoned.set()
        assert edits.wait(10)
        return reckoning.reckon(*args, **options)

    monkeypatch.setattr("collections_app.snapshots.reckon", slowly)
    filling = by_itself(lambda: snapshots.fill(binder.pk))
    assert reckoned.wait(10)
    row = Collection.objects.select_for_update(no_key=True, nowait=True).filter(pk=binder.pk)
    with pytest.raises(OperationalError), transaction.atomic():
        row.get()
    editing = by_itself(lambda: restating.restate([binder.pk], since=later(9)))
    edits.set()
    for thread in (filling, editing):
        thread.join(10)
    assert known(binder) == {8: 100, 9: 100}
    binder.refresh_from_db()
    assert binder.stale_from == later(9)


def by_itself(work: Callable[[], Any]) -> threading.Thread:
    """In a thread with a connection of its own, which commits."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
