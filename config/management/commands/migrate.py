"""`manage.py migrate`, which gives up rather than let the site wait.

A statement that waits for a lock makes everybody who comes after it wait too. So it waits a moment only;
what it began is taken back, and the same command runs again later (docs/migrations.md).
"""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

SET = "SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false)"


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        limits = [f"{seconds}s" for seconds in settings.MIGRATE_TIMEOUTS]
        with connection.cursor() as cursor:
            cursor.execute(SET, limits)
        try:
            super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout; RESET statement_timeout")
