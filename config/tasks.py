"""What the worker does for the whole site. Every task may run twice: the second time changes nothing."""

from celery import shared_task
from django.utils import timezone

from config import retention


@shared_task(name="config.retention")
def keep() -> str:
    """Nightly: lets go of what is over."""
    return ", ".join(f"{rule.name}: {count}" for rule, count in retention.keep(timezone.now()) if count)
