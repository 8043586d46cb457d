"""What alerts hear of prices and collections, and what runs for them by itself."""

import logging
from collections.abc import Iterable
from typing import Any, Final

from alerts import editing, foreseeing
from alerts.models import Alert
from pricing import consequences, demo, exposure, schedule, worker
from pricing.signals import holdings_changed, prices_recorded, search_changed

logger = logging.getLogger(__name__)
CATCH_UP: Final = "alerts.catch_up"
QUEUE: Final = "alerts"
ENTRIES = (
    schedule.Entry(
        name="Judge alerts",
        task=CATCH_UP,
        queue=QUEUE,
        expires=schedule.MINUTE,
        description="Judges prices whose message was lost; otherwise they are judged as they come.",
    ),
    schedule.Entry(
        name="Send what is due",
        task="alerts.deliver",
        queue=QUEUE,
        expires=schedule.MINUTE,
        description="Tries again what could not be sent, ends quiet hours, makes the daily digests.",
    ),
    schedule.Entry(
        name="End alerts whose last day is over",
        task="alerts.expire",
        queue=QUEUE,
        expires=12 * schedule.HOUR,
        at="00:20",
    ),
)


def begin() -> None:
    prices_recorded.connect(prices_came, dispatch_uid=CATCH_UP)
    holdings_changed.connect(look_again, dispatch_uid="alerts.holdings")
    search_changed.connect(begin_anew, dispatch_uid="alerts.searches")
    for entry in ENTRIES:
        schedule.register(entry)
    demo.PRICES_GONE.append(let_go)
    consequences.register(foreseeing.NAME, foreseeing.foresee)
    exposure.register(foreseeing.NAME, foreseeing.waiting)


def prices_came(**_: Any) -> None:
    """Nothing rests on this message: the worker looks by itself every minute."""
    if not worker.ask(CATCH_UP):
        logger.warning("Alerts are judged within minutes: the queue cannot be reached.")


def look_again(*, collection_ids: Iterable[int], **_: Any) -> None:
    """What a collection holds, or what prices it, changed: its alerts look at other series from now on."""
    # Also those that are stale: whoever settles them at this moment has read what they held before.
    Alert.objects.filter(collection__in=list(collection_ids)).update(is_stale=True)


def begin_anew(*, search_id: int, **_: Any) -> None:
    """A saved search asks for something else: what it finds from now on was not newly found."""
    editing.follow(search_id)


def let_go() -> None:
    """Series without a price are about to go: their alerts look for others."""
    Alert.objects.filter(watches__series__latest=None).update(is_stale=True)
