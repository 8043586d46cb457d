from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from integrations import budgets
from integrations.budgets import Budget
from integrations.errors import MarketError
from integrations.http import DoorPolicy
from integrations.limiter import Limiter

HOUR = timedelta(hours=1)


def _policy(slug: str, *, daily: int = 10, hourly: int = 4) -> DoorPolicy:
    return DoorPolicy(
        slug=slug, min_interval=0, deadline=1, max_bytes=1, daily_quota=daily, hourly_quota=hourly
    )


def _limiter(slug: str, *, quota: int = 10, hourly: int = 4) -> Limiter:
    return Limiter(slug, interval=0, longest_wait=1, quota=quota, hourly=hourly)


def _use(slug: str, *, times: int) -> None:
    for number in range(times):
        limiter = _limiter(slug)
        limiter.reserve(f"place-{number}")
        limiter.arrived(f"place-{number}")


def _in(delta: timedelta) -> datetime:
    return (datetime.now(UTC) + delta).replace(microsecond=0)


def _day(slug: str) -> Budget:
    return next(budget for budget in budgets.of(_policy(slug)) if budget.period == "day")


def test_a_source_nobody_has_asked_has_all_its_requests_left(slug: str) -> None:
    assert budgets.of(_policy(slug)) == [
        Budget(period="hour", used=0, limit=4, resets_at=None),
        Budget(period="day", used=0, limit=10, resets_at=None),
    ]


def test_what_is_used_is_read_with_the_moment_it_becomes_free(slug: str) -> None:
    _use(slug, times=3)
    hour, day = budgets.of(_policy(slug))
    assert (hour.used, hour.limit, hour.remaining) == (3, 4, 1)
    assert (day.used, day.limit, day.remaining) == (3, 10, 7)
    assert hour.resets_at is not None
    assert day.resets_at is not None
    assert abs(hour.resets_at - _in(HOUR)) < timedelta(seconds=5)
    assert abs(day.resets_at - _in(24 * HOUR)) < timedelta(seconds=5)


def test_a_source_without_limits_that_nobody_asked_has_no_budgets(slug: str) -> None:
    assert budgets.of(_policy(slug, daily=0, hourly=0)) == []


def test_what_the_source_tells_replaces_what_we_counted(slug: str) -> None:
    _use(slug, times=2)
    reset = _in(HOUR)
    assert budgets.tell(slug, limit=20, remaining=12, resets_at=reset) is True
    assert _day(slug) == Budget(period="day", used=8, limit=10, resets_at=reset)
    _use(slug, times=2)
    with pytest.raises(MarketError, match="the day's requests are spent; next request in 3"):
        _limiter(slug).reserve()
    assert _day(slug).remaining == 0


def test_a_limit_below_our_own_is_kept(slug: str) -> None:
    budgets.tell(slug, limit=3, remaining=1, resets_at=_in(HOUR))
    assert _day(slug).limit == 3
    _use(slug, times=1)
    with pytest.raises(MarketError, match="the day's requests are spent"):
        _limiter(slug).reserve()


def test_a_figure_that_lags_behind_is_not_believed_within_the_same_day(slug: str) -> None:
    reset = _in(HOUR)
    budgets.tell(slug, limit=5_000, remaining=4_998, resets_at=reset)
    _use(slug, times=3)
    budgets.tell(slug, limit=5_000, remaining=4_997, resets_at=reset)
    assert _day(slug).used == 5


def test_a_new_day_of_the_source_begins_with_its_own_count(slug: str) -> None:
    budgets.tell(slug, limit=5_000, remaining=0, resets_at=_in(HOUR))
    budgets.tell(slug, limit=5_000, remaining=4_999, resets_at=_in(25 * HOUR))
    assert _day(slug).used == 1


def test_a_day_that_is_over_tells_nothing(slug: str) -> None:
    _use(slug, times=2)
    assert budgets.tell(slug, limit=5_000, remaining=0, resets_at=_in(-HOUR)) is False
    assert _day(slug).used == 2


def test_more_remaining_than_the_limit_is_nothing_used(slug: str) -> None:
    budgets.tell(slug, limit=5, remaining=9, resets_at=_in(HOUR))
    assert _day(slug).used == 0


def test_without_redis_no_budget_is_known(slug: str, settings: Settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    }
    with pytest.raises(MarketError, match="Redis cannot be reached"):
        budgets.of(_policy(slug))
