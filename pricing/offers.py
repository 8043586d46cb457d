"""What is on offer at eBay right now for one printing: shown beside the price, never part of one.

eBay's API License Agreement (3 September 2025): listings are at most six hours old when they are shown (8.1),
and nothing of them is stored, mixed or modelled (8.1, 9.5). So they live in the cache alone, and end there.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, cast

from django.core.cache import cache
from django.utils import timezone

from catalog.listings import Listing as Titled
from catalog.listings import match_titles
from catalog.models import Card, Printing
from integrations import ebay
from integrations.ebay.client import Client
from integrations.errors import MarketError
from integrations.listings import Listing

OLDEST: Final = timedelta(hours=6)
FRESH: Final = timedelta(minutes=30)  # eBay is not asked again before
ASKED: Final = 50  # offers of one search
SHOWN: Final = 12
BOTH_KINDS: Final = {"buyingOptions": "{FIXED_PRICE|AUCTION}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The cheapest offers of a printing as of `asked_at`, and how many others the search brought.

    `problem` says why eBay could not be asked just now; the offers are then those of before, if any.
    """

    listings: tuple[Listing, ...] = ()
    others: int = 0
    asked_at: datetime | None = None
    problem: str = ""

    @property
    def minutes(self) -> int:
        """The age of what is shown."""
        return int((timezone.now() - self.asked_at).total_seconds() // 60) if self.asked_at else 0


def are_on() -> bool:
    return ebay.is_on()


def of(printing: Printing) -> Offers:
    """The offers of a printing, none older than OLDEST. One request to eBay, unless it was asked lately."""
    known = _known(printing.pk)
    if known and known.asked_at and timezone.now() - known.asked_at < FRESH:
        return known
    try:
        found = _ask(printing)
    except MarketError:
        return replace(known or Offers(), problem="eBay cannot be asked at the moment.")
    cache.set(_key(printing.pk), found, OLDEST.total_seconds())
    return found


def question(card: Card) -> str:
    """The words that an offer of a card has: its name and number, or its set where it has no number."""
    number = card.number.partition("/")[0] if card.game.slug in {"magic", "lorcana"} else card.number
    return f"{card.name} {number or card.card_set.name}".strip()


def meant(listings: list[Listing], *, printing: Printing) -> list[bool]:
    """Which of the listings are of that very printing."""
    game = printing.card.game.slug
    verdicts = match_titles([Titled(one.title, game, printing.pk) for one in listings])
    return [verdict.is_accepted for verdict in verdicts]


def _ask(printing: Printing) -> Offers:
    found = Client().search(question(printing.card), filters=BOTH_KINDS, most=ASKED).listings
    fitting = [one for one, fits in zip(found, meant(found, printing=printing), strict=True) if fits]
    cheapest = sorted(fitting, key=lambda one: (one.currency, one.price + (one.shipping or 0)))[:SHOWN]
    return Offers(listings=tuple(cheapest), others=len(found) - len(fitting), asked_at=timezone.now())


def _known(printing_id: int) -> Offers | None:
    """The cache forgets what is too old; a clock that was set back must not keep it."""
    found = cast("Offers | None", cache.get(_key(printing_id)))
    if found and found.asked_at and timezone.now() - found.asked_at <= OLDEST:
        return found
    return None


def _key(printing_id: int) -> str:
    return f"offers:ebay:{printing_id}"
