from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from catalog.tests.factories import GameFactory
from integrations.registry import ADAPTERS
from integrations.tests.marketplace import Marketplace
from pricing.tests import bank as banks
from pricing.tests import ebay as ebays
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop(source=SourceFactory.create(), game=GameFactory.create())


@pytest.fixture
def bank(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Marketplace]:
    with banks.opened(tmp_path, settings=settings, monkeypatch=monkeypatch) as market:
        yield market


@pytest.fixture
def ebay(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Marketplace]:
    with ebays.opened(settings, monkeypatch) as market:
        yield market


@pytest.fixture
def quota(monkeypatch: pytest.MonkeyPatch) -> int:
    """TCGCSV allows 25 requests a day."""
    adapter = ADAPTERS["tcgcsv"]
    policy = replace(adapter.policy, daily_quota=25)
    monkeypatch.setitem(ADAPTERS, "tcgcsv", replace(adapter, policy=policy))
    return 25
