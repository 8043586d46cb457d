"""Prices come, go, are corrected and looked at twice: what fires is what the slow reference says, once."""

import pytest

from accounts.models import User
from alerts.models import AlertEvent, Watch
from alerts.tests.stories import Story, days_recorded
from catalog.tests.factories import GameFactory
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop(source=SourceFactory.create(), game=GameFactory.create())


@pytest.mark.parametrize("seed", range(10))
def test_what_fires_is_what_the_reference_says(seed: int, shop: Shop, alice: User, carla: User) -> None:
    story = Story(shop=shop, owner=alice, staff=carla, seed=seed)
    story.live()
    assert days_recorded() > 20
    assert Watch.objects.count() == len(story.alerts) > 8
    assert story.told() == story.expected()
    assert AlertEvent.objects.exists()
