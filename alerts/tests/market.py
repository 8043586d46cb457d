"""A year at a shop that a test dictates, up to today."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from alerts.editing import today
from catalog.models import Printing
from pricing.tests.market import Shop

EVERY = 30  # days


def days(count: int) -> list[date]:
    """The days of so many visits, the last today."""
    return [today() - timedelta(days=EVERY * back) for back in range(count - 1, -1, -1)]


def lives(shop: Shop, prices: Mapping[str, Sequence[int | None]]) -> list[Printing]:
    """Of each product its market prices, a month apart; their printings."""
    for place, day in enumerate(days(max(map(len, prices.values())))):
        shop.says({product: found[place] for product, found in prices.items()}, day=day, replay=True)
    return [shop.series(product).printing for product in prices]
