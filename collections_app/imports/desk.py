"""Takes a file in and leads it into a collection: upload, columns, preview, import, undo.

A short file goes each step at once, a long one by the worker. What a step does stands in `reading` and
`bringing`; what is left over, in `tray`.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from catalog.models import Game
from collections_app.imports import bringing, formats, queries, reading
from collections_app.imports.errors import DeskError, QueueError, SameFileError
from collections_app.imports.sheets import MOST_BYTES, Sheet, SheetError, open_sheet
from collections_app.models import Collection, ColumnMapping, ImportBatch, new_token
from pricing import worker

SMALL = 500  # rows that are read or brought while the collector waits
MOST_OPEN = 20
MOST_FOLDERS = 100
KEPT = timedelta(days=30)
SAMPLE = 5
BUSY = "The queue cannot be reached at the moment. Nothing is lost: press “Continue” in a few minutes."

Status = ImportBatch.Status
CLOSED = [Status.DONE, Status.UNDONE, Status.FAILED]
TASKS = {
    Status.READING: "collections_app.read_import",
    Status.IMPORTING: "collections_app.bring_import",
    Status.UNDOING: "collections_app.undo_import",
}


def receive(collection: Collection, file: File[bytes], *, filename: str, currency: str = "") -> ImportBatch:
    """Keeps an uploaded file as a batch that waits to be read (`proceed`) or for its columns to be named.

    `currency` is that of prices that name none; "" is the owner's. Raises SheetError for a file that cannot
    be read and DeskError when too many imports are open; neither leaves anything behind.
    """
    _not_too_many(collection.owner)
    if (file.size or 0) > MOST_BYTES:
        raise SheetError(f"The file is larger than {MOST_BYTES >> 20} MB. Split it into several files.")
    sheet, total = _inspected(file)
    batch = ImportBatch(
        collection=collection,
        filename=filename[-200:] or "file.csv",
        size=file.size,
        digest=_digest(file),
        header=list(sheet.header),
        encoding=sheet.encoding,
        currency=currency,
        total=total,
    )
    _recognise(batch)
    return _kept(batch, file)


def map_columns(
    batch: ImportBatch, columns: Mapping[str, str], *, game: Game | None, currency: str
) -> ImportBatch:
    """Names the columns of a file no app is known for, remembers them for the next one, and has the file
    read from its start. Raises DeskError, also where a required column is missing.
    """
    try:
        formats.mapped(columns, game=game.slug if game else "", currency=currency)
    except ValueError as error:
        raise DeskError(str(error)) from None
    if unknown := set(columns.values()) - set(batch.header):
        raise DeskError(f"The file has no column “{min(unknown)}”.")
    with transaction.atomic():
        known = _in_status(batch, Status.UNMAPPED, Status.PREVIEW, Status.FAILED)
        known.rows.all().delete()
        said = {"columns": dict(columns), "game": game, "currency": currency}
        ColumnMapping.objects.update_or_create(
            owner=batch.collection.owner, header=_header_key(batch.header), defaults=said
        )
        fresh = {"status": Status.READING, "progress": 0, "format": "", "error": ""}
        return _changed(known, **said, **fresh)


def bring(batch: ImportBatch, *, again: bool = False, by_folder: bool = False) -> ImportBatch:
    """Begins the import of a preview, or of what was undone; `proceed`, told the same, does it.

    Raises SameFileError unless `again` when the same bytes were uploaded before and are not undone, and
    DeskError for too many folders.
    """
    if by_folder and (folders := queries.folders(batch)) > MOST_FOLDERS:
        raise DeskError(f"The file names {folders:,} folders; at most {MOST_FOLDERS} can become collections.")
    if not again and (same := queries.same_file(batch)):
        raise SameFileError(f"{queries.noticed(same)} Confirm that you want it once more.")
    with transaction.atomic():
        return _changed(_in_status(batch, Status.PREVIEW, Status.UNDONE), status=Status.IMPORTING, progress=0)


def undo(batch: ImportBatch) -> ImportBatch:
    """Begins to take away everything an import brought; `proceed` does it."""
    with transaction.atomic():
        return _changed(_in_status(batch, Status.DONE), status=Status.UNDOING, progress=0)


def proceed(batch: ImportBatch, *, by_folder: bool = False) -> None:
    """Does the step a batch stands before: at once when it is small, otherwise the worker is asked.

    Raises QueueError when it cannot be asked.
    """
    options = {"by_folder": True} if by_folder and batch.status == Status.IMPORTING else {}
    steps: Mapping[str, Callable[..., None]] = {
        Status.READING: reading.read,
        Status.IMPORTING: bringing.bring,
        Status.UNDOING: bringing.undo,
    }
    if batch.status not in steps:
        return
    if 0 < batch.total <= SMALL:
        steps[batch.status](batch.pk, **options)
        return
    if not worker.ask(TASKS[Status(batch.status)], batch.pk, **options):
        raise QueueError(BUSY)


def discard(batch: ImportBatch) -> None:
    """Deletes an import nothing is left of in any collection, with its file. Raises DeskError."""
    with transaction.atomic():
        _in_status(
            batch, Status.UNMAPPED, Status.READING, Status.PREVIEW, Status.UNDONE, Status.FAILED
        ).delete()
        transaction.on_commit(partial(batch.file.storage.delete, batch.file.name or ""))


def forget_files(today: date) -> int:
    """Deletes the files of closed imports after KEPT; their rows stay. How many files were deleted."""
    old = ImportBatch.objects.filter(status__in=CLOSED, created_at__date__lt=today - KEPT).exclude(file="")
    for batch in old.only("file"):
        batch.file.delete(save=False)
    return old.update(file="")


def sample(batch: ImportBatch) -> Sequence[Mapping[str, str]]:
    """The first rows of the file as they stand; none where they cannot be read."""
    try:
        with batch.file.open("rb") as file:
            rows = islice(open_sheet(file.file).rows(), SAMPLE)
            return [getattr(row, "cells", {}) for row in rows]
    except (FileNotFoundError, SheetError, ValueError):
        return []


def _not_too_many(owner: User) -> None:
    waiting = ImportBatch.objects.filter(collection__owner=owner).exclude(status__in=CLOSED)
    if waiting.count() >= MOST_OPEN:
        raise DeskError(f"{MOST_OPEN} imports are open already. Finish or discard one of them first.")


def _inspected(file: File[bytes]) -> tuple[Sheet, int]:
    """The sheet, and how many rows it has; 0 when there are more than SMALL."""
    stream: Any = file.file  # what Django wraps: a file of its own, or bytes in memory
    sheet = open_sheet(stream)
    count = sum(1 for _ in islice(sheet.rows(), SMALL + 1))
    if not count:
        raise SheetError("The file names its columns, but has no rows.")
    return sheet, count if count <= SMALL else 0


def _digest(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _recognise(batch: ImportBatch) -> None:
    if known := formats.recognise(batch.header):
        batch.format = known.slug
        return
    mappings = ColumnMapping.objects.filter(owner=batch.collection.owner).select_related("game")
    mapping = mappings.filter(header=_header_key(batch.header)).first()
    if mapping is None:
        batch.status = Status.UNMAPPED
        return
    batch.columns, batch.game = mapping.columns, mapping.game
    batch.currency = batch.currency or mapping.currency


def _header_key(header: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(header).encode()).hexdigest()


def _kept(batch: ImportBatch, file: File[bytes]) -> ImportBatch:
    """The name a file came with is kept in the row, never used on our disk."""
    file.seek(0)
    batch.file.save(f"{new_token()}.csv", file, save=False)
    try:
        batch.save()
    except BaseException:
        batch.file.storage.delete(batch.file.name or "")
        raise
    return batch


def _in_status(batch: ImportBatch, *statuses: Status) -> ImportBatch:
    """The batch, locked. Raises DeskError when it stands elsewhere meanwhile."""
    found: QuerySet[ImportBatch] = ImportBatch.objects.select_for_update().filter(pk=batch.pk)
    known = found.first()
    if known is None:
        raise DeskError("The import was discarded meanwhile.")
    if known.status not in statuses:
        raise DeskError(f"This is not possible now: the import is “{known.get_status_display()}”.")
    return known


def _changed(batch: ImportBatch, **facts: object) -> ImportBatch:
    for name, value in facts.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(facts))
    return batch
