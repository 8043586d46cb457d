"""What pages and API read of the catalogue."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog import queries
from catalog.models import Card, Finish, Game, Rarity
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, GameFactory

pytestmark = pytest.mark.django_db


def test_games_stand_in_the_order_staff_gave_them() -> None:
    Game.objects.all().delete()
    for name, position in (("Magic", 20), ("Altered", 20), ("Zatch Bell", 5)):
        GameFactory.create(name=name, position=position)
    assert [game.name for game in queries.games()] == ["Zatch Bell", "Altered", "Magic"]


def test_the_newest_sets_come_first_and_those_without_a_date_last(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    game = GameFactory.create()
    CardSetFactory.create(game=game, name="Undated")
    CardSetFactory.create(game=game, name="Old", released_on=date(1999, 1, 9))
    CardSetFactory.create(game=game, name="B new", released_on=date(2026, 1, 9))
    CardSetFactory.create(game=game, name="A new", released_on=date(2026, 1, 9))
    CardSetFactory.create(game=game, name="Hidden", released_on=date(2026, 2, 1), is_published=False)
    CardSetFactory.create(name="Elsewhere", released_on=date(2026, 3, 1))
    with django_assert_num_queries(1):
        names = [(found.name, found.game.name) for found in queries.newest_sets(9, game=game)]
    assert [name for name, _ in names] == ["A new", "B new", "Old", "Undated"]
    assert [found.name for found in queries.newest_sets(1)] == ["Elsewhere"]


def test_sets_of_a_game_count_their_cards() -> None:
    card_set = CardSetFactory.create(released_on=date(2020, 1, 1))
    CardFactory.create_batch(3, card_set=card_set)
    empty = CardSetFactory.create(game=card_set.game)
    CardSetFactory.create(game=card_set.game, is_published=False)
    counted = [(found.pk, getattr(found, "card_count", None)) for found in queries.sets_of(card_set.game)]
    assert counted == [(card_set.pk, 3), (empty.pk, 0)]


def test_rarities_and_finishes_of_one_game_or_of_all() -> None:
    game, other = GameFactory.create(), GameFactory.create()
    for owner, name in ((game, "Rare"), (game, "Common"), (other, "Mythic")):
        Rarity.objects.create(game=owner, name=name)
        FinishFactory.create(game=owner, name=f"{name} Foil")
    assert [row.name for row in queries.rarities(game)] == ["Common", "Rare"]
    assert [row.name for row in queries.rarities(None)] == ["Common", "Mythic", "Rare"]
    assert [row.name for row in queries.finishes(game)] == ["Common Foil", "Rare Foil"]
    assert list(queries.finishes(None)) == list(Finish.objects.order_by("name"))


def test_a_card_comes_with_its_set_game_and_rarity(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    card = CardFactory.create()
    with django_assert_num_queries(1):
        found = queries.card(card.pk)
        assert (found, found.game, found.rarity) == (card, card.game, None)
        assert found.card_set.get_absolute_url() == f"/games/{card.game.slug}/{card.card_set.slug}/"


def test_a_card_of_an_unpublished_set_is_not_there() -> None:
    hidden = CardFactory.create(card_set__is_published=False)
    with pytest.raises(Card.DoesNotExist):
        queries.card(hidden.pk)
