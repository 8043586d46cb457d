"""Asks for a collection's past to be valued anew after its lots, or their prices, changed."""

import logging
from collections.abc import Iterable
from datetime import date
from functools import partial

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Least

from collections_app.models import Collection
from pricing import worker
from pricing.signals import holdings_changed

logger = logging.getLogger(__name__)
FILL = "collections_app.fill"


def restate(collection_ids: Iterable[int], *, since: date) -> None:
    """Marks the snapshots of these collections as wrong from a day on and lets the worker make them anew.
    Whoever looks at what they hold is told too.

    The mark stands in the database with the change itself: a message that is lost only costs time, because
    the nightly run looks for marks too.
    """
    ids = sorted(set(collection_ids))
    mark(ids, since=since)
    holdings_changed.send(sender=Collection, collection_ids=ids)
    for pk in ids:
        transaction.on_commit(partial(ask, pk))


def mark(collection_ids: Iterable[int], *, since: date) -> int:
    """Only marks them; whoever knows that the worker will be asked anyway. Returns how many there are."""
    earlier = Least(Coalesce(F("stale_from"), Value(since)), Value(since))
    return Collection.objects.filter(pk__in=list(collection_ids)).update(stale_from=earlier)


def ask(collection_id: int) -> None:
    if not worker.ask(FILL, collection_id):
        logger.warning("Collection %s is filled at night: the queue cannot be reached.", collection_id)
