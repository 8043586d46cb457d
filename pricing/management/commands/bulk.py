"""Writes the daily files now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pricing.bulk import writing


class Command(BaseCommand):
    help = "Writes the daily files of the catalogue and of all latest prices."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = writing.write()
        except writing.BusyError as busy:
            raise CommandError(str(busy)) from busy
        for file in made.files:
            self.stdout.write(f"{file.name}: {file.rows} rows, {file.size} bytes")
