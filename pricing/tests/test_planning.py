"""What the schedules will ask of the sources, and whether it fits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.models import ExternalId, Game
from catalog.tests.factories import CardSetFactory
from integrations.registry import ADAPTERS
from pricing import planning

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
LIST = "/admin/django_celery_beat/periodictask/"


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    return client_for(carla)


def every_day(at: str = "20:30", **facts: Any) -> CrontabSchedule:
    hour, minute = at.split(":")
    return CrontabSchedule.objects.create(hour=hour, minute=minute, **{"timezone": "UTC"} | facts)


def planned(name: str = "Daily", **facts: Any) -> PeriodicTask:
    plain: dict[str, Any] = {"task": "pricing.sync", "args": '["tcgcsv", "pokemon"]'}
    if not {"interval", "crontab"} & facts.keys():
        plain["crontab"] = every_day()
    return PeriodicTask.objects.create(name=name, **plain | facts)


def has_sets(count: int, *, source: str = "tcgplayer") -> None:
    """Pokémon has so many sets at the source."""
    game = Game.objects.get(slug="pokemon")
    for place in range(count):
        card_set = CardSetFactory.create(game=game)
        ExternalId.objects.create(source=source, kind="set", external_id=f"{place}", card_set=card_set)


@pytest.mark.parametrize(
    ("facts", "count"),
    [
        ({"hour": "20", "minute": "30"}, 1),
        ({"hour": "*/6", "minute": "0"}, 4),
        ({"hour": "*", "minute": "0,30"}, 48),
        ({"hour": "12", "minute": "0"}, 1),
        ({"hour": "20", "minute": "30", "day_of_week": "1"}, 1),
        ({"hour": "20", "minute": "30", "day_of_week": "2"}, 0),
        ({"hour": "3", "minute": "30", "day_of_week": "2"}, 1),
        ({"hour": "20", "minute": "30", "day_of_month": "5"}, 0),
        ({"hour": "20", "minute": "30", "month_of_year": "4"}, 0),
        ({"hour": "13", "minute": "0", "day_of_week": "1", "timezone": "Asia/Tokyo"}, 0),
        ({"hour": "13", "minute": "0", "day_of_week": "2", "timezone": "Asia/Tokyo"}, 1),
    ],
)
def test_a_crontab_runs_so_often_in_the_next_24_hours(facts: dict[str, str], count: int) -> None:
    task = planned(crontab=CrontabSchedule.objects.create(**{"timezone": "UTC"} | facts))
    task.refresh_from_db()
    assert planning.runs(task, now=NOW) == count


@pytest.mark.parametrize(
    ("every", "period", "count"), [(1, "hours", 24), (90, "minutes", 16), (3, "days", 1)]
)
def test_an_interval_runs_so_often(every: int, period: str, count: int) -> None:
    task = planned(interval=IntervalSchedule.objects.create(every=every, period=period))
    assert planning.runs(task, now=NOW) == count
    task.one_off = True
    assert planning.runs(task, now=NOW) == 1


def test_a_plan_costs_its_runs_times_what_a_sync_asks_at_most() -> None:
    has_sets(4)
    planned("One")
    planned("Two", crontab=every_day("*/12:15"))
    planned("Off", enabled=False)
    planned("Stranger", args='["nobody", "pokemon"]')
    planned("Broken", args="{")
    planned("Upkeep", task="pricing.pack", args="[]")
    budgets = {one.policy.slug: one for one in planning.budgets(now=NOW)}
    budget = budgets[ADAPTERS["tcgcsv"].policy.slug]
    assert [(plan.name, plan.runs, plan.requests) for plan in budget.plans] == [
        ("One", 1, 10),
        ("Two", 2, 20),
    ]
    assert (budget.requests, budget.warning) == (30, "")
    assert budget.least_time == timedelta(seconds=round(30 * ADAPTERS["tcgcsv"].policy.min_interval))


def test_before_the_first_sync_the_sets_of_the_catalogue_are_counted() -> None:
    before = planning.sets()["tcgplayer", "pokemon"]
    CardSetFactory.create(game=Game.objects.get(slug="pokemon"))
    assert planning.sets()["tcgplayer", "pokemon"] == before + 1
    has_sets(2)
    assert planning.sets()["tcgplayer", "pokemon"] == 2
    assert planning.sets()["tcgplayer", "chess"] == 0


def test_plans_beyond_the_quota_are_warned_of(quota: int) -> None:
    has_sets(4)
    planned("One")
    planned("Two", crontab=every_day("*/12:15"))
    budgets = [one for one in planning.budgets(now=NOW) if one.is_overdrawn]
    slug = ADAPTERS["tcgcsv"].policy.slug
    assert [one.warning for one in budgets] == [
        f"The schedules plan 30 requests to {slug} in 24 hours; its quota is 25."
    ]


def form(task: PeriodicTask, **changes: str) -> dict[str, str]:
    plain = {"name": task.name, "regtask": "", "task": task.task, "enabled": "on", "args": task.args}
    plain |= {"crontab": str(task.crontab_id or ""), "interval": str(task.interval_id or ""), "kwargs": "{}"}
    plain |= {"headers": "{}", "queue": "market"}
    return plain | changes


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_form_says_what_a_schedule_costs_and_saving_warns_beyond_the_quota(
    staff: Client, quota: int
) -> None:
    has_sets(4)
    task = planned("One")
    address = f"{LIST}{task.pk}/change/"
    assert "10 to TCGCSV (once)" in staff.get(address).content.decode()
    assert not any("quota" in one for one in said(staff.post(address, form(task), follow=True)))
    often = form(task, crontab=str(every_day("*/6:15").pk))
    answer = staff.post(address, often, follow=True)
    assert any("plan 40 requests" in one and "quota is 25" in one for one in said(answer))
    assert "40 to TCGCSV (4 times)" in answer.content.decode()


def test_a_new_schedule_has_no_cost_yet(staff: Client) -> None:
    assert staff.get(f"{LIST}add/").status_code == 200


def test_the_list_says_what_each_costs_at_the_same_price(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    has_sets(1)
    PeriodicTask.objects.all().delete()
    planned("One")
    staff.get(LIST)
    with django_assert_num_queries(9):
        assert "4 to TCGCSV (once)" in staff.get(LIST).content.decode()
    planned("Two")
    planned("Three", args='["tcgplayer", "pokemon"]')
    with django_assert_num_queries(9):
        assert "25 to TCGplayer API (once)" in staff.get(LIST).content.decode()


def test_switching_many_on_is_logged_and_warned_of(staff: Client, quota: int, carla: User) -> None:
    has_sets(10)
    tasks = [planned(name, enabled=False) for name in ("One", "Two")]
    chosen = {"action": "enable_tasks", "_selected_action": [task.pk for task in tasks]}
    answer = staff.post(LIST, chosen, follow=True)
    assert any("plan 44 requests" in one for one in said(answer))
    entries = LogEntry.objects.filter(user=carla).values_list("object_id", "change_message")
    assert set(entries) == {(str(task.pk), "Switch the chosen on: it is on.") for task in tasks}
