"""Which series a quote belongs to: the identities of one game at one source, held while a run lasts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from catalog.linking import Linker
from catalog.models import ExternalId, Game
from catalog.upsert import Catalogue
from integrations.quotes import Quote
from pricing.models import PriceSeries, Source

# product id, finish, condition, grade, language, currency
Identity = tuple[str, str, str, str, str, str]
# printing, condition, grade, language, currency
Terms = tuple[int, str, str, str, str]
LONGEST_FINISH = 80  # of catalog.Finish.name

KNOWN = """
SELECT e.external_id, f.name, s.condition, s.grade, s.language, s.currency, s.id
FROM pricing_priceseries s
JOIN catalog_printing p ON p.id = s.printing_id
JOIN catalog_finish f ON f.id = p.finish_id
JOIN catalog_externalid e ON e.card_id = p.card_id AND e.source = %s AND e.kind = 'card'
WHERE s.source_id = %s AND s.game_id = %s"""
KNOWN_BY_CARD = """
SELECT p.card_id::text, f.name, s.condition, s.grade, s.language, s.currency, s.id
FROM pricing_priceseries s
JOIN catalog_printing p ON p.id = s.printing_id
JOIN catalog_finish f ON f.id = p.finish_id
WHERE s.source_id = %s AND s.game_id = %s"""


@dataclass(kw_only=True)
class Shelf:
    source: Source
    catalogue: Catalogue | Linker
    cards: dict[str, int] = field(default_factory=dict)
    series: dict[Identity, int] = field(default_factory=dict)

    @classmethod
    def load(cls, source: Source, *, catalogue: Catalogue | Linker) -> "Shelf":
        game = catalogue.game
        shelf = cls(source=source, catalogue=catalogue)
        ids = catalogue.source
        listed = ExternalId.objects.filter(source=ids, kind=ExternalId.Kind.CARD, card__game=game)
        shelf.know(dict(listed.values_list("external_id", "card_id")))
        shelf._read(KNOWN, [ids, source.pk, game.pk])
        return shelf

    @classmethod
    def of_cards(cls, source: Source, *, game: Game, cards: Iterable[int]) -> "Shelf":
        """For prices that we make ourselves: a product's id is that of our card."""
        shelf = cls(source=source, catalogue=Catalogue(game=game, source=source.slug))
        shelf.know({str(card): card for card in cards})
        shelf._read(KNOWN_BY_CARD, [source.pk, game.pk])
        return shelf

    def _read(self, known: str, params: list[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(known, params)
            for *identity, key in cursor.fetchall():
                self.series[tuple(identity)] = key

    def identity(self, quote: Quote) -> Identity:
        language = quote.language or self.catalogue.game.language
        finish = quote.finish[:LONGEST_FINISH]
        return (quote.product_id, finish, quote.condition, quote.grade, language, quote.currency)

    def know(self, cards: Mapping[str, int]) -> None:
        self.cards.update(cards)
        self.catalogue.learn(cards.values())

    def told(self, quote: Quote) -> Quote | None:
        """The quote with our name for its finish; None for a product, or a printing, that we cannot tell."""
        card = self.cards.get(quote.product_id)
        return self.catalogue.told(quote, card=card) if card else None

    def add(self, quotes: Iterable[Quote]) -> int:
        """Makes the series of quotes for listed products that have none yet; how many.

        Two products of one card, as after staff merged two cards, share its series.
        """
        missing = {self.identity(quote) for quote in quotes if quote.product_id in self.cards}
        missing -= self.series.keys()
        if not missing:
            return 0
        printings = self.catalogue.printings((self.cards[product], finish) for product, finish, *_ in missing)
        wanted = {identity: self._series(identity, printings=printings) for identity in sorted(missing)}
        made = self._made({_terms(series): series for series in wanted.values()})
        self.series.update({identity: made[_terms(series)] for identity, series in wanted.items()})
        return len(made)

    def _made(self, series: Mapping[Terms, PriceSeries]) -> dict[Terms, int]:
        """The series of each terms, made where another product of the same card has none either."""
        known = PriceSeries.objects.filter(
            source=self.source, printing_id__in={one.printing_id for one in series.values()}
        )
        found = {_terms(one): one.pk for one in known}
        new = [one for terms, one in series.items() if terms not in found]
        PriceSeries.objects.bulk_create(new, batch_size=5000)
        return {terms: found[terms] for terms in series if terms in found} | {
            _terms(one): one.pk for one in new
        }

    def _series(self, identity: Identity, *, printings: Mapping[tuple[int, str], int]) -> PriceSeries:
        product, finish, condition, grade, language, currency = identity
        return PriceSeries(
            printing_id=printings[self.cards[product], finish],
            source=self.source,
            game=self.catalogue.game,
            condition=condition,
            grade=grade,
            language=language,
            currency=currency,
        )


def _terms(series: PriceSeries) -> Terms:
    return (series.printing_id, series.condition, series.grade, series.language, series.currency)
