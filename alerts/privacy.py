"""What alerts keep of a person: all of it to take away. It goes with the account; secrets stay here."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from accounts import personal
from accounts.models import User
from alerts.models import Alert, AlertEvent, Attempt, Channel, Delivery, Hours

Columns = tuple[str, ...]

ALERT: Columns = (
    "id",
    "name",
    "kind",
    "printing_id",
    "condition",
    "grade",
    "card_set_id",
    "collection_id",
    "search_id",
    "threshold",
)
ALERT += ("percent", "days", "least", "currency", "rearms", "margin", "timing", "expires_on", "is_paused")
ALERT += ("finished_on", "created_at", "updated_at")
EVENT: Columns = (
    "id",
    "alert_id",
    "printing_id",
    "rule",
    "day",
    "price",
    "before",
    "currency",
    "level",
    "level_currency",
)
EVENT += ("created_at", "read_at", "corrections", "corrected_to", "is_withdrawn")
CHANNEL: Columns = ("id", "kind", "name", "address", "is_on", "off_reason", "created_at")
DELIVERY: Columns = (
    "id",
    "channel_id",
    "kind",
    "event_id",
    "edition",
    "status",
    "due_at",
    "attempts",
    "created_at",
)
DELIVERY += ("sent_at",)
ATTEMPT = ("delivery_id", "at", "milliseconds", "outcome", "code", "answer")
HOURS = ("time_zone", "quiet_from", "quiet_until", "digest_at")


def lists(user: User) -> Mapping[str, QuerySet[Any, Any]]:
    owned = {"owner": user}
    return {
        "alerts": Alert.objects.filter(**owned).order_by("id").values(*ALERT),
        "events": AlertEvent.objects.filter(**owned).order_by("id").values(*EVENT),
        "channels": Channel.objects.filter(**owned).order_by("id").values(*CHANNEL),
        "deliveries": Delivery.objects.filter(channel__owner=user).order_by("created_at").values(*DELIVERY),
        "attempts": Attempt.objects.filter(delivery__channel__owner=user).order_by("id").values(*ATTEMPT),
        "hours": Hours.objects.filter(**owned).values(*HOURS),
    }


def begin() -> None:
    personal.register(
        personal.Kept(
            path="alerts.json",
            about="your alerts, what they told you, over which channels, and what those answered",
            lists=lists,
            things=("alert", "alerts"),
            count=lambda user: Alert.objects.filter(owner=user).count(),
        )
    )
