"""How long what alerts brought about is kept. What fired is a person's own record: for ever, unless set."""

from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from accounts.retention import rows
from alerts.models import AlertEvent, Delivery

Status = Delivery.Status
ENDED: Final = (Status.SENT, Status.FOLDED, Status.DROPPED, Status.DEAD)


def ended_deliveries(before: datetime) -> QuerySet[Delivery]:
    """With the log of their attempts. What still has to be sent stays, however old it is.

    A part of a digest is older than the digest, so it goes first.
    """
    return Delivery.objects.filter(created_at__lt=before, status__in=ENDED).order_by("created_at")


def old_events(before: datetime) -> QuerySet[AlertEvent]:
    """But for those of which something is still to be sent."""
    unsent = Delivery.objects.exclude(status__in=ENDED).values("event")
    old = AlertEvent.objects.filter(created_at__lt=before)
    return old.exclude(pk__in=unsent.filter(event__isnull=False)).order_by("pk")


RULES: Final = (
    rows("Messages that were sent or given up, and their log", over=ended_deliveries, setting="deliveries"),
    rows("Events of alerts", over=old_events, setting="events"),
)
