"""Cards on a shelf, made by name: what tests of matching ask for."""

from dataclasses import dataclass, field
from typing import Any

from catalog import words
from catalog.matching import Match, Wanted, match
from catalog.models import Card, CardSet, ExternalId, Game, Rarity
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, GameFactory, PrintingFactory

Printings = dict[str, int]  # by the name of the finish


@dataclass
class Shelf:
    """The cards of one game, and questions about it."""

    game: Game
    _sets: dict[str, CardSet] = field(default_factory=dict)

    def card_set(self, name: str, code: str = "", **facts: Any) -> CardSet:
        if name not in self._sets:
            self._sets[name] = CardSetFactory.create(game=self.game, name=name, code=code, **facts)
        return self._sets[name]

    def holds(
        self, name: str, number: str, *finishes: str, card_set: str, rarity: str = "", **facts: Any
    ) -> Printings:
        """Adds a card, and says its printings."""
        known = Rarity.objects.get_or_create(game=self.game, name=rarity)[0] if rarity else None
        product_id = facts.pop("product_id", "")
        card = CardFactory.create(
            card_set=self.card_set(card_set), name=name, number=number, rarity=known, **facts
        )
        words.index_cards([card.pk])
        if product_id:
            ExternalId.objects.create(source="tcgplayer", kind="card", external_id=product_id, card=card)
        return {finish: self._printing(card, finish) for finish in finishes}

    def _printing(self, card: Card, finish: str) -> int:
        made = PrintingFactory.create(card=card, finish=FinishFactory.create(game=self.game, name=finish))
        return int(made.pk)

    def answers(self, **said: Any) -> Match:
        (answer,) = match([Wanted(**({"game": self.game.slug} | said))])
        return answer


def shelf(slug: str) -> Shelf:
    """Of a game that every installation knows, or a new one."""
    return Shelf(Game.objects.filter(slug=slug).first() or GameFactory.create(slug=slug))
