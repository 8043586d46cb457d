"""Puts lots into collections, changes, moves, splits and removes them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from catalog.models import Printing
from collections_app import repricing, restating
from collections_app.models import MOST_COPIES, Collection, Disposal, ImportBatch, Lot, Sale

# What identifies copies that are alike: any of them may be sold in place of another.
IDENTITY = ("printing_id", "condition", "grader", "grade", "language")
# What many lots can be given at once.
SHARED_FACTS = ("condition", "grader", "grade", "language", "unit_cost", "currency", "acquired_on", "notes")
EARLIEST = date(1990, 1, 1)  # before the first of these games; a wrong year would be valued day by day
SOLD_BEFORE = "Copies were sold on {day} already: they cannot have been acquired later."


class LotError(ValueError):
    """What was asked of a lot is impossible; str() tells its owner why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a person says of a lot: `unit_cost` in minor units of `currency`; no condition if graded."""

    printing_id: int
    quantity: int
    language: str
    currency: str
    acquired_on: date
    condition: str = "NM"
    grader: str = ""
    grade: str = ""
    unit_cost: int | None = None
    notes: str = ""


def today() -> date:
    return datetime.now(UTC).date()


@transaction.atomic
def add(collection: Collection, facts: Facts) -> Lot:
    return add_many(collection, [facts])[0]


@transaction.atomic
def add_many(
    collection: Collection, facts: Iterable[Facts], *, batch: ImportBatch | None = None
) -> list[Lot]:
    """Adds the lots in the order given, three statements however many; none is checked one by one."""
    added = Lot.objects.bulk_create(
        (Lot(collection=collection, batch=batch, **asdict(one)) for one in facts), batch_size=1000
    )
    _settle(added)
    return added


@transaction.atomic
def edit(lot: Lot, facts: Facts) -> Lot:
    """Gives a lot these facts; a quantity of 0 is refused unless copies of it were sold."""
    known = _locked(lot)
    before = known.acquired_on
    if not facts.quantity and not known.disposed:
        raise LotError("A lot of no copies cannot be kept; delete it instead.")
    for name, value in asdict(facts).items():
        setattr(known, name, value)
    _not_sold_before(known)
    known.save()
    _settle([known], since=before)
    return known


@transaction.atomic
def edit_many(lots: QuerySet[Lot], changes: dict[str, Any]) -> int:
    """Gives all these lots the same facts, of SHARED_FACTS; how many there were."""
    assert set(changes) <= set(SHARED_FACTS)
    found = list(lots.select_for_update().order_by("id"))
    if not found:
        return 0
    since = min([*(lot.acquired_on for lot in found), changes.get("acquired_on", date.max)])
    lots.update(**changes, updated_at=timezone.now())
    sold = Disposal.objects.filter(lot__in=found, lot__acquired_on__gt=F("sale__sold_on"))
    if early := sold.select_related("sale").first():
        raise LotError(SOLD_BEFORE.format(day=early.sale.sold_on))
    _settle(found, since=since)
    return len(found)


@transaction.atomic
def remove(lots: QuerySet[Lot]) -> int:
    """Deletes the lots as if they had never been, with their shares of sales; how many there were."""
    found = list(lots.select_for_update().order_by("id"))
    for lot in found:
        if lot.photo:
            _forget_photo(lot)
    _restate(found)
    Lot.objects.filter(pk__in=[lot.pk for lot in found]).delete()
    _drop_empty_sales({lot.collection_id for lot in found if lot.disposed})
    return len(found)


@transaction.atomic
def move(lots: QuerySet[Lot], *, to: Collection) -> int:
    """Moves what is held of the lots; what was sold of them stays with its sale. How many were moved."""
    found = list(lots.select_for_update().filter(quantity__gt=0).exclude(collection=to).order_by("id"))
    for lot in found:
        if lot.disposed:
            _split_off(lot, quantity=lot.quantity, to=to)
    whole = [lot.pk for lot in found if not lot.disposed]
    Lot.objects.filter(pk__in=whole).update(collection=to)
    if found:  # all at once: two moves that cross each other must not wait for one another
        concerned = {to.pk, *(lot.collection_id for lot in found)}
        restating.restate(concerned, since=min(lot.acquired_on for lot in found))
    return len(found)


@transaction.atomic
def split(lot: Lot, *, quantity: int) -> Lot:
    """Makes two lots of one; returns the new one, of that many copies."""
    known = _locked(lot)
    if not 0 < quantity < known.quantity:
        raise LotError(f"Of {known.quantity} copies, 1 to {known.quantity - 1} can be split off.")
    return _split_off(known, quantity=quantity, to=known.collection)


@transaction.atomic
def quick_add(collection: Collection, printing: Printing, *, quantity: int = 1) -> Lot:
    """Adds copies with nothing said but the printing: to today's lot of the same kind, if there is one.

    Raises LotError where that would become too many.
    """
    plain = _plain(collection, printing, quantity=quantity)
    found = Lot.objects.select_for_update().filter(
        collection=collection, batch=None, disposed=0, notes="", photo="", **_identity(plain)
    )
    same = found.filter(acquired_on=plain.acquired_on, unit_cost=None).order_by("id").first()
    if same is None:
        return add(collection, plain)
    if same.quantity + quantity > MOST_COPIES:
        raise LotError(f"A lot has at most {MOST_COPIES:,} copies; today's has {same.quantity:,} already.")
    return edit(same, replace(plain, quantity=same.quantity + quantity, currency=same.currency))


@transaction.atomic
def set_quantity(collection: Collection, printing: Printing, *, quantity: int) -> int:
    """Makes the collection hold that many Near Mint copies of a printing; how many it held before.

    Missing copies are added today; too many are taken from the newest lots, as a correction, not a sale.
    """
    identity = _identity(_plain(collection, printing, quantity=1))
    held = list(
        Lot.objects.select_for_update()
        .filter(collection=collection, quantity__gt=0, **identity)
        .order_by("-acquired_on", "-id")
    )
    before = sum(lot.quantity for lot in held)
    if quantity > before:
        quick_add(collection, printing, quantity=quantity - before)
    _take(held, quantity=before - quantity)
    return before


def _plain(collection: Collection, printing: Printing, *, quantity: int) -> Facts:
    return Facts(
        printing_id=printing.pk,
        quantity=quantity,
        language=printing.card.game.language,
        currency=collection.owner.currency,
        acquired_on=today(),
    )


def _identity(facts: Facts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in IDENTITY}


def _take(held: list[Lot], *, quantity: int) -> None:
    for lot in held:
        taken = min(lot.quantity, max(quantity, 0))
        quantity -= taken
        if taken and taken == lot.quantity and not lot.disposed:
            remove(Lot.objects.filter(pk=lot.pk))
        elif taken:
            lot.quantity -= taken
            lot.save(update_fields=["quantity", "updated_at"])
            _restate([lot])


def _split_off(lot: Lot, *, quantity: int, to: Collection) -> Lot:
    """The photo stays with the first lot: nobody can say which copies it shows."""
    rest = Lot.objects.get(pk=lot.pk)
    rest.pk, rest._state.adding = None, True  # noqa: SLF001 -- how Django copies a row
    rest.quantity, rest.disposed, rest.collection, rest.photo = quantity, 0, to, ""
    rest.save()
    lot.quantity -= quantity
    lot.save(update_fields=["quantity", "updated_at"])
    return rest


def _locked(lot: Lot) -> Lot:
    return Lot.objects.select_for_update(of=("self",)).select_related("collection__owner").get(pk=lot.pk)


def _not_sold_before(lot: Lot) -> None:
    first = lot.disposals.order_by("sale__sold_on").values_list("sale__sold_on", flat=True).first()
    if first and lot.acquired_on > first:
        raise LotError(SOLD_BEFORE.format(day=first))


def _settle(lots: list[Lot], *, since: date | None = None) -> None:
    """After a write: chooses prices and asks for the past to be valued anew."""
    repricing.choose([lot.pk for lot in lots])
    _restate(lots, since=since)


def _restate(lots: list[Lot], *, since: date | None = None) -> None:
    for collection_id in {lot.collection_id for lot in lots}:
        days = [lot.acquired_on for lot in lots if lot.collection_id == collection_id]
        restating.restate([collection_id], since=min([*days, since or days[0]]))


def _drop_empty_sales(collection_ids: set[int]) -> None:
    Sale.objects.filter(collection_id__in=collection_ids, disposals=None).delete()


def _forget_photo(lot: Lot) -> None:
    storage, name = lot.photo.storage, lot.photo.name
    transaction.on_commit(lambda: storage.delete(name or ""))
