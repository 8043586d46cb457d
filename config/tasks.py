"""What the worker does for the whole site. Every task may run twice: the second time changes nothing."""

from celery import shared_task
from django.utils import timezone

from config import retention
from config.recovery import backups


@shared_task(name="config.retention")
def keep() -> str:
    """Nightly: lets go of what is over."""
    return ", ".join(f"{rule.name}: {count}" for rule, count in retention.keep(timezone.now()) if count)


@shared_task(name="config.backup")
def backup() -> str:
    """Nightly: the database and the files of one moment."""
    made = backups.make()
    return f"{made.folder.name}: {made.rows} rows, {made.bytes} bytes"
