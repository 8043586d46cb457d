"""Answers that are kept in Redis for as long as nothing changed (docs/caching.md, docs/adr/0016).

An entry carries what it was made from. Whoever asks says what the answer would be made from now: any other
entry is stale and made anew, so that an old one is never handed out. Of many who miss at once one makes it.
Without Redis everybody makes it.
"""

import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from django.core.cache import caches
from redis.exceptions import RedisError

from catalog import tallies

HELD_MS = 10_000  # the turn of a maker that died
WAITED = 0.5  # seconds; longer than an answer takes to make
LOOKS = 0.02  # seconds between two looks of those who wait


def hour() -> str:
    """Ages and "old" marks turn at whole hours only, never in between."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H}"


def day() -> str:
    """For what shows no age."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is kept: under which name it is counted, for how many seconds at most, and which turns of the
    clock end it. `also` is SQL for what else does, asked together with the generation.
    """

    name: str
    seconds: int
    clock: Callable[[], str] = hour
    also: LiteralString = "NULL"


def keep(subject: Subject, *, key: str, made_from: str, make: Callable[[], bytes | None]) -> bytes | None:
    """The answer that `make` gives, or gave when all it is made from was the same.

    `made_from` is read before; it holds no space. What `make` answers with None is not kept.
    """
    entry = _Entry(subject, key=key, made_from=made_from)
    found = entry.find()
    if found is None and not entry.takes_turn():
        found = entry.wait()
    if found is not None:
        return found
    body: bytes | None = None
    try:
        body = make()
    finally:
        entry.store(body)
    return body


class _Entry:
    """One place in Redis. Where Redis fails, nothing was found and the turn is ours."""

    def __init__(self, subject: Subject, *, key: str, made_from: str) -> None:
        cache: Any = caches["default"]
        client = getattr(cache, "client", None)  # any other backend keeps nothing
        self._redis = client and client.get_client(write=True)
        self._subject = subject
        self._made_from = made_from
        self._name = cache.make_key(f"kept:{subject.name}:{key}")
        self._turn = cache.make_key(f"making:{subject.name}:{key}:{made_from}")
        self._tally = cache.make_key(tallies.KEY)
        self._has_turn = False

    def find(self) -> bytes | None:
        stored, _ = self._ask(
            lambda redis: (
                redis.pipeline(transaction=False)
                .get(self._name)
                .hincrby(self._tally, f"{self._subject.name}:asked", 1)
                .execute()
            ),
            otherwise=(None, None),
        )
        body = self._opened(stored)
        outcome = "hit" if body is not None else "stale" if stored else "miss"
        tallies.LOOKUPS.labels(subject=self._subject.name, outcome=outcome).inc()
        if outcome != "hit":
            self._ask(lambda redis: redis.hincrby(self._tally, f"{self._subject.name}:{outcome}", 1))
        return body

    def takes_turn(self) -> bool:
        self._has_turn = bool(
            self._ask(lambda redis: redis.set(self._turn, 1, nx=True, px=HELD_MS) or False, otherwise=True)
        )
        return self._has_turn

    def wait(self) -> bytes | None:
        """What the one who has the turn makes; None if that takes long or comes to nothing."""
        tallies.WAITS.labels(subject=self._subject.name).inc()
        for _ in range(round(WAITED / LOOKS)):
            time.sleep(LOOKS)
            stored, turn = self._ask(lambda redis: redis.mget(self._name, self._turn), otherwise=(None, None))
            body = self._opened(stored)
            if body is not None or not turn:
                return body
        return None

    def store(self, body: bytes | None) -> None:
        """Keeps what was made, if anything, and gives the turn back."""
        self._ask(lambda redis: self._stored(redis.pipeline(transaction=False), body).execute())

    def _stored(self, pipeline: Any, body: bytes | None) -> Any:
        if self._has_turn:
            pipeline.delete(self._turn)
        if body is not None:
            until = time.time() + self._subject.seconds
            entry = f"{self._made_from} {until:.3f}\n".encode() + zlib.compress(body, level=1)
            pipeline.set(self._name, entry, ex=self._subject.seconds)
            pipeline.hincrby(self._tally, f"{self._subject.name}:bytes", len(entry))
            tallies.BYTES.labels(subject=self._subject.name).inc(len(entry))
        return pipeline

    def _opened(self, stored: bytes | None) -> bytes | None:
        """What an entry holds, unless it was made from something else or its time is over by our clock."""
        if not stored:
            return None
        head, _, body = stored.partition(b"\n")
        with suppress(ValueError, zlib.error):
            made_from, until = head.decode().split(" ")
            if made_from == self._made_from and time.time() < float(until):
                return zlib.decompress(body)
        return None

    def _ask(self, question: Callable[[Any], Any], *, otherwise: Any = None) -> Any:
        if not self._redis:
            return otherwise
        try:
            return question(self._redis)
        except (RedisError, OSError):
            tallies.ERRORS.labels(subject=self._subject.name).inc()
            with suppress(AttributeError):  # a pool of another kind does not pause
                self._redis.connection_pool.pause.begin()
            return otherwise
