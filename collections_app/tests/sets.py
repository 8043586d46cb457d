"""A set whose prices a test dictates, in any currency."""

from typing import Any

from catalog.models import CardSet, Printing
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, PrintingFactory
from pricing.models import LatestPrice, Source
from pricing.tests.factories import SeriesFactory, SourceFactory
from pricing.tests.market import DAY


def of_cards(number: int, *, finishes: tuple[str, ...] = ("Normal",), **facts: Any) -> CardSet:
    """A set of cards numbered from 1, each in all these finishes."""
    made = CardSetFactory.create(**facts)
    for place in range(1, number + 1):
        card = CardFactory.create(card_set=made, name=f"Card {place}", number=str(place))
        for finish in finishes:
            PrintingFactory.create(card=card, finish=FinishFactory.create(game=made.game, name=finish))
    return made


def printing(of: CardSet, number: int, *, finish: str = "Normal") -> Printing:
    return Printing.objects.get(card__card_set=of, card__number=str(number), finish__name=finish)


def costs(one: Printing, market: int | None, *, currency: str = "USD") -> None:
    """Minor units; None is listed without a market price."""
    source = Source.objects.filter(slug=f"in-{currency}".lower()).first()
    source = source or SourceFactory.create(slug=f"in-{currency}".lower(), currency=currency)
    series = SeriesFactory.create(printing=one, source=source, currency=currency)
    LatestPrice.objects.create(series=series, source=source, game=series.game, market=market, changed_on=DAY)
