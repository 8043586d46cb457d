"""Brings database, content and static files up to date: one Django process for all of it, so it is quick.

Progress goes to stderr. What `staff` says goes to stdout, for the one line that greets the developer.
"""

import hashlib
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def main() -> None:
    django.setup()
    _step("Updating the database")
    call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
    call_command("starter", "load", stdout=sys.stderr)
    call_command("rates", "--history", stdout=sys.stderr)
    collect_static()
    call_command("schedule", stdout=sys.stderr)
    call_command("staff", stdout=sys.stdout)


def collect_static() -> None:
    """Compressing takes long, so it is done only when a source file changed."""
    stamp = Path(f"{settings.STATIC_ROOT}.stamp")
    state = _static_state()
    if stamp.is_file() and stamp.read_text() == state:
        return
    _step("Collecting the static files")
    stamp.unlink(missing_ok=True)  # what is interrupted here is done again
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, stdout=sys.stderr)
    stamp.write_text(state)


def _static_state() -> str:
    """A hash over name, size and time of every static source, those of the packages included."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _step(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
