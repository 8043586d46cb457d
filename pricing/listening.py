"""What this app itself does after prices came, beside the ingest."""

import logging
from typing import Any, Final

from pricing import worker
from pricing.signals import prices_recorded

logger = logging.getLogger(__name__)
COMPARE: Final = "pricing.compare"


def begin() -> None:
    prices_recorded.connect(prices_came, dispatch_uid=COMPARE)


def prices_came(*, game: str, **_: Any) -> None:
    """Sources may disagree about other cards than before. Should the message be lost, the night compares."""
    if not worker.ask(COMPARE, game):
        logger.warning("Sources of %s are compared at night: the queue cannot be reached.", game)
