"""Many prices of many days at once are what a chart of each series says."""

from datetime import date, timedelta

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from pricing import history, packing, queries
from pricing.models import LatestPrice, PriceChange, PriceHistory
from pricing.steps import Steps, dated, number
from pricing.tests.factories import SeriesFactory
from pricing.tests.market import DAY, Shop, later, listing, quote

pytestmark = pytest.mark.django_db
LONG = 100  # days: the first months are packed by then


def at(steps: Steps, series_id: int, *days: date) -> list[int]:
    wanted = np.array([number(day) for day in days])
    return [int(price) for price in steps.at(np.full(len(days), series_id), wanted)]


def test_a_price_holds_until_the_next(shop: Shop) -> None:
    shop.says({"1": 100, "2": 50})
    shop.says({"1": 120, "2": 50}, day=later(3))
    one, two = shop.series("1").pk, shop.series("2").pk
    steps = Steps.load([one, two], since=later(-1))
    assert at(steps, one, later(-1), DAY, later(2), later(3), later(9)) == [0, 100, 100, 120, 120]
    assert at(steps, two, later(-1), DAY, later(9)) == [0, 50, 50]


def test_an_amount_that_became_unknown_is_unknown(shop: Shop) -> None:
    shop.says({"1": 100})
    shop.brings(listing([quote("1", (None, 90))], day=later(1)))
    series = shop.series("1").pk
    assert at(Steps.load([series], since=DAY), series, DAY, later(1)) == [100, 0]


def test_series_do_not_run_into_each_other(shop: Shop) -> None:
    shop.says({"1": 100})
    priced, other = shop.series("1").pk, SeriesFactory.create().pk
    steps = Steps.load([priced, other], since=DAY)
    assert at(steps, other, DAY) == at(steps, other + 1, DAY) == at(steps, 0, DAY) == [0]
    assert at(Steps.load([other], since=DAY), other, DAY) == [0]
    assert at(Steps.load([], since=DAY), other, DAY) == [0]


def test_a_latest_price_counts_without_any_change() -> None:
    series = SeriesFactory.create()
    LatestPrice.objects.create(
        series=series, source=series.source, game=series.game, market=77, changed_on=DAY
    )
    assert at(Steps.load([series.pk], since=DAY), series.pk, later(-1), DAY, later(1)) == [0, 77, 77]


@pytest.mark.parametrize("since", [0, 1, 27, 30, 45, 70, LONG])
def test_packed_months_make_no_difference(shop: Shop, since: int) -> None:
    for offset in range(0, LONG, 7):
        shop.says({"1": 100 + offset, "2": 50 if offset < 21 else 51}, day=later(offset))
    series = [shop.series(key).pk for key in ("1", "2")]
    plain = Steps.load(series, since=later(since))
    assert history.pack_closed(later(LONG))
    packed = Steps.load(series, since=later(since))
    days = [later(offset) for offset in range(since, LONG)]
    for key in series:
        points = {point.day: point.market or 0 for point in queries.history([key], since=None)[key]}
        expected = [points[max(day for day in points if day <= wanted)] for wanted in days]
        assert at(plain, key, *days) == at(packed, key, *days) == expected


def test_a_change_seen_in_both_places_while_it_is_packed_counts_once(shop: Shop) -> None:
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(1))
    series = shop.series("1").pk
    data = packing.pack([(DAY, 100, None, None), (later(1), 120, None, None)])
    PriceHistory.objects.create(series_id=series, through=later(1), data=data)
    PriceChange.objects.filter(day=DAY).delete()
    assert at(Steps.load([series], since=DAY), series, DAY, later(1), later(2)) == [100, 120, 120]


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_series(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    shop.says({str(n): 100 for n in range(count)})
    series = [shop.series(str(n)).pk for n in range(count)]
    with django_assert_num_queries(1):
        Steps.load(series, since=DAY)
    with django_assert_num_queries(2):
        Steps.load(series, since=later(-1))


def test_days_are_counted_from_the_epoch() -> None:
    for day in (packing.EPOCH, DAY, packing.EPOCH - timedelta(days=400)):
        assert dated(number(day)) == day
