"""Who may see what: every page and endpoint gets its rows here, and what is not yours is not there."""

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from collections_app.models import Collection, ImportBatch, ImportRow, Lot, Report, Sale


def collections_of(owner: User, *, kind: str | None = None) -> QuerySet[Collection]:
    """Everything a person keeps, owned before wish lists, with the number of its lots (`lot_count`)."""
    found = Collection.objects.filter(owner=owner, **({"kind": kind} if kind else {}))
    return found.annotate(lot_count=Count("lots", filter=Q(lots__quantity__gt=0)))


def collection(owner: User, pk: int) -> Collection:
    """Raises Collection.DoesNotExist, also for somebody else's."""
    return Collection.objects.select_related("owner").get(owner=owner, pk=pk)


def shared(token: str) -> Collection:
    """What whoever has the link may see. Raises Collection.DoesNotExist, also once it is private again."""
    seen = Collection.objects.select_related("owner").exclude(visibility=Collection.Visibility.PRIVATE)
    return seen.get(token=token)


def public() -> QuerySet[Collection]:
    """What everyone may see, the newest first."""
    found = Collection.objects.filter(visibility=Collection.Visibility.PUBLIC)
    return found.annotate(lot_count=Count("lots", filter=Q(lots__quantity__gt=0))).order_by("-id")


def lots(owner: User) -> QuerySet[Lot]:
    return Lot.objects.filter(collection__owner=owner)


def lot(owner: User, pk: int) -> Lot:
    """Raises Lot.DoesNotExist, also for somebody else's."""
    found = lots(owner).select_related("collection__owner", "printing__card__card_set", "printing__finish")
    return found.select_related("printing__card__game", "printing__card__rarity").get(pk=pk)


def sale(owner: User, pk: int) -> Sale:
    """Raises Sale.DoesNotExist, also for somebody else's."""
    return Sale.objects.select_related("collection").get(collection__owner=owner, pk=pk)


def imports(owner: User) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(collection__owner=owner).select_related("collection__owner", "game")


def import_batch(owner: User, pk: int) -> ImportBatch:
    """Raises ImportBatch.DoesNotExist, also for somebody else's."""
    return imports(owner).get(pk=pk)


def import_row(owner: User, pk: int) -> ImportRow:
    """Raises ImportRow.DoesNotExist, also for somebody else's."""
    found = ImportRow.objects.select_related("batch__collection__owner", "lot")
    return found.get(batch__collection__owner=owner, pk=pk)


def reports(owner: User) -> QuerySet[Report]:
    return Report.objects.filter(collection__owner=owner).select_related("collection")
