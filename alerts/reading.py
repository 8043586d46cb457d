"""Marks events of the inbox as read."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from alerts.models import Alert, AlertEvent


def mark_read(owner: User, event_ids: Iterable[int] | None = None) -> int:
    """These events of the owner's, or all; how many were unread."""
    unread = AlertEvent.objects.filter(owner=owner, read_at=None)
    if event_ids is not None:
        unread = unread.filter(pk__in=list(event_ids))
    return unread.update(read_at=timezone.now())


def mark_alert_read(alert: Alert) -> int:
    """All events of one alert; how many were unread."""
    return alert.events.filter(read_at=None).update(read_at=timezone.now())
