"""The backup that the worker makes every night."""

from typing import Final

from pricing import schedule

NIGHTLY: Final = schedule.Entry(
    name="Back up the site",
    task="config.backup",
    queue="default",
    expires=12 * schedule.HOUR,
    at="04:50",
    description="Into a new folder of BACKUP_DIR; old ones are forgotten (docs/runbook.md).",
)


def begin() -> None:
    schedule.register(NIGHTLY)
