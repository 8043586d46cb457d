"""Reads an uploaded file row by row and finds the printing of each: the preview of an import."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from catalog import matching
from catalog.matching import Match, Verdict
from collections_app.exports import kept, restore
from collections_app.imports import formats
from collections_app.imports.entries import Entry, RowError
from collections_app.imports.formats import Format
from collections_app.imports.packing import packed
from collections_app.imports.sheets import BadRow, Row, Sheet, SheetError, open_sheet
from collections_app.lots import EARLIEST, today
from collections_app.models import LANGUAGES, LARGEST_AMOUNT, Collection, ImportBatch, ImportRow, Lot

CHUNK = 1000
BAD_ROW = ""  # the one key of a raw row that has no columns
STORE = """
COPY collections_app_importrow
    (batch_id, line, raw, entry, verdict, reason, printing_id, candidates, is_dismissed)
FROM STDIN"""
WISHED = "A watchlist entry: choose the wish list it belongs to."
CODES = dict(LANGUAGES)
CURRENCY = re.compile(r"([A-Z]{3})?")

Status = ImportBatch.Status
Said = Entry | str  # what was understood, or why nothing was


def read(batch_id: int) -> None:
    """Reads what is not read yet, in transactions of CHUNK rows, and ends in a preview.

    It may be broken off anywhere and called again: it goes on behind the last row written. Beside another
    reader of the same batch it steps back. A file that turns out unreadable leaves what was read visible.
    """
    batch = ImportBatch.objects.select_related("collection", "game").filter(pk=batch_id).first()
    if batch is None or batch.status != Status.READING:
        return
    try:
        with batch.file.open("rb") as file:
            is_read = _read(batch, open_sheet(file.file))
    except SheetError as error:
        _end(batch_id, status=Status.FAILED, error=str(error))
    except FileNotFoundError:
        _end(batch_id, status=Status.FAILED, error="The uploaded file is gone. Upload it again.")
    else:
        if is_read:
            _end(batch_id, status=Status.PREVIEW)


def format_of(batch: ImportBatch) -> Format:
    """How the batch's rows are read: as its app writes them, or by the columns its owner named."""
    if batch.format:
        return formats.FORMATS[batch.format]
    game = batch.game.slug if batch.game else ""
    return formats.mapped(batch.columns, game=game, currency=batch.currency)


def _read(batch: ImportBatch, sheet: Sheet) -> bool:
    """False when somebody else reads, or the batch is gone."""
    if not batch.total:
        ImportBatch.objects.filter(pk=batch.pk).update(total=_count(sheet.rows()))
    format_ = format_of(batch)
    rows = islice(sheet.rows(), batch.progress, None)
    behind = batch.progress
    while chunk := list(islice(rows, CHUNK)):
        if not _write(batch, chunk, behind=behind, format_=format_):
            return False
        behind += len(chunk)
    return True


def _count(rows: Iterable[Row | BadRow]) -> int:
    """How many rows can be read: what is unreadable behind them shows when the reader gets there."""
    count = 0
    with suppress(SheetError):
        for _ in rows:
            count += 1
    return count


@transaction.atomic
def _write(batch: ImportBatch, chunk: list[Row | BadRow], *, behind: int, format_: Format) -> bool:
    known = ImportBatch.objects.select_for_update().filter(pk=batch.pk).first()
    if known is None or known.status != Status.READING or known.progress != behind:
        return False
    _store(list(_rows(batch, chunk, format_=format_)))
    known.progress = behind + len(chunk)
    known.save(update_fields=["progress"])
    return True


def _store(rows: list[ImportRow]) -> None:
    """By COPY: a quarter of the time that inserting them takes."""
    with connection.cursor() as cursor, cursor.copy(STORE) as copy:
        for row in rows:
            entry = json.dumps(row.entry) if row.entry else None
            said = (json.dumps(row.raw), entry, str(row.verdict), row.reason)
            copy.write_row((row.batch_id, row.line, *said, row.printing_id, row.candidates, False))


def _end(batch_id: int, *, status: Status, error: str = "") -> None:
    ImportBatch.objects.filter(pk=batch_id, status=Status.READING).update(status=status, error=error)


def _rows(batch: ImportBatch, chunk: list[Row | BadRow], *, format_: Format) -> Iterator[ImportRow]:
    """The rows of a chunk with their printings, looked up together."""
    said = [_understood(row, format_=format_) for row in chunk]
    matches = iter(_matches([one for one in said if isinstance(one, Entry)]))
    for row, one in zip(chunk, said, strict=True):
        raw = {BAD_ROW: row.text} if isinstance(row, BadRow) else row.cells
        plain = ImportRow(batch=batch, line=row.line, raw=raw)
        if isinstance(one, Entry):
            yield _matched(plain, one, next(matches), is_owned=batch.collection.kind == Collection.Kind.OWNED)
        else:
            plain.verdict, plain.reason = ImportRow.Verdict.UNREADABLE, one
            yield plain


def _matches(entries: list[Entry]) -> list[Match]:
    """The printing of each. A file of our own names ours; that counts while it still is the card it was."""
    found = matching.match([one.wanted for one in entries])
    own = [(place, kept.lot(one.own)) for place, one in enumerate(entries) if one.own]
    known = restore.find([lot for _, lot in own]) if own else {}
    for place, lot in own:
        if lot in known:
            found[place] = Match(verdict=Verdict.EXACT, printing_id=known[lot])
    return found


def _understood(row: Row | BadRow, *, format_: Format) -> Said:
    if isinstance(row, BadRow):
        return row.reason
    try:
        return _fitting(format_.read(row.cells))
    except RowError as error:
        return str(error)


def _fitting(entry: Entry) -> Entry:
    """Raises RowError where no lot could keep what the row says."""
    for name in ("grader", "grade"):
        field: Any = Lot._meta.get_field(name)  # noqa: SLF001 -- Django's public name for it
        if len(text := getattr(entry, name)) > field.max_length:
            raise RowError(f"The {name} “{text[:40]}” is longer than {field.max_length} characters.")
    if entry.language and entry.language not in CODES:
        raise RowError(f"The language “{entry.language}” is not known.")
    if not CURRENCY.fullmatch(entry.currency):
        raise RowError(f"“{entry.currency[:40]}” is no currency.")
    if entry.unit_cost is not None and not 0 <= entry.unit_cost <= LARGEST_AMOUNT:
        raise RowError("What was paid is negative, or beyond all measure.")
    # It may be tomorrow already where the collector lives.
    if entry.acquired_on and not EARLIEST <= entry.acquired_on <= today() + timedelta(days=1):
        when = "long before there were such cards" if entry.acquired_on < EARLIEST else "still to come"
        raise RowError(f"The day it was acquired, {entry.acquired_on}, is {when}.")
    return entry


def _matched(row: ImportRow, entry: Entry, match: Match, *, is_owned: bool) -> ImportRow:
    row.entry = packed(entry)
    row.verdict, row.reason = ImportRow.Verdict(match.verdict), match.reason
    row.printing_id, row.candidates = match.printing_id, list(match.candidates)
    if match.printing_id and match.printing_id not in row.candidates:
        row.candidates.insert(0, match.printing_id)
    if entry.is_wish and is_owned:
        if match.verdict == Verdict.EXACT:
            row.verdict, row.printing_id = ImportRow.Verdict.AMBIGUOUS, None
        row.reason = f"{WISHED} {match.reason}".strip()
    return row
