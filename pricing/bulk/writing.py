"""Writes the daily files: all from one moment of the database, whole or not at all.

A folder of files is written beside the others under a name that nobody reads, and renamed when its last byte
is on the disk: a run that is killed leaves the older folders as they were, and its own to the next run.
"""

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from psycopg import Cursor

from catalog import revisions
from pricing.bulk import files
from pricing.bulk.tables import TABLES, Table

VERSION: Final = 1  # of the tables and their columns
KEPT: Final = timedelta(days=7)
UNFINISHED: Final = ".part-"
EFFORT: Final = 6  # of the compression
ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('pricing.bulk'))"
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
# JSON holds neither of these control characters, so that COPY quotes nothing and each row is a line.
LINES = "COPY ({}) TO STDOUT (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')"
CELLS = "COPY ({}) TO STDOUT (FORMAT csv, HEADER)"


class BusyError(Exception):
    """Another process writes the files already."""


def write() -> files.Manifest:
    """The files of this moment; those there are where nothing has changed since. Raises BusyError."""
    folder = Path(settings.BULK_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    # Durable: the settings of a transaction can only be set at its beginning.
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SNAPSHOT)
        cursor.execute(ALONE)
        if not (cursor.fetchone() or (False,))[0]:
            raise BusyError("The files are being written already.")
        known = files.newest()
        if known and (known.cursor, known.version) == (str(revisions.position()), VERSION):
            return known
        return _written(folder, cursor=cursor.cursor)


def _written(folder: Path, *, cursor: Cursor[Any]) -> files.Manifest:
    now = datetime.now(UTC)
    _drop(folder, before=now - KEPT)
    unfinished = folder / f"{UNFINISHED}{files.name_of(now)}"
    unfinished.mkdir()
    listed = [
        _file(unfinished, table=table, kind=kind, cursor=cursor) for table in TABLES for kind in files.KINDS
    ]
    manifest = files.Manifest(
        made_at=now, version=VERSION, cursor=str(revisions.position()), files=tuple(listed)
    )
    _save(unfinished / files.MANIFEST, manifest.as_json().encode())
    _place(unfinished, name=manifest.name)
    return manifest


def _drop(folder: Path, *, before: datetime) -> None:
    """What was never finished, and what is older; the newest stays however old it is."""
    old = [name for name in files.names()[1:] if name < files.name_of(before)]
    unfinished = [path.name for path in folder.glob(f"{UNFINISHED}*")]
    for gone in old + unfinished:
        shutil.rmtree(folder / gone)


def _file(folder: Path, *, table: Table, kind: str, cursor: Cursor[Any]) -> files.File:
    sql = LINES.format(table.as_json()) if kind == "jsonl" else CELLS.format(table.as_csv())
    path = folder / f"{table.name}.{kind}.gz"
    with cursor.copy(sql) as copy:
        _pack(path, blocks=copy)
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    size = path.stat().st_size
    return files.File(
        name=path.name, table=table.name, kind=kind, rows=cursor.rowcount, size=size, sha256=digest
    )


def _pack(path: Path, *, blocks: Iterable[bytes | bytearray | memoryview]) -> None:
    with path.open("xb") as raw:
        # Neither a name nor a time in it: the same rows make the same bytes.
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=EFFORT, mtime=0) as packed:
            for block in blocks:
                packed.write(block)
        raw.flush()
        os.fsync(raw.fileno())


def _save(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _place(unfinished: Path, *, name: str) -> None:
    """Gives the folder the name under which it is read, once and for all."""
    unfinished.rename(unfinished.parent / name)
    folder = os.open(unfinished.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
