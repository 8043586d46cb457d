"""Puts what happened into the outbox, in the transaction in which it was found to have happened."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction

from alerts.models import Alert, AlertEvent, Channel, Delivery, Hours
from alerts.timing import due
from pricing import worker

logger = logging.getLogger(__name__)
DELIVER: Final = "alerts.deliver"
FOLDED_FROM: Final = 5  # messages that are still read one by one
BATCH: Final = 2000

Status, Timing = Delivery.Status, Alert.Timing


class _Way(NamedTuple):
    """One channel that an alert's events go to."""

    channel: int
    kind: str
    timing: str
    owner: int


def announce(events: Sequence[AlertEvent], *, now: datetime) -> None:
    """One delivery for each event, in its present edition, and switched-on channel of its alert.

    The caller holds the transaction; announcing an edition again changes nothing. What belongs to the daily
    digest is held until then. So are more than FOLDED_FROM events at once for a person: they become one
    message, as do those that only come due together (`delivering.fold`). The worker is asked when all of it
    is committed.
    """
    deliveries = _held_if_many(list(_deliveries(events, now=now)))
    if deliveries:
        Delivery.objects.bulk_create(deliveries, batch_size=BATCH, ignore_conflicts=True)
        transaction.on_commit(ask)


def ask() -> None:
    """Lets the worker send what is due. It also looks every minute, so a lost message only costs time."""
    if not worker.ask(DELIVER):
        logger.warning("Alerts are sent within minutes: the queue cannot be reached.")


def _deliveries(events: Sequence[AlertEvent], *, now: datetime) -> Iterator[tuple[Delivery, _Way]]:
    ways = _ways({event.alert_id for event in events})
    owners = {way.owner for found in ways.values() for way in found}
    hours = Hours.objects.in_bulk(owners) if owners else {}
    for event in events:
        for way in ways.get(event.alert_id, ()):
            delivery = Delivery(
                channel_id=way.channel,
                event=event,
                edition=event.corrections,
                due_at=due(way.timing, hours.get(way.owner), now=now),
                status=Status.HELD if way.timing == Timing.DIGEST else Status.PENDING,
            )
            yield delivery, way


def _ways(alert_ids: Iterable[int]) -> dict[int, list[_Way]]:
    switched_on = Channel.objects.filter(is_on=True, owner__is_active=True, alerts__in=list(alert_ids))
    rows = switched_on.values_list("alerts__pk", "pk", "kind", "alerts__timing", "owner_id")
    ways: dict[int, list[_Way]] = {}
    for alert, channel, kind, timing, owner in rows.order_by("pk"):
        ways.setdefault(alert, []).append(_Way(channel, kind, timing, owner))
    return ways


def _held_if_many(found: Sequence[tuple[Delivery, _Way]]) -> list[Delivery]:
    """Programs take any number of messages; people do not."""
    count = Counter(way.channel for delivery, way in found if delivery.status == Status.PENDING)
    for delivery, way in found:
        if way.kind != Channel.Kind.WEBHOOK and count[way.channel] > FOLDED_FROM:
            delivery.status = Status.HELD
    return [delivery for delivery, _ in found]
