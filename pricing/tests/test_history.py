"""Packing moves changes out of the way and changes no answer."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from catalog.models import Card
from catalog.tests.factories import GameFactory
from pricing import history, queries
from pricing.models import PriceChange, PriceDay, PriceHistory
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop

TODAY = date(2026, 3, 20)
CLOSED = date(2026, 2, 1)  # the first of the month that lies 31 days back


def _points(shop: Shop, product: str) -> list[tuple[date, int | None]]:
    key = shop.series(product).pk
    return [(point.day, point.market) for point in queries.history([key], since=None)[key]]


@pytest.mark.parametrize(
    ("today", "kept_from"),
    [
        (date(2026, 3, 20), date(2026, 2, 1)),
        (date(2026, 3, 4), date(2026, 2, 1)),
        (date(2026, 3, 3), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2025, 12, 1)),
    ],
)
def test_a_month_closes_when_it_lies_31_days_back(shop: Shop, today: date, kept_from: date) -> None:
    days = [kept_from - timedelta(days=1), kept_from, today]
    for place, day in enumerate(days):
        shop.says({"1": 100 + place}, day=day)
    before = _points(shop, "1")
    assert history.pack_closed(today) == 1
    assert list(PriceChange.objects.values_list("day", flat=True).order_by("day")) == days[1:]
    assert PriceHistory.objects.get().through == days[0]
    assert _points(shop, "1") == before == list(zip(days, [100, 101, 102], strict=True))


def test_packing_again_does_nothing_and_a_later_month_is_added(shop: Shop) -> None:
    shop.says({"1": 100}, day=date(2026, 1, 5))
    shop.says({"1": 120}, day=date(2026, 2, 5))
    shop.says({"1": None}, day=date(2026, 4, 20))
    assert history.pack_closed(TODAY) == 1
    assert history.pack_closed(TODAY) == 0
    assert history.pack_closed(date(2026, 4, 20)) == 1
    assert PriceHistory.objects.get().through == date(2026, 2, 5)
    assert _points(shop, "1") == [
        (date(2026, 1, 5), 100),
        (date(2026, 2, 5), 120),
        (date(2026, 4, 20), None),
    ]


def test_batches_of_any_size_pack_everything(shop: Shop) -> None:
    prices: dict[str, int | None] = {str(place): 100 + place for place in range(7)}
    shop.says(prices, day=date(2026, 1, 5))
    shop.says(prices, day=TODAY)
    assert history.pack_closed(TODAY, batch=3) == 7
    assert PriceHistory.objects.count() == 7
    assert not PriceChange.objects.exists()
    assert _points(shop, "6") == [(date(2026, 1, 5), 106)]


def test_the_last_31_days_of_a_source_that_fell_silent_stay_and_so_do_its_percentages(shop: Shop) -> None:
    shop.says({"1": 100}, day=date(2025, 12, 10))
    shop.says({"1": 150}, day=date(2026, 1, 5))
    shop.says({"1": 150}, day=date(2026, 1, 20))
    long_after = date(2026, 9, 1)
    card = Card.objects.get()
    before = queries.printings(card.pk)[0].changes
    assert [str(change.percent) for change in before] == ["0.00", "0.00", "50.00", "None"]
    assert history.pack_closed(long_after) == 0
    assert queries.printings(card.pk)[0].changes == before


def test_day_vectors_are_kept_400_days(shop: Shop) -> None:
    for back in (401, 400, 0):
        shop.says({"1": 100}, day=TODAY - timedelta(days=back))
    assert history.drop_vectors(TODAY) == 1
    assert PriceDay.objects.order_by("day").first().day == TODAY - timedelta(days=400)  # type: ignore[union-attr]


def _filled() -> Shop:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    for back in (80, 79, 78, 0):
        shop.says({"1": 200 - back, "2": 300 - back}, day=TODAY - timedelta(days=back))
    return shop


def _in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_two_packers_at_once_pack_every_change_once() -> None:
    shop = _filled()
    before = _points(shop, "1")
    packed: list[int] = []
    with transaction.atomic():
        packed.append(history.pack_closed(TODAY))
        second = _in_thread(lambda: packed.append(history.pack_closed(TODAY)))
        second.join(0.3)
    second.join(10)
    assert packed == [6, 0]
    assert _points(shop, "1") == before
    assert len(before) == 4


@pytest.mark.django_db(transaction=True)
def test_a_change_written_while_its_month_is_packed_is_not_lost() -> None:
    shop = _filled()
    late = shop.series("2").pk
    with transaction.atomic():
        PriceChange.objects.create(series_id=late, day=TODAY - timedelta(days=77), market=7)
        packer = _in_thread(lambda: history.pack_closed(TODAY))
        packer.join(5)
    history.pack_closed(TODAY)
    assert (TODAY - timedelta(days=77), 7) in _points(shop, "2")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["pricing_pricechange", "pricing_pricehistory"])
def test_a_reader_sees_every_change_once_when_they_are_packed_before_its_statement(table: str) -> None:
    shop = _filled()
    key, expected = shop.series("1").pk, _points(shop, "1")
    packed: list[int] = []

    def pack_first(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if f'FROM "{table}"' in sql and not packed:
            packer = _in_thread(lambda: packed.append(history.pack_closed(TODAY)))
            packer.join(10)
        return execute(sql, *rest)

    with connection.execute_wrapper(pack_first):
        points = queries.history([key], since=None)[key]
    assert packed == [6]
    assert [(point.day, point.market) for point in points] == expected


def _settled() -> list[int]:
    """How often the changes were vacuumed, and analysed by hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vacuum_count, analyze_count FROM pg_stat_user_tables WHERE relname = %s",
            ["pricing_pricechange"],
        )
        return list(cursor.fetchone() or ())


@pytest.mark.django_db(transaction=True)
def test_tables_are_settled_for_readers() -> None:
    shop = _filled()
    before = _settled()
    history.settle()
    assert _settled() == [times + 1 for times in before]
    assert shop.market("1") == 200
