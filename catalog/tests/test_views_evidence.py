"""The evidence sheet of a printing, and the sources on the card page."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Game, Printing
from catalog.tests.factories import CardSetFactory, PrintingFactory
from pricing.models import Source
from pricing.tests import rates
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later, listing, quote

DAYS = 10


@pytest.fixture(autouse=True)
def evening(db: None) -> Iterator[None]:
    with time_machine.travel(datetime.combine(later(DAYS), datetime.min.time(), UTC) + timedelta(hours=21)):
        yield


def told(*sources: Source, amount: int = 1_000) -> Printing:
    """A printing that each source has priced for ten days, a euro for 1.25 dollars."""
    rates.says(later(0), USD="1.25")
    game = Game.objects.get(slug="pokemon")
    for source in sources:
        for day in range(DAYS + 1):
            capture = listing([quote("1", (amount + day, 900), currency=source.currency)], day=later(day))
            Shop(source=source, game=game).brings(capture, ranks=False)
    return Printing.objects.get(card__name="Card 1")


def euros(place: int = 1) -> Source:
    return SourceFactory.create(
        slug=f"euros-{place}",
        name=f"Euro Market {place}",
        currency="EUR",
        rank=place,
        attribution="By Euro Market.",
    )


def body(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def sheet(client: Client, printing: Printing) -> str:
    return body(client, f"/printings/{printing.pk}/evidence/")


def test_a_sheet_says_every_source_its_price_and_the_blend(client: Client) -> None:
    page = sheet(client, told(euros(), SourceFactory.create(name="Dollar Market", rank=2)))
    for text in ("Euro Market 1", "Dollar Market", "€10.10", "$12.63", "$10.10", "By Euro Market."):
        assert text in page
    assert '<b class="price">$11.29</b>' in page
    assert "The mean of Euro Market 1 and Dollar Market in logarithms" in page
    assert "at the rate of 2 Mar 2026." in page
    assert page.count("used, one vote of 2") == 2
    assert 'class="line line-2"' in page
    assert "style=" not in page


def test_a_sheet_says_what_was_left_out_and_why(client: Client) -> None:
    forbidden = SourceFactory.create(name="Listings", is_blended=False, rank=9)
    page = sheet(client, told(euros(), forbidden))
    assert "left out: its terms do not let us mix it into a price of our own" in page
    assert "One source alone: this is the price of Euro Market 1." in page
    assert "may not be blended" in page


def test_demonstration_prices_are_labelled_and_not_blended(client: Client) -> None:
    page = sheet(client, told(SourceFactory.create(name="Generator", is_demo=True)))
    assert "Demonstration prices" in page
    assert "left out: demonstration prices are never blended" in page
    assert "Unknown. No source that may be blended names a price." in page


def test_a_printing_without_a_source_says_so(client: Client) -> None:
    page = sheet(client, PrintingFactory.create())
    assert "No source yet" in page
    assert "Unknown." in page


def test_unknown_and_hidden_printings_are_not_found(client: Client) -> None:
    hidden = PrintingFactory.create(card__card_set=CardSetFactory.create(is_published=False))
    page = body(client, f"/printings/{hidden.pk}/evidence/", status=404)
    assert "This printing is not in the catalogue." in page
    body(client, "/printings/999999/evidence/", status=404)


def test_a_reader_sees_the_currency_of_the_preferences(
    client_for: Callable[[User], Client], alice: User
) -> None:
    printing = told(SourceFactory.create(name="Dollar Market"), amount=1_240)
    alice.currency = "EUR"
    alice.save()
    page = sheet(client_for(alice), printing)
    assert '<b class="price">€10.00</b>' in page
    assert "In EUR" in page
    assert "In EUR" in body(client_for(alice), printing.card.get_absolute_url())


def test_the_card_page_names_each_source_beside_the_blend(client: Client) -> None:
    printing = told(euros(), SourceFactory.create(name="Dollar Market", rank=2))
    page = body(client, printing.card.get_absolute_url())
    assert f'href="/printings/{printing.pk}/evidence/"' in page
    for text in ("Sources</h2>", "the sources agree", "<b>$11.29</b>", "€10.10", "Dollar Market"):
        assert text in page


def test_names_cannot_bring_markup_into_a_sheet(client: Client) -> None:
    page = sheet(client, told(SourceFactory.create(name="<script>alert(1)</script>")))
    assert "<script>alert" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_sheet_costs_eleven_queries(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    printing = told(*(euros(place) for place in range(count)))
    # generation, printing, sources, days before (2), rates, doubts (2), put aside, corrected, header
    with django_assert_num_queries(11):
        sheet(client, printing)


def test_the_methodology_names_the_terms_of_each_source(client: Client) -> None:
    SourceFactory.create(name="Mirror", origin="market", rank=1, is_blended=True)
    SourceFactory.create(slug="market", name="The Market", shown_hours=6, keeps_history=False, rank=2)
    page = body(client, "/methodology/")
    assert "yes, as The Market" in page
    assert "<td>none</td><td>6 hours</td>" in page
