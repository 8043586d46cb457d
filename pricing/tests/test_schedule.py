import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import connection
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks
from pytest_django import Settings

from catalog.models import Game
from catalog.tests.factories import GameFactory, category
from pricing import schedule

pytestmark = pytest.mark.django_db
SYNC = "TCGCSV: pokemon, daily"


def run() -> list[str]:
    out = StringIO()
    call_command("schedule", stdout=out)
    return out.getvalue().splitlines()


def with_keys(settings: Settings) -> None:
    settings.TCGPLAYER_PUBLIC_KEY = settings.TCGPLAYER_PRIVATE_KEY = "key"


def test_every_game_is_synced_once_a_day_and_once_more_to_catch_up() -> None:
    schedule.ensure()
    rows = PeriodicTask.objects.filter(task="pricing.sync", enabled=True).select_related("crontab")
    said = {(*json.loads(row.args), f"{row.crontab.hour}:{row.crontab.minute}") for row in rows}
    found = {one for one in said if one[0] == "tcgcsv"}
    games = ["pokemon", "magic", "yugioh", "one-piece", "lorcana"]
    daily = {("tcgcsv", game, f"20:{30 + 4 * place}") for place, game in enumerate(games)}
    catch_up = {("tcgcsv", game, f"2:{30 + 4 * place}") for place, game in enumerate(games)}
    assert found == daily | catch_up
    assert {(row.queue, str(row.crontab.timezone)) for row in rows} == {("market", "UTC")}


def test_upkeep_runs_every_minute_and_every_night() -> None:
    schedule.ensure()
    watch, pack = (PeriodicTask.objects.get(task=name) for name in ("pricing.watch", "pricing.pack"))
    assert (watch.interval.every, watch.interval.period, watch.expire_seconds) == (1, "minutes", 60)
    assert (pack.crontab.hour, pack.crontab.minute, str(pack.crontab.timezone)) == ("3", "40", "UTC")


def test_exchange_rates_are_fetched_every_day_after_they_are_published() -> None:
    schedule.ensure()
    row = PeriodicTask.objects.get(task="pricing.rates")
    assert (row.crontab.hour, row.crontab.minute, str(row.crontab.timezone)) == ("16", "30", "UTC")
    assert (row.queue, row.enabled, row.expire_seconds) == ("ingest", True, 12 * 60 * 60)


def test_every_scheduled_task_is_one_that_workers_know() -> None:
    current_app.loader.import_default_modules()
    assert {entry.task for entry in schedule.entries()} <= set(current_app.tasks)


def test_a_source_without_keys_is_off_and_says_which_it_needs() -> None:
    schedule.ensure()
    row = PeriodicTask.objects.get(name="TCGplayer API: pokemon, daily")
    needs = "Off: needs the settings TCGPLAYER_PUBLIC_KEY, TCGPLAYER_PRIVATE_KEY."
    assert (row.enabled, row.description) == (False, needs)


def test_of_two_ways_to_the_same_prices_only_one_is_on(settings: Settings) -> None:
    with_keys(settings)
    schedule.ensure()
    on = PeriodicTask.objects.filter(task="pricing.sync", enabled=True)
    assert {json.loads(row.args)[0] for row in on} & {"tcgcsv", "tcgplayer"} == {"tcgcsv"}
    other = PeriodicTask.objects.get(name="TCGplayer API: pokemon, daily")
    assert other.description.startswith("Off: another way brings the prices of tcgplayer already.")


def test_with_keys_and_without_the_mirror_the_market_itself_is_on(settings: Settings) -> None:
    with_keys(settings)
    settings.TCGCSV_URL = ""
    schedule.ensure()
    on = PeriodicTask.objects.filter(task="pricing.sync", enabled=True)
    assert {json.loads(row.args)[0] for row in on} & {"tcgcsv", "tcgplayer"} == {"tcgplayer"}


def test_sources_that_are_tied_to_the_catalogue_come_an_hour_after_it() -> None:
    schedule.ensure()
    rows = PeriodicTask.objects.filter(task="pricing.sync", enabled=True).select_related("crontab")
    found = {(*json.loads(row.args), f"{row.crontab.hour}:{row.crontab.minute}") for row in rows}
    assert {("cardmarket", "pokemon", "21:30"), ("cardmarket", "pokemon", "3:30")} <= found
    assert {adapter for adapter, *_ in found} == {
        *("tcgcsv", "cardmarket", "scryfall-usd", "scryfall-eur", "scryfall-tix"),
        *("cardkingdom", "manapool", "ygoprodeck", "optcgapi"),
    }


def test_the_second_time_nothing_is_created_and_it_says_so() -> None:
    first = run()
    assert "TCGCSV: pokemon, daily: daily at 20:30 UTC" in first
    assert "TCGplayer API: pokemon, daily: daily at 20:30 UTC, off" in first
    assert "Look for missed days and dead runs: every minute" in first
    count = PeriodicTask.objects.count()
    assert run() == ["Nothing is missing in the schedule."]
    assert PeriodicTask.objects.count() == count == len(first)


def test_a_pause_and_a_new_time_by_staff_stay() -> None:
    schedule.ensure()
    late = CrontabSchedule.objects.create(hour="23", minute="5", timezone="UTC")
    edits = {"enabled": False, "crontab": late, "description": "Paused by Carla", "queue": "other"}
    PeriodicTask.objects.filter(name=SYNC).update(**edits)
    schedule.ensure()
    row = PeriodicTask.objects.get(name=SYNC)
    assert {name: getattr(row, name) for name in edits} == edits


def test_a_game_with_a_new_id_is_scheduled_and_nothing_else() -> None:
    schedule.ensure()
    category(GameFactory.create(slug="digimon"), source="tcgplayer", external_id="63")
    names = [entry.name for entry in schedule.ensure()]
    syncs = [name for name in names if not name.startswith("eBay")]
    assert syncs == [
        f"{label}: digimon, {purpose}"
        for label in ("TCGCSV", "TCGplayer API")
        for purpose in ("daily", "catch-up")
    ]
    assert names[len(syncs) :] == ["eBay: digimon, looks", "eBay: digimon, estimates"]


def test_a_game_without_an_id_at_the_source_is_not_scheduled() -> None:
    Game.objects.all().delete()
    GameFactory.create()
    assert "pricing.sync" not in {entry.task for entry in schedule.entries()}


def test_a_new_name_of_a_game_schedules_nothing_twice() -> None:
    schedule.ensure()
    Game.objects.filter(slug="pokemon").update(name="Pokémon TCG")
    assert schedule.ensure() == []


def test_a_crontab_that_staff_made_twice_is_no_obstacle() -> None:
    for _ in range(2):
        CrontabSchedule.objects.create(hour="20", minute="30", timezone="UTC")
    schedule.ensure()
    assert CrontabSchedule.objects.filter(hour="20", minute="30").count() == 2


def by_itself(work: Callable[[], Any]) -> Any:
    """In a thread with a connection of its own, which commits."""
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(work).result()
        finally:
            # Which connection is decided by the thread that looks it up.
            pool.submit(lambda: connection.close()).result()  # noqa: PLW0108


@pytest.fixture
def committed() -> Iterator[None]:
    """Emptied afterwards by hand: a flush would take the migrations' rows from every later test."""
    yield
    for model in (PeriodicTask, PeriodicTasks, CrontabSchedule, IntervalSchedule):
        by_itself(model.objects.all().delete)


def test_two_at_once_create_every_entry_once(committed: None) -> None:
    with ThreadPoolExecutor(2) as pool:
        created = sorted(pool.map(lambda _: len(by_itself(schedule.ensure)), range(2)))
    assert created == [0, PeriodicTask.objects.count()]
    assert CrontabSchedule.objects.filter(hour="20", minute="30").count() == 1


@pytest.mark.parametrize(
    ("clock", "minutes", "expected"),
    [("20:30", 0, "20:30"), ("20:30", 29, "20:59"), ("20:30", 32, "21:02"), ("23:58", 4, "00:02")],
)
def test_later_carries_over_the_hour_and_midnight(clock: str, minutes: int, expected: str) -> None:
    assert schedule.later(clock, minutes=minutes) == expected


def test_names_are_unique() -> None:
    names: list[Any] = [entry.name for entry in schedule.entries()]
    assert len(names) == len(set(names))
