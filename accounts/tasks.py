"""What the worker does for accounts."""

from celery import shared_task
from django.utils import timezone

from accounts import idempotency, journal


@shared_task(name="accounts.prune")
def prune() -> str:
    """Nightly: forgets answers that are kept for calls that are sent again, and old security events."""
    now = timezone.now()
    return f"{idempotency.prune(now)} calls and {journal.prune(now)} security events forgotten"
