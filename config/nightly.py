"""What runs by itself for the whole site."""

from typing import Final

from pricing import schedule

RETENTION: Final = schedule.Entry(
    name="Let go of what is over",
    task="config.retention",
    queue="default",
    expires=12 * schedule.HOUR,
    at="03:55",
    description="What is kept for a time only, such as sent messages: docs/retention.md.",
)
BACKUP: Final = schedule.Entry(
    name="Back up the site",
    task="config.backup",
    queue="default",
    expires=12 * schedule.HOUR,
    at="04:50",
    description="Into a new folder of BACKUP_DIR; old ones are forgotten (docs/runbook.md).",
)


def begin() -> None:
    schedule.register(RETENTION)
    schedule.register(BACKUP)
