"""What the worker does for accounts."""

from celery import shared_task
from django.utils import timezone

from accounts import idempotency


@shared_task(name="accounts.prune")
def prune() -> str:
    """Nightly: forgets answers that are kept for calls that are sent again."""
    return f"{idempotency.prune(timezone.now())} calls forgotten"
