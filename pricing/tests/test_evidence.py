"""What every source says of a printing, and what is blended of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Game, Printing
from catalog.tests.factories import GameFactory, PrintingFactory
from pricing import corrections, evidence, history, review
from pricing.blending import Agreement
from pricing.evidence import Evidence
from pricing.models import IngestRun, PriceReview
from pricing.observations import WINDOW, Reason
from pricing.tests import rates
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later, listing, quote

TODAY = 40


@pytest.fixture(autouse=True)
def evening(db: None) -> Iterator[None]:
    with time_machine.travel(datetime.combine(later(TODAY), datetime.min.time(), UTC) + timedelta(hours=21)):
        yield


@pytest.fixture
def game(db: None) -> Game:
    return GameFactory.create()


def shop(game: Game, slug: str, **facts: Any) -> Shop:
    return Shop(source=SourceFactory.create(slug=slug, name=slug.title(), **facts), game=game)


def say(shop: Shop, prices: dict[int, int | None]) -> None:
    """Market prices of card 1 by day; on the others it says the same as before."""
    market: int | None = None
    for day in range(min(prices), TODAY + 1):
        market = prices.get(day, market)
        shop.brings(
            listing([quote("1", (market, 90), currency=shop.source.currency)], day=later(day)), ranks=False
        )


def sheet(currency: str = "USD") -> Evidence:
    printing = Printing.objects.get(card__number="1")
    return evidence.of_printings([printing.pk], currency=currency)[printing.pk]


def test_every_source_stands_alone_with_its_price_age_and_run(game: Game) -> None:
    rates.says(later(0), USD="1.25")
    say(shop(game, "dollars", rank=1, attribution="Prices by Dollars."), {0: 1_000, 38: 1_050})
    say(shop(game, "euros", rank=2, currency="EUR"), {0: 800})
    found = sheet()
    dollars, euros = found.words
    assert (dollars.said.name, dollars.said.market, dollars.said.low, dollars.value) == (
        "Dollars",
        1_050,
        90,
        1_050,
    )
    assert (dollars.said.changed_on, dollars.said.as_of, dollars.age) == (later(38), later(TODAY), 0)
    assert dollars.rate_of is None
    assert [(one.window, one.old, str(one.percent)) for one in dollars.changes] == [
        ("24h", 1_050, "0.00"),
        ("7d", 1_000, "5.00"),
        ("30d", 1_000, "5.00"),
    ]
    run = IngestRun.objects.get(pk=dollars.said.run_id or 0)
    assert (run.day, run.source.slug, dollars.said.adapter) == (later(TODAY), "dollars", "test")
    assert (euros.said.market, euros.value, euros.rate_of) == (800, 1_000, later(0))
    assert len(euros.past) == WINDOW
    assert euros.past[-1].day == later(TODAY - 1)
    assert found.blend.amount == 1_025
    assert [point.market for point in dollars.points[-3:]] == [1_050, 1_050, 1_050]


def test_amounts_are_in_the_readers_currency(game: Game) -> None:
    rates.says(later(0), USD="1.25")
    say(shop(game, "dollars"), {0: 1_000})
    found = sheet("EUR")
    assert (found.words[0].value, found.blend.amount, found.blend.currency) == (800, 800, "EUR")


def test_each_day_is_converted_at_its_own_rate(game: Game) -> None:
    rates.says(later(0), USD="1.25")
    rates.says(later(39), USD="1.00")
    say(shop(game, "euros", currency="EUR"), {0: 800})
    (euros,) = sheet().words
    assert (euros.value, euros.rate_of) == (800, later(39))
    assert [past.value for past in euros.past[-2:]] == [1_000, 800]
    assert {past.amount for past in euros.past} == {800}


def test_without_a_rate_a_price_is_shown_but_not_converted(game: Game) -> None:
    say(shop(game, "euros", currency="EUR"), {TODAY: 800})
    found = sheet()
    assert (found.words[0].said.market, found.words[0].value, found.blend.amount) == (800, None, None)
    assert found.blend.left_out[0].reason == Reason.UNCONVERTED


def test_a_printing_no_source_prices_has_an_empty_sheet(db: None) -> None:
    printing = PrintingFactory.create()
    found = evidence.of_printings([printing.pk], currency="USD")[printing.pk]
    assert (found.words, found.blend.amount, found.blend.agreement) == ((), None, Agreement.NONE)
    assert evidence.of_printings([], currency="USD") == {}


def test_conditions_and_grades_are_no_evidence_of_the_market_price(game: Game) -> None:
    seller = shop(game, "seller")
    seller.brings(
        listing(
            [quote("1", (1_000,)), quote("1", (700,), condition="LP"), quote("1", (9_000,), grade="PSA 10")],
            day=later(TODAY),
        )
    )
    assert [word.said.market for word in sheet().words] == [1_000]


def test_of_two_languages_the_one_with_a_price_speaks_once(game: Game) -> None:
    seller = shop(game, "seller")
    quotes = [quote("1", (None, 50)), quote("1", (900,), language="ja")]
    seller.brings(listing(quotes, day=later(TODAY)))
    assert [word.said.market for word in sheet().words] == [900]


def test_what_a_source_no_longer_lists_is_as_old_as_its_last_listing(game: Game) -> None:
    seller = shop(game, "seller")
    say(seller, {0: 1_000})
    with time_machine.travel(datetime.combine(later(45), datetime.min.time(), UTC)):
        for day in range(41, 45):
            seller.brings(listing([quote("2", (500,))], day=later(day)))
        (word,) = sheet().words
        assert (word.said.as_of, word.age, word.said.is_stale) == (later(TODAY), 5, True)
        assert sheet().blend.is_stale


def test_what_may_be_shown_for_hours_only_is_gone_after_them(game: Game) -> None:
    seller = shop(game, "seller", shown_hours=6, keeps_history=False)
    say(seller, {30: 1_000})
    (word,) = sheet().words
    assert (word.said.market, word.past, word.said.is_hidden) == (1_000, (), False)
    assert all(change.old is None for change in word.changes)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=7)):
        (word,) = sheet().words
        assert (word.said.market, word.value, word.said.low, word.said.is_hidden) == (None, None, None, True)
        assert sheet().blend.amount is None
        # Asked again on the same day it may be shown again.
        seller.brings(listing([quote("1", (1_000,))], day=later(TODAY)), replay=True)
        assert sheet().words[0].said.market == 1_000


def test_demonstrations_and_forbidden_sources_are_shown_and_not_blended(game: Game) -> None:
    say(shop(game, "real", rank=1), {0: 1_000})
    say(shop(game, "generated", rank=2, is_demo=True), {0: 5_000})
    say(shop(game, "listings", rank=3, is_blended=False), {0: 5_000})
    found = sheet()
    assert [word.said.slug for word in found.words] == ["real", "generated", "listings"]
    assert found.blend.amount == 1_000
    assert {left.source: left.reason for left in found.blend.left_out} == {
        "generated": Reason.DEMO,
        "listings": Reason.TERMS,
    }


def test_packed_months_are_read_too(game: Game) -> None:
    seller = shop(game, "seller")
    with time_machine.travel(datetime.combine(later(75), datetime.min.time(), UTC)):
        for day, market in ((0, 1_000), (20, 1_200), (75, 1_300)):
            seller.brings(listing([quote("1", (market,))], day=later(day)))
        before = sheet()
        assert history.pack_closed(later(75)) == 2
        assert sheet() == before
        assert [past.amount for past in before.words[0].past] == [1_200] * WINDOW


def test_doubts_and_corrections_are_counted_and_listed(game: Game, carla: User) -> None:
    seller = shop(game, "seller")
    say(seller, {30: 1_000, 38: 1_200})
    seller.brings(listing([quote("1", (-5,))], day=later(TODAY)), replay=True)
    review.reject(PriceReview.objects.get(), by=carla)
    series = seller.series("1")
    corrections.correct(series, day=later(38), market=1_250, by=carla, reason="Misread")
    doubts = evidence.doubts([series.pk])[series.pk]
    assert (doubts.open, doubts.accepted, doubts.rejected, doubts.corrected) == (0, 0, 1, 1)
    (aside,) = evidence.put_aside([series.pk])
    assert (aside.source, aside.day, aside.reason, aside.market, aside.status) == (
        "Seller",
        later(TODAY),
        "Negative price",
        -5,
        "Rejected",
    )
    (corrected,) = evidence.corrected([series.pk])
    assert (corrected.was, corrected.now, corrected.reason) == (1_200, 1_250, "Misread")


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_sources_costs_three_statements(
    game: Game, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rates.says(later(0), USD="1.25")
    for place in range(count):
        say(shop(game, f"euros-{place}", currency="EUR"), {0: 800})
    printings = list(Printing.objects.values_list("id", flat=True))
    with django_assert_num_queries(3):  # the sources, the days before, the rates
        evidence.of_printings(printings, currency="USD")
