"""Channels, alerts, events and deliveries with plausible values; a test names only what it is about."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from accounts.models import User
from alerts import phrases, sealing
from alerts.models import Alert, AlertEvent, Channel, Delivery
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from pricing.models import PriceSeries
from pricing.tests.factories import SeriesFactory

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 20, 45, tzinfo=UTC)
WEBHOOK_SECRET = "whsec_c2l4dGVlbiBieXRlcyBvZiBrZXkgYW5kIHNpeHRlZW4="
SECRETS = {"webhook": {"secret": WEBHOOK_SECRET}}
_numbers = count(1)


def channel(
    owner: User, kind: str = "email", *, secrets: dict[str, str] | None = None, **facts: Any
) -> Channel:
    """E-mail goes to the owner's own address, everything else to one of its own that nobody serves."""
    number = next(_numbers)
    plain: dict[str, Any] = {
        "name": f"Channel {number}",
        "address": owner.email if kind == "email" else f"https://hook-{number}.example/{kind}",
        "sealed": sealing.sealed(SECRETS.get(kind, {}) if secrets is None else secrets),
    }
    return Channel.objects.create(owner=owner, kind=kind, **plain | facts)


def alert(
    owner: User, printing: Printing | None = None, *, to: tuple[Channel, ...] = (), **said: Any
) -> Alert:
    """Falls to $100.00 or below, at once at any hour, told to these channels."""
    plain: dict[str, Any] = {"kind": "below", "threshold": 100_00, "currency": "USD", "timing": "urgent"}
    if not {"card_set", "collection", "search"} & said.keys():
        plain["printing"] = printing or PrintingFactory.create()
    if said.get("kind", "below") not in {"below", "above"}:
        del plain["threshold"]
    made = Alert.objects.create(owner=owner, **plain | said)
    made.channels.set(to)
    return made


def series(printing: Printing, **facts: Any) -> PriceSeries:
    return PriceSeries.objects.filter(printing=printing).first() or SeriesFactory.create(
        printing=printing, **facts
    )


def event(of: Alert, day: date = DAY, **said: Any) -> AlertEvent:
    """From $120.00 to $95.00, below $100.00."""
    plain: dict[str, Any] = {"price": 95_00, "before": 120_00, "level": 100_00, "level_currency": "USD"}
    printing = said.pop("printing", None) or of.printing or PrintingFactory.create()
    found = said.pop("series", None) or series(printing)
    plain |= {"printing": printing, "series": found, "currency": found.currency}
    plain |= {"kind": of.kind, "days": of.days, "rule": phrases.rule(of)}
    return AlertEvent.objects.create(alert=of, owner=of.owner, day=day, **plain | said)


def delivery(about: AlertEvent | None, to: Channel, **said: Any) -> Delivery:
    """Due since NOW; without an event it is a test."""
    kind = Delivery.Kind.EVENT if about else Delivery.Kind.TEST
    return Delivery.objects.create(event=about, channel=to, **{"kind": kind, "due_at": NOW} | said)
