import pytest

from catalog.tests.factories import GameFactory
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop(source=SourceFactory.create(), game=GameFactory.create())
