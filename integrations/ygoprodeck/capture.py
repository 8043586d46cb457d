"""A Capture of one day's download of YGOPRODeck, kept in the spool folder."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from django.conf import settings

from integrations import spool
from integrations.errors import MarketError
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.ygoprodeck import parse
from integrations.ygoprodeck.client import SLUG, Client
from integrations.ygoprodeck.parse import CardSet

CATEGORY: Final = "yugioh"
_DAYS_KEPT = 3
_CARDS, _VERSION = "cardinfo.json", "version.txt"


def open_capture(category_id: str) -> "DailyCards":
    """What YGOPRODeck says today, UTC. It has one game, "yugioh"; nothing is asked yet."""
    if category_id != CATEGORY:
        message = f"YGOPRODeck has no {category_id!r:.40}, only {CATEGORY!r}"
        raise MarketError(message, permanent=True, source=SLUG)
    folder = Path(settings.SPOOL_DIR) / SLUG
    return DailyCards(Client(), day=datetime.now(UTC).date(), folder=folder)


class DailyCards:
    """Two requests a day: the version, and the cards unless yesterday's download has that version.

    The source does not say whether a new price makes a new version. So a download stands in for the next day
    at most: whatever the version, the cards are downloaded every second day.
    """

    def __init__(self, client: Client, *, day: date, folder: Path) -> None:
        self.day = day
        self._client = client
        self._folder = folder

    def groups(self) -> list[GroupEntry]:
        return [card_set.entry for _, card_set in sorted(self._card_sets.items())]

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        return self._card_set(group).products

    def quotes(self, group: GroupEntry) -> list[Quote]:
        """Only of printings that have a price."""
        return self._card_set(group).quotes

    def _card_set(self, group: GroupEntry) -> CardSet:
        return self._card_sets.get(group.external_id) or CardSet(entry=group)

    @cached_property
    def _card_sets(self) -> dict[str, CardSet]:
        body = spool.once(self._path(self.day, _CARDS), self._ask, source=SLUG)
        spool.prune(self._folder, keep=_DAYS_KEPT)
        return parse.card_sets(body)

    def _ask(self) -> bytes:
        version = self._client.version()
        if body := self._yesterdays(version):
            return body
        body = self._client.cards()
        # Only beside what was downloaded: a day that borrowed its cards lends them to nobody.
        spool.write(self._path(self.day, _VERSION), version.encode(), source=SLUG)
        return body

    def _yesterdays(self, version: str) -> bytes:
        """Yesterday's download if it is sound and of this version, else nothing."""
        yesterday = self.day - timedelta(days=1)
        with suppress(OSError, MarketError):
            if self._path(yesterday, _VERSION).read_bytes() == version.encode():
                body = self._path(yesterday, _CARDS).read_bytes()
                parse.card_sets(body)
                return body
        return b""

    def _path(self, day: date, name: str) -> Path:
        return self._folder / day.isoformat() / name
