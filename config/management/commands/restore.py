"""`manage.py restore PATH`: brings the site back from a folder that `manage.py backup` made."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.recovery import restoring
from config.recovery.server import RecoveryError


class Command(BaseCommand):
    help = "Brings database and uploaded files back from a folder of BACKUP_DIR."
    requires_system_checks: list[str] = []  # there may be no table to check yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--replace", action="store_true", help="drop all tables that are there")

    def handle(self, *, path: Path, replace: bool, **options: Any) -> None:
        try:
            backup = restoring.restore(path, replace=replace)
        except RecoveryError as error:
            raise CommandError(str(error)) from error
        held = f"{len(backup.manifest.tables)} tables, {backup.rows:,} rows"
        self.stdout.write(f"The site is as it was at {backup.manifest.made_at}: {held}, each table compared.")
