"""What runs by itself for the whole site."""

from pricing import schedule

RETENTION = schedule.Entry(
    name="Let go of what is over",
    task="config.retention",
    queue="default",
    expires=12 * schedule.HOUR,
    at="03:55",
    description="What is kept for a time only, such as sent messages: docs/retention.md.",
)


def begin() -> None:
    schedule.register(RETENTION)
