"""Lots in lists: found by what they are, sorted by what they are worth, each with its own price."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog import words
from catalog.models import Card, Printing
from collections_app import sales
from collections_app.listing import SORTED, SORTS, lot_row, lot_rows
from collections_app.models import Collection, Lot
from collections_app.rows import LotRow
from collections_app.sales import Terms
from collections_app.tests import factories
from pricing.tests.market import BASE, DAY, Listing, Shop, later, product, quote
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
PRICES = {"1": 500, "2": 100, "10": None}
NAMES = {"1": "Zapdos", "2": "Abra", "10": "Mew"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(f"{later(1)}T12:00:00+00:00", tick=False):
        yield


@pytest.fixture
def market(shop: Shop) -> Shop:
    listed = [product(key, name=name) for key, name in NAMES.items()]
    quoted = [quote(key, (market,)) for key, market in PRICES.items()]
    shop.brings(Listing(listed={BASE: listed}, quoted={BASE.external_id: quoted}))
    words.index_cards(Card.objects.values_list("pk", flat=True))
    return shop


@pytest.fixture
def binder(market: Shop, alice: User) -> Collection:
    """Five Abras in poor shape, two Zapdos that were dear, one Mew without a price."""
    made = factories.collection(alice)
    factories.lot(made, printing(market, "1"), quantity=2, unit_cost=700, acquired_on=later(1))
    factories.lot(made, printing(market, "2"), quantity=5, unit_cost=30, condition="DMG")
    factories.lot(made, printing(market, "10"), condition="", grader="PSA", grade="10", unit_cost=None)
    return made


def printing(market: Shop, key: str) -> Printing:
    return market.series(key).printing


def names(binder: Collection, **wanted: Any) -> list[str]:
    return [row.name for row in lot_rows([binder.pk], **{"currency": "USD", **wanted}).rows]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Abra", "Mew", "Zapdos"]),
        ("set", ["Zapdos", "Abra", "Mew"]),
        ("number", ["Zapdos", "Abra", "Mew"]),
        ("quantity", ["Mew", "Zapdos", "Abra"]),
        ("-quantity", ["Abra", "Zapdos", "Mew"]),
        ("-value", ["Zapdos", "Abra", "Mew"]),
        ("value", ["Abra", "Zapdos", "Mew"]),
        ("-gain", ["Abra", "Zapdos", "Mew"]),
        ("-acquired", ["Zapdos", "Mew", "Abra"]),
        ("condition", ["Zapdos", "Abra", "Mew"]),
    ],
)
def test_lots_are_sorted_and_what_is_unknown_comes_last(
    binder: Collection, sort: str, expected: list[str]
) -> None:
    assert names(binder, sort=sort) == expected


def test_every_order_has_a_label() -> None:
    assert set(SORTS) == set(SORTED)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"search": "zap"}, ["Zapdos"]),
        ({"search": "  "}, ["Abra", "Mew", "Zapdos"]),
        ({"search": "!?"}, []),
        ({"search": "base set"}, ["Abra", "Mew", "Zapdos"]),
        ({"condition": "DMG"}, ["Abra"]),
        ({"condition": "PSA 10"}, ["Mew"]),
        ({"basis": "missing"}, ["Mew"]),
        ({"basis": "multiplier"}, ["Abra", "Mew"]),
        ({"basis": "own", "condition": "DMG"}, []),
        ({"card_set": "base-set"}, ["Abra", "Mew", "Zapdos"]),
        ({"card_set": "jungle"}, []),
        ({"game": "chess"}, []),
        ({"is_open": False}, []),
    ],
)
def test_lots_are_found_by_what_they_are(
    binder: Collection, wanted: dict[str, Any], expected: list[str]
) -> None:
    found = lot_rows([binder.pk], currency="USD", **wanted)
    assert [row.name for row in found.rows] == expected
    assert found.count == len(expected)


def test_the_game_is_found_by_its_name(binder: Collection, market: Shop) -> None:
    assert names(binder, game=market.game.slug) == ["Abra", "Mew", "Zapdos"]


def test_lots_of_which_nothing_is_left_are_in_a_list_of_their_own(binder: Collection, market: Shop) -> None:
    lot = Lot.objects.get(printing=printing(market, "2"))
    sales.sell(lot, Terms(quantity=5, sold_on=later(1), currency="USD"))
    assert names(binder) == ["Mew", "Zapdos"]
    assert names(binder, is_open=False) == ["Abra"]


def test_where_a_rate_is_unknown_everything_is_missing(binder: Collection) -> None:
    assert names(binder, currency="EUR", basis="missing") == ["Abra", "Mew", "Zapdos"]
    assert names(binder, currency="EUR", sort="-gain") == ["Abra", "Mew", "Zapdos"]


def row(binder: Collection, name: str, *, currency: str = "USD") -> LotRow:
    (found,) = (one for one in lot_rows([binder.pk], currency=currency).rows if one.name == name)
    assert lot_row(found.id, currency=currency) == found
    return found


def test_a_row_says_what_it_is_and_what_it_is_worth(binder: Collection, market: Shop) -> None:
    found = row(binder, "Abra")
    assert (found.game_slug, found.set_slug, found.number) == (market.game.slug, "base-set", "2")
    assert (found.finish, found.rarity, found.collection_name) == ("Normal", "Rare", binder.name)
    assert (found.grading, found.quantity, found.price, found.price_currency) == ("DMG", 5, 30, "USD")
    assert (found.percent, found.basis, found.source_name) == (Decimal(30), "multiplier", market.source.name)
    assert (found.as_of, found.is_stale, found.is_demo) == (DAY, False, False)
    assert (found.value, found.cost, found.gain, found.gain_percent) == (150, 150, 0, Decimal())
    assert row(binder, "Mew").grading == "PSA 10"


def test_what_is_unknown_is_none(binder: Collection) -> None:
    found = row(binder, "Mew")
    assert (found.price, found.value, found.cost, found.gain, found.gain_percent) == (None,) * 5


def test_a_row_is_in_the_currency_asked_for(binder: Collection) -> None:
    says(factories.BOUGHT, USD="2")
    says(later(1), USD="1.60")
    found = row(binder, "Abra", currency="EUR")
    assert (found.price, found.price_currency, found.value) == (30, "USD", 94)
    assert (found.unit_cost, found.cost, found.gain) == (30, 75, 19)


def test_an_old_price_is_stale(binder: Collection) -> None:
    with time_machine.travel(f"{later(3)}T00:00:01+00:00", tick=False):
        assert row(binder, "Zapdos").is_stale


def test_a_list_has_pages_and_ends_with_the_last(binder: Collection) -> None:
    pages = [
        (found.page, found.pages, [one.name for one in found.rows])
        for found in (lot_rows([binder.pk], currency="USD", per_page=2, page=page) for page in (0, 1, 2, 9))
    ]
    assert pages == [(1, 2, ["Abra", "Mew"])] * 2 + [(2, 2, ["Zapdos"])] * 2


def test_a_lot_that_is_gone_has_no_row() -> None:
    with pytest.raises(Lot.DoesNotExist):
        lot_row(1, currency="USD")


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_rows(
    market: Shop, alice: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    made = factories.collection(alice)
    for _ in range(count):
        lot = factories.lot(made, printing(market, "1"), unit_cost=5)
    for sort in SORTS:
        with django_assert_num_queries(2):
            assert len(lot_rows([made.pk], currency="USD", sort=sort, search="zapdos").rows) == count
        with django_assert_num_queries(3):
            lot_rows([made.pk], currency="EUR", sort=sort)
    with django_assert_num_queries(1):
        lot_row(lot.pk, currency="USD")
    with django_assert_num_queries(2):
        lot_row(lot.pk, currency="EUR")
