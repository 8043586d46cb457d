"""`manage.py backup`: puts the site away in BACKUP_DIR."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.recovery import backups, restoring
from config.recovery.server import RecoveryError


class Command(BaseCommand):
    help = "Puts database and uploaded files away in a new folder of BACKUP_DIR."
    requires_system_checks: list[str] = []  # what ails the site must not keep it from being put away

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", help="restore it beside the site and compare")

    def handle(self, *, verify: bool, **options: Any) -> None:
        try:
            made = backups.make()
            if verify:
                restoring.verify(made)
        except RecoveryError as error:
            raise CommandError(str(error)) from error
        held = f"{len(made.manifest.tables)} tables, {made.rows:,} rows, {made.bytes:,} bytes"
        self.stdout.write(f"{made.folder}: {held}{', restored beside the site and equal' if verify else ''}")
