"""Brings a collection back from our own files, with its sales."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from catalog import matching
from catalog.models import Printing
from collections_app import collecting, lots
from collections_app.exports import kept, own
from collections_app.exports.kept import Kept, Share
from collections_app.models import Collection, Disposal, Lot, Sale

MOST_BYTES = 25 * 1024 * 1024
MOST_LOTS = 200_000
MOST_NAMED = 20  # cards in one message
Facts = collecting.Facts
_Terms = tuple[int, date, int | None, int, str, str]


class RestoreError(ValueError):
    """The file cannot be restored; str() tells its owner why."""


class MissingCardsError(RestoreError):
    """The catalogue does not have all the cards; `names` are those."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        listed = "; ".join(self.names[:MOST_NAMED])
        more = f"; and {len(self.names) - MOST_NAMED} more" if len(self.names) > MOST_NAMED else ""
        super().__init__(f"Not in the catalogue: {listed}{more}.")


def restore_upload(owner: User, file: BinaryIO, *, partial: bool = False) -> Collection:
    """Restores the JSON file. Raises RestoreError."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise RestoreError(f"The file is larger than {MOST_BYTES >> 20} MB.")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise RestoreError("The file is not JSON as this site exports it.") from None
    return restore(owner, document, partial=partial)


@transaction.atomic
def restore(owner: User, document: object, *, partial: bool = False) -> Collection:
    """A new collection, under a name that is free, of what `exports.own.as_json` wrote.

    Raises RestoreError, and MissingCardsError for cards that are not in the catalogue: nothing is written
    then, unless `partial` says to leave them out.
    """
    facts, said = _parts(document)
    read = [_read(one, place=place) for place, one in enumerate(said, start=1)]
    printings = find(read)
    if not partial and (missing := [_named(one) for one in read if one not in printings]):
        raise MissingCardsError(list(dict.fromkeys(missing)))
    found = [one for one in read if one in printings]
    collection = collecting.create(owner, _free(owner, facts))
    added = lots.add_many(collection, (_facts(one, printing_id=printings[one]) for one in found))
    sell(zip(added, (one.shares for one in found), strict=True))
    return collection


def find(read: Sequence[Kept]) -> dict[Kept, int]:
    """The printing of each, where there is one: by our own number if that still means it, else matched."""
    known = _known(read)
    rest = [one for one in read if one not in known]
    matches = matching.match([one.wanted for one in rest]) if rest else []
    matched = zip(rest, (match.printing_id for match in matches), strict=True)
    return known | {one: printing for one, printing in matched if printing}


def sell(taken: Iterable[tuple[Lot, Sequence[Share]]]) -> None:
    """Takes out of new lots what sales had taken of them, a fixed number of statements however many.

    The past need not be asked for anew: adding the lots did that, and nothing was sold before.
    """
    sold = [(lot, shares) for lot, shares in taken if shares]
    known = _begun({lot.batch_id for lot, _ in sold if lot.batch_id})
    disposals = [
        Disposal(sale=known.of(lot, share), lot=lot, quantity=share.quantity)
        for lot, shares in sold
        for share in shares
    ]
    for lot, shares in sold:
        lot.disposed = sum(share.quantity for share in shares)
        lot.quantity -= lot.disposed
    Sale.objects.bulk_create(known.new(), batch_size=1000)
    Disposal.objects.bulk_create(disposals, batch_size=1000)
    Lot.objects.bulk_update([lot for lot, _ in sold], ["quantity", "disposed"], batch_size=1000)


def sell_again(imported: Iterable[tuple[Lot, Mapping[str, Any] | None]]) -> None:
    """The same for lots that an import just added, each with its `Entry.own`."""
    sell((lot, kept.lot(said).shares) for lot, said in imported if said)


class _Sales:
    """The sales that shares are of. One that an earlier part of the same import began is gone on with."""

    def __init__(self, begun: Iterable[tuple[Sale, int]]) -> None:
        """Sales with the copies they have so far."""
        self._begun: dict[_Terms, list[tuple[Sale, int]]] = defaultdict(list)
        for sale, copies in begun:
            self._begun[_terms(sale.collection_id, sale)].append((sale, copies))
        self._known: dict[tuple[int, str], Sale] = {}

    def of(self, lot: Lot, share: Share) -> Sale:
        key = (lot.collection_id, share.sale)
        if key not in self._known:
            self._known[key] = self._continued(lot, share) or _sale(lot, share)
        return self._known[key]

    def new(self) -> list[Sale]:
        """In the order of their days, so that lists of them stay as they were."""
        return sorted((sale for sale in self._known.values() if not sale.pk), key=attrgetter("sold_on"))

    def _continued(self, lot: Lot, share: Share) -> Sale | None:
        """One on the same terms that still lacks copies."""
        begun = self._begun[_terms(lot.collection_id, share)]
        for place, (sale, copies) in enumerate(begun):
            if copies + share.quantity <= share.of:
                del begun[place]
                return sale
        return None


def _terms(collection_id: int, of: Sale | Share) -> _Terms:
    return collection_id, of.sold_on, of.unit_price, of.fees, of.currency, of.notes


def _begun(batches: set[int]) -> _Sales:
    if not batches:
        return _Sales([])
    found = Sale.objects.filter(pk__in=Disposal.objects.filter(lot__batch__in=batches).values("sale"))
    counted = found.annotate(copies=Sum("disposals__quantity"))
    return _Sales((sale, sale.copies) for sale in counted.order_by("id"))


def _sale(lot: Lot, share: Share) -> Sale:
    return Sale(
        collection_id=lot.collection_id,
        sold_on=share.sold_on,
        unit_price=share.unit_price,
        fees=share.fees,
        currency=share.currency,
        notes=share.notes,
    )


def _parts(document: object) -> tuple[Facts, list[Any]]:
    said: Any = document if isinstance(document, dict) else {}
    if said.get("format") != own.NAME or not isinstance(said.get("lots"), list):
        raise RestoreError("The file is not an export of this site.")
    if said.get("version") != own.VERSION:
        raise RestoreError(f"The file has version {said.get('version')}; {own.VERSION} can be read.")
    if len(said["lots"]) > MOST_LOTS:
        raise RestoreError(f"The file has more than {MOST_LOTS:,} lots.")
    return _collection(said.get("collection")), said["lots"]


def _collection(said: object) -> Facts:
    facts: Mapping[str, Any] = said if isinstance(said, dict) else {}
    name = facts.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= 80 or "\0" in name:
        raise RestoreError("The collection in the file has no name of at most 80 characters.")
    kind, visibility = facts.get("kind"), facts.get("visibility")
    if kind not in Collection.Kind.values or visibility not in Collection.Visibility.values:
        raise RestoreError("The kind or the visibility of the collection in the file is not known.")
    return Facts(name=name, kind=kind, visibility=visibility, shows_cost=facts.get("shows_cost") is True)


def _read(said: object, *, place: int) -> Kept:
    try:
        return kept.lot(said if isinstance(said, dict) else {})
    except ValueError as error:
        raise RestoreError(f"Lot {place} cannot be read. {error}") from None


def _known(read: Sequence[Kept]) -> dict[Kept, int]:
    found = Printing.objects.filter(pk__in={one.printing_id for one in read})
    names = ("card__game__slug", "card__card_set__slug", "card__name", "card__number", "finish__name")
    said = {row[0]: row[1:] for row in found.values_list("pk", *names)}
    return {one: one.printing_id for one in read if said.get(one.printing_id) == _same(one)}


def _same(one: Kept) -> tuple[str, ...]:
    wanted = one.wanted
    return wanted.game, one.set_slug, wanted.name, wanted.number, wanted.finish


def _facts(one: Kept, *, printing_id: int) -> lots.Facts:
    names = ("quantity", "language", "currency", "acquired_on", "condition", "grader", "grade")
    same = {name: getattr(one, name) for name in (*names, "unit_cost", "notes")}
    return lots.Facts(printing_id=printing_id, **same)


def _named(one: Kept) -> str:
    wanted = one.wanted
    return ", ".join(filter(None, (wanted.name, wanted.number, wanted.set_name, wanted.finish)))


def _free(owner: User, facts: Facts) -> Facts:
    """Under the same name, or with the first number behind it that nobody has taken."""
    taken = {name.lower() for name in Collection.objects.filter(owner=owner).values_list("name", flat=True)}
    name = next(name for name in _names(facts.name) if name.lower() not in taken)
    return Facts(name=name, kind=facts.kind, visibility=facts.visibility, shows_cost=facts.shows_cost)


def _names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        end = f" {number}"
        yield name[: 80 - len(end)] + end
        number += 1
