"""The health of the sources on one page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from integrations.breaker import Breaker
from integrations.http import DoorPolicy
from integrations.limiter import Limiter
from integrations.registry import ADAPTERS
from integrations.shared import unreachable
from pricing import condition, planning
from pricing.condition import Condition
from pricing.models import IngestRun
from pricing.tests.factories import RunFactory
from pricing.tests.test_planning import has_sets, planned

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
PAGE = "/admin/workbench/sources/"
NOW = datetime.now(UTC)


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    return client_for(carla)


def ran(status: str = "done", *, days: float = 1, **facts: object) -> IngestRun:
    start = NOW - timedelta(days=days)
    said = {"status": status, "adapter": "tcgcsv", "started_at": start, "day": start.date()} | facts
    return RunFactory.create(**said)


def tcgcsv() -> Condition:
    return next(one for one in condition.of_all() if one.adapter.slug == "tcgcsv")


def test_every_way_is_there_also_one_that_never_ran(settings: Settings) -> None:
    settings.TCGPLAYER_PUBLIC_KEY = ""
    found = condition.of_all()
    assert [one.adapter.slug for one in found] == list(ADAPTERS)
    api = next(one for one in found if one.adapter.slug == "tcgplayer")
    assert "TCGPLAYER_PUBLIC_KEY" in api.missing
    assert [(rate.runs, rate.percent) for rate in api.rates] == [(0, None), (0, None)]


def test_success_is_counted_over_7_and_30_days() -> None:
    for days, status in (
        (1, "done"),
        (2, "failed"),
        (3, "unchanged"),
        (9, "held"),
        (10, "corrected"),
        (40, "failed"),
    ):
        ran(status, days=days)
    ran("running", finished_at=None)
    assert [(rate.days, rate.worked, rate.runs, rate.percent) for rate in tcgcsv().rates] == [
        (7, 2, 3, 66),
        (30, 3, 5, 60),
    ]


def test_the_last_run_of_each_game_is_shown_with_its_problem(staff: Client) -> None:
    first = ran(days=2)
    ran("failed", days=1, game=first.game, source=first.source, error="The source is down")
    other = ran(days=90)
    assert [(run.game, run.status) for run in tcgcsv().last] == [(first.game, "failed"), (other.game, "done")]
    assert "The source is down" in staff.get(PAGE).content.decode()


def test_budget_and_breaker_are_those_of_the_door(staff: Client) -> None:
    policy = ADAPTERS["tcgcsv"].policy
    door = Limiter(policy.slug, interval=0.001, longest_wait=5, quota=policy.daily_quota)
    for _ in range(3):
        door.reserve()
    Breaker(policy.slug, failures=5, pause=60, lease=10).trip(60)
    found = tcgcsv()
    assert [(spent.period, spent.used) for spent in found.door.spent] == [("day", 3)]
    assert found.door.breaker
    assert found.door.breaker.state == "open"
    page = staff.get(PAGE).content.decode()
    assert "3 used" in page
    assert "open, next try in" in page


def test_plans_beyond_the_quota_are_warned_of_first(staff: Client, quota: int) -> None:
    has_sets(20)
    planned("One")
    page = staff.get(PAGE)
    assert page.context["warnings"] == [
        f"The schedules plan 42 requests to {ADAPTERS['tcgcsv'].policy.slug} in 24 hours; its quota is 25."
    ]
    assert [spent.remaining for spent in tcgcsv().door.spent] == [25]


def test_without_redis_the_page_says_so(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(policy: DoorPolicy) -> None:
        raise unreachable(policy.slug)

    monkeypatch.setattr("integrations.budgets.of", fail)
    page = staff.get(PAGE)
    assert page.status_code == 200
    assert "unknown: Redis cannot be reached" in page.content.decode()


def test_only_staff_with_the_permission_see_it(
    client: Client, alice: User, bob: User, client_for: ClientFor
) -> None:
    for who in (client, client_for(alice)):
        assert who.get(PAGE)["Location"] == f"/admin/login/?next={PAGE}"
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert client_for(bob).get(PAGE).status_code == 403
    bob.user_permissions.add(Permission.objects.get(codename="view_ingestrun"))
    assert client_for(bob).get(PAGE).status_code == 200


def test_the_page_costs_the_same_after_one_run_and_after_three(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    planned("One")
    for _ in range(3):
        ran()
        staff.get(PAGE)
        with django_assert_num_queries(6):
            assert staff.get(PAGE).status_code == 200


def test_the_index_leads_to_every_page_of_the_workbench(staff: Client) -> None:
    page = staff.get("/admin/").content.decode()
    for part in ("unmatched", "doubts", "board", "sources"):
        assert f'href="/admin/workbench/{part}/"' in page


def test_ebays_doors_are_shown_while_it_is_on(staff: Client, settings: Settings) -> None:
    assert "ebay-insights" not in staff.get(PAGE).content.decode()
    settings.EBAY_CLIENT_ID, settings.EBAY_CLIENT_SECRET = "id", "secret"
    page = staff.get(PAGE).content.decode()
    assert "ebay-insights" in page
    assert "0 used, 1000 left of 1000" in page
    assert "0 used, 4500 left of 4500" in page


def test_looks_at_ebay_are_planned_too(settings: Settings) -> None:
    settings.EBAY_INSIGHTS = True
    planned("Looks", task="pricing.look", args='["pokemon", "3000"]')
    planned("More looks", task="pricing.look", args='["magic", "2000"]')
    budgets = {budget.policy.slug: budget for budget in planning.budgets()}
    assert [budgets[slug].requests for slug in ("ebay", "ebay-insights")] == [5000, 5000]
    assert budgets["ebay"].warning.startswith("The schedules plan 5,000 requests to ebay in 24 hours")
