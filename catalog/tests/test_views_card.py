"""The card page and its chart."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Card, ExternalId, Game
from catalog.tests.factories import CardFactory, CardSetFactory, PrintingFactory
from pricing.models import PriceSeries
from pricing.tests.factories import SourceFactory
from pricing.tests.market import DAY, Shop, later, listing, quote

Queries = DjangoAssertNumQueries
FINISHES = ("Normal", "Foil", "1st Edition")


@pytest.fixture
def shop(db: None) -> Shop:
    source = SourceFactory.create(name="Card Shop", attribution="Prices by Card Shop.")
    return Shop(source=source, game=Game.objects.get(slug="pokemon"))


def priced(shop: Shop, *, printings: int = 2) -> Card:
    """A card whose first finish went from 10.00 to 12.00 dollars within 40 days."""
    for days, market in ((0, 1_000), (20, 800), (40, 1_200)):
        prices = [(market + 100 * place, market - 50) for place in range(printings)]
        quotes = [quote("1", price, finish=f) for price, f in zip(prices, FINISHES, strict=False)]
        shop.brings(listing(quotes, day=later(days)))
    return shop.series("1").printing.card


def body(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_a_card_page_shows_every_printing_with_prices_changes_and_source(client: Client, shop: Shop) -> None:
    page = body(client, priced(shop).get_absolute_url())
    for text in ("Normal", "Foil", "$12.00", "$11.50", "+50.0%", "Card Shop", "Prices by Card Shop."):
        assert text in page


def test_the_history_is_drawn_told_and_listed(client: Client, shop: Shop) -> None:
    card = priced(shop, printings=1)
    page = body(client, f"{card.get_absolute_url()}?range=all")
    assert "Over its known history the <b>Normal</b> rose" in page
    assert "from $10.00 to <b>$12.00</b>; low $8.00 on 22 Mar 2026, high $12.00 on 11 Apr 2026." in page
    assert '<path class="line line-1" d="M0 ' in page
    assert '<tr><th scope="row">22 Mar 2026</th><td>$8.00</td></tr>' in page
    assert "style=" not in page


def test_the_range_stands_in_the_address(client: Client, shop: Shop) -> None:
    page = body(client, f"{priced(shop).get_absolute_url()}?range=1w")
    assert ">1W</a>" in page
    assert page.count('aria-current="true"') == 1
    assert "Over one week" in page


def test_a_wrong_range_is_a_400_with_the_usual_chart(client: Client, shop: Shop) -> None:
    page = body(client, f"{priced(shop).get_absolute_url()}?range=2y", status=400)
    assert "2y is not one of the available choices" in page
    assert "Over three months" in page


def test_chosen_printings_are_compared(client: Client, shop: Shop) -> None:
    card = priced(shop, printings=3)
    normal = PriceSeries.objects.get(printing__finish__name="Normal").printing_id
    page = body(client, f"/cards/{card.pk}/chart/?range=all&compare={normal}")
    assert "line-1" in page
    assert "line-2" not in page
    assert "line-3" in body(client, f"/cards/{card.pk}/chart/?range=all")


def test_a_printing_of_another_card_cannot_be_compared(client: Client, shop: Shop) -> None:
    other = PrintingFactory.create()
    page = body(client, f"{priced(shop).get_absolute_url()}?compare={other.pk}", status=400)
    assert "is not one of the available choices" in page


def test_the_chart_alone_is_only_a_part_of_a_page(client: Client, shop: Shop) -> None:
    page = body(client, f"/cards/{priced(shop).pk}/chart/?range=3m")
    assert page.lstrip().startswith('<section id="history"')
    body(client, "/cards/999999/chart/", status=404)


def test_a_time_without_prices_is_said(client: Client, shop: Shop) -> None:
    shop.brings(listing([quote("1", (None, 500))]))
    assert "No price in this time" in body(client, Card.objects.get().get_absolute_url())


def test_a_card_without_prices_or_printings_has_a_page(client: Client, db: None) -> None:
    bare = CardFactory.create()
    assert "No printing known" in body(client, bare.get_absolute_url())
    PrintingFactory.create(card=bare)
    assert "No source yet" in body(client, bare.get_absolute_url())


def test_a_wrong_slug_leads_to_the_right_one(client: Client, db: None) -> None:
    card = CardFactory.create(slug="charizard")
    response = client.get(f"/cards/{card.pk}/pikachu/")
    assert (response.status_code, response.headers["Location"]) == (301, f"/cards/{card.pk}/charizard/")


def test_unknown_and_unpublished_cards_are_not_found(client: Client, db: None) -> None:
    hidden = CardFactory.create(card_set__is_published=False)
    assert "This card is not in the catalogue." in body(client, hidden.get_absolute_url(), status=404)
    body(client, "/cards/999999/card/", status=404)


def test_reprints_and_identifiers_are_named(client: Client, shop: Shop) -> None:
    card = priced(shop)
    reprint = CardFactory.create(
        name=card.name, card_set=CardSetFactory.create(game=shop.game, name="Reprints")
    )
    page = body(client, card.get_absolute_url())
    assert f'href="{reprint.get_absolute_url()}"' in page
    known = ExternalId.objects.get(card=card)
    assert f"<code>{known.external_id}</code>" in page


def test_names_cannot_bring_markup_into_a_page(client: Client, db: None) -> None:
    card = CardFactory.create(name="<script>alert(1)</script>", image_url='https://example.org/"onerror="x')
    page = body(client, card.get_absolute_url())
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'example.org/"onerror' not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_a_card_page_costs_fourteen_queries(
    client: Client, shop: Shop, rows: int, django_assert_num_queries: Queries
) -> None:
    card = priced(shop, printings=rows)
    for _ in range(rows):
        CardFactory.create(name=card.name, card_set=CardSetFactory.create(game=shop.game))
    # generation, printings 3, history, sources and others 2 each; card, conditions, ids, games 1
    with django_assert_num_queries(14):
        body(client, card.get_absolute_url())


def test_the_day_of_the_last_price_ends_the_chart(client: Client, shop: Shop) -> None:
    shop.says({"1": 1_000}, day=DAY)
    page = body(client, Card.objects.get().get_absolute_url())
    assert "from 1 Dec 2025 to 2 Mar 2026</title>" in page
