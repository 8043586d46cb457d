"""What moved between two recorded days, whatever was listed on them."""

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.tests.factories import GameFactory
from pricing import vectors
from pricing.models import PriceDay
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop(source=SourceFactory.create(), game=GameFactory.create())


def moved(shop: Shop, day: int) -> dict[str, tuple[int, str]]:
    """By product: its price, and whether it fell (f), rose (r) or came back (b)."""
    found = vectors.moved(shop.source.pk, game_id=shop.game.pk, day=later(day))
    names = shop.names()
    flags = zip(found.falls, found.rises, found.returns, strict=True)
    said = ["".join(letter for letter, is_so in zip("frb", one, strict=True) if is_so) for one in flags]
    rows = zip(found.series.tolist(), found.market.tolist(), said, strict=True)
    return {names[series][0]: (price, letters) for series, price, letters in rows}


def test_what_fell_rose_stayed_and_came(shop: Shop) -> None:
    shop.says({"1": 100, "2": 100, "3": 100, "4": None})
    shop.says({"1": 90, "2": 110, "3": 100, "4": 50, "5": 70}, day=later(1))
    assert moved(shop, 1) == {"1": (90, "f"), "2": (110, "r"), "4": (50, "frb"), "5": (70, "frb")}


def test_what_was_not_listed_on_the_day_before_comes_back_also_at_its_old_price(shop: Shop) -> None:
    shop.says({"1": 100, "2": 100})
    shop.says({"2": 100}, day=later(1))
    shop.says({"1": 100, "2": 100}, day=later(4))
    assert moved(shop, 1) == {}
    assert moved(shop, 4) == {"1": (100, "frb")}


def test_what_becomes_unknown_does_not_move(shop: Shop) -> None:
    shop.says({"1": 100, "2": 100})
    shop.says({"1": None, "2": 100}, day=later(1))
    assert moved(shop, 1) == {}


def test_on_the_first_day_everything_comes(shop: Shop) -> None:
    shop.says({"1": 100})
    assert moved(shop, 0) == {"1": (100, "frb")}


def test_what_a_second_look_leaves_out_keeps_its_price_of_the_first(shop: Shop) -> None:
    shop.says({"1": 100, "2": 100})
    shop.says({"1": 120, "2": 100}, day=later(1))
    shop.says({"2": 100}, day=later(1), replay=True)
    assert moved(shop, 1) == {"1": (120, "r")}


def test_nothing_moves_on_a_day_that_is_kept_no_longer(shop: Shop) -> None:
    shop.says({"1": 100})
    PriceDay.objects.all().delete()
    assert moved(shop, 0) == {}


def test_looking_costs_three_statements(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shop.says({"1": 100, "2": 100})
    shop.says({"1": 90, "2": 110}, day=later(1))
    with django_assert_num_queries(3):
        vectors.moved(shop.source.pk, game_id=shop.game.pk, day=later(1))


def test_what_a_day_said_stands_until_the_next_is_recorded(shop: Shop) -> None:
    shop.says({"1": 100})
    shop.says({"1": 110}, day=later(3))
    shelf = {"source_id": shop.source.pk, "game_id": shop.game.pk}
    days = [day for day, *_ in vectors.known_from(**shelf, since=later(2), until=later(9))]
    assert days == [later(0), later(3)]
    assert [day for day, *_ in vectors.between(**shelf, since=later(2), until=later(9))] == [later(3)]
