"""Rows of the catalogue with plausible values; a test names only what it is about."""

# factory_boy is typed only in part.
# mypy: disallow-untyped-calls=False

from typing import Any

from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from catalog import words
from catalog.models import Card, CardSet, ExternalId, Finish, Game, Printing


class GameFactory(DjangoModelFactory[Game]):
    class Meta:
        model = Game

    name: Any = Sequence(lambda n: f"Game {n}")
    slug: Any = Sequence(lambda n: f"game-{n}")


class CardSetFactory(DjangoModelFactory[CardSet]):
    class Meta:
        model = CardSet

    game: Any = SubFactory(GameFactory)
    name: Any = Sequence(lambda n: f"Set {n}")
    slug: Any = Sequence(lambda n: f"set-{n}")


class CardFactory(DjangoModelFactory[Card]):
    class Meta:
        model = Card

    card_set: Any = SubFactory(CardSetFactory)
    game: Any = SelfAttribute("card_set.game")
    name: Any = Sequence(lambda n: f"Card {n}")
    slug: Any = "card"
    number: Any = Sequence(str)
    folded: Any = LazyAttribute(lambda card: words.fold(card.name))
    number_key: Any = LazyAttribute(lambda card: words.number_key(card.number))


class FinishFactory(DjangoModelFactory[Finish]):
    class Meta:
        model = Finish
        django_get_or_create = ("game", "name")

    game: Any = SubFactory(GameFactory)
    name: Any = "Normal"


class PrintingFactory(DjangoModelFactory[Printing]):
    class Meta:
        model = Printing

    card: Any = SubFactory(CardFactory)
    finish: Any = SubFactory(FinishFactory, game=SelfAttribute("..card.game"))


def category(game: Game, *, source: str, external_id: str) -> ExternalId:
    """Makes the game known to a source, as staff do in the admin."""
    kind = ExternalId.Kind.GAME
    return ExternalId.objects.create(source=source, kind=kind, external_id=external_id, game=game)
