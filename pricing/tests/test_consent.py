"""Whether eBay's prices may be kept and used: the operator's statement decides, and is on record."""

import pytest
from pytest_django import Settings

from catalog.tests.factories import PrintingFactory
from pricing import consent
from pricing.models import Consent, LatestPrice, PriceChange, PriceDay, Sighting, Source
from pricing.tests.market import Shop
from pricing.tests.test_estimates import brought, sight

pytestmark = pytest.mark.django_db
STATEMENT = "eBay wrote on 2 March 2026 that we may."


def policies() -> set[tuple[str, bool, bool]]:
    sources = Source.objects.filter(slug__startswith="ebay-")
    return set(sources.values_list("slug", "is_blended", "keeps_history"))


def test_without_a_statement_nothing_may_be_kept_or_blended(settings: Settings) -> None:
    settings.EBAY_PRICE_CONSENT = "  "
    assert not consent.settle()
    assert not consent.stands()
    assert policies() == {("ebay-sold", False, False), ("ebay-offers", False, False)}
    assert not Consent.objects.exists()


def test_a_statement_is_recorded_once_and_opens_both_sources(settings: Settings) -> None:
    settings.EBAY_PRICE_CONSENT = STATEMENT
    assert consent.settle()
    assert consent.settle()
    assert policies() == {("ebay-sold", True, True), ("ebay-offers", True, True)}
    assert list(Consent.objects.values_list("statement", "withdrawn_at")) == [(STATEMENT, None)] * 2


def test_another_statement_is_recorded_beside_the_former(settings: Settings) -> None:
    for statement in (STATEMENT, "And again on 5 March."):
        settings.EBAY_PRICE_CONSENT = statement
        consent.settle()
    of_sales = Consent.objects.filter(source__slug="ebay-sold").order_by("pk")
    assert [(one.statement, one.withdrawn_at is None) for one in of_sales] == [
        (STATEMENT, False),
        ("And again on 5 March.", True),
    ]


def test_a_statement_taken_away_takes_all_of_ebays_prices_along(settings: Settings) -> None:
    settings.EBAY_PRICE_CONSENT = STATEMENT
    consent.settle()
    source = Source.objects.get(slug="ebay-sold")
    printing = PrintingFactory.create()
    for price in (100, 100, 100):
        sight(source, printing, price)
    brought(source, printing)
    other = Shop(source=Source.objects.get(slug="tcgplayer"), game=printing.card.game)
    other.says({"1": 70})
    settings.EBAY_PRICE_CONSENT = ""
    assert not consent.settle()
    assert policies() == {("ebay-sold", False, False), ("ebay-offers", False, False)}
    assert not Sighting.objects.exists()
    assert PriceChange.objects.count() == 1  # of the other source
    assert list(PriceDay.objects.values_list("source__slug", flat=True)) == ["tcgplayer"]
    assert LatestPrice.objects.get(source=source).market is None
    assert not Consent.objects.filter(withdrawn_at=None).exists()
