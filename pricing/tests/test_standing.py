"""Which cards are next by price, and that a new price moves them."""

from datetime import date

import pytest

from catalog.models import Card
from catalog.tests.factories import CardFactory, PrintingFactory
from pricing import standing, telling
from pricing.models import LatestPrice
from pricing.tests.factories import SeriesFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def priced(market: int | None, *, like: Card | None = None) -> LatestPrice:
    """The latest price of a new card, in the game of another."""
    card = CardFactory.create(card_set=like.card_set) if like else CardFactory.create()
    series = SeriesFactory.create(printing=PrintingFactory.create(card=card), game=card.game)
    return LatestPrice.objects.create(
        series=series, source=series.source, game=card.game, market=market, changed_on=TODAY
    )


def card_of(price: LatestPrice) -> Card:
    return price.series.printing.card


def test_the_next_prices_lead_to_their_cards_and_tell_how_far_they_reach() -> None:
    cheap, dear, other_game = priced(100), priced(900), priced(500)
    also = priced(100, like=card_of(cheap))
    priced(None)
    ids = [card_of(one).pk for one in (cheap, also, other_game, dear)]

    first = standing.near(None, least=None, most=None, falls=False, behind=None, count=3)
    rest = standing.near(None, least=None, most=None, falls=False, behind=first.last, count=3)
    falling = standing.near(None, least=100, most=500, falls=True, behind=None, count=2)

    assert (first.cards, first.last, first.is_all) == (sorted(ids[:3]), (500, ids[2]), False)
    assert (rest.cards, rest.last, rest.is_all) == (ids[3:], (900, ids[3]), True)
    assert (falling.cards, falling.last, falling.is_all) == (sorted([ids[0], ids[2]]), (-100, ids[0]), False)


def test_a_price_that_is_told_moves_its_card() -> None:
    moving = priced(100)
    game = moving.game_id
    standing.near(game, least=None, most=None, falls=False, behind=None, count=9)

    LatestPrice.objects.update(market=700)
    telling.latest(moving.series, day=TODAY)

    found = standing.near(game, least=None, most=None, falls=False, behind=None, count=9)
    assert found.last == (700, card_of(moving).pk)
