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
            self.stdout.write(f"{demo.remove()} demonstration price series removed.")
        elif demo.is_needed():
            self.stdout.write(f"Loading {days} days of demonstration prices …")
            demo.load(timezone.now().date(), days=days, report=self.stdout.write)
        else:
            self.stdout.write("The catalogue has cards already; no demonstration content is needed.")
