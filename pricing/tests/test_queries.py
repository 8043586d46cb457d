"""What pages and API read: the right rows, in a fixed number of statements."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from catalog.models import Card
from catalog.tests.factories import CardFactory, GameFactory, PrintingFactory
from pricing import history, queries
from pricing.rows import Point, SetValue
from pricing.tests.factories import RunFactory, SourceFactory
from pricing.tests.market import BASE, DAY, Listing, Shop, later, listing, product, quote


def _card(product_id: str) -> Card:
    return Card.objects.get(external_ids__external_id=product_id)


def _ids() -> list[int]:
    return list(Card.objects.order_by("id").values_list("id", flat=True))


READS: list[tuple[str, int, Callable[[], object]]] = [
    ("card_rows", 1, lambda: queries.card_rows(_ids())),
    ("checklist", 1, lambda: queries.checklist(Card.objects.all()[0].card_set_id)),
    ("set_value", 1, lambda: queries.set_value(Card.objects.all()[0].card_set_id)),
    ("printings", 3, lambda: queries.printings(_ids()[0])),
    ("condition_prices", 1, lambda: queries.condition_prices(_ids()[0])),
    ("other_printings", 2, lambda: queries.other_printings(Card.objects.all()[0])),
    ("movers", 1, lambda: queries.movers(game=None, window=1, direction="up", floor=100, with_thin=True)),
    ("freshness", 1, queries.freshness),
]
EXTRA = {
    "card_rows": 1,
    "checklist": 1,
    "set_value": 1,
    "printings": 1,
    "condition_prices": 1,
    "other_printings": 1,
}


@pytest.mark.parametrize(("name", "statements", "read"), READS, ids=[row[0] for row in READS])
def test_a_read_costs_the_same_with_one_card_and_with_three(
    shop: Shop,
    django_assert_num_queries: DjangoAssertNumQueries,
    name: str,
    statements: int,
    read: Callable[[], object],
) -> None:
    for count in (1, 3):
        for step in (0, 1):
            quotes = [
                quote(str(place), (1000 * (step + 1),), finish=finish, condition=condition)
                for place in range(1, count + 1)
                for finish in ("Normal", "Foil")[:count]
                for condition in ("", "NM")
            ]
            shop.brings(listing(quotes, day=later(count * 2 + step)))
        # The read's own statements and the one with which the test looks up what to ask for.
        with django_assert_num_queries(statements + EXTRA.get(name, 0)):
            read()


def test_history_costs_two_statements(shop: Shop, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for count in (1, 3):
        shop.says({str(place): 100 for place in range(count)}, day=later(count))
        keys = [shop.series(str(place)).pk for place in range(count)]
        with django_assert_num_queries(2):
            queries.history(keys, since=later(-300))


def test_a_card_in_a_list_shows_its_lowest_price_in_the_order_asked_for(shop: Shop) -> None:
    quotes = [
        quote("1", (300,)),
        quote("1", (200,), finish="Foil"),
        quote("2", (None, 50)),
        quote("3", (100,)),
    ]
    shop.brings(listing(quotes))
    wanted = [_card(key).pk for key in ("3", "1", "2")]
    bare = CardFactory.create(card_set=_card("1").card_set)
    rows = queries.card_rows([*wanted, bare.pk, 10**9])
    assert [(row.id, row.market, row.finish, row.printings) for row in rows] == [
        (wanted[0], 100, "Normal", 1),
        (wanted[1], 200, "Foil", 2),
        (wanted[2], None, "Normal", 1),
        (bare.pk, None, "", 0),
    ]
    assert (rows[0].rarity, rows[0].set_slug, rows[0].game_slug) == ("Rare", "base-set", shop.game.slug)
    assert (rows[3].currency, rows[3].change_7d, rows[3].is_demo) == ("USD", None, False)


def test_a_list_of_no_cards_is_empty(db: None) -> None:
    assert queries.card_rows([]) == []
    assert queries.history([], since=None) == {}


def test_a_checklist_stands_in_the_order_of_its_numbers(shop: Shop) -> None:
    capture = Listing(
        listed={BASE: [product("1", number="10/102"), product("2", number="2/102"), product("3", number="")]},
        quoted={"604": [quote(key, (1,)) for key in "123"] + [quote("2", (2,), finish="Foil")]},
    )
    shop.brings(capture)
    lines = queries.checklist(_card("1").card_set_id)
    assert [(line.number, line.finish) for line in lines] == [
        ("2/102", "Foil"),
        ("2/102", "Normal"),
        ("10/102", "Normal"),
        ("", "Normal"),
    ]


def test_percentages_are_of_the_price_known_that_many_days_ago(shop: Shop) -> None:
    for back, market in ((400, 500), (31, 700), (30, 800), (7, 1000), (3, 1600), (1, 1600), (0, 2000)):
        shop.says({"1": market}, day=later(-back))
    (price,) = queries.printings(_card("1").pk)
    assert [(change.window, change.old, str(change.percent)) for change in price.changes] == [
        ("24h", 1600, "25.00"),
        ("7d", 1000, "100.00"),
        ("30d", 800, "150.00"),
        ("1y", 500, "300.00"),
    ]
    (line,) = queries.checklist(_card("1").card_set_id)
    assert (str(line.change_24h), str(line.change_7d)) == ("25.00", "100.00")
    assert str(queries.card_rows([_card("1").pk])[0].change_7d) == "100.00"


def test_a_year_is_read_from_packed_history_too(shop: Shop) -> None:
    for back, market in ((400, 500), (200, 700), (0, 2000)):
        shop.says({"1": market}, day=later(-back))
    assert history.pack_closed(DAY) == 2
    (price,) = queries.printings(_card("1").pk)
    assert [change.old for change in price.changes] == [700, 700, 700, 500]


def test_a_price_younger_than_the_window_has_no_percentage(shop: Shop) -> None:
    shop.says({"1": 100}, day=later(-3))
    shop.says({"1": 200})
    (price,) = queries.printings(_card("1").pk)
    assert [change.percent for change in price.changes] == [Decimal(100), None, None, None]


@pytest.mark.parametrize(
    ("old", "new", "percent"), [(None, 5, None), (5, None, None), (800, 801, "0.13"), (3, 2, "-33.33")]
)
def test_a_change_is_rounded_half_up_and_unknown_when_either_price_is(
    old: int | None, new: int | None, percent: str | None
) -> None:
    assert queries.change(old, new) == (Decimal(percent) if percent else None)


def test_python_and_sql_round_alike(shop: Shop) -> None:
    shop.says({"1": 800, "2": 800}, day=later(-1))
    shop.says({"1": 801, "2": 799})
    for key, percent in (("1", Decimal("0.13")), ("2", Decimal("-0.13"))):
        (price,) = queries.printings(_card(key).pk)
        lines = {line.card_id: line for line in queries.checklist(_card(key).card_set_id)}
        assert price.changes[0].percent == lines[_card(key).pk].change_24h == percent


def test_a_set_is_worth_its_lowest_finishes_and_its_unpriced_cards_are_left_out(shop: Shop) -> None:
    before = [quote("1", (100,)), quote("1", (400,), finish="Foil"), quote("2", (50,)), quote("3", (None,))]
    now = [quote("1", (150,)), quote("1", (400,), finish="Foil"), quote("2", (None,)), quote("3", (None,))]
    box = quote("9", (99_000,))
    products = [product(key) for key in "123"] + [product("9", kind="sealed"), product("8")]
    for day, quotes in ((-8, before), (0, now)):
        shop.brings(Listing(day=later(day), listed={BASE: products}, quoted={"604": [*quotes, box]}))
    assert queries.set_value(_card("1").card_set_id) == SetValue(
        cards=4,
        printings=4,
        unpriced=3,
        base=150,
        master=550,
        currency="USD",
        change_7d=Decimal("10.00"),
        as_of=DAY,
    )


def test_a_set_without_a_price_is_worth_nothing_known(db: None) -> None:
    card = CardFactory.create()
    value = queries.set_value(card.card_set_id)
    assert (value.cards, value.printings, value.unpriced) == (1, 0, 1)
    assert (value.base, value.master, value.change_7d, value.as_of) == (0, 0, None, None)


def _rivals(**ranks: int) -> tuple[Shop, ...]:
    game = GameFactory.create()
    return tuple(
        Shop(source=SourceFactory.create(slug=slug, rank=rank), game=game) for slug, rank in ranks.items()
    )


@pytest.mark.django_db
def test_of_several_sources_the_best_ranked_is_shown_everywhere() -> None:
    worse, better = _rivals(worse=50, better=20)
    worse.says({"1": 100})
    better.says({"1": 300})
    card = Card.objects.get()
    (price,) = queries.printings(card.pk)
    assert price.source
    assert (price.market, price.source.slug, price.series_id) == (300, "better", better.series("1").pk)
    assert [line.market for line in queries.checklist(card.card_set_id)] == [300]
    assert queries.card_rows([card.pk])[0].market == 300
    assert queries.set_value(card.card_set_id).base == 300


@pytest.mark.django_db
def test_a_source_that_knows_the_market_price_comes_before_a_better_one_that_does_not() -> None:
    worse, better = _rivals(worse=50, better=20)
    worse.says({"1": 100, "2": None})
    better.brings(listing([quote("1", (None, 80)), quote("2", (None, 70))]))
    shown = [queries.printings(card.pk)[0] for card in Card.objects.order_by("number")]
    sources = [price.source and price.source.slug for price in shown]
    assert [(price.market, price.low) for price in shown] == [(100, None), (None, 70)]
    assert sources == ["worse", "better"]


@pytest.mark.parametrize(
    ("today", "age", "is_stale"), [(0, 0, False), (2, 2, False), (3, 3, True), (40, 40, True)]
)
def test_a_price_shows_its_age_and_is_stale_behind_its_sources_promise(
    shop: Shop, today: int, age: int, is_stale: bool
) -> None:
    shop.says({"1": 100})
    with time_machine.travel(datetime.combine(later(today), datetime.min.time(), UTC) + timedelta(hours=1)):
        (price,) = queries.printings(_card("1").pk)
        (line,) = queries.checklist(_card("1").card_set_id)
    assert (price.as_of, price.age, price.is_stale, line.is_stale) == (DAY, age, is_stale, is_stale)


def test_a_price_no_longer_listed_is_as_of_the_last_day_it_was_whatever_days_are_missing(shop: Shop) -> None:
    shop.says({"1": 100, "2": 100})
    shop.says({"2": 100}, day=later(9))
    shop.says({"2": 100}, day=later(10))
    assert queries.printings(_card("1").pk)[0].as_of == later(0)
    assert queries.printings(_card("2").pk)[0].as_of == later(10)
    assert queries.set_value(_card("1").card_set_id).as_of == later(10)


def test_a_printing_without_a_price_is_listed_without_one(db: None) -> None:
    printing = PrintingFactory.create()
    (price,) = queries.printings(printing.card_id)
    assert (price.market, price.series_id, price.source, price.as_of) == (None, None, None, None)
    assert (price.age, price.is_stale, price.currency) == (0, False, "USD")
    assert [change.percent for change in price.changes] == [None] * 4
    (line,) = queries.checklist(printing.card.card_set_id)
    assert (line.market, line.change_7d, line.is_stale) == (None, None, False)


def test_conditions_and_grades_stand_from_best_to_worst_beside_the_market_price(shop: Shop) -> None:
    conditions = [quote("1", (price,), condition=name) for name, price in (("DMG", 5), ("NM", 9), ("LP", 8))]
    shop.brings(listing([quote("1", (100,)), quote("1", (9000, 8000), grade="PSA 10"), *conditions]))
    found = queries.condition_prices(_card("1").pk)
    assert [(row.condition, row.grade, row.market) for row in found] == [
        ("NM", "", 9),
        ("LP", "", 8),
        ("DMG", "", 5),
        ("", "PSA 10", 9000),
    ]
    assert (found[3].low, found[3].language, found[3].source.slug) == (8000, "en", shop.source.slug)
    assert [price.market for price in queries.printings(_card("1").pk)] == [100]


def test_other_printings_are_namesakes_of_the_same_game(shop: Shop) -> None:
    mine = CardFactory.create(name="Pikachu", card_set__game=shop.game)
    reprint = CardFactory.create(name="Pikachu", card_set__game=shop.game)
    CardFactory.create(name="Raichu", card_set__game=shop.game)
    CardFactory.create(name="Pikachu")
    CardFactory.create(name="Pikachu", card_set__game=shop.game, card_set__is_published=False)
    assert [row.id for row in queries.other_printings(mine)] == [reprint.pk]
    CardFactory.create_batch(30, name="Pikachu", card_set=mine.card_set)
    assert len(queries.other_printings(mine)) == 24


def _point(day: date, market: int | None) -> Point:
    return Point(day=day, market=market, low=None, mid=None)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, [(later(0), 100), (later(5), 200)]),
        (later(-9), [(later(0), 100), (later(5), 200)]),
        (later(0), [(later(0), 100), (later(5), 200)]),
        (later(3), [(later(3), 100), (later(5), 200)]),
        (later(5), [(later(5), 200)]),
        (later(8), [(later(8), 200)]),
    ],
)
def test_a_chart_starts_with_the_price_known_on_its_first_day(
    shop: Shop, since: date | None, expected: list[tuple[date, int]]
) -> None:
    shop.says({"1": 100})
    shop.says({"1": 200}, day=later(5))
    key = shop.series("1").pk
    assert queries.history([key], since=since) == {key: [_point(*row) for row in expected]}


def test_a_series_without_a_change_has_an_empty_history(db: None) -> None:
    assert queries.history([4711], since=None) == {4711: []}


def test_movers_can_be_of_one_game_and_are_limited(shop: Shop) -> None:
    other = Shop(source=shop.source, game=GameFactory.create())
    group = replace(BASE, external_id="605")
    for day, market in ((0, 1000), (1, 1500)):
        shop.says({"1": market, "2": market + 100}, day=later(day))
        other.brings(listing([quote("9", (market * (day + 1),))], day=later(day), group=group))
    wanted: dict[str, Any] = {"window": 1, "direction": "up", "floor": 100, "with_thin": True}
    assert [row.new for row in queries.movers(game=None, **wanted)] == [3000, 1500, 1600]
    assert [row.new for row in queries.movers(game=shop.game.slug, **wanted)] == [1500, 1600]
    assert [row.new for row in queries.movers(game=None, limit=1, **wanted)] == [3000]
    assert queries.movers(game="chess", **wanted) == []


@pytest.mark.django_db
def test_freshness_tells_the_newest_day_and_whether_only_demonstration_prices_are_known() -> None:
    assert queries.freshness() == queries.Freshness(day=None, is_demo=False)
    RunFactory.create(source__is_demo=True, day=later(5))
    RunFactory.create(status="failed", day=later(9))
    assert queries.freshness() == queries.Freshness(day=later(5), is_demo=True)
    RunFactory.create(day=later(1))
    assert queries.freshness() == queries.Freshness(day=later(1), is_demo=False)
