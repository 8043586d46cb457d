import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django_redis import get_redis_connection
from pytest_django import Settings

from integrations import breaker, budgets, shared
from integrations.errors import MarketError
from integrations.http import Answer, Door, DoorPolicy, parse_json
from integrations.metrics import BYTES, CALLS
from integrations.tests.conftest import OpenDoor, wait_until_no_call_is_left
from integrations.tests.marketplace import HUGE, Marketplace, Response

PATH = "/prices"
SOUND = b'{"success": true, "errors": [], "results": []}'


@pytest.fixture(autouse=True)
def _offer(market: Marketplace) -> None:
    market.files[PATH] = SOUND


def _error(call: Callable[[], object]) -> MarketError:
    with pytest.raises(MarketError) as caught:
        call()
    return caught.value


def _json_object(body: bytes) -> dict[str, object]:
    return parse_json(body, expect=dict)


def test_an_answer_carries_body_status_and_validators(market: Marketplace, open_door: OpenDoor) -> None:
    answer = open_door().get(market.url + PATH)
    assert answer == Answer(status=200, body=SOUND, etag=answer.etag, last_modified="", not_modified=False)
    assert answer.etag.startswith('"')


def test_our_own_user_agent_goes_out_and_cannot_be_replaced(
    market: Marketplace, open_door: OpenDoor, settings: Settings
) -> None:
    settings.HTTP_USER_AGENT = "TCGPriceTracker/9.9"
    open_door().get(market.url + PATH, headers={"User-Agent": "python-requests", "X-Other": "kept"})
    sent = market.requests[0].headers
    assert sent["User-Agent"] == "TCGPriceTracker/9.9"
    assert sent["X-Other"] == "kept"


def test_the_passwords_of_the_users_netrc_stay_at_home(
    market: Marketplace, open_door: OpenDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login alice password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    open_door().get(market.url + PATH)
    assert "Authorization" not in market.requests[0].headers


def test_an_unchanged_file_is_not_sent_again(market: Marketplace, open_door: OpenDoor) -> None:
    door = open_door()
    first = door.get(market.url + PATH)
    second = door.get(market.url + PATH, etag=first.etag, last_modified="Fri, 20 Nov 2026 20:05:11 GMT")
    assert (second.status, second.not_modified, second.body) == (304, True, b"")
    assert market.requests[1].headers["If-Modified-Since"] == "Fri, 20 Nov 2026 20:05:11 GMT"


def test_a_304_that_nobody_asked_for_is_an_error(market: Marketplace, open_door: OpenDoor) -> None:
    market.misbehave(PATH, "status", status=304)
    assert _error(lambda: open_door().get(market.url + PATH)).permanent is True


def test_a_json_object_is_read_with_its_query(market: Marketplace, open_door: OpenDoor) -> None:
    found = open_door().get_json(market.url + PATH, params={"offset": 100, "limit": 10})
    assert found == {"success": True, "errors": [], "results": []}
    assert market.requests[0].query == {"offset": "100", "limit": "10"}


@pytest.mark.parametrize("kind", ["hang", "drip", "drip-headers"])
def test_the_deadline_holds_against_a_server_that_is_slow_on_purpose(
    market: Marketplace, open_door: OpenDoor, kind: str
) -> None:
    market.misbehave(PATH, kind)
    started = time.monotonic()
    error = _error(lambda: open_door(deadline=0.4, attempts=1).get(market.url + PATH))
    assert 0.35 < time.monotonic() - started < 20
    assert error.permanent is False
    assert str(error) == f"GET {market.url}{PATH}: no complete answer within 0.4 s"
    wait_until_no_call_is_left()


def test_the_deadline_holds_through_a_proxy(
    market: Marketplace, open_door: OpenDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", market.url)
    door = open_door(deadline=0.4, attempts=1)
    assert door.get(f"http://shop.example{PATH}").body == SOUND
    market.misbehave(PATH, "drip")
    assert "no complete answer within" in str(_error(lambda: door.get(f"http://shop.example{PATH}")))
    wait_until_no_call_is_left()


def test_the_deadline_holds_on_a_connection_kept_alive(market: Marketplace, open_door: OpenDoor) -> None:
    door = open_door(deadline=0.4, attempts=1)
    door.get(market.url + PATH)
    market.misbehave(PATH, "drip")
    assert _error(lambda: door.get(market.url + PATH)).permanent is False
    market.behave()
    assert door.get(market.url + PATH).body == SOUND
    wait_until_no_call_is_left()


def test_a_body_over_the_limit_is_refused_and_counts_against_the_source(
    market: Marketplace, open_door: OpenDoor, slug: str
) -> None:
    market.misbehave(PATH, "huge")
    error = _error(lambda: open_door(max_bytes=HUGE // 10).get(market.url + PATH))
    assert str(error).endswith("the body exceeds 1000000 bytes")
    assert (error.permanent, error.source) == (True, slug)
    assert market.hits[PATH] == 1
    assert breaker.state(slug).failures == 1


def test_a_body_of_exactly_the_limit_passes(market: Marketplace, open_door: OpenDoor) -> None:
    assert open_door(max_bytes=len(SOUND)).get(market.url + PATH).body == SOUND
    with pytest.raises(MarketError, match="exceeds"):
        open_door(max_bytes=len(SOUND) - 1).get(market.url + PATH)


def test_a_gzip_bomb_never_unfolds_in_memory(market: Marketplace, open_door: OpenDoor) -> None:
    market.misbehave(PATH, "bomb")
    door = open_door(max_bytes=1_000_000)
    _error(lambda: door.get(market.url + PATH))  # the marketplace builds what it sends only once
    tracemalloc.start()
    error = _error(lambda: door.get(market.url + PATH))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(error).endswith("the body exceeds 1000000 bytes")
    assert peak < 10_000_000


@pytest.mark.parametrize("kind", ["garbage", "html", "nan"])
def test_garbage_is_refused_at_once_and_counts_against_the_source(
    market: Marketplace, open_door: OpenDoor, slug: str, kind: str
) -> None:
    market.misbehave(PATH, kind)
    error = _error(lambda: open_door().get_json(market.url + PATH))
    assert (error.permanent, error.source) == (True, slug)
    assert "not JSON" in str(error)
    assert market.hits[PATH] == 1
    assert breaker.state(slug).failures == 1


def test_broken_compression_is_garbage(market: Marketplace, open_door: OpenDoor) -> None:
    market.routes[PATH] = lambda _: Response(body=b"no gzip", headers={"Content-Encoding": "gzip"})
    assert str(_error(lambda: open_door().get(market.url + PATH))).endswith("the compressed body is broken")


@pytest.mark.parametrize(
    ("kind", "status"), [("status", 500), ("status", 503), ("reset", 0), ("truncate", 0), ("hang", 0)]
)
def test_what_may_pass_is_tried_three_times(
    market: Marketplace, open_door: OpenDoor, slept: list[float], kind: str, status: int
) -> None:
    market.misbehave(PATH, kind, status=status)
    error = _error(lambda: open_door(attempts=3, deadline=0.2).get(market.url + PATH))
    assert error.permanent is False
    assert market.hits[PATH] == 3
    assert [seconds for seconds in slept if seconds] == [0.5, 1.0]


def test_a_second_try_that_succeeds_is_a_success(market: Marketplace, open_door: OpenDoor, slug: str) -> None:
    market.misbehave(PATH, "status", times=2)
    assert open_door().get(market.url + PATH).body == SOUND
    assert market.hits[PATH] == 3
    assert breaker.state(slug).failures == 0


def test_back_off_doubles_to_five_seconds_with_at_most_half_taken_off(slug: str) -> None:
    policy = DoorPolicy(slug=slug, min_interval=0, deadline=1, max_bytes=1)
    longest, shortest = Door(policy, jitter=lambda: 1.0), Door(policy, jitter=lambda: 0.0)
    assert [longest._back_off(attempt) for attempt in range(1, 7)] == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    assert [shortest._back_off(attempt) for attempt in range(1, 4)] == [0.25, 0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410])
def test_a_refusal_is_not_repeated_and_does_not_count_against_the_source(
    market: Marketplace, open_door: OpenDoor, slug: str, status: int
) -> None:
    market.misbehave(PATH, "status", status=status)
    error = _error(lambda: open_door().get(market.url + PATH))
    assert (str(error), error.permanent) == (f"GET {market.url}{PATH}: status {status}", True)
    assert market.hits[PATH] == 1
    assert breaker.state(slug).failures == 0


def test_a_status_that_was_asked_for_comes_back_unverified(market: Marketplace, open_door: OpenDoor) -> None:
    answer = open_door().get(market.url + "/missing", accept={404}, verify=_json_object)
    assert answer.status == 404


def test_no_redirect_is_followed(market: Marketplace, open_door: OpenDoor) -> None:
    market.misbehave(PATH, "redirect")
    error = _error(lambda: open_door().get(market.url + PATH))
    assert (str(error), error.permanent) == (f"GET {market.url}{PATH}: status 302", True)


def test_a_form_is_posted_and_repeated_like_a_get(market: Marketplace, open_door: OpenDoor) -> None:
    market.misbehave(PATH, "status", times=1)
    open_door().post_form(market.url + PATH, data={"grant_type": "client_credentials"})
    assert market.requests[1].method == "POST"
    assert market.requests[1].body == b"grant_type=client_credentials"
    assert market.hits[PATH] == 2


def test_errors_never_show_query_or_password(market: Marketplace, open_door: OpenDoor) -> None:
    market.misbehave(PATH, "status", status=400)
    address = market.url.replace("//", "//alice:hunter2@")
    error = _error(lambda: open_door().get(f"{address}{PATH}?key=hunter2", params={"token": "hunter2"}))
    assert str(error) == f"GET {market.url}{PATH}: status 400"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "http://", "nonsense", "http://[::1/x"])
def test_an_address_that_cannot_be_called_is_a_permanent_error(open_door: OpenDoor, url: str) -> None:
    assert _error(lambda: open_door().get(url)).permanent is True


def test_a_port_where_nobody_listens_is_a_temporary_error(open_door: OpenDoor) -> None:
    error = _error(lambda: open_door(attempts=1).get("http://127.0.0.1:9/x"))
    assert (error.permanent, str(error)) == (
        False,
        "GET http://127.0.0.1:9/x: the connection failed (ConnectionError)",
    )


def test_retry_after_pushes_every_door_to_the_source_back(
    market: Marketplace, open_door: OpenDoor, slept: list[float]
) -> None:
    market.misbehave(PATH, "rate-limit", times=1, retry_after="30")
    assert open_door().get(market.url + PATH).body == SOUND
    assert max(slept) == pytest.approx(30, abs=5)
    assert open_door(max_wait=60)._limiter.reserve() == pytest.approx(30, abs=5)


def test_a_retry_after_too_long_to_wait_for_ends_the_call(market: Marketplace, open_door: OpenDoor) -> None:
    market.misbehave(PATH, "rate-limit", retry_after="99999999999")
    error = _error(lambda: open_door(max_wait=60).get(market.url + PATH))
    assert (market.hits[PATH], error.permanent) == (1, False)
    assert "it asked us to stay away; next request in 3600 s" in str(error)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 23 Nov 2026 10:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 10:00:30 -0000", 30.0),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("", 0.0),
        ("Mon, 99 Nov 99999999 10:00:30 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(slug: str, value: str, seconds: float) -> None:
    policy = DoorPolicy(slug=slug, min_interval=0, deadline=1, max_bytes=1)
    door = Door(policy, now=lambda: datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC))
    assert door._retry_after({"Retry-After": value}) == seconds


def test_the_breaker_opens_after_five_failed_calls_and_saves_the_source_the_sixth(
    market: Marketplace, open_door: OpenDoor, slug: str
) -> None:
    market.misbehave(PATH, "status")
    door = open_door(attempts=1)
    for _ in range(5):
        _error(lambda: door.get(market.url + PATH))
    error = _error(lambda: door.get(market.url + PATH))
    assert str(error).startswith(f"{slug}: paused after failures; next try in ")
    assert (market.hits[PATH], error.permanent) == (5, False)


def test_the_breaker_stops_the_tries_of_one_call_too(market: Marketplace, open_door: OpenDoor) -> None:
    market.misbehave(PATH, "status")
    assert "paused after failures" in str(_error(lambda: open_door(attempts=9).get(market.url + PATH)))
    assert market.hits[PATH] == 5


def test_after_the_pause_the_probe_closes_the_breaker(
    market: Marketplace, open_door: OpenDoor, slug: str
) -> None:
    market.misbehave(PATH, "status", times=5)
    door = open_door(attempts=1, breaker_pause=0.05)
    for _ in range(5):
        _error(lambda: door.get(market.url + PATH))
    time.sleep(0.1)
    assert door.get(market.url + PATH).body == SOUND
    assert breaker.state(slug).state == "closed"


def test_a_source_that_shuts_us_out_trips_the_breaker_at_once(
    market: Marketplace, open_door: OpenDoor, slug: str
) -> None:
    market.misbehave(PATH, "status", status=403)
    door = open_door(trip_on=frozenset({401, 403}), trip_pause=900)
    assert _error(lambda: door.get(market.url + PATH)).permanent is True
    assert breaker.state(slug).seconds == pytest.approx(900, abs=5)
    assert _error(lambda: door.get(market.url + PATH)).permanent is False
    assert market.hits[PATH] == 1


def test_requests_of_one_door_lie_apart_on_the_clock(market: Marketplace, slug: str) -> None:
    door = Door(DoorPolicy(slug=slug, min_interval=0.1, deadline=2, max_bytes=1000))
    for _ in range(4):
        door.get(market.url + PATH)
    door.close()
    gaps = [b.at - a.at for a, b in zip(market.requests, market.requests[1:], strict=False)]
    assert len(gaps) == 3
    assert sum(gaps) > 0.25


def test_without_redis_nothing_goes_out(market: Marketplace, open_door: OpenDoor, settings: Settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    }
    error = _error(lambda: open_door().get(market.url + PATH))
    assert "Redis cannot be reached" in str(error)
    assert (error.permanent, market.hits[PATH]) == (False, 0)


def test_calls_and_bytes_are_counted_by_outcome(market: Marketplace, open_door: OpenDoor, slug: str) -> None:
    door = open_door(attempts=1)
    door.get(market.url + PATH)
    _error(lambda: door.get(market.url + "/missing"))
    market.misbehave(PATH, "status", times=1)
    _error(lambda: door.get(market.url + PATH))
    outcomes = ("answered", "refused", "failed")
    assert [CALLS.labels(source=slug, outcome=outcome)._value.get() for outcome in outcomes] == [1, 1, 1]
    assert BYTES.labels(source=slug)._value.get() >= len(SOUND)


def test_state_in_redis_is_named_by_source_and_deployment(slug: str) -> None:
    breaker.Breaker(slug, failures=5, pause=1, lease=1).trip(1)
    assert get_redis_connection("default").exists(shared.key("breaker", slug)) == 1
    assert shared.key("breaker", slug).endswith(f":integrations:breaker:{slug}")


def test_calls_that_the_breaker_refuses_use_up_neither_hour_nor_day(
    market: Marketplace, open_door: OpenDoor, slug: str
) -> None:
    market.misbehave(PATH, "status", status=403)
    door = open_door(trip_on=frozenset({403}), hourly_quota=5, daily_quota=5)
    for _ in range(9):
        _error(lambda: door.get(market.url + PATH))
    assert [(budget.period, budget.used) for budget in budgets.of(door.policy)] == [("hour", 1), ("day", 1)]
    assert market.hits[PATH] == 1


def test_the_hour_of_a_door_holds_for_all_doors_to_the_source(
    market: Marketplace, open_door: OpenDoor, slug: str
) -> None:
    for _ in range(2):
        open_door(hourly_quota=2).get(market.url + PATH)
    error = _error(lambda: open_door(hourly_quota=2).get(market.url + PATH))
    assert str(error).startswith(f"{slug}: the hour's requests are spent; next request in 3")
    assert (error.permanent, market.hits[PATH]) == (False, 2)
