"""The writer of prices against a slow reference, and its single rules."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tests.sizes import many
from catalog.models import Card
from catalog.tests.factories import GameFactory
from pricing import history, ledger, queries
from pricing.ledger import Day
from pricing.models import LatestPrice, PriceChange, PriceDay, PriceReview, Source
from pricing.rows import Point
from pricing.tests.factories import RunFactory, SeriesFactory, SourceFactory
from pricing.tests.market import BASE, Amounts, Listing, Product, Shop, later, listing, quote
from pricing.tests.reference import Reference

PRODUCTS: list[Product] = [("1", "Normal"), ("1", "Foil"), ("2", "Normal"), ("3", "Normal")]
MARKETS = st.sampled_from([None, 1, 90, 99, 100, 101, 950, 1000, 1001, 100_000_000])
OFFERS = st.sampled_from([None, 1, 80, 81, -5])
HIGHS = st.sampled_from([None, 500, 2**31 - 1])
ROWS = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), st.tuples(MARKETS, OFFERS, OFFERS, HIGHS, OFFERS)),
    min_size=1,
    max_size=6,
)
# The days between one sync and the next; 0 is a second look at the same day. Then: is history packed?
STEPS = st.lists(
    st.tuples(st.sampled_from([0, 0, 1, 1, 1, 2, 6, 7, 29, 31, 45]), ROWS, st.booleans()),
    min_size=1,
    max_size=7,
)


def _listing(rows: list[tuple[Product, Amounts]], *, day: date) -> Listing:
    return listing([quote(product, amounts, finish=finish) for (product, finish), amounts in rows], day=day)


@pytest.mark.django_db
@settings(
    max_examples=many(30, sample=5),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_days_in_a_row_leave_what_the_reference_says(steps: list[Any]) -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    reference, day = Reference(), date(2024, 1, 1)
    for wait, rows, is_packed in steps:
        day += timedelta(days=wait)
        run = shop.brings(_listing(rows, day=day), replay=True, accept_collapse=True)
        assert run.changed == reference.bring(day, rows)
        if is_packed:
            history.pack_closed(day)
        _assert_same(shop, reference)
    _assert_same_pages(shop, reference)


def _assert_same(shop: Shop, reference: Reference) -> None:
    names = shop.names()
    found = {names[row.series_id]: row for row in LatestPrice.objects.filter(series__in=names)}
    assert {key: _latest(row) for key, row in found.items()} == {
        key: (known.amounts, known.previous_market, known.changed_on, known.missing_since)
        for key, known in reference.products.items()
    }
    points = queries.history(list(names), since=None)
    assert {names[key]: line for key, line in points.items() if line} == {
        key: [
            Point(day=day, market=m, low=low, mid=mid) for day, (m, low, mid) in sorted(known.changes.items())
        ]
        for key, known in reference.products.items()
    }
    _assert_same_before(names, reference)
    assert {day: shop.vector(day) for day in reference.vectors} == reference.vectors
    reviews = PriceReview.objects.filter(run__source=shop.source).values_list("series_id", "reason")
    assert sorted((names[key or 0], reason) for key, reason in reviews) == sorted(reference.doubts)


def _latest(row: LatestPrice) -> tuple[Any, ...]:
    amounts = tuple(getattr(row, name) for name in ledger.AMOUNTS)
    return amounts, row.previous_market, row.changed_on, row.missing_since


def _assert_same_before(names: dict[int, Product], reference: Reference) -> None:
    """The market price before each change that is not packed yet."""
    for row in PriceChange.objects.filter(series__in=names):
        assert row.previous_market == reference.products[names[row.series_id]].before_change[row.day]


def _assert_same_pages(shop: Shop, reference: Reference) -> None:
    """The percentages of set and card page, and a chart of the last 40 days."""
    cards = dict(Card.objects.filter(game=shop.game).values_list("id", "external_ids__external_id"))
    (card_set,) = shop.game.sets.all()
    for line in queries.checklist(card_set.pk):
        key = (cards[line.card_id], line.finish)
        if key in reference.products:
            wanted = [reference.change(key, days=days) for days in (1, 7)]
            assert [line.change_24h, line.change_7d] == wanted
            assert line.market == reference.products[key].amounts[0]
    for card, product in cards.items():
        for price in queries.printings(card):
            if (key := (product, price.finish)) in reference.products:
                wanted = [reference.change(key, days=days) for days in (1, 7, 30, 365)]
                assert [change.percent for change in price.changes] == wanted
    _assert_same_chart(shop, reference, since=reference.today - timedelta(days=40))


def _assert_same_chart(shop: Shop, reference: Reference, *, since: date) -> None:
    names = shop.names()
    for key, line in queries.history(list(names), since=since).items():
        known = reference.products.get(names[key])
        for point in line:
            assert known
            assert point.market == known.market_on(point.day)
        assert [point.day for point in line if point.day > since] == sorted(
            day for day in (known.changes if known else {}) if day > since
        )


def test_a_day_without_a_change_writes_no_price_row(shop: Shop) -> None:
    shop.says({"1": 100, "2": None})
    run = shop.says({"1": 100, "2": None}, day=later(1))
    assert (run.status, run.changed, run.rows) == ("done", 0, 2)
    assert PriceChange.objects.count() == 2


def test_a_price_that_vanishes_stays_and_says_since_when(shop: Shop) -> None:
    shop.says({"1": 100, "2": 200})
    shop.says({"2": 200}, day=later(3))
    shop.says({"2": 200}, day=later(4))
    assert (shop.market("1"), shop.latest("1").missing_since) == (100, later(3))
    run = shop.says({"1": 100, "2": 200}, day=later(5))
    assert (shop.latest("1").missing_since, run.changed) == (None, 0)


def test_unknown_is_null_and_never_zero(shop: Shop) -> None:
    shop.brings(listing([quote("1", (None, None, None, None, None))]))
    row = shop.latest("1")
    assert [getattr(row, name) for name in ledger.AMOUNTS] == [None] * 5
    change = PriceChange.objects.get()
    assert (change.market, change.low, change.mid, change.previous_market) == (None, None, None, None)


def test_high_and_direct_low_are_shown_but_not_charted(shop: Shop) -> None:
    shop.brings(listing([quote("1", (100, 90, 110, 500, 95))]))
    run = shop.brings(listing([quote("1", (100, 90, 110, 600, 96))], day=later(1)))
    row = shop.latest("1")
    assert (row.high, row.direct_low, row.changed_on, run.changed) == (600, 96, later(0), 0)


def test_a_correction_of_the_day_keeps_what_was_before_the_day(shop: Shop) -> None:
    shop.says({"1": 100})
    shop.says({"1": 200}, day=later(1))
    run = shop.says({"1": 150}, day=later(1), replay=True)
    assert (run.status, run.changed) == ("corrected", 1)
    change = PriceChange.objects.get(day=later(1))
    assert (change.market, change.previous_market) == (150, 100)
    assert (shop.market("1"), shop.latest("1").previous_market) == (150, 100)


@pytest.mark.parametrize(("market", "is_doubtful"), [(1000, False), (1001, True), (10, False), (9, True)])
def test_a_move_over_tenfold_is_doubtful_and_tenfold_itself_is_not(
    shop: Shop, market: int, is_doubtful: bool
) -> None:
    shop.says({"1": 100})
    run = shop.says({"1": market}, day=later(1))
    assert (run.reviewed, shop.market("1")) == ((1, 100) if is_doubtful else (0, market))
    assert shop.vector(later(1)) == ({} if is_doubtful else {("1", "Normal"): market})


def test_the_largest_amounts_do_not_overflow_the_comparison(shop: Shop) -> None:
    largest = 2**31 - 1
    shop.brings(listing([quote("1", (100_000_000, 1, 1, largest, largest))]))
    run = shop.brings(listing([quote("1", (1, 1, 1, largest, largest))], day=later(1)))
    assert (run.reviewed, shop.latest("1").high, shop.market("1")) == (1, largest, 100_000_000)


def test_an_empty_day_of_an_empty_game_can_be_recorded(shop: Shop) -> None:
    run = RunFactory.create(source=shop.source, game=shop.game)
    recorded = ledger.record(run, day=later(0), listed=Day.of({}))
    assert (recorded.changed, recorded.jumps) == (0, [])
    assert shop.vector(later(0)) == {}


def test_games_and_sources_do_not_touch_each_other(shop: Shop) -> None:
    other = Shop(source=shop.source, game=GameFactory.create())
    rival = Shop(source=SourceFactory.create(), game=shop.game)
    shop.says({"1": 100})
    rival.says({"1": 300})
    other.brings(listing([quote("9", (200,))], group=replace(BASE, external_id="605")))
    rival.says({"2": 10}, day=later(1))
    assert [shop.latest("1").missing_since, other.latest("9").missing_since] == [None, None]
    assert rival.latest("1").missing_since == later(1)


def test_a_table_of_ours_named_staged_is_not_mistaken_for_the_temporary_one(shop: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.staged (kept int); INSERT INTO public.staged VALUES (7)")
        shop.says({"1": 100})
        cursor.execute("SELECT kept FROM public.staged")
        assert cursor.fetchall() == [(7,)]


def test_rows_are_written_in_postgres_binary_format() -> None:
    stream = ledger.copy_stream(np.array([[1, -2]], dtype=np.int32))
    head, row, tail = stream[:19], stream[19:-2], stream[-2:]
    assert head == b"PGCOPY\n\xff\r\n\x00" + bytes(8)
    assert row == b"\x00\x02" + b"\x00\x00\x00\x04\x00\x00\x00\x01" + b"\x00\x00\x00\x04\xff\xff\xff\xfe"
    assert tail == b"\xff\xff"


def test_series_are_sorted_whatever_the_order_they_came_in() -> None:
    day = Day.of({9: (1, 2, 3, 4, 5), 3: (6, 7, 8, 9, 10)})
    assert day.series.tolist() == [3, 9]
    assert day.prices.tolist() == [[6, 7, 8, 9, 10], [1, 2, 3, 4, 5]]


def test_a_series_that_never_had_a_price_is_not_missing(shop: Shop) -> None:
    series = SeriesFactory.create(source=shop.source, printing__card__card_set__game=shop.game)
    shop.says({"1": 100})
    assert not LatestPrice.objects.filter(series=series).exists()


def test_a_source_whose_terms_keep_no_history_leaves_its_newest_word_only(shop: Shop) -> None:
    Source.objects.update(keeps_history=False)
    shop.source.refresh_from_db()
    other = Shop(source=SourceFactory.create(rank=200), game=shop.game)
    other.says({"1": 100})
    for day, market in enumerate((100, 200, 200)):
        shop.says({"1": market, "2": 50}, day=later(day))
    assert not PriceChange.objects.filter(series__source=shop.source).exists()
    assert list(PriceDay.objects.filter(source=shop.source).values_list("day", flat=True)) == [later(2)]
    latest = shop.latest("1")
    assert (latest.market, latest.previous_market) == (200, None)
    assert PriceChange.objects.filter(series__source=other.source).count() == 1
    (row,) = queries.card_rows([shop.series("1").printing.card_id])
    assert (row.market, row.change_7d) == (200, None)
