"""`make migrations`: is one missing, and may each that is not yet released run while the site is used?

squawk reads the SQL of every migration that `released_migrations.txt` does not name. One that must do what is
refused says so beside it: `allowed = {"rule": "why it is safe here"}` (docs/migrations.md).
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Final

import django
from django.core.management import call_command
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

RELEASED: Final = Path(__file__).with_name("released_migrations.txt")
HEAD: Final = """\
# Migrations that a release has brought: they ran already, so `make migrations` judges them no longer.
# Those of the first release run on an empty database. With each release: make migrations ARGS=release
"""
SQUAWK: Final = Path(sys.executable).with_name("squawk")
POSTGRESQL: Final = "15.0"  # the oldest we run on
# What squawk asks for and this house answers elsewhere.
ANSWERED: Final = (
    "require-lock-timeout",  # `manage.py migrate` sets both
    "require-statement-timeout",
    "prefer-robust-stmts",  # a migration is one transaction; what cannot be is told of in docs/migrations.md
    "prefer-bigint-over-int",  # 32 bits are enough for what we number, and rows of prices stay small
    "prefer-text-field",  # a length is part of what forms and the API promise
)


def main(*arguments: str) -> int:
    """`release` notes all that there are as released. Returns the exit code."""
    django.setup()
    if arguments == ("release",):
        names = sorted(map(_name, MigrationLoader(None).disk_migrations.values()))
        RELEASED.write_text(HEAD + "".join(f"{name}\n" for name in names))
        return 0
    call_command("makemigrations", check_changes=True, dry_run=True)  # ends the program where one is missing
    waiting = unreleased()
    found = [problem for migration in waiting for problem in problems(migration)]
    print(
        "\n".join(found or [f"{len(waiting)} migrations are not yet released; each may run beside the site."])
    )
    return int(bool(found))


def unreleased() -> list[Migration]:
    released = {line for line in RELEASED.read_text().splitlines() if not line.startswith("#")}
    known = MigrationLoader(None).disk_migrations
    return [known[key] for key in sorted(known) if ".".join(key) not in released]


def problems(migration: Migration) -> Iterator[str]:
    """What speaks against running it beside the last release."""
    allowed: dict[str, str] = getattr(migration, "allowed", {})
    unexplained = [rule for rule, why in allowed.items() if not why.strip()]
    yield from (f"{_name(migration)}: {rule} is allowed without a reason" for rule in unexplained)
    sql = StringIO()
    call_command("sqlmigrate", migration.app_label, migration.name, stdout=sql, no_color=True)
    yield from judged(sql.getvalue(), name=_name(migration), allowed=allowed)


def judged(sql: str, *, name: str, allowed: Iterable[str] = ()) -> Iterator[str]:
    """What squawk says of the statements; OSError where it is not installed."""
    rules = ",".join([*ANSWERED, *allowed])
    command = [str(SQUAWK), "--reporter", "gcc", "--pg-version", POSTGRESQL, "--exclude", rules]
    command += ["--stdin-filepath", f"{name}.sql"]
    done = subprocess.run(command, input=sql, text=True, capture_output=True, check=False)
    if done.returncode:
        yield (done.stdout + done.stderr).strip()


def _name(migration: Migration) -> str:
    return f"{migration.app_label}.{migration.name}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
