"""Asks the worker for a task, by its name: tasks are doors, and a verb knows none."""

from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError


def ask(task: str, *args: Any, **options: Any) -> bool:
    """False when the queue cannot be reached: the caller says what that means."""
    try:
        current_app.send_task(task, args=args, kwargs=options, retry=False)
    except OperationalError:
        return False
    return True
