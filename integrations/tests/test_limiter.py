import time

import pytest
from django_redis import get_redis_connection

from integrations import shared
from integrations.errors import MarketError
from integrations.http import Door, DoorPolicy
from integrations.limiter import LONGEST_PUSH_BACK, Limiter
from integrations.tests.crowd import crowd, together
from integrations.tests.marketplace import Marketplace

INTERVAL = 0.05
HOURLY, HOUR = 20, 0.8


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
    assert 0 < redis.ttl(shared.key("day", slug)) <= 86400


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


def test_after_a_quiet_time_a_burst_may_start_at_once(slug: str) -> None:
    limiter = Limiter(slug, interval=10, longest_wait=60, burst=3)
    assert [limiter.reserve() for _ in range(5)] == pytest.approx([0, 0, 0, 10, 20], abs=0.5)


def test_after_a_push_back_there_is_no_burst(slug: str) -> None:
    limiter = Limiter(slug, interval=10, longest_wait=60, burst=3)
    limiter.push_back(20)
    assert [limiter.reserve() for _ in range(3)] == pytest.approx([20, 30, 40], abs=0.5)


def _hourly(slug: str, *, hourly: int = 2, hour: float = 100, longest_wait: float = 300) -> Limiter:
    return Limiter(slug, interval=0, longest_wait=longest_wait, hourly=hourly, hour=hour, lease=20)


def test_an_hour_that_is_full_begins_again_when_its_oldest_request_is_an_hour_old(slug: str) -> None:
    limiter = _hourly(slug)
    for place in ("first", "second"):
        assert limiter.reserve(place) == 0
        limiter.arrived(place)
    assert limiter.reserve() == pytest.approx(100, abs=0.5)


def test_a_request_whose_end_nobody_reported_counts_from_the_latest_moment_it_can_have_arrived(
    slug: str,
) -> None:
    limiter = _hourly(slug)
    limiter.reserve("lost")
    limiter.reserve("lost too")
    assert limiter.reserve() == pytest.approx(120, abs=0.5)


def test_a_late_report_of_an_arrival_never_lengthens_the_hour(slug: str) -> None:
    limiter = _hourly(slug, hourly=1, hour=0.1)
    limiter.reserve("one")
    limiter.arrived("one")
    time.sleep(0.15)
    limiter.arrived("one")
    assert limiter.reserve("two") == 0


def test_a_full_hour_refuses_whoever_will_not_wait_for_it(slug: str) -> None:
    limiter = _hourly(slug, longest_wait=10)
    limiter.reserve()
    limiter.reserve()
    for _ in range(2):
        with pytest.raises(
            MarketError, match="the hour's requests are spent; next request in 120 s"
        ) as caught:
            limiter.reserve()
        assert caught.value.permanent is False


def test_a_place_that_was_not_used_is_free_for_another(slug: str) -> None:
    limiter = Limiter(slug, interval=0, longest_wait=60, quota=1, hourly=1)
    for _ in range(3):
        limiter.reserve("unused")
        limiter.give_back("unused")
    assert limiter.reserve("used") == 0


def _call_often(argument: str) -> int:
    url, slug, size = argument.split("|")
    policy = DoorPolicy(
        slug=slug, min_interval=0, deadline=5, max_bytes=100, max_wait=60, hourly_quota=HOURLY, hour=HOUR
    )
    door = Door(policy)
    together()
    for _ in range(int(size)):
        door.get(f"{url}/prices")
    door.close()
    return int(size)


def test_no_hour_of_four_processes_sees_more_requests_than_it_may(market: Marketplace, slug: str) -> None:
    market.files["/prices"] = b"{}"
    assert sum(crowd(_call_often, size=4, argument=f"{market.url}|{slug}|25")) == 100
    arrivals = sorted(request.at for request in market.requests)
    assert len(arrivals) == 100
    spans = [last - first for first, last in zip(arrivals, arrivals[HOURLY:], strict=False)]
    assert len(spans) == 80
    assert min(spans) >= HOUR  # from any request to the one that would be one too many
    assert arrivals[-1] - arrivals[0] < 3 * 4 * HOUR  # and the hours are used
