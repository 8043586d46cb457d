"""Which series a quote belongs to."""

from dataclasses import replace

from pytest_django import DjangoAssertNumQueries

from catalog.models import Printing
from catalog.upsert import Catalogue
from pricing.models import PriceSeries
from pricing.shelf import Shelf
from pricing.tests.market import BASE, Shop, listing, product, quote


def _shelf(shop: Shop) -> Shelf:
    return Shelf.load(shop.source, catalogue=Catalogue(game=shop.game, source=shop.source.slug))


def _stocked(shop: Shop) -> Shelf:
    shelf = _shelf(shop)
    shelf.know(shelf.catalogue.record(BASE, products=[product("1"), product("2")]))
    return shelf


def test_series_are_made_once_for_listed_products(shop: Shop) -> None:
    shelf = _stocked(shop)
    quotes = [quote("1", (1,)), quote("1", (1,), finish="Foil"), quote("1", (2,)), quote("9", (1,))]
    assert shelf.add(quotes) == 2
    assert shelf.add(quotes) == 0
    assert (PriceSeries.objects.count(), Printing.objects.count()) == (2, 2)


def test_a_shelf_loaded_anew_knows_what_another_made(shop: Shop) -> None:
    shelf = _stocked(shop)
    shelf.add([quote("1", (1,)), quote("2", (1,), condition="NM"), quote("2", (1,), grade="PSA 10")])
    again = _shelf(shop)
    assert (again.cards, again.series) == (shelf.cards, shelf.series)
    assert len(again.series) == 3


def test_a_quote_without_a_language_is_in_the_games_own(shop: Shop) -> None:
    shop.game.language = "ja"
    shelf = _stocked(shop)
    assert shelf.identity(quote("1", (1,))) == ("1", "Normal", "", "", "ja", "USD")
    assert shelf.identity(quote("1", (1,), language="en")) == ("1", "Normal", "", "", "en", "USD")


def test_loading_costs_two_statements(shop: Shop, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for count in (1, 3):
        shop.brings(listing([quote(str(place), (1,)) for place in range(1, count + 1)]), replay=True)
        with django_assert_num_queries(2):
            _shelf(shop)


def test_names_longer_than_the_longest_finish_are_cut(shop: Shop) -> None:
    said = replace(quote("1", (1,)), finish="x" * 200)
    assert _stocked(shop).identity(said)[1] == "x" * 80
