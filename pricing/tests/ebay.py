"""A local eBay, and a card that is sold there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from catalog.models import Card, Printing
from catalog.tests.shelf import shelf
from integrations.tests.ebay import answers
from integrations.tests.marketplace import Marketplace
from integrations.tests.stand_in import stand_in_for_ebay
from pricing.models import Source
from pricing.tests.market import BASE, Listing, Shop, later, quote


@contextmanager
def opened(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Marketplace]:
    """EBay is on, and this is it."""
    with Marketplace() as market:
        stand_in_for_ebay(market, settings=settings, monkeypatch=monkeypatch)
        answers.shelf(market, [])
        answers.shelf(market, [], path=answers.SALES, name="itemSales")
        yield market


def offers(market: Marketplace, *rows: dict[str, Any]) -> None:
    answers.shelf(market, list(rows))


def sales(market: Marketplace, *rows: dict[str, Any]) -> None:
    answers.shelf(market, list(rows), path=answers.SALES, name="itemSales")


def price(amount: str, currency: str = "USD") -> dict[str, str]:
    return {"value": amount, "currency": currency}


def card_for_sale(name: str = "Mew ex", number: str = "232/091", market: int = 350_00) -> Printing:
    """A card of Paldean Fates in one finish, with a market price at TCGplayer."""
    made = shelf("pokemon")
    made.card_set("Paldean Fates", code="PAF", released_on=date(2024, 1, 26))
    (key,) = made.holds(name, number, "Holofoil", card_set="Paldean Fates", product_id=number).values()
    shop = Shop(source=Source.objects.get(slug="tcgplayer"), game=made.game)
    known = {card.number: market for card in Card.objects.filter(game=made.game)}
    quotes = [quote(each, (amount,), finish="Holofoil") for each, amount in known.items()]
    day = later(Card.objects.count())
    shop.brings(Listing(day=day, listed={BASE: []}, quoted={BASE.external_id: quotes}))
    return Printing.objects.select_related("card__game", "card__card_set", "finish").get(pk=key)
