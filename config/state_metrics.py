"""What Prometheus learns of the database and of Redis at the moment it asks (`config.state`).

A part that is down or slow never fails a scrape: `part_up` is 0 then, and what it would tell is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, time
from typing import Any, Final

from prometheus_client.core import GaugeMetricFamily as Gauge

from config import state
from config.recovery import backups
from config.recovery.server import RecoveryError

LEVELS: Final = {"closed": 0, "half-open": 1, "open": 2}


class StateCollector:
    def collect(self) -> Iterator[Any]:
        state.prepare()
        database, redis = state.database.answer(), state.redis.answer()
        up = {"database": database is not None, "redis": redis is not None}
        if state.has_replica():
            lag = state.lag.answer()
            up["replica"] = lag is not None
            yield maybe("replica_lag_seconds", "How far the replica is behind", lag)
        yield many("part_up", "Whether a part answers within two seconds", ["part"], by_name(up))
        if database:
            yield from of_database(database)
        if database and (work := state.work.answer()):
            yield from of_work(work)
        if redis:
            yield from of_redis(redis)
        yield maybe("backup_timestamp_seconds", "When the last backup was made", last_backup())


Rows = Iterable[tuple[list[str], float]]


def one(name: str, meaning: str, value: float) -> Gauge:
    return Gauge(name, meaning, value=float(value))


def maybe(name: str, meaning: str, value: float | None) -> Gauge:
    """Without a value where there is none to tell."""
    return many(name, meaning, [], [] if value is None else [([], value)])


def many(name: str, meaning: str, labels: list[str], rows: Rows) -> Gauge:
    family = Gauge(name, meaning, labels=labels)
    for values, value in rows:
        family.add_metric(values, float(value))
    return family


def by_name(found: Mapping[str, float]) -> Rows:
    return (([name], value) for name, value in found.items())


def last_backup() -> float | None:
    """None as well where it cannot be read: then there is none to count on."""
    with suppress(RecoveryError, OSError):
        made = backups.newest()
        return made.manifest.made_at.timestamp() if made else None
    return None


def of_database(found: state.Database) -> Iterator[Gauge]:
    yield many("database_connections", "Connections by state", ["state"], by_name(found.connections))
    yield one("database_connections_limit", "Connections that the server allows", found.most)
    yield one("migrations_missing", "Migrations of this code that are not applied", len(found.missing))


def of_work(found: state.Work) -> Iterator[Gauge]:
    days = found.health.last_days
    places = [([day.source.slug, day.slug], day) for day in days if not day.source.is_demo]
    labels = ["source", "game"]
    yield many(
        "ingest_last_day_timestamp_seconds",
        "The newest day that is recorded, at its beginning",
        labels,
        ((place, datetime.combine(day.day, time(), UTC).timestamp()) for place, day in places if day.day),
    )
    yield many("ingest_late", "1 where a newer day was promised", labels, ((p, d.is_late) for p, d in places))
    yield one("ingest_missed_days", "Days that no sync brought", found.health.missed_days)
    yield one("ingest_running", "Syncs that are running", len(found.health.running))
    yield one("ingest_open_reviews", "Doubtful prices that wait for a person", found.health.open_reviews)
    yield one("alerts_waiting", "Messages that wait to be sent", found.backlog.waiting)
    yield one("alerts_oldest_seconds", "How long a message is overdue", found.backlog.oldest_seconds)
    yield one("alerts_dead", "Messages that were given up", found.backlog.dead)
    beat_at = found.beat_at.timestamp() if found.beat_at else None
    yield maybe("beat_timestamp_seconds", "When a schedule was last followed", beat_at)


def of_redis(found: state.Redis) -> Iterator[Gauge]:
    queues = found.queues.items()
    waiting, oldest = "Tasks that no worker has taken", "Age of the oldest of them"
    yield many("queue_waiting", waiting, ["queue"], (([name], q.waiting) for name, q in queues))
    yield many("queue_oldest_seconds", oldest, ["queue"], (([name], q.oldest_seconds) for name, q in queues))
    yield one("queue_taken", "Tasks that workers hold", found.taken)
    yield many(
        "market_breaker",
        "Circuit breaker by source: 0 closed, 1 half-open, 2 open",
        ["source"],
        (([slug], LEVELS[reading.state]) for slug, reading in found.breakers.items()),
    )
    spent = [([slug, one.period], one) for slug, listed in found.budgets.items() for one in listed]
    labels = ["source", "period"]
    yield many("market_budget_used", "Requests spent of a period", labels, ((p, b.used) for p, b in spent))
    yield many(
        "market_budget_limit", "Requests it allows", labels, ((p, b.limit) for p, b in spent if b.limit)
    )
