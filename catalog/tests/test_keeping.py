"""What is kept is handed out while it is made from the same, and nobody waits for a Redis that is down."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
import redis
import time_machine
from django.core.cache import caches
from pytest_django import Settings

from catalog import keeping, tallies

SUBJECT = keeping.Subject(name="tests", seconds=60)


class Maker:
    """Answers "1", "2", and so on."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> bytes:
        self.made += 1
        return str(self.made).encode()


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def client() -> redis.Redis:
    cache: Any = caches["default"]
    found: redis.Redis = cache.client.get_client(write=True)
    return found


@pytest.fixture
def redis_down(settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}


def keep(make: Callable[[], bytes | None], *, key: str = "key", made_from: str = "1.0") -> bytes | None:
    return keeping.keep(SUBJECT, key=key, made_from=made_from, make=make)


def name_of(key: str = "key") -> str:
    return str(caches["default"].make_key(f"kept:tests:{key}"))


def test_it_is_made_once(make: Maker) -> None:
    assert [keep(make), keep(make), keep(make, key="other"), keep(make)] == [b"1", b"1", b"2", b"1"]


def test_what_is_made_from_something_else_is_stale(make: Maker) -> None:
    assert [keep(make), keep(make, made_from="2.0"), keep(make, made_from="2.0")] == [b"1", b"2", b"2"]
    (row,) = tallies.rows() or []
    assert (row.asked, row.hits, row.missed, row.stale, row.entries) == (3, 1, 1, 1, 1)


def test_a_slow_maker_leaves_nothing_for_those_who_know_of_newer_data(make: Maker) -> None:
    keep(make, made_from="2.0")

    def slow() -> bytes:
        keep(make, made_from="2.0")
        return b"old"

    assert keep(slow, made_from="1.0") == b"old"  # who began to ask before the change may see it
    assert keep(make, made_from="2.0") == b"2"


def test_it_ends_by_our_clock(make: Maker) -> None:
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False) as clock:
        first = keep(make)
        clock.shift(59)
        assert keep(make) == first
        clock.shift(1)
        assert keep(make) != first


def test_it_ends_in_redis_too(make: Maker, client: redis.Redis) -> None:
    keep(make)
    assert 0 < int(client.ttl(name_of())) <= SUBJECT.seconds  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "entry", [b"", b"\n", b"1.0\n", b"1.0 x\n", b"1.0 9e99\nno zlib", b"\xff 1\n", b"1.0 nan\nx"]
)
def test_an_entry_that_nobody_can_read_is_made_anew(entry: bytes, make: Maker, client: redis.Redis) -> None:
    client.set(name_of(), entry)
    assert [keep(make), keep(make)] == [b"1", b"1"]


def test_what_is_not_to_be_kept_is_made_each_time(make: Maker) -> None:
    asked = []

    def nothing() -> None:
        asked.append(1)

    assert [keep(nothing), keep(nothing)] == [None, None]
    assert len(asked) == 2


def test_a_failure_gives_the_turn_back(make: Maker) -> None:
    def fail() -> bytes:
        raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        keep(fail)
    began = time.monotonic()
    assert keep(make) == b"1"
    assert time.monotonic() - began < keeping.WAITED


def test_of_many_who_miss_at_once_one_makes_it(make: Maker) -> None:
    together = Barrier(8)

    def slow() -> bytes:
        time.sleep(0.1)
        return make()

    def ask(_: int) -> bytes | None:
        together.wait()
        return keep(slow)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {b"1"}
    assert make.made == 1


def test_nobody_waits_long_for_a_maker_that_hangs(make: Maker) -> None:
    begun, go_on = Event(), Event()

    def hang() -> bytes:
        begun.set()
        go_on.wait()
        return b"late"

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(keep, hang)
        begun.wait()
        began = time.monotonic()
        assert keep(make) == b"1"
        assert time.monotonic() - began < 2 * keeping.WAITED
        go_on.set()
        assert late.result() == b"late"


def test_without_redis_everybody_makes_it(make: Maker, redis_down: None) -> None:
    assert [keep(make), keep(make)] == [b"1", b"2"]
    assert tallies.rows() is None


def test_a_redis_that_does_not_answer_is_not_waited_for_again(make: Maker, settings: Settings) -> None:
    """It accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        options = settings.CACHES["default"]["OPTIONS"] | {"SOCKET_TIMEOUT": 0.2}
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": address, "OPTIONS": options}}
        began = time.monotonic()
        assert [keep(make) for _ in range(20)] == [str(place).encode() for place in range(1, 21)]
        assert time.monotonic() - began < 1
