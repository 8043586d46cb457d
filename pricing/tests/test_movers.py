"""What gained and lost most, ranked anew after each sync."""

import threading
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from catalog.tests.factories import GameFactory
from pricing import movers, packing, queries
from pricing.models import Mover, PriceDay, PriceReview
from pricing.rows import MoverRow
from pricing.tests.factories import SourceFactory
from pricing.tests.market import DAY, Shop, later


def _lively(shop: Shop, prices: Mapping[str, int]) -> None:
    """Three days on which each price moved: it is sold often, so it is not thin."""
    for back, step in ((-14, 2), (-13, 1), (-12, 2), (-11, 0)):
        shop.says({key: price + step for key, price in prices.items()}, day=later(back), ranks=False)


def _found(shop: Shop, **wanted: Any) -> list[MoverRow]:
    chosen: dict[str, Any] = {"window": 7, "direction": "up", "floor": 100} | wanted
    return queries.movers(game=shop.game.slug, **chosen)


def _names(shop: Shop, **wanted: Any) -> list[str]:
    return [row.name for row in _found(shop, **wanted)]


def test_gainers_and_losers_are_ranked_by_percent(shop: Shop) -> None:
    _lively(shop, {"1": 1000, "2": 1000, "3": 1000, "4": 1000})
    shop.says({"1": 1100, "2": 2000, "3": 500, "4": 1000})
    assert _names(shop) == ["Card 2", "Card 1"]
    assert _names(shop, direction="down") == ["Card 3"]
    (first, _) = queries.movers(game=None, window=7, direction="up", floor=100)
    assert (first.old, first.new, first.percent, first.finish) == (1000, 2000, Decimal("100.00"), "Normal")
    assert (first.game_slug, first.currency, first.is_demo) == (shop.game.slug, "USD", False)


def test_each_window_compares_with_the_newest_day_before_it(shop: Shop) -> None:
    for back, price in ((370, 1000), (40, 1200), (8, 1400), (2, 1500), (0, 1600)):
        shop.says({"1": price}, day=DAY - timedelta(days=back), ranks=back == 0)
    found = {
        window: [(row.old, row.new) for row in _found(shop, window=window, with_thin=True)]
        for window in movers.WINDOWS
    }
    assert found == {1: [(1500, 1600)], 7: [(1400, 1600)], 30: [(1200, 1600)], 365: [(1000, 1600)]}


@pytest.mark.parametrize(
    ("old", "new", "floors"),
    [(99, 200, []), (100, 200, [100]), (500, 499, [100]), (2000, 5000, [100, 500, 2000])],
)
def test_both_prices_reach_the_floor(shop: Shop, old: int, new: int, floors: list[int]) -> None:
    shop.says({"1": old}, ranks=False)
    shop.says({"1": new}, day=later(1))
    assert sorted(Mover.objects.filter(window=1).values_list("floor", flat=True)) == floors


@pytest.mark.parametrize(("changes", "is_thin"), [(2, True), (3, False)])
def test_a_price_that_moved_on_fewer_than_three_of_thirty_days_is_thin(
    shop: Shop, changes: int, is_thin: bool
) -> None:
    for place in range(changes + 1):
        shop.says({"1": 1000 + place}, day=later(place - 10))
    assert _names(shop, window=1, with_thin=True) == ["Card 1"]
    assert _names(shop, window=1) == ([] if is_thin else ["Card 1"])


def test_becoming_unknown_and_known_again_is_no_sale(shop: Shop) -> None:
    for place, market in enumerate((1000, None, 1000, None, 1000, None, 1100)):
        shop.says({"1": market}, day=later(place - 10))
    assert _names(shop, window=7, with_thin=True) == []
    assert _names(shop, window=1, with_thin=True) == []
    shop.says({"1": 1200}, day=later(-3))
    assert _names(shop, window=1, with_thin=True) == ["Card 1"]
    assert _names(shop, window=1) == []


def test_changes_of_more_than_thirty_days_ago_do_not_count(shop: Shop) -> None:
    for place in range(4):
        shop.says({"1": 1000 + place}, day=later(place - 40))
    shop.says({"1": 1500})
    assert _names(shop) == []
    assert _names(shop, with_thin=True) == ["Card 1"]


def test_a_price_unknown_or_not_listed_on_either_day_is_no_mover(shop: Shop) -> None:
    shop.says({"1": 1000, "2": None, "3": 1000, "4": 1000})
    shop.says({"1": None, "2": 1000, "3": -1, "5": 1000}, day=later(1))
    assert PriceReview.objects.count() == 1
    assert not Mover.objects.exists()


def test_a_day_replaces_the_movers_of_the_day_before(shop: Shop) -> None:
    shop.says({"1": 1000, "2": 1000})
    shop.says({"1": 2000, "2": 1000}, day=later(1))
    shop.says({"1": 2000, "2": 3000}, day=later(2))
    assert _names(shop, window=1, with_thin=True) == ["Card 2"]
    assert set(Mover.objects.values_list("day", flat=True)) == {later(2)}


def test_ranking_waits_when_many_days_are_brought(shop: Shop) -> None:
    shop.says({"1": 1000})
    shop.says({"1": 2000}, day=later(1), ranks=False)
    assert not Mover.objects.exists()
    assert movers.rank(shop.source, game=shop.game) == 2  # at the floors of $1 and $5
    assert set(Mover.objects.values_list("floor", flat=True)) == {100, 500}


@pytest.mark.django_db
def test_of_two_sources_the_better_ranked_one_tells_the_movers() -> None:
    game = GameFactory.create()
    market = Shop(source=SourceFactory.create(rank=10), game=game)
    demo = Shop(source=SourceFactory.create(rank=200), game=game)
    demo.says({"1": 1000})
    demo.says({"1": 2000}, day=later(1))
    assert set(Mover.objects.values_list("source", flat=True)) == {demo.source.pk}
    market.says({"1": 500})
    market.says({"1": 600}, day=later(1))
    assert set(Mover.objects.values_list("source", flat=True)) == {market.source.pk}
    demo.says({"1": 3000}, day=later(2))
    assert set(Mover.objects.values_list("source", flat=True)) == {market.source.pk}


@pytest.mark.django_db(transaction=True)
def test_of_two_rankings_at_once_the_second_reads_what_the_first_did_not() -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 1000})
    shop.says({"1": 1100}, day=later(1))

    def rank_again() -> None:
        try:
            movers.rank(shop.source, game=shop.game)
        finally:
            connection.close()

    with transaction.atomic():
        assert movers.rank(shop.source, game=shop.game) == 2
        second = threading.Thread(target=rank_again)
        second.start()
        second.join(0.3)
        assert second.is_alive()
        row = PriceDay.objects.get(day=DAY)
        series, _ = packing.unpack_day(bytes(row.data))
        row.data = packing.pack_day(series, np.array([2000], dtype=np.int32))
        row.save()
    second.join(10)
    assert set(Mover.objects.values_list("old", "new")) == {(2000, 1100)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (1000, 1001, "0.10"),
        (800, 801, "0.13"),
        (800, 799, "-0.13"),
        (100, 100_000_000, "9999999.99"),
        (100_000_000, 100, "-99.99"),
    ],
)
def test_percent_is_rounded_half_up_and_fits_its_column(old: int, new: int, expected: str) -> None:
    assert movers.percent(old, new) == Decimal(expected)


def test_the_steepest_rise_and_fall_of_a_year_can_be_stored(shop: Shop) -> None:
    rise, fall = 100, 100_000_000
    for back in range(365, 358, -1):
        shop.says({"1": rise, "2": fall}, day=DAY - timedelta(days=back), ranks=False)
        rise, fall = rise * 10, fall // 10
    shop.says({"1": 100_000_000, "2": 100})
    worst = [_found(shop, window=365, direction=way, with_thin=True)[0].percent for way in ("up", "down")]
    assert worst == [Decimal("9999999.99"), Decimal("-99.99")]


def test_no_more_than_a_hundred_are_kept_and_they_are_the_steepest(shop: Shop) -> None:
    steep = {str(place): 1000 + place for place in range(1, 131)}
    shop.says(dict.fromkeys(steep, 1000))
    shop.says(steep, day=later(1))
    kept = Mover.objects.filter(window=1, floor=100).order_by("-percent")
    assert [row.new for row in kept] == list(range(1130, 1030, -1))


def test_movers_of_an_unpublished_set_are_not_shown(shop: Shop) -> None:
    shop.says({"1": 1000})
    shop.says({"1": 2000}, day=later(1))
    shop.game.sets.update(is_published=False)
    assert _names(shop, window=1, with_thin=True) == []


def test_an_empty_day_ranks_nothing(shop: Shop) -> None:
    assert movers.rank(shop.source, game=shop.game) == 0
    shop.says({})
    assert movers.rank(shop.source, game=shop.game) == 0
    assert shop.vector(date(2026, 3, 2)) == {}
