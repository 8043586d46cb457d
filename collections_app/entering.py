"""A whole set typed in at once: how many copies of each printing a collection holds.

What is shown and entered is what `lots.set_quantity` counts: Near Mint copies in the game's language, not
graded. Other copies are neither shown nor touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum

from catalog.models import CardSet, Printing
from collections_app import lots
from collections_app.models import Collection, Lot
from collections_app.rows import ChecklistRow

# Django accepts a thousand fields in one form (DATA_UPLOAD_MAX_NUMBER_FIELDS).
MOST_PRINTINGS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field as it was shown and as it was sent."""

    was: int
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """`overtaken` maps printings that changed meanwhile, and were left alone, to what is held of them."""

    changed: int
    overtaken: dict[int, int]


class _OvertakenError(Exception):
    """Undoes one printing, of which `held` copies were there."""

    def __init__(self, held: int) -> None:
        super().__init__(held)
        self.held = held


def held(collection: Collection | None, card_set: CardSet) -> dict[int, int]:
    """Copies of each printing of the set that the collection holds."""
    plain = Lot.objects.filter(
        collection=collection,
        quantity__gt=0,
        printing__card__card_set=card_set,
        condition="NM",
        grader="",
        grade="",
        language=F("printing__card__game__language"),
    )
    return dict(plain.order_by().values_list("printing_id").annotate(Sum("quantity")))


@transaction.atomic
def enter(collection: Collection, card_set: CardSet, *, changes: Mapping[int, Change]) -> Entered:
    """Makes the collection hold what was entered, unless somebody was quicker; what is no change is left out.

    Printings of other sets are passed over.
    """
    Collection.objects.select_for_update().get(pk=collection.pk)
    wanted = {key: change for key, change in changes.items() if change.now != change.was}
    found = Printing.objects.filter(pk__in=wanted, card__card_set=card_set).select_related("card__game")
    printings = {printing.pk: printing for printing in found.order_by("card__number_key", "id")}
    before = held(collection, card_set)
    new = {key for key in printings if not before.get(key) and not wanted[key].was}
    _add(collection, card_set, quantities={key: wanted[key].now for key in printings if key in new})
    overtaken = {}
    for key in [key for key in printings if key not in new]:
        try:
            _set(collection, printings[key], change=wanted[key])
        except _OvertakenError as error:
            overtaken[key] = error.held
    return Entered(changed=len(printings) - len(overtaken), overtaken=overtaken)


def _add(collection: Collection, card_set: CardSet, *, quantities: Mapping[int, int]) -> None:
    """What `lots.set_quantity` does where nothing is held, in three statements for a whole set."""
    facts = [
        lots.Facts(
            printing_id=key,
            quantity=quantity,
            language=card_set.game.language,
            currency=collection.owner.currency,
            acquired_on=lots.today(),
        )
        for key, quantity in quantities.items()
    ]
    if facts:
        lots.add_many(collection, facts)


@transaction.atomic
def _set(collection: Collection, printing: Printing, *, change: Change) -> None:
    before = lots.set_quantity(collection, printing, quantity=change.now)
    if before != change.was:
        raise _OvertakenError(before)


def pages(rows: Sequence[ChecklistRow]) -> list[list[ChecklistRow]]:
    """The checklist in parts that fit into a form, cards kept whole."""
    parts: list[list[ChecklistRow]] = [[]]
    for place, row in enumerate(rows):
        begins = place == 0 or rows[place - 1].card_id != row.card_id
        if begins and len(parts[-1]) >= MOST_PRINTINGS:
            parts.append([])
        parts[-1].append(row)
    return parts
