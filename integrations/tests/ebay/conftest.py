import pytest
from pytest_django import Settings

from integrations.tests.marketplace import Marketplace
from integrations.tests.stand_in import stand_in_for_ebay


@pytest.fixture
def ebay(market: Marketplace, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Marketplace:
    """The local marketplace in the place of eBay."""
    stand_in_for_ebay(market, settings=settings, monkeypatch=monkeypatch)
    return market
