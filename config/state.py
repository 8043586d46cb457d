"""How the site is at this moment, as its database and its Redis tell: for probes, Prometheus and staff.

Each is asked with a limit of time, and the answer kept for a moment (`config.waiting`), so that whoever asks,
and however often, neither hangs nor weighs on a part that is in trouble.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any, Final

from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django_celery_beat.models import PeriodicTask
from django_redis import get_redis_connection

from alerts import backlog
from alerts.backlog import Backlog
from catalog import reads
from config.database import replica
from config.task_metrics import SENT_AT
from config.waiting import Question
from integrations import breaker, budgets, ebay
from integrations.breaker import Reading
from integrations.budgets import Budget
from integrations.ebay import policies
from integrations.registry import ADAPTERS
from pricing import health
from pricing.health import Health

QUEUES: Final = sorted(
    {settings.CELERY_TASK_DEFAULT_QUEUE, *(route["queue"] for route in settings.CELERY_TASK_ROUTES.values())}
)
CONNECTIONS: Final = """
SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1
"""

Name = tuple[str, str]  # of a migration: app and name


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """`connections` by what they do, of the `most` that the server allows; `missing` are migrations."""

    connections: Mapping[str, int]
    most: int
    missing: list[Name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is done and what waits, by the database; `beat_at` is when a schedule was last followed."""

    health: Health
    backlog: Backlog
    beat_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Tasks that no worker has taken, and the age of the oldest of them in seconds."""

    waiting: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """`taken` are tasks that workers hold; breakers and budgets are by source."""

    queues: Mapping[str, Queue]
    taken: int
    breakers: Mapping[str, Reading]
    budgets: Mapping[str, list[Budget]]


def _database() -> Database:
    with connections["default"].cursor() as cursor:
        cursor.execute(CONNECTIONS)
        found = dict(cursor.fetchall())
        cursor.execute("SELECT current_setting('max_connections')::int")
        (most,) = cursor.fetchone() or (0,)
    return Database(connections=found, most=most, missing=_missing())


def _work() -> Work:
    return Work(
        health=health.read(),
        backlog=backlog.read(datetime.now(UTC)),
        beat_at=PeriodicTask.objects.filter(enabled=True).aggregate(at=Max("last_run_at"))["at"],
    )


@cache
def _wanted() -> Mapping[Name, tuple[Name, ...]]:
    """The migrations of this code, each with those it stands for; read once, from many files."""
    graph = MigrationLoader(None).graph
    return {(str(app), str(name)): tuple(graph.nodes[app, name].replaces) for app, name in graph.nodes}


def _missing() -> list[Name]:
    applied = MigrationRecorder(connections["default"]).applied_migrations()
    return sorted(
        name
        for name, replaced in _wanted().items()
        if name not in applied and not (replaced and all(other in applied for other in replaced))
    )


def _lag() -> float:
    """Of the replica, in seconds. Raises LookupError for one that has replayed nothing."""
    seconds = replica.standing().seconds
    if seconds is None:
        raise LookupError("It has replayed nothing yet.")
    return seconds


def _redis() -> Redis:
    redis: Any = get_redis_connection("default")
    redis.ping()
    doors = {
        policy.slug: policy for policy in chain(_policies(), policies.all_of_them() if ebay.is_on() else ())
    }
    return Redis(
        queues={name: _queue(redis, name) for name in QUEUES},
        taken=redis.hlen("unacked"),
        breakers={slug: breaker.state(slug) for slug in doors},
        budgets={slug: budgets.of(policy) for slug, policy in doors.items()},
    )


def _policies() -> list[Any]:
    return [adapter.policy for adapter in ADAPTERS.values() if adapter.is_configured()]


def _queue(redis: Any, name: str) -> Queue:
    """Celery puts new messages at the left of a list and takes them from its right."""
    waiting, last = redis.pipeline(transaction=False).llen(name).lindex(name, -1).execute()
    sent = json.loads(last).get("headers", {}).get(SENT_AT) if last else None
    age = datetime.now(UTC).timestamp() - sent if sent else 0.0
    return Queue(waiting=waiting, oldest_seconds=max(0.0, age))


database: Final = Question(_database)
work: Final = Question(_work)
redis: Final = Question(_redis)
lag: Final = Question(_lag)


def prepare() -> None:
    """Reads what takes long and never changes, before somebody waits for it."""
    _wanted()


def has_replica() -> bool:
    return reads.REPLICA in settings.DATABASES


def forget() -> None:
    """For who has just changed something and wants to see it."""
    for question in (database, work, redis, lag):
        question.forget()
