"""What the reads in `alerts.queries` return. Amounts are minor units of the currency beside them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from alerts.models import Alert
from alerts.standing import Standing
from catalog.models import Printing


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A printing, set or collection by name, and where it is shown; "" where there is no such fact.

    A printing comes with its card, set, game and finish.
    """

    name: str
    detail: str  # set and number, finish, condition; how many cards
    url: str
    image_url: str = ""
    game_slug: str = ""
    printing: Printing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert in a list. `state` is active, paused, finished or expired; `near` names the series that is
    nearest to firing where the alert is about many. `source` says the price of its standing.
    """

    alert: Alert
    thing: Thing
    rule: str
    state: str
    watched: int
    standing: Standing | None
    near: Thing | None
    source: str | None
    is_demo: bool
    events: int
    last_event_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event of the inbox. `said` is what happened in words, `correction` what was put right since."""

    id: int
    alert_id: int
    alert_name: str
    rule: str
    thing: Thing
    day: date
    created_at: datetime
    is_read: bool
    price: int
    before: int | None
    currency: str
    percent: Decimal | None
    level: int | None
    level_currency: str
    corrections: int
    corrected_to: int | None
    is_withdrawn: bool
    condition: str
    grade: str
    source: str | None
    is_demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list this is; `pages` is at least 1."""

    page: int
    pages: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPage(Page):
    rows: list[AlertRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage(Page):
    rows: list[EventRow]
    unread: int
