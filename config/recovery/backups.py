"""Puts the site away: the database as of one moment, the uploaded files, and what must be found in them.

A backup is a folder named by its moment. It is there as a whole or not at all.
"""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings

from config.recovery import checksums
from config.recovery.checksums import Sum
from config.recovery.server import RecoveryError, Server

DUMP, MEDIA, MANIFEST = "database.dump", "media.tar", "manifest.json"
MOMENT: Final = "%Y-%m-%dT%H%M%SZ"
ONE_MOMENT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
MIGRATIONS: Final = "SELECT app || '.' || name FROM django_migrations ORDER BY id"
LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('config.backup'))"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`made_at` is the moment of the data; `files` and `tables` by name."""

    made_at: datetime
    version: str
    postgresql: int
    migrations: list[str]
    tables: dict[str, Sum]
    files: dict[str, File]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    folder: Path
    manifest: Manifest

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.manifest.files.values())

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.manifest.tables.values())


def make() -> Backup:
    """Puts everything away, and forgets backups that are not to be kept. Raises RecoveryError."""
    server, now = Server.ours(), datetime.now(UTC).replace(microsecond=0)
    server.check("pg_dump")
    with server.connect() as connection:
        if not (connection.execute(LOCK).fetchone() or (False,))[0]:
            raise RecoveryError("Another backup is being made.")
        target = settings.BACKUP_DIR / now.strftime(MOMENT)
        fresh = _begun(target)
        tables, migrations = _dump(server, connection, into=fresh / DUMP)
        _pack_media(fresh / MEDIA)
        manifest = Manifest(
            made_at=now,
            version=settings.VERSION,
            postgresql=connection.info.server_version,
            migrations=migrations,
            tables=tables,
            files={name: _file(fresh / name) for name in (DUMP, MEDIA)},
        )
        _write(fresh / MANIFEST, manifest)
        os.sync()  # the name says that all of it is on the disk
        fresh.rename(target)
    _prune()
    return Backup(folder=target, manifest=manifest)


def _begun(target: Path) -> Path:
    """Under a name that nobody takes for a backup; what a killed one left goes first."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in target.parent.glob(".*.new"):
        shutil.rmtree(left)
    fresh = target.with_name(f".{target.name}.new")
    fresh.mkdir(mode=0o700)
    return fresh


def _dump(server: Server, connection: psycopg.Connection, *, into: Path) -> tuple[dict[str, Sum], list[str]]:
    """The dump and the sums look at the same snapshot."""
    connection.execute(ONE_MOMENT)
    (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
    what = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={into}"]
    server.run("pg_dump", *what)
    migrations = [name for (name,) in connection.execute(MIGRATIONS)]
    tables = checksums.of(connection)
    connection.execute("COMMIT")
    return tables, migrations


def _pack_media(target: Path) -> None:
    """Photos are compressed already. One that is deleted meanwhile is left out."""
    with _private(target) as file, tarfile.open(fileobj=file, mode="w|") as tar:
        for path in sorted(settings.MEDIA_ROOT.rglob("*")):
            with suppress(FileNotFoundError):
                tar.add(path, arcname=str(path.relative_to(settings.MEDIA_ROOT)), recursive=False)


def _private(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _file(path: Path) -> File:
    with path.open("rb") as file:
        return File(bytes=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def _write(path: Path, manifest: Manifest) -> None:
    said = asdict(manifest) | {"made_at": manifest.made_at.isoformat()}
    with _private(path) as file:
        file.write(json.dumps(said, indent=1).encode())


def read(folder: Path) -> Backup:
    """Raises RecoveryError for what is no backup, or no longer as it was written."""
    try:
        said = json.loads((folder / MANIFEST).read_bytes())
        said["made_at"] = datetime.fromisoformat(said["made_at"])
        said["tables"] = {name: Sum(*table) for name, table in said["tables"].items()}
        said["files"] = {name: File(**file) for name, file in said["files"].items()}
        return Backup(folder=folder, manifest=Manifest(**said))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecoveryError(f"{folder} is no backup: {error}") from error


def check(backup: Backup) -> None:
    """Raises RecoveryError where a file is not as it was written."""
    for name, wanted in backup.manifest.files.items():
        path = backup.folder / name
        if not path.is_file() or _file(path) != wanted:
            raise RecoveryError(f"{path} is damaged: it is not the file that was written.")


def newest() -> Backup | None:
    """The last one that was made; None where there is none."""
    folders = _folders()
    return read(folders[-1]) if folders else None


def _folders() -> list[Path]:
    """Of all backups, the oldest first."""
    if not settings.BACKUP_DIR.is_dir():
        return []
    return sorted(path.parent for path in settings.BACKUP_DIR.glob(f"[0-9]*/{MANIFEST}"))


def _prune() -> None:
    made = {datetime.strptime(path.name, MOMENT).replace(tzinfo=UTC): path for path in _folders()}
    for moment in made.keys() - kept(made):
        shutil.rmtree(made[moment])


def kept(made: Iterable[datetime]) -> set[datetime]:
    """The last of each of the last days, and the last of each of the last weeks, that have one."""
    in_order = sorted(made)
    by_day = {moment.date(): moment for moment in in_order}
    by_week = {moment.isocalendar()[:2]: moment for moment in in_order}
    days, weeks = settings.BACKUP_KEEP_DAYS, settings.BACKUP_KEEP_WEEKS
    recent = set(in_order[-1:])  # the newest stays whatever the settings say
    recent |= set(list(by_day.values())[-days:] if days else [])
    return recent | set(list(by_week.values())[-weeks:] if weeks else [])
