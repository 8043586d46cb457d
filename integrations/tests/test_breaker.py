import time

import pytest

from integrations.breaker import Breaker, Reading, state
from integrations.errors import MarketError
from integrations.tests.crowd import crowd, together


def _breaker(slug: str, *, pause: float = 60, lease: float = 60) -> Breaker:
    return Breaker(slug, failures=5, pause=pause, lease=lease)


def _fail(breaker: Breaker, *, times: int) -> None:
    for _ in range(times):
        breaker.fail(breaker.admit())


def _half_open(slug: str, *, lease: float = 60) -> Breaker:
    breaker = _breaker(slug, pause=0.02, lease=lease)
    _fail(breaker, times=5)
    time.sleep(0.05)
    return breaker


def test_a_new_breaker_is_closed(slug: str) -> None:
    assert state(slug) == Reading(state="closed", failures=0, seconds=0)


def test_it_opens_at_the_fifth_failure_in_a_row_and_not_before(slug: str) -> None:
    breaker = _breaker(slug)
    _fail(breaker, times=4)
    assert state(slug) == Reading(state="closed", failures=4, seconds=0)
    _fail(breaker, times=1)
    assert state(slug).state == "open"
    assert state(slug).seconds == pytest.approx(60, abs=5)
    with pytest.raises(MarketError, match=r"paused after failures; next try in (60|5[0-9]) s") as caught:
        breaker.admit()
    assert caught.value.permanent is False


def test_a_success_between_failures_starts_the_count_again(slug: str) -> None:
    breaker = _breaker(slug)
    _fail(breaker, times=4)
    breaker.succeed(breaker.admit())
    _fail(breaker, times=4)
    assert state(slug).state == "closed"


def test_after_the_pause_one_probe_passes_and_its_success_closes(slug: str) -> None:
    breaker = _half_open(slug)
    assert state(slug) == Reading(state="half-open", failures=5, seconds=0)
    probe = breaker.admit()
    with pytest.raises(MarketError, match=r"next try in (60|5[0-9]) s"):
        breaker.admit()
    breaker.succeed(probe)
    assert state(slug) == Reading(state="closed", failures=0, seconds=0)


def test_a_failed_probe_opens_again(slug: str) -> None:
    breaker = _half_open(slug)
    _breaker(slug, pause=60).fail(breaker.admit())
    assert state(slug).state == "open"
    assert state(slug).seconds == pytest.approx(60, abs=5)


def test_a_probe_that_died_blocks_no_longer_than_its_lease(slug: str) -> None:
    breaker = _half_open(slug, lease=0.05)
    dead = breaker.admit()
    time.sleep(0.1)
    successor = breaker.admit()
    breaker.succeed(dead)
    assert state(slug).state == "half-open"
    breaker.succeed(successor)
    assert state(slug).state == "closed"


def test_calls_that_started_before_it_opened_change_nothing(slug: str) -> None:
    breaker = _breaker(slug)
    slow, slower = breaker.admit(), breaker.admit()
    _fail(breaker, times=5)
    breaker.succeed(slow)
    breaker.fail(slower)
    assert state(slug).state == "open"
    assert state(slug).failures == 5


def test_a_trip_opens_at_once_for_its_own_time(slug: str) -> None:
    _breaker(slug).trip(900)
    assert state(slug).state == "open"
    assert state(slug).seconds == pytest.approx(900, abs=5)


def _knock(slug: str) -> str:
    breaker = _breaker(slug)
    together()
    try:
        return breaker.admit()
    except MarketError:
        return "refused"


def test_of_several_processes_exactly_one_is_the_probe(slug: str) -> None:
    _half_open(slug)
    answers = crowd(_knock, size=3, argument=slug)
    assert len(answers) == 3
    assert answers.count("refused") == 2


def _fail_until_refused(slug: str) -> int:
    breaker = _breaker(slug)
    together()
    for calls in range(100):
        try:
            ticket = breaker.admit()
        except MarketError:
            return calls
        breaker.fail(ticket)
    return 100


def test_failures_of_all_processes_count_together(slug: str) -> None:
    calls = sum(crowd(_fail_until_refused, size=3, argument=slug))
    assert 5 <= calls <= 5 + 2  # at most one call of each other process was already on its way
    assert state(slug).state == "open"
