"""What the pages of the import desk show. Each read is a fixed number of statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Model, Q, QuerySet

from accounts.models import User
from catalog.models import Printing
from collections_app.imports.entries import Entry
from collections_app.imports.packing import unpacked
from collections_app.imports.reading import BAD_ROW
from collections_app.models import ImportBatch, ImportRow, Lot

PER_PAGE = 50
MOST_REASONS = 30

Shown = TypeVar("Shown", bound=Model)
Status = ImportBatch.Status
Verdict = ImportRow.Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The rows of a batch: by verdict, and what became of them. `waiting` ones are in the tray."""

    exact: int = 0
    ambiguous: int = 0
    unmatched: int = 0
    unreadable: int = 0
    lots: int = 0
    dismissed: int = 0
    waiting: int = 0
    ready: int = 0  # matched and not brought

    @property
    def total(self) -> int:
        return self.exact + self.ambiguous + self.unmatched + self.unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What goes when an import is undone."""

    lots: int
    sold: int
    edited: int


@dataclass(frozen=True, kw_only=True)
class RowView:
    """A row of a file with what it was taken for. Of its printings only those that still exist are known."""

    row: ImportRow
    printing: Printing | None
    candidates: Sequence[Printing]

    @cached_property
    def entry(self) -> Entry | None:
        return unpacked(self.row.entry) if self.row.entry else None

    @property
    def cells(self) -> list[tuple[str, str]]:
        """What stands in the file, in its order; a row that fits no columns is one cell."""
        raw = self.row.raw
        names = [BAD_ROW] if BAD_ROW in raw else self.row.batch.header
        return [(name or "Row", raw[name]) for name in names if raw.get(name)]

    @property
    def text(self) -> str:
        """The row in short."""
        return " · ".join(cell for _, cell in self.cells)[:300]


def counts(batch_ids: Sequence[int]) -> Mapping[int, Counts]:
    """One statement for any number of batches."""
    undecided = Q(lot=None, is_dismissed=False)
    rows = ImportRow.objects.filter(batch__in=batch_ids).order_by().values("batch")
    found = rows.annotate(
        **{verdict: Count("id", filter=Q(verdict=verdict)) for verdict in Verdict.values},
        lots=Count("lot"),
        dismissed=Count("id", filter=Q(is_dismissed=True)),
        waiting=Count("id", filter=undecided & ~Q(verdict=Verdict.EXACT) & Q(batch__status=Status.DONE)),
        ready=Count("id", filter=undecided & Q(verdict=Verdict.EXACT)),
    )
    known = {row["batch"]: _counts(row) for row in found}
    return {pk: known.get(pk, Counts()) for pk in batch_ids}


def _counts(row: Mapping[str, Any]) -> Counts:
    return Counts(**{name: count for name, count in row.items() if name != "batch"})


def same_file(batch: ImportBatch) -> ImportBatch | None:
    """The newest other upload of the very same bytes by its owner that was neither undone nor refused."""
    owner = batch.collection.owner_id
    found = ImportBatch.objects.filter(collection__owner=owner, digest=batch.digest)
    found = found.exclude(pk=batch.pk).exclude(status__in=[Status.UNDONE, Status.FAILED])
    return found.select_related("collection").order_by("-id").first()


def noticed(same: ImportBatch) -> str:
    done = "imported" if same.status in {Status.DONE, Status.IMPORTING, Status.UNDOING} else "uploaded"
    day = f"{same.created_at.day} {same.created_at:%b %Y}"
    return f"You {done} this very file on {day} into “{same.collection}”."


def folders(batch: ImportBatch) -> int:
    """How many folders the matched rows of a file name."""
    named = batch.rows.filter(verdict=Verdict.EXACT, entry__folder__isnull=False)
    return named.order_by().values("entry__folder").distinct().count()


def undoing(batch: ImportBatch) -> Undoing:
    """A lot counts as edited when it was saved again later than the moment it was made."""
    edited = Q(updated_at__gt=F("created_at") + timedelta(seconds=1))
    lots = Lot.objects.filter(batch=batch)
    found = lots.aggregate(
        lots=Count("id"), sold=Count("id", filter=Q(disposed__gt=0)), edited=Count("id", filter=edited)
    )
    return Undoing(**found)


def left(batch: ImportBatch) -> int:
    """How many rows or lots the present step has in all, for its progress bar."""
    if batch.status == Status.IMPORTING:
        return batch.progress + counts([batch.pk])[batch.pk].ready
    if batch.status == Status.UNDOING:
        return batch.progress + Lot.objects.filter(batch=batch).count()
    return batch.total


def waiting(owner: User) -> QuerySet[ImportRow]:
    """The tray: rows of imported files that became no lot, and about which nothing is decided."""
    rows = ImportRow.objects.filter(batch__collection__owner=owner, batch__status=Status.DONE)
    return rows.filter(lot=None, is_dismissed=False).exclude(verdict=Verdict.EXACT)


def put_aside(owner: User) -> QuerySet[ImportRow]:
    rows = ImportRow.objects.filter(batch__collection__owner=owner, batch__status=Status.DONE)
    return rows.filter(is_dismissed=True)


def reasons(owner: User) -> list[tuple[str, int]]:
    """Why rows wait in the tray, the most frequent first, at most MOST_REASONS."""
    found = waiting(owner).order_by().values("reason").annotate(rows=Count("id"))
    return [(one["reason"], one["rows"]) for one in found.order_by("-rows", "reason")[:MOST_REASONS]]


def page_of(rows: QuerySet[ImportRow], *, page: str | None) -> Page[ImportRow]:
    """A page of them in the order of their files, the newest file first."""
    return pages(rows.select_related("batch__collection").order_by("-batch_id", "line"), page=page)


def pages(found: QuerySet[Shown], *, page: str | None) -> Page[Shown]:
    """The page asked for, or the nearest there is."""
    return Paginator(found, PER_PAGE).get_page(page)


def shown(rows: Iterable[ImportRow]) -> list[RowView]:
    """One statement: the printings of all the rows."""
    rows = list(rows)
    wanted = {pk for row in rows for pk in (row.printing_id, *row.candidates) if pk}
    known = {one.pk: one for one in printings().filter(pk__in=wanted)}
    return [
        RowView(
            row=row,
            printing=known.get(row.printing_id or 0),
            candidates=[known[pk] for pk in row.candidates if pk in known],
        )
        for row in rows
    ]


def printings() -> QuerySet[Printing]:
    """Printings with all that names them, those of unpublished sets included: they are owned all the same."""
    return Printing.objects.select_related("card__card_set", "card__game", "finish")


def printings_of(card_ids: Sequence[int]) -> list[Printing]:
    """The printings of the cards, in the order of the cards."""
    place = {pk: number for number, pk in enumerate(card_ids)}
    found = printings().filter(card__in=card_ids).order_by("finish__id")
    return sorted(found, key=lambda one: place[one.card_id])


def raw_cells(rows: QuerySet[ImportRow], *, header: Sequence[str]) -> Iterator[list[str]]:
    """The rows as they stood in their file below its header; one that fits no columns is one cell."""
    for row in rows.order_by("line").only("raw").iterator(chunk_size=1000):
        yield [row.raw[BAD_ROW]] if BAD_ROW in row.raw else [row.raw.get(name, "") for name in header]
