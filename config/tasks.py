"""What the site does for itself, besides its apps."""

from celery import shared_task

from config.recovery import backups


@shared_task(name="config.backup")
def backup() -> str:
    made = backups.make()
    return f"{made.folder.name}: {made.rows} rows, {made.bytes} bytes"
