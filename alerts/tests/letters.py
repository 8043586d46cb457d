"""Messages as senders get them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from alerts.messages import Item, Message
from alerts.models import Channel
from alerts.sending import SENDERS, Answer, SendError
from alerts.wording import line

ID = UUID("018f6a2e-7c1d-4b60-9f38-3f1f3a1f5a11")
SITE = "https://cards.example"


def item(headline: str = "Charizard 4/102 (Holofoil): $95.00", **said: Any) -> Item:
    plain: dict[str, Any] = {
        "details": ("Before: $120.00", "2 Mar 2026, TCGplayer"),
        "url": f"{SITE}/cards/7/charizard/",
        "facts": {"event_id": 5},
    }
    return Item(headline=headline, **plain | said)


def message(*items: Item, **said: Any) -> Message:
    listed = items or (item(),)
    plain: dict[str, Any] = {
        "kind": "alert.fired" if len(listed) == 1 else "alert.digest",
        "title": listed[0].headline if len(listed) == 1 else f"{len(listed)} price alerts",
        "more": 0,
        "link": "The alert",
        "url": f"{SITE}/alerts/3/",
        "at": datetime(2026, 3, 2, 20, 45, tzinfo=UTC),
        "facts": {"count": len(listed), "events": [one.facts for one in listed]},
        "alert_id": 3 if len(listed) == 1 else None,
    }
    return Message(items=listed, **plain | said)


def named(name: str) -> Message:
    """About a card of this name, as a message would have it."""
    return message(item(f"{line(name)}: $95.00", details=(f"Your alert “{line(name)}”",)))


def send(channel: Channel, about: Message | None = None, *, sent_at: datetime | None = None) -> Answer:
    return SENDERS[channel.kind](
        channel, about or message(), delivery_id=ID, sent_at=sent_at or datetime.now(UTC)
    )


def refusal(channel: Channel, about: Message | None = None) -> SendError:
    """Why it was not taken."""
    try:
        answer = send(channel, about)
    except SendError as error:
        return error
    raise AssertionError(f"It was taken: {answer}")
