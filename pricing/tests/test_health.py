from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.tests.factories import GameFactory
from pricing import health
from pricing.tests.factories import RunFactory, SourceFactory
from pricing.tests.market import DAY

pytestmark = pytest.mark.django_db


def test_the_last_good_day_is_the_newest_that_a_run_finished() -> None:
    source, game = SourceFactory.create(fresh_hours=48), GameFactory.create()
    for back, status in ((3, "done"), (2, "done"), (1, "failed"), (0, "held")):
        RunFactory.create(source=source, game=game, status=status, day=DAY - timedelta(days=back))
    (row,) = health.last_days(DAY)
    assert (row.day, row.age, row.is_stale) == (DAY - timedelta(days=2), "2 days ago", False)


@pytest.mark.parametrize(("days", "is_stale"), [(0, False), (3, False), (4, True)])
def test_a_day_is_stale_when_its_source_promised_newer(days: int, is_stale: bool) -> None:
    RunFactory.create(source__fresh_hours=48, day=DAY)
    (row,) = health.last_days(DAY + timedelta(days=days))
    assert row.is_stale is is_stale


def test_a_game_that_never_succeeded_is_stale_and_says_never() -> None:
    RunFactory.create(status="failed", day=None)
    (row,) = health.last_days(DAY)
    assert (row.day, row.age, row.is_stale) == (None, "never", True)


def test_the_state_costs_five_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(3):
        RunFactory.create(status="running", finished_at=None)
        with django_assert_num_queries(5):
            health.read()
