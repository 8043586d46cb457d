"""Takes copies out of a collection for a price, or for none, and puts them back when that was an error."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import transaction
from django.db.models import F, QuerySet

from collections_app import restating
from collections_app.lots import IDENTITY, LotError
from collections_app.models import Disposal, Lot, Sale

Method = Literal["fifo", "lot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How copies were sold. `unit_price` and `fees` (of the whole sale) in minor units of `currency`; without
    a price the copies were given away or lost.
    """

    quantity: int
    sold_on: date
    currency: str
    unit_price: int | None = None
    fees: int = 0
    notes: str = ""


@transaction.atomic
def sell(lot: Lot, terms: Terms, *, method: Method = "lot") -> Sale:
    """Sells copies of this lot, or with "fifo" the first acquired of all copies like it in its collection.

    Raises LotError when fewer are held on the day of the sale.
    """
    chosen = list(_open_lots(lot, sold_on=terms.sold_on, method=method))
    held = sum(one.quantity for one in chosen)
    if not 0 < terms.quantity <= held:
        raise LotError(f"{held} copies were held on {terms.sold_on}; {terms.quantity} cannot be sold.")
    sale = Sale.objects.create(
        collection_id=lot.collection_id,
        sold_on=terms.sold_on,
        unit_price=terms.unit_price,
        fees=terms.fees,
        currency=terms.currency,
        notes=terms.notes,
    )
    _take(sale, chosen, quantity=terms.quantity)
    restating.restate([lot.collection_id], since=terms.sold_on)
    return sale


@transaction.atomic
def undo(sale: Sale) -> None:
    """Puts the copies back into their lots, as if they had never been sold."""
    taken = list(Disposal.objects.select_for_update().filter(sale=sale).order_by("lot_id"))
    for one in taken:
        Lot.objects.filter(pk=one.lot_id).update(
            quantity=F("quantity") + one.quantity, disposed=F("disposed") - one.quantity
        )
    Sale.objects.filter(pk=sale.pk).delete()
    restating.restate([sale.collection_id], since=sale.sold_on)


def _open_lots(lot: Lot, *, sold_on: date, method: Method) -> QuerySet[Lot]:
    """What can be sold on the day, first acquired first, locked until the sale is written."""
    alike = {"pk": lot.pk} if method == "lot" else {name: getattr(lot, name) for name in IDENTITY}
    held = Lot.objects.select_for_update().filter(collection_id=lot.collection_id, quantity__gt=0, **alike)
    return held.filter(acquired_on__lte=sold_on).order_by("acquired_on", "id")


def _take(sale: Sale, lots: Iterable[Lot], *, quantity: int) -> None:
    for lot in lots:
        taken = min(lot.quantity, quantity)
        if not taken:
            break
        quantity -= taken
        Disposal.objects.create(sale=sale, lot=lot, quantity=taken)
        Lot.objects.filter(pk=lot.pk).update(quantity=F("quantity") - taken, disposed=F("disposed") + taken)
