"""A Capture of one day's lists of OPTCG API, kept in the spool folder."""

from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from django.conf import settings

from integrations import spool
from integrations.errors import MarketError
from integrations.optcgapi import parse
from integrations.optcgapi.client import SLUG, Client
from integrations.optcgapi.parse import CardSet
from integrations.quotes import GroupEntry, ProductEntry, Quote

CATEGORY: Final = "one-piece"
_DAYS_KEPT = 3


def open_capture(category_id: str) -> "DailyLists":
    """What OPTCG API says today, UTC. It has one game, "one-piece"; nothing is asked yet."""
    if category_id != CATEGORY:
        message = f"OPTCG API has no {category_id!r:.40}, only {CATEGORY!r}"
        raise MarketError(message, permanent=True, source=SLUG)
    return DailyLists(Client(), day=datetime.now(UTC).date(), folder=Path(settings.SPOOL_DIR) / SLUG)


class DailyLists:
    """Three requests a day: the boosters, the starter decks and the promos."""

    def __init__(self, client: Client, *, day: date, folder: Path) -> None:
        self.day = day
        self._client = client
        self._folder = folder

    def groups(self) -> list[GroupEntry]:
        return [card_set.entry for card_set in self._card_sets.values()]

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        return [one.product for one in self._card_set(group).prints.values()]

    def quotes(self, group: GroupEntry) -> list[Quote]:
        """Only of prints that have a price."""
        return parse.quotes(self._card_set(group).prints.values(), day=self.day)

    def _card_set(self, group: GroupEntry) -> CardSet:
        return self._card_sets.get(group.external_id) or CardSet(entry=group)

    @cached_property
    def _card_sets(self) -> dict[str, CardSet]:
        """The sets of all lists; a set that is in two of them has the prints of both."""
        found: dict[str, CardSet] = {}
        for name in parse.LISTS:
            for card_set in parse.card_sets(self._body(name), is_promo=name == parse.PROMOS):
                known = found.setdefault(card_set.entry.external_id, CardSet(entry=card_set.entry))
                known.prints.update(card_set.prints | known.prints)
        spool.prune(self._folder, keep=_DAYS_KEPT)
        return found

    def _body(self, name: str) -> bytes:
        path = self._folder / self.day.isoformat() / f"{name}.json"
        return spool.once(path, lambda: self._client.cards(name), source=SLUG)
