"""What staff decide about items that no rule could tie to a card. Who comes second is told, not obeyed."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import ExternalId, Printing, UnmatchedItem
from integrations.registry import ADAPTERS

Status = UnmatchedItem.Status
Kind = ExternalId.Kind
DECIDED = ["status", "printing", "decided_by", "decided_at"]


class CannotDecideError(Exception):
    """The item cannot be decided like this; the message says why."""


@transaction.atomic
def link(item: UnmatchedItem, *, printing: Printing, by: User) -> UnmatchedItem:
    """Ties an item to a printing: its source's id means that card from the next sync on.

    Raises CannotDecideError for an item that is decided already, for a card of another game, and for an id
    that means another card by now.
    """
    held = _open(item)
    if printing.card.game_id != held.game_id:
        raise CannotDecideError(f"{printing} is a card of another game than {held.game}.")
    if not held.is_listing:  # no other price will ever come by its id
        _remember(held, printing=printing)
    return _decide(held, status=Status.LINKED, printing=printing, by=by)


@transaction.atomic
def ignore(item: UnmatchedItem, *, by: User) -> UnmatchedItem:
    """Nothing of ours. Raises CannotDecideError for an item that is decided already."""
    return _decide(_open(item), status=Status.IGNORED, printing=None, by=by)


@transaction.atomic
def reopen(item: UnmatchedItem, *, by: User) -> UnmatchedItem:  # noqa: ARG001 -- a verb of staff, as its sisters
    """Takes a decision back: the item waits again, and its id means nothing.

    Raises CannotDecideError for an item that waits already, and once prices of that source hang on the card:
    they came by this link, perhaps, and would be another card's.
    """
    held = _locked(item)
    if held.status == Status.OPEN:
        raise CannotDecideError("It waits already.")
    if held.printing:
        _forget(held, printing=held.printing)
    held.status, held.printing, held.decided_by, held.decided_at = Status.OPEN, None, None, None
    held.save(update_fields=DECIDED)
    return held


def _locked(item: UnmatchedItem) -> UnmatchedItem:
    # Locked by itself: what is joined to a row that another was changing would be of before the change.
    UnmatchedItem.objects.select_for_update().only("pk").get(pk=item.pk)
    return UnmatchedItem.objects.select_related(
        "game", "printing__card", "printing__finish", "decided_by"
    ).get(pk=item.pk)


def _open(item: UnmatchedItem) -> UnmatchedItem:
    held = _locked(item)
    if held.status != Status.OPEN:
        raise CannotDecideError(f"“{held}” is decided already: {decision(held)}.")
    return held


def decision(item: UnmatchedItem) -> str:
    """What was decided and by whom, in words."""
    what = f"linked to {item.printing}" if item.printing else "not ours"
    return f"{what}, by {item.decided_by or 'someone who is gone'}"


def _remember(item: UnmatchedItem, *, printing: Printing) -> None:
    known, _ = ExternalId.objects.get_or_create(
        source=item.source, kind=Kind.CARD, external_id=item.external_id, defaults={"card": printing.card}
    )
    if known.card_id != printing.card_id:
        raise CannotDecideError(f"{item.source} {item.external_id} is {known.card} by now.")


def _forget(item: UnmatchedItem, *, printing: Printing) -> None:
    named = ExternalId.objects.filter(
        source=item.source, kind=Kind.CARD, external_id=item.external_id, card=printing.card
    )
    # Through the relation itself: what prices are is another app's business.
    sources = {one.source for one in ADAPTERS.values() if one.id_space == item.source} | {item.source}
    priced = Printing.objects.filter(card=printing.card, series__source__slug__in=sources)
    if named.exists() and priced.exists():
        raise CannotDecideError(f"{item.source} has prices of {printing.card} by now, so its link stays.")
    named.delete()


def _decide(item: UnmatchedItem, *, status: str, printing: Printing | None, by: User) -> UnmatchedItem:
    item.status, item.printing, item.decided_by, item.decided_at = status, printing, by, timezone.now()
    item.save(update_fields=DECIDED)
    return item
