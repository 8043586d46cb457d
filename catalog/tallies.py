"""What keeping answers brings: for Prometheus of each process, for the staff's page of all processes."""

from collections import Counter as Counts
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.cache import caches
from prometheus_client import Counter
from redis.exceptions import RedisError

LOOKUPS = Counter("kept_lookups", "Answers looked up by subject and outcome", ["subject", "outcome"])
WAITS = Counter("kept_waits", "Lookups that waited for another's work", ["subject"])
ERRORS = Counter("kept_errors", "Calls of Redis that failed", ["subject"])
BYTES = Counter("kept_stored_bytes", "Bytes put into Redis, compressed", ["subject"])

KEY = "tally"
MOST = 50_000  # entries that the staff's page looks at
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Of one subject since the tally was begun; `entries` and `held` (bytes) are what is there now."""

    subject: str
    asked: int
    missed: int
    stale: int
    stored: int
    entries: int
    held: int

    @property
    def hits(self) -> int:
        return self.asked - self.missed - self.stale

    @property
    def rate(self) -> float | None:
        """Per cent."""
        return 100 * self.hits / self.asked if self.asked else None


def rows() -> list[Row] | None:
    """By subject; None while Redis does not answer."""
    try:
        return _rows(caches["default"])
    except RedisError:
        return None


def begin_anew() -> None:
    caches["default"].delete(KEY)


def _rows(cache: Any) -> list[Row]:
    redis = cache.client.get_client(write=True)
    counted = {name.decode(): int(count) for name, count in redis.hgetall(cache.make_key(KEY)).items()}
    entries, held = _held(redis, pattern=cache.make_key("kept:*"))
    subjects = sorted({name.partition(":")[0] for name in counted} | set(entries))
    return [
        Row(
            subject=subject,
            asked=counted.get(f"{subject}:asked", 0),
            missed=counted.get(f"{subject}:miss", 0),
            stale=counted.get(f"{subject}:stale", 0),
            stored=counted.get(f"{subject}:bytes", 0),
            entries=entries[subject],
            held=held[subject],
        )
        for subject in subjects
    ]


def _held(redis: Any, *, pattern: str) -> tuple[Counts[str], Counts[str]]:
    entries: Counts[str] = Counts()
    held: Counts[str] = Counts()
    for name, size in _sizes(redis, names=islice(redis.scan_iter(pattern, count=AT_ONCE), MOST)):
        subject = name.decode().rpartition("kept:")[2].partition(":")[0]
        entries[subject] += 1
        held[subject] += size
    return entries, held


def _sizes(redis: Any, *, names: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    while some := list(islice(names, AT_ONCE)):
        pipeline = redis.pipeline(transaction=False)
        for name in some:
            pipeline.strlen(name)
        yield from zip(some, pipeline.execute(), strict=True)
