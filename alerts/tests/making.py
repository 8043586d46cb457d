"""Alerts on a small market, and what they told."""

from datetime import date
from typing import Any

from accounts.models import User
from alerts import editing
from alerts.editing import Facts
from alerts.models import Alert, AlertEvent
from pricing.tests.market import Shop


def below(owner: User, shop: Shop, product: str = "1", **facts: Any) -> Alert:
    """Falls to $100.00 or below, once."""
    plain: dict[str, Any] = {"kind": "below", "currency": "USD", "channel_ids": ()}
    if facts.get("kind", "below") in {"below", "above"}:
        plain["threshold"] = 100_00
    if not {"card_set_id", "collection_id", "search_id"} & facts.keys():
        plain["printing_id"] = shop.series(product).printing_id
    return editing.create(owner, Facts(**plain | facts))


def events(of: Alert) -> list[tuple[date, int, int | None]]:
    return list(AlertEvent.objects.filter(alert=of).order_by("day").values_list("day", "price", "before"))
