"""Makes lots of the rows that found their printing, and takes them away again."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count

from django.db import transaction
from django.utils import timezone

from catalog.models import Printing
from collections_app import collecting, lots
from collections_app.exports import restore
from collections_app.imports.entries import Entry
from collections_app.imports.packing import unpacked
from collections_app.models import Collection, ImportBatch, ImportRow, Lot
from pricing import formats

CHUNK = 1000
LONGEST_NOTE = 2000
GONE = "The card has left the catalogue since the file was read."

Status = ImportBatch.Status


def bring(batch_id: int, *, by_folder: bool = False) -> None:
    """Brings what is not brought yet, CHUNK rows in a transaction; what did not match waits in the tray.

    It may be broken off anywhere, called again, or run twice at once: a row that has its lot gets no other.
    With `by_folder` each folder the file names becomes a collection; otherwise a lot's notes tell its folder.
    """
    ready = ImportBatch.objects.filter(pk=batch_id, status__in=[Status.PREVIEW, Status.UNDONE])
    ready.update(status=Status.IMPORTING, progress=0)
    while _bring_some(batch_id, by_folder=by_folder):
        pass


def undo(batch_id: int) -> None:
    """Removes every lot the batch brought, with what was sold of them; its rows can be brought again."""
    ready = ImportBatch.objects.filter(pk=batch_id, status=Status.DONE)
    ready.update(status=Status.UNDOING, progress=0)
    while _undo_some(batch_id):
        pass


def add(row: ImportRow, entry: Entry, *, to: Collection, batch: ImportBatch) -> None:
    """Makes the lot of one row that has its printing now."""
    _add([(row, entry)], to=to, batch=batch, with_folder=True)


def facts(entry: Entry, printing: Printing, *, batch: ImportBatch, with_folder: bool = True) -> lots.Facts:
    """A lot as the row says it. What it leaves out: the game's language, the day of the upload, and the
    batch's currency or else its owner's.
    """
    currency = entry.currency or batch.currency or batch.collection.owner.currency
    return lots.Facts(
        printing_id=printing.pk,
        quantity=entry.quantity,
        condition="" if entry.grader else entry.condition,
        grader=entry.grader,
        grade=entry.grade,
        language=entry.language or printing.card.game.language,
        unit_cost=_cost(entry, currency=currency),
        currency=currency,
        acquired_on=entry.acquired_on or batch.created_at.date(),
        notes=_notes(entry, with_folder=with_folder),
    )


def _cost(entry: Entry, *, currency: str) -> int | None:
    """An amount without a currency was read in hundredths; of a currency without them it is rounded."""
    if entry.unit_cost is None or entry.currency or formats.digits(currency):
        return entry.unit_cost
    return (entry.unit_cost + 50) // 100


def _notes(entry: Entry, *, with_folder: bool) -> str:
    folder = f"Folder: {entry.folder}" if with_folder and entry.folder else ""
    notes = "\n".join(filter(None, [entry.notes, folder]))
    return notes if len(notes) <= LONGEST_NOTE else notes[: LONGEST_NOTE - 1] + "…"


@transaction.atomic
def _bring_some(batch_id: int, *, by_folder: bool) -> bool:
    """The next rows; False when there are none, or the batch is not being imported."""
    batch = locked(batch_id)
    if batch is None or batch.status != Status.IMPORTING:
        return False
    found = batch.rows.filter(verdict=ImportRow.Verdict.EXACT, lot=None, is_dismissed=False).order_by("line")
    rows = list(found.exclude(printing=None).select_related("printing__card__game")[:CHUNK])
    if not rows:
        found.update(verdict=ImportRow.Verdict.UNMATCHED, reason=GONE)
        batch.status, batch.imported_at = Status.DONE, timezone.now()
    _make_lots(rows, batch=batch, by_folder=by_folder)
    batch.progress += len(rows)
    batch.save(update_fields=["status", "imported_at", "progress"])
    return bool(rows)


def _make_lots(rows: Iterable[ImportRow], *, batch: ImportBatch, by_folder: bool) -> None:
    entries = [(row, unpacked(row.entry)) for row in rows if row.entry]
    shelf = _shelf((entry.folder for _, entry in entries), batch=batch) if by_folder else {}
    sorted_in: dict[Collection, list[tuple[ImportRow, Entry]]] = defaultdict(list)
    for row, entry in entries:
        sorted_in[shelf.get(entry.folder, batch.collection)].append((row, entry))
    for collection, pairs in sorted_in.items():
        _add(pairs, to=collection, batch=batch, with_folder=not by_folder)
    ImportRow.objects.bulk_update([row for row, _ in entries], ["lot"], batch_size=CHUNK)


def _add(
    pairs: Sequence[tuple[ImportRow, Entry]], *, to: Collection, batch: ImportBatch, with_folder: bool
) -> None:
    said = [
        facts(entry, row.printing, batch=batch, with_folder=with_folder)
        for row, entry in pairs
        if row.printing
    ]
    added = lots.add_many(to, said, batch=batch)
    for (row, _), lot in zip(pairs, added, strict=True):
        row.lot = lot
    restore.sell_again((lot, entry.own) for (_, entry), lot in zip(pairs, added, strict=True))


def _shelf(folders: Iterable[str], *, batch: ImportBatch) -> dict[str, Collection]:
    """The owner's collection of each folder's name, made where there is none."""
    owner = batch.collection.owner
    known = {one.name.casefold(): one for one in Collection.objects.filter(owner=owner)}
    return {
        folder: _collection(folder, known=known, batch=batch) for folder in dict.fromkeys(folders) if folder
    }


def _collection(folder: str, *, known: dict[str, Collection], batch: ImportBatch) -> Collection:
    """By that name, or with a number behind it where the name is that of a list of the other kind."""
    kind = batch.collection.kind
    for number in count(1):
        name = folder[:80] if number == 1 else f"{folder[:76]} {number}"
        found = known.get(name.casefold())
        if found is None:
            found = collecting.create(batch.collection.owner, collecting.Facts(name=name, kind=kind))
            known[name.casefold()] = found
        if found.kind == kind:
            return found
    raise AssertionError


@transaction.atomic
def _undo_some(batch_id: int) -> bool:
    batch = locked(batch_id)
    if batch is None or batch.status != Status.UNDOING:
        return False
    ids = list(Lot.objects.filter(batch=batch).order_by("id").values_list("id", flat=True)[:CHUNK])
    if ids:
        lots.remove(Lot.objects.filter(pk__in=ids))
    else:
        batch.status, batch.undone_at = Status.UNDONE, timezone.now()
    batch.progress += len(ids)
    batch.save(update_fields=["status", "undone_at", "progress"])
    return bool(ids)


def locked(batch_id: int) -> ImportBatch | None:
    """The batch as it is now; whoever changes what it brought waits for the others."""
    found = ImportBatch.objects.select_for_update(of=("self",)).select_related("collection__owner")
    return found.filter(pk=batch_id).first()
