"""`manage.py rates`: bring the ECB's exchange rates now, or those that came with the installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.errors import MarketError
from pricing import formats, rates


class Command(BaseCommand):
    help = "Brings the exchange rates of the European Central Bank that are not known yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--history",
            action="store_true",
            help="only those since 1999 that are installed, without a network",
        )

    def handle(self, *, history: bool, **options: Any) -> None:
        try:
            written = rates.load_history() if history else rates.fetch()
        except MarketError as error:
            raise CommandError(str(error)) from error
        newest = formats.day(rates.newest_day())
        self.stdout.write(f"{formats.number(written)} exchange rates written; the newest are of {newest}.")
