"""Rows that wait for a decision: which printing they mean, or that they shall be left."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from catalog.matching import Wanted
from catalog.models import Printing
from collections_app.imports import bringing, queries
from collections_app.imports.entries import Entry
from collections_app.imports.errors import DeskError
from collections_app.imports.packing import packed, unpacked
from collections_app.models import Collection, ImportBatch, ImportRow, Lot

ALREADY = "This row was imported already."
BEFORE = "Import the file first, or undo that."
PUT_ASIDE = "Put aside before the import."

Status = ImportBatch.Status
Verdict = ImportRow.Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says of a row that could not be read."""

    quantity: int
    condition: str


def choose(row: ImportRow, printing: Printing) -> ImportRow:
    """Says in the preview which printing a row means. Raises DeskError."""
    if row.batch.status not in {Status.PREVIEW, Status.UNDONE}:
        raise DeskError("A printing is chosen before the import; afterwards the tray takes it.")
    if row.entry is None:
        raise DeskError("The row could not be read. Import the file; then complete the row in the tray.")
    if _is_wish(row):
        raise DeskError("Import the file; then choose a wish list for this row in the tray.")
    row.verdict, row.printing, row.reason, row.is_dismissed = Verdict.EXACT, printing, "", False
    row.save(update_fields=["verdict", "printing", "reason", "is_dismissed"])
    return row


@transaction.atomic
def resolve(
    row: ImportRow, printing: Printing, *, into: Collection | None = None, said: Said | None = None
) -> Lot:
    """Makes the lot of a row in the tray, in the batch's collection or in another of its owner.

    A watchlist entry needs that other one named, a row that could not be read what a person `said` of it.
    Raises DeskError.
    """
    batch = bringing.locked(row.batch_id)
    known = ImportRow.objects.get(pk=row.pk)
    if known.lot_id:
        raise DeskError(ALREADY)
    if batch is None or batch.status != Status.DONE:
        raise DeskError(BEFORE)
    if into is None and _is_wish(row):
        raise DeskError("This is a watchlist entry: choose a wish list for it.")
    entry = _entry(known, said=said)
    known.entry, known.printing, known.is_dismissed = packed(entry), printing, False
    known.verdict, known.reason = Verdict.EXACT, ""
    bringing.add(known, entry, to=into or batch.collection, batch=batch)
    known.save()
    assert known.lot
    return known.lot


def dismiss(row: ImportRow) -> None:
    """Puts a row aside: it is not imported, and can be taken back. Raises DeskError."""
    if row.lot_id:
        raise DeskError(ALREADY)
    ImportRow.objects.filter(pk=row.pk, lot=None).update(is_dismissed=True)


def dismiss_all(owner: User, *, reason: str) -> int:
    """Puts aside all rows that wait in the tray for this reason; how many."""
    return queries.waiting(owner).filter(reason=reason).update(is_dismissed=True)


def restore(row: ImportRow) -> None:
    """Takes a row back that was put aside: into the preview, or after the import into the tray."""
    rows: QuerySet[ImportRow] = ImportRow.objects.filter(pk=row.pk, is_dismissed=True)
    if row.batch.status == Status.DONE:
        rows.filter(verdict=Verdict.EXACT).update(verdict=Verdict.AMBIGUOUS, reason=PUT_ASIDE)
    rows.update(is_dismissed=False)


def _is_wish(row: ImportRow) -> bool:
    is_owned = row.batch.collection.kind == Collection.Kind.OWNED
    return is_owned and bool(row.entry and row.entry.get("is_wish"))


def _entry(row: ImportRow, *, said: Said | None) -> Entry:
    if row.entry is not None:
        return unpacked(row.entry)
    if said is None:
        raise DeskError("The row could not be read: say how many copies there are, and their condition.")
    return Entry(wanted=Wanted(), quantity=said.quantity, condition=said.condition)
