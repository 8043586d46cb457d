import time

import pytest
from django_redis import get_redis_connection

from integrations import shared
from integrations.errors import MarketError
from integrations.limiter import LONGEST_PUSH_BACK, Limiter
from integrations.tests.crowd import crowd, together

INTERVAL = 0.05


def test_places_lie_one_interval_apart(slug: str) -> None:
    limiter = Limiter(slug, interval=10, longest_wait=60)
    waits = [limiter.reserve() for _ in range(4)]
    assert waits[0] == 0.0
    assert waits == pytest.approx([0, 10, 20, 30], abs=0.5)


def test_no_burst_is_saved_up_while_nobody_asks(slug: str) -> None:
    limiter = Limiter(slug, interval=0.3, longest_wait=60)
    limiter.reserve()
    time.sleep(0.7)
    assert limiter.reserve() == 0.0
    assert 0 < limiter.reserve() <= 0.3


def test_whoever_would_wait_too_long_gets_no_place_and_takes_none(slug: str) -> None:
    limiter = Limiter(slug, interval=10, longest_wait=15)
    limiter.reserve()
    limiter.reserve()
    for _ in range(3):
        with pytest.raises(MarketError, match="it asked us to stay away; next request in 20 s") as caught:
            limiter.reserve()
        assert caught.value.permanent is False


def test_a_push_back_holds_for_everyone_and_is_capped(slug: str) -> None:
    Limiter(slug, interval=1, longest_wait=60).push_back(30)
    patient = Limiter(slug, interval=1, longest_wait=10_000)
    assert patient.reserve() == pytest.approx(30, abs=0.5)
    patient.push_back(10**9)
    assert patient.reserve() == pytest.approx(LONGEST_PUSH_BACK, abs=0.5)


def test_a_spent_quota_refuses_until_the_day_is_over(slug: str) -> None:
    limiter = Limiter(slug, interval=0, longest_wait=60, quota=2)
    limiter.reserve()
    limiter.reserve()
    with pytest.raises(MarketError, match=r"the day's requests are spent; next request in 86400 s"):
        limiter.reserve()


def test_nothing_is_left_in_redis_for_ever(slug: str) -> None:
    Limiter(slug, interval=1, longest_wait=60, quota=5).reserve()
    redis = get_redis_connection("default")
    assert 0 < redis.pttl(shared.key("limiter", slug)) <= 2000
    assert 0 < redis.ttl(shared.key("quota", slug)) <= 86400


def _take_five(slug: str) -> list[float]:
    limiter = Limiter(slug, interval=INTERVAL, longest_wait=60)
    together()
    starts = []
    for _ in range(5):
        time.sleep(limiter.reserve())
        starts.append(time.time())
    return starts


def test_processes_share_one_queue(slug: str) -> None:
    starts = sorted(start for found in crowd(_take_five, size=3, argument=slug) for start in found)
    assert len(starts) == 15
    assert starts[-1] - starts[0] >= 14 * INTERVAL - 0.03
    # In any half second at most ten places are due; a process that woke late may add one.
    busiest = max(sum(start <= other < start + 0.5 for other in starts) for start in starts)
    assert busiest <= 0.5 / INTERVAL + 1
