"""What Prometheus learns about tasks: how many ended how, how long they took, how long they waited."""

import time
from typing import Any, Final

from celery.signals import before_task_publish, task_postrun, task_prerun
from prometheus_client import Counter, Histogram

SENT_AT: Final = "sent_at"
RUNS = Counter("task_runs", "Tasks that ended, by name and state", ["task", "state"])
SECONDS = Histogram(
    "task_seconds",
    "How long a task ran",
    ["task"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600),
)
WAIT = Histogram(
    "task_wait_seconds",
    "How long a task waited in its queue",
    ["queue"],
    buckets=(0.1, 1, 5, 15, 60, 300, 900, 3600),
)


def begin() -> None:
    """Every process sends tasks, or may."""
    before_task_publish.connect(_stamp)
    task_prerun.connect(_begin)
    task_postrun.connect(_end)


def _stamp(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Celery itself does not say when a message was sent."""
    if headers is not None:
        headers[SENT_AT] = time.time()


def _begin(task: Any = None, **_: Any) -> None:
    request = task.request
    request.began = time.monotonic()
    sent = vars(request).get(SENT_AT) or (request.headers or {}).get(SENT_AT)
    if sent and not request.eta:  # it waited for its time, not for a worker
        queue = (request.delivery_info or {}).get("routing_key") or "unknown"
        WAIT.labels(queue).observe(max(0.0, time.time() - sent))


def _end(task: Any = None, state: str | None = None, **_: Any) -> None:
    RUNS.labels(task.name, state or "UNKNOWN").inc()
    began = vars(task.request).get("began")
    if began:
        SECONDS.labels(task.name).observe(time.monotonic() - began)
