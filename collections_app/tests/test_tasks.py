"""Workers are doors: they look up what was asked, and say what became of it."""

from datetime import date

import pytest
import time_machine
from celery import current_app
from django_celery_beat.models import PeriodicTask

from accounts.models import User
from catalog.models import Game
from collections_app import restating, snapshots, tasks
from collections_app.listening import CHOOSE_PRICES
from collections_app.models import Collection, Lot, ValueSnapshot
from collections_app.tests import factories
from pricing import schedule
from pricing.tests.market import DAY, Shop, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot(shop: Shop, alice: User) -> Lot:
    shop.says({"1": 100})
    return factories.lot(factories.collection(alice), shop.series("1").printing)


def test_the_names_that_are_asked_for_are_those_of_tasks() -> None:
    current_app.loader.import_default_modules()
    asked = {restating.FILL, CHOOSE_PRICES, "collections_app.nightly"}
    assert asked <= set(current_app.tasks)


@time_machine.travel("2026-03-05T10:00:00+00:00", tick=False)
def test_a_fill_tells_how_many_days_it_wrote(lot: Lot) -> None:
    assert tasks.fill(lot.collection_id) == "3 days written"
    assert tasks.fill(lot.collection_id) == "0 days written"


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-03-05T23:50:00+00:00", date(2026, 3, 5)),
        ("2026-03-06T00:10:00+00:00", date(2026, 3, 5)),
        ("2026-03-06T10:59:00+00:00", date(2026, 3, 5)),
    ],
)
def test_the_night_ends_the_day_even_when_it_was_kept_waiting(lot: Lot, now: str, day: date) -> None:
    with time_machine.travel(now, tick=False):
        assert tasks.nightly() == f"1 collections valued on {day}"
    newest = ValueSnapshot.objects.latest("day")
    assert (newest.day, newest.recorded) == (day, 100)


def test_the_night_is_scheduled_before_the_day_ends() -> None:
    schedule.ensure()
    row = PeriodicTask.objects.get(task="collections_app.nightly")
    assert (row.crontab.hour, row.crontab.minute, str(row.crontab.timezone)) == ("23", "50", "UTC")
    assert (row.queue, row.enabled, row.expire_seconds < 12 * 3600) == ("default", True, True)


@time_machine.travel("2026-03-05T10:00:00+00:00", tick=False)
def test_new_prices_give_lots_one_and_late_ones_value_their_day_anew(shop: Shop, lot: Lot) -> None:
    Lot.objects.update(series=None, basis="none")
    Collection.objects.update(stale_from=None)
    answers = [tasks.choose_prices(shop.game.slug, str(later(9))) for _ in range(2)]
    assert answers == [
        "1 lots with another price, 0 collections to value anew",
        "0 lots with another price, 0 collections to value anew",
    ]
    snapshots.fill(lot.collection_id)
    found = tasks.choose_prices(shop.game.slug, str(later(1)))
    assert found == "0 lots with another price, 1 collections to value anew"
    assert Collection.objects.get().stale_from == later(1)


def test_a_game_that_is_gone_is_an_error_of_its_own() -> None:
    with pytest.raises(Game.DoesNotExist):
        tasks.choose_prices("chess", str(DAY))
