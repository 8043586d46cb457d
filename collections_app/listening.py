"""What collections hear of prices, and what runs for them by itself."""

import logging
from datetime import date
from typing import Any

from collections_app import foreseeing, repricing, snapshots
from pricing import consequences, demo, exposure, schedule, worker
from pricing.models import PriceSeries
from pricing.signals import price_corrected, prices_recorded

logger = logging.getLogger(__name__)
CHOOSE_PRICES = "collections_app.choose_prices"
NIGHTLY = schedule.Entry(
    name="Daily value of collections",
    task="collections_app.nightly",
    queue="default",
    expires=11 * schedule.HOUR,
    at="23:50",
    description="Records what each collection is worth when the day ends.",
)
FORGET_FILES = schedule.Entry(
    name="Delete files of old imports",
    task="collections_app.forget_import_files",
    queue="default",
    expires=12 * schedule.HOUR,
    at="04:10",
    description="A month after they were imported or undone; their rows stay.",
)


def begin() -> None:
    prices_recorded.connect(prices_came, dispatch_uid=CHOOSE_PRICES)
    schedule.register(NIGHTLY)
    schedule.register(FORGET_FILES)
    demo.PRICES_GONE.append(repricing.choose)
    price_corrected.connect(price_was_wrong, dispatch_uid="collections_app.corrected")
    consequences.register(foreseeing.NAME, foreseeing.foresee)
    exposure.register(foreseeing.NAME, foreseeing.holders)


def prices_came(*, game: str, day: date, **_: Any) -> None:
    """Lots without a price may get one; snapshots since the day may be wrong. The worker looks into it."""
    if not worker.ask(CHOOSE_PRICES, game, str(day)):
        logger.warning("Prices of %s are chosen at night: the queue cannot be reached.", game)


def price_was_wrong(*, series: PriceSeries, day: date, **_: Any) -> None:
    """Within the correction: what the price valued is marked, so that no lost message leaves it wrong."""
    snapshots.mark_corrected(series, day=day)
