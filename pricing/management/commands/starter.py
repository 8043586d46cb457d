"""`manage.py starter load|remove`: demonstration content for a first look without a network."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pricing import demo


class Command(BaseCommand):
    help = "Loads checklists with generated demonstration prices into an empty catalogue, or removes them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["load", "remove"])
        parser.add_argument("--days", type=int, default=demo.DAYS)

    def handle(self, *, action: str, days: int, **options: Any) -> None:
        if action == "remove":
            removed = demo.remove()
            self.stdout.write(f"{removed.series} demonstration price series removed.")
            if removed.kept:
                cards = "1 card stays" if removed.kept == 1 else f"{removed.kept} cards stay"
                self.stdout.write(f"{cards} without a price: somebody owns or wants it.")
        elif demo.is_needed():
            self.stdout.write(f"Loading {days} days of demonstration prices …")
            demo.load(timezone.now().date(), days=days, report=self.stdout.write)
        else:
            self.stdout.write("The catalogue has cards already; no demonstration content is needed.")
