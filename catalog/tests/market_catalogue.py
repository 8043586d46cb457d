"""A catalogue as the marketplace would list it, made of the cards that real files name.

What makes it hard on purpose: the marketplace's own set names and codes, only the first face of some cards,
versions in brackets, and beside each card two decoys: its name in another set, its number on another card.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import connection

from catalog import words
from catalog.models import Card, CardSet, ExternalId, Finish, Game, Printing, Rarity

Word = TypeVar("Word", Rarity, Finish)
PLAIN_AND_FOIL = ("Normal", "Foil")


@dataclass(frozen=True, kw_only=True)
class Product:
    """A card as the marketplace lists it."""

    set_name: str
    set_code: str
    name: str
    number: str
    finishes: tuple[str, ...] = PLAIN_AND_FOIL
    rarity: str = ""
    product_id: str = ""
    kind: str = "single"


@dataclass
class Market:
    """A game's products in the database; `printing` finds one again."""

    game: Game
    cards: dict[Product, Card] = field(default_factory=dict)
    _printings: dict[tuple[int, str], int] = field(default_factory=dict)

    def printing(self, product: Product, finish: str) -> int:
        return self._printings[self.cards[product].pk, finish]

    def card_of(self, printing: int) -> Card:
        return Card.objects.select_related("card_set").get(printings=printing)

    def loses(self, share: float, *, seed: int) -> set[int]:
        """Takes that share of the cards away; the printings that are gone."""
        chance = random.Random(seed)
        gone = [card.pk for card in self.cards.values() if chance.random() < share]
        printings = set(Printing.objects.filter(card__in=gone).values_list("pk", flat=True))
        Card.objects.filter(pk__in=gone).delete()
        return printings

    def lists(self, products: Sequence[Product]) -> None:
        sets = self._sets(products)
        rarities = _named(Rarity, self.game, {product.rarity for product in products} - {""})
        finishes = _named(Finish, self.game, {finish for product in products for finish in product.finishes})
        cards = [
            self._card(product, card_set=sets[product.set_code], rarities=rarities) for product in products
        ]
        self.cards |= dict(zip(products, Card.objects.bulk_create(cards, batch_size=2000), strict=True))
        pairs = [(self.cards[product].pk, finish) for product in products for finish in product.finishes]
        made = Printing.objects.bulk_create(
            [Printing(card_id=card, finish=finishes[finish]) for card, finish in pairs], batch_size=5000
        )
        self._printings |= {pair: printing.pk for pair, printing in zip(pairs, made, strict=True)}
        self._add_ids(products)
        words.index_cards([card.pk for card in cards])
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list('card_words')")
            cursor.execute("SELECT gin_clean_pending_list('searchword_deletes')")
            cursor.execute("ANALYZE catalog_card, catalog_printing, catalog_cardset, catalog_externalid")

    def _sets(self, products: Iterable[Product]) -> dict[str, CardSet]:
        names = {product.set_code: product.set_name for product in products}
        made = CardSet.objects.bulk_create(
            CardSet(game=self.game, name=name, slug=f"set-{nth}", code=code)
            for nth, (code, name) in enumerate(names.items())
        )
        return {card_set.code: card_set for card_set in made}

    def _card(self, product: Product, *, card_set: CardSet, rarities: dict[str, Rarity]) -> Card:
        return Card(
            game=self.game,
            card_set=card_set,
            kind=product.kind,
            name=product.name,
            slug="card",
            folded=words.fold(product.name),
            number=product.number,
            number_key=words.number_key(product.number),
            rarity=rarities.get(product.rarity),
        )

    def _add_ids(self, products: Iterable[Product]) -> None:
        ExternalId.objects.bulk_create(
            ExternalId(
                source="tcgplayer", kind="card", external_id=product.product_id, card=self.cards[product]
            )
            for product in products
            if product.product_id
        )


def decoys(products: Sequence[Product], *, seed: int) -> list[Product]:
    """For each product its name in another set, and another card with its number in another set."""
    chance = random.Random(seed)
    sets = sorted({(product.set_name, product.set_code) for product in products})
    taken = {(product.set_code, product.number) for product in products}
    taken |= {(product.set_code, front(product.name)) for product in products}
    made = []
    for product in products:
        other = chance.choice(products)
        for name, number in [(product.name, str(chance.randint(1, 500))), (other.name, product.number)]:
            set_name, code = chance.choice(sets)
            keys = {(code, number), (code, front(name))}
            if not keys & taken:
                taken |= keys
                made.append(Product(set_name=set_name, set_code=code, name=name, number=number))
    return made


def front(name: str) -> str:
    """The first face, folded, without words for its version; some write Token behind a token's name."""
    return words.fold(re.split(r" // | \(", name, maxsplit=1)[0]).removesuffix(" token")


def _named(kind: type[Word], game: Game, names: Iterable[str]) -> dict[str, Word]:
    return {name: kind.objects.create(game=game, name=name) for name in sorted(names)}
