"""Lets go of what is over, by the rules of all apps."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from accounts.retention import RULES as OF_ACCOUNTS
from accounts.retention import Rule
from alerts.retention import RULES as OF_ALERTS
from pricing.retention import RULES as OF_PRICES

RULES: Final = (*OF_ACCOUNTS, *OF_PRICES, *OF_ALERTS)


def keep(now: datetime, *, is_rehearsal: bool = False) -> Iterator[tuple[Rule, int]]:
    """Each rule with how many it let go, in a rehearsal would let go. Twice is once."""
    for rule in RULES:
        if rule.period is None:
            yield rule, 0
        else:
            act = rule.count if is_rehearsal else rule.forget
            yield rule, act(now - rule.period)
