"""Where sources disagree: ranked after each ingest, told as the blend would."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Game, Printing
from catalog.tests.factories import GameFactory
from pricing import disagreement
from pricing.models import Disagreement
from pricing.tests import rates
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later, listing, quote

DAYS = 10


@pytest.fixture
def game(db: None) -> Game:
    rates.says(later(0), USD="1.25")
    return GameFactory.create(slug="pokemon-two")


def shop(game: Game, slug: str, **facts: Any) -> Shop:
    return Shop(source=SourceFactory.create(slug=slug, **facts), game=game)


def say(shop: Shop, before: dict[str, int], today: dict[str, int], *, days: int = DAYS) -> None:
    """The prices of each card on the days before, and on the last."""
    for day in range(days + 1):
        said = today if day == days else before
        quotes = [quote(key, (market,), currency=shop.source.currency) for key, market in said.items()]
        shop.brings(listing(quotes, day=later(day)))


def found() -> list[tuple[str, Decimal, str, str]]:
    return [(row.number, row.ratio, row.highest, row.lowest) for row in disagreement.worst(10)]


def test_the_worst_come_first_at_their_usual_levels(game: Game) -> None:
    say(shop(game, "a", rank=1), {"1": 1_000, "2": 1_000, "3": 1_000}, {"1": 1_000, "2": 2_000, "3": 1_000})
    say(
        shop(game, "b", rank=2, currency="EUR"),
        {"1": 400, "2": 400, "3": 400},
        {"1": 400, "2": 400, "3": 1_200},
    )
    # Euros are 0.8 dollars here and half the price: card 1 is as far apart as ever.
    assert found() == [("3", Decimal("3.00"), "b", "a"), ("2", Decimal("2.00"), "a", "b")]
    (first, *_) = disagreement.worst(1)
    assert (first.name, first.game, first.day) == ("Card 3", "pokemon-two", later(DAYS))
    assert first.printing_id == Printing.objects.get(card__number="3").pk


def test_without_common_days_prices_are_compared_as_they_are(game: Game) -> None:
    say(shop(game, "a"), {"1": 1_000}, {"1": 1_000}, days=2)
    say(shop(game, "b"), {"1": 1_500}, {"1": 1_500}, days=2)
    assert found() == [("1", Decimal("1.50"), "b", "a")]


def test_who_may_not_be_blended_takes_no_part(game: Game) -> None:
    say(shop(game, "a"), {"1": 1_000}, {"1": 1_000}, days=1)
    say(shop(game, "generated", is_demo=True), {"1": 9_000}, {"1": 9_000}, days=1)
    say(shop(game, "listings", is_blended=False), {"1": 9_000}, {"1": 9_000}, days=1)
    say(shop(game, "mirror", origin="a"), {"1": 9_000}, {"1": 9_000}, days=1)
    assert found() == []


def test_a_source_that_fell_silent_disagrees_with_nobody(game: Game) -> None:
    say(shop(game, "silent"), {"1": 5_000}, {"1": 5_000}, days=1)
    say(shop(game, "a"), {"1": 1_000}, {"1": 1_000}, days=6)
    assert found() == []


def test_a_disagreement_that_ended_is_gone_after_the_next_ingest(game: Game) -> None:
    first, second = shop(game, "a"), shop(game, "b")
    say(first, {"1": 1_000}, {"1": 1_000})
    say(second, {"1": 1_000}, {"1": 2_000})
    assert found() == [("1", Decimal("2.00"), "b", "a")]
    second.says({"1": 1_010}, day=later(DAYS + 1))
    first.says({"1": 1_000}, day=later(DAYS + 1))
    assert not Disagreement.objects.exists()


def test_games_are_ranked_apart(game: Game) -> None:
    other = GameFactory.create(slug="other")
    for one in (game, other):
        for slug, market in (("a", 1_000), ("b", 2_000)):
            say(shop(one, f"{slug}-{one.slug}"), {"1": market}, {"1": market}, days=1)
    assert len(disagreement.worst(10)) == 2
    assert [row.game for row in disagreement.worst(10, game="other")] == ["other"]


@pytest.mark.parametrize("cards", [1, 3])
def test_the_worst_cost_one_statement(
    game: Game, cards: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    prices = {str(place): 1_000 for place in range(cards)}
    say(shop(game, "a"), prices, prices, days=1)
    say(shop(game, "b"), prices, dict.fromkeys(prices, 3_000), days=1)
    with django_assert_num_queries(1):
        assert len(disagreement.worst(10)) == cards
