"""`manage.py schedule`: what runs by itself, created where it is missing."""

from typing import Any

from django.core.management.base import BaseCommand

from pricing import schedule


class Command(BaseCommand):
    help = "Creates missing entries of the schedule; never changes what staff edited or paused."

    def handle(self, **options: Any) -> None:
        created = schedule.ensure()
        for entry in created:
            when = f"daily at {entry.at} UTC" if entry.at else "every minute"
            self.stdout.write(f"{entry.name}: {when}{'' if entry.is_on else ', off'}")
        if not created:
            self.stdout.write("Nothing is missing in the schedule.")
