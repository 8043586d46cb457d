from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.api import Api
from alerts import evaluation
from alerts.tests.factories import NOW
from alerts.tests.receiver import Postbox, Receiver, mailing, receiving
from catalog.tests.factories import GameFactory
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with receiving(settings) as receiver:
        yield receiver


@pytest.fixture
def postbox(settings: Settings) -> Iterator[Postbox]:
    with mailing(settings) as postbox:
        yield postbox


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is NOW until a test says otherwise."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def api(alice: User, client_for: Callable[[User], Client]) -> Api:
    """The API as alice asks it."""
    client = client_for(alice)
    client.get("/methodology/")  # notes that she was seen
    return Api(client)


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop(source=SourceFactory.create(), game=GameFactory.create())


@pytest.fixture
def dollars(shop: Shop) -> Shop:
    """Two cards at $120.00, known since three days and evaluated."""
    for day in range(3):
        shop.says({"1": 120_00, "2": 120_00}, day=later(day))
    evaluation.catch_up()
    return shop
