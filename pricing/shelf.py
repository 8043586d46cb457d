"""Which series a quote belongs to: the identities of one game at one source, held while a run lasts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection

from catalog.models import ExternalId
from catalog.upsert import Catalogue
from integrations.quotes import Quote
from pricing.models import PriceSeries, Source

# product id, finish, condition, grade, language, currency
Identity = tuple[str, str, str, str, str, str]
LONGEST_FINISH = 80  # of catalog.Finish.name

KNOWN = """
SELECT e.external_id, f.name, s.condition, s.grade, s.language, s.currency, s.id
FROM pricing_priceseries s
JOIN catalog_printing p ON p.id = s.printing_id
JOIN catalog_finish f ON f.id = p.finish_id
JOIN catalog_externalid e ON e.card_id = p.card_id AND e.source = %s AND e.kind = 'card'
WHERE s.source_id = %s AND s.game_id = %s"""


@dataclass(kw_only=True)
class Shelf:
    source: Source
    catalogue: Catalogue
    cards: dict[str, int] = field(default_factory=dict)
    series: dict[Identity, int] = field(default_factory=dict)

    @classmethod
    def load(cls, source: Source, *, catalogue: Catalogue) -> "Shelf":
        game = catalogue.game
        shelf = cls(source=source, catalogue=catalogue)
        listed = ExternalId.objects.filter(source=source.slug, kind=ExternalId.Kind.CARD, card__game=game)
        shelf.cards.update(listed.values_list("external_id", "card_id"))
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, [source.slug, source.pk, game.pk])
            for *identity, key in cursor.fetchall():
                shelf.series[tuple(identity)] = key
        return shelf

    def identity(self, quote: Quote) -> Identity:
        language = quote.language or self.catalogue.game.language
        finish = quote.finish[:LONGEST_FINISH]
        return (quote.product_id, finish, quote.condition, quote.grade, language, quote.currency)

    def know(self, cards: Mapping[str, int]) -> None:
        self.cards.update(cards)

    def add(self, quotes: Iterable[Quote]) -> int:
        """Makes the series of quotes for listed products that have none yet; how many."""
        missing = {self.identity(quote) for quote in quotes if quote.product_id in self.cards}
        missing -= self.series.keys()
        if not missing:
            return 0
        printings = self.catalogue.printings((self.cards[product], finish) for product, finish, *_ in missing)
        made = {identity: self._series(identity, printings=printings) for identity in sorted(missing)}
        PriceSeries.objects.bulk_create(made.values(), batch_size=5000)
        self.series.update({identity: series.pk for identity, series in made.items()})
        return len(made)

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
