"""What the worker does for alerts. Every task may run twice: the second time changes nothing."""

from typing import Any

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from alerts import delivering, editing, evaluation

# Two that write the same watches may lock each other out: the one that is told to give way comes again.
AGAIN: dict[str, Any] = {"autoretry_for": (OperationalError,), "retry_backoff": 10, "max_retries": 5}


@shared_task(name="alerts.catch_up", **AGAIN)
def catch_up() -> str:
    """Judges every price that is not judged yet."""
    done = evaluation.catch_up()
    return f"{done.runs} runs and {done.corrections} corrections judged, {done.events} events"


@shared_task(name="alerts.deliver")
def deliver() -> str:
    """Sends what is due, one message after the other."""
    return f"{delivering.drain()} messages tried"


@shared_task(name="alerts.expire", **AGAIN)
def expire() -> str:
    return f"{editing.expire(timezone.now().date())} alerts are over"
