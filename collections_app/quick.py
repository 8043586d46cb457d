"""Adds a card with one touch, and takes it back."""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from catalog.models import Printing
from collections_app import collecting, lots, overview
from collections_app.models import Collection, Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """`owned` is how many copies of the printing its owner has now, in all collections."""

    lot: Lot
    collection: Collection
    quantity: int
    owned: int


@transaction.atomic
def add(owner: User, printing: Printing, *, to: Collection | None = None, quantity: int = 1) -> Added:
    """Into the first of the owner's collections unless one is named."""
    chosen = to or collecting.first(owner)
    lot = lots.quick_add(chosen, printing, quantity=quantity)
    return Added(lot=lot, collection=chosen, quantity=quantity, owned=overview.owned(owner, printing.pk))


@transaction.atomic
def take_back(lot: Lot, *, quantity: int) -> None:
    """As if they had never been added. Raises LotError when fewer are held by now."""
    known = Lot.objects.select_for_update().get(pk=lot.pk)
    if not 0 < quantity <= known.quantity:
        raise lots.LotError(f"{known.quantity} copies are held; {quantity} cannot be taken back.")
    if quantity == known.quantity and not known.disposed:
        lots.remove(Lot.objects.filter(pk=known.pk))
    else:
        facts = {name: getattr(known, name) for name in ("printing_id", *lots.SHARED_FACTS)}
        lots.edit(known, lots.Facts(**facts, quantity=known.quantity - quantity))
