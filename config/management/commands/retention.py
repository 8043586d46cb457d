"""`manage.py retention`: lets go of what is over; the schedule does it every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.retention import Rule
from config import retention


class Command(BaseCommand):
    help = "Lets go of what was kept for its time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count.")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        for rule, count in retention.keep(timezone.now(), is_rehearsal=dry_run):
            self.stdout.write(f"{count:>10,}  {rule.name} ({said(rule)})")


def said(rule: Rule) -> str:
    if rule.period is None:
        return "kept for ever"
    days = rule.period.days
    return f"kept for {days} {'day' if days == 1 else 'days'}" if days else "not kept"
