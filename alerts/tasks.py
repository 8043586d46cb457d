"""What the worker does for alerts. Every task may run twice: the second time changes nothing."""

from typing import Any

from celery import shared_task
from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils import timezone

from alerts import delivering, editing, evaluation, watching

# Two that write the same watches may lock each other out, and somebody may delete what an event is about at
# this moment: the one that is told to give way comes again.
AGAIN: dict[str, Any] = {
    "autoretry_for": (InterfaceError, OperationalError, IntegrityError),
}


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
    """Nightly: lets go of what is over, and looks for prices where a source fell silent."""
    over = editing.expire(timezone.now().date())
    return f"{over} alerts are over, {watching.look_for_prices()} look for another price"
