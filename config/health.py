"""Whether the site is in order, part by part, and whether this process can serve at all.

Unfit is what makes every page fail: no database, or one that lacks migrations of this code. All else is a
worry for staff: pages and API answer without Redis, without workers and with old prices.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.conf import settings

from config import state

LONGEST_WAIT: Final = 900.0  # seconds, of a task


class Verdict(StrEnum):
    """From best to worst."""

    READY = "ready"
    DEGRADED = "degraded"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    parts: list[Part]

    @property
    def verdict(self) -> Verdict:
        return max((part.verdict for part in self.parts), key=list(Verdict).index)

    @property
    def status(self) -> int:
        """Of HTTP."""
        return 503 if self.verdict == Verdict.UNFIT else 200


def read() -> Readiness:
    """At most KEPT seconds old, and here within LIMIT seconds for each part (`config.waiting`)."""
    state.prepare()
    return Readiness(parts=list(_parts()))


def _parts() -> Iterator[Part]:
    database, redis = state.database.answer(), state.redis.answer()
    if database is None:
        yield Part(name="database", verdict=Verdict.UNFIT, detail="does not answer")
    else:
        used = sum(database.connections.values())
        yield _ready("database", f"{used} of {database.most} connections are in use")
        yield _migrations(database)
        yield from _syncs(state.work.answer())
    if state.has_replica():
        yield _replica(state.lag.answer())
    if redis is None:
        yield _degraded("redis", "does not answer: no limits, nothing kept, no tasks")
    else:
        yield _ready("redis", "answers")
        yield from _queues(redis)


def _ready(name: str, detail: str) -> Part:
    return Part(name=name, verdict=Verdict.READY, detail=detail)


def _degraded(name: str, detail: str) -> Part:
    return Part(name=name, verdict=Verdict.DEGRADED, detail=detail)


def _judged(name: str, detail: str, *, is_well: bool) -> Part:
    return _ready(name, detail) if is_well else _degraded(name, detail)


def _migrations(database: state.Database) -> Part:
    if not database.missing:
        return _ready("migrations", "all are applied")
    listed = ", ".join(f"{app}.{name}" for app, name in database.missing)
    return Part(name="migrations", verdict=Verdict.UNFIT, detail=f"missing: {listed}")


def _replica(lag: float | None) -> Part:
    if lag is None:
        return _degraded("replica", "does not answer")
    return _judged("replica", f"{lag:.1f} s behind", is_well=lag <= settings.REPLICA_MAX_LAG)


def _queues(redis: state.Redis) -> Iterator[Part]:
    for name, queue in redis.queues.items():
        detail = f"{queue.waiting} wait, the oldest for {queue.oldest_seconds:.0f} s"
        yield _judged(f"queue {name}", detail, is_well=queue.oldest_seconds <= LONGEST_WAIT)


def _syncs(work: state.Work | None) -> Iterator[Part]:
    if work is None:
        yield _degraded("work", "cannot be read")
        return
    for last in work.health.last_days:
        name = f"{last.source.slug} {last.slug}"
        detail = f"newest day {last.day or 'none'}, {last.age}"
        yield _judged(name, detail, is_well=not last.is_late)
