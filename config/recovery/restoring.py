"""Brings the site back from a backup, and says loudly where it is not what was put away."""

import tarfile
from pathlib import Path
from typing import Final

from django.conf import settings

from config.recovery import backups, checksums
from config.recovery.backups import Backup
from config.recovery.server import RecoveryError, Server

EMPTY: Final = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
# Positions that were given after the backup are never given again: an answer that somebody kept under one of
# them (docs/caching.md) would be taken for that of the restored site.
SKIP_POSITIONS: Final = """
SELECT setval('catalog_revision_position', nextval('catalog_revision_position') + 4294967296)"""


def restore(folder: Path, *, replace: bool = False) -> Backup:
    """Into the database of DATABASE_URL and MEDIA_ROOT, which must be empty unless they are to be replaced.

    Raises RecoveryError; before anything is touched where the backup is damaged.
    """
    server, backup = Server.ours(), backups.read(folder)
    backups.check(backup)
    server.check("pg_restore")
    _require_room(server, replace=replace)
    fill(server, backup=backup)
    with server.connect() as connection:
        connection.execute(SKIP_POSITIONS)
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    with tarfile.open(backup.folder / backups.MEDIA) as tar:
        tar.extractall(settings.MEDIA_ROOT, filter="data")
    return backup


def verify(backup: Backup) -> None:
    """Restores the database beside ours, compares and drops it. Raises RecoveryError."""
    backups.check(backup)
    server = Server.ours()
    server.check("pg_restore")
    with server.scratch() as scratch:
        fill(scratch, backup=backup)


def fill(server: Server, *, backup: Backup) -> None:
    """All or nothing into an empty database. Raises RecoveryError where a table is not as it was."""
    dump = str(backup.folder / backups.DUMP)
    how = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    server.run("pg_restore", *how, f"--dbname={server.database}", dump)
    with server.connect() as connection:
        connection.execute("ANALYZE")
        with connection.transaction():
            found = checksums.of(connection)
    wrong = list(checksums.differences(backup.manifest.tables, found))
    if wrong:
        raise RecoveryError(f"These tables are not as they were: {', '.join(wrong)}.")


def _require_room(server: Server, *, replace: bool) -> None:
    media = settings.MEDIA_ROOT
    with server.connect() as connection:
        held = checksums.tables(connection)
        if not replace and held:
            raise RecoveryError(
                f"The database {server.database} has {len(held)} tables: --replace drops them."
            )
        if not replace and media.is_dir() and any(media.iterdir()):
            raise RecoveryError(f"{media} has files: --replace writes over those of the same names.")
        if held:
            connection.execute(EMPTY)
