"""A Capture of the sets of TCGDEX_SETS, card by card, in USD or in EUR.

TCGdex gives a price only with its card, one request each. All its English cards are more than 20,000: at our
pace three hours a day of requests that nobody has allowed. So whoever runs the site names the sets that
matter, such as "sv03.5,swsh7", and every other set has no price from here. With none named, this source is
off. A set costs one request for itself and one for each of its cards, a day; both currencies share them.
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from django.conf import settings

from integrations import spool
from integrations.errors import MarketError
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.tcgdex import parse
from integrations.tcgdex.client import SLUG, Client
from integrations.tcgdex.parse import Card, CardSet

Currency = Literal["USD", "EUR"]
_DAYS_KEPT = 3
_LANGUAGE = re.compile(r"[a-z]{2}(-[a-z]{2})?", re.ASCII)
_QUOTES: Final = {"USD": parse.usd_quotes, "EUR": parse.eur_quotes}


def open_usd(category_id: str) -> "FollowedSets":
    return _opened(category_id, currency="USD")


def open_eur(category_id: str) -> "FollowedSets":
    return _opened(category_id, currency="EUR")


def _opened(category_id: str, *, currency: Currency) -> "FollowedSets":
    """The cards of one language, such as "en", as TCGdex names it; nothing is asked yet."""
    if not _LANGUAGE.fullmatch(category_id):
        message = f"{category_id!r:.40} is not a language of TCGdex, such as 'en'"
        raise MarketError(message, permanent=True, source=SLUG)
    return FollowedSets(
        Client(category_id),
        language=category_id,
        currency=currency,
        set_ids=settings.TCGDEX_SETS,
        day=datetime.now(UTC).date(),
        folder=Path(settings.SPOOL_DIR) / SLUG,
    )


class FollowedSets:
    """See the module."""

    def __init__(  # noqa: PLR0913 -- what of it, of which day, and where it is kept
        self,
        client: Client,
        *,
        language: str,
        currency: Currency,
        set_ids: list[str],
        day: date,
        folder: Path,
    ) -> None:
        self.day = day
        self._client = client
        self._currency = currency
        self._set_ids = [parse.set_id(set_id) for set_id in dict.fromkeys(set_ids)]
        self._folder = folder
        self._today = folder / day.isoformat() / language
        self._last: tuple[str, list[Card]] = ("", [])

    def groups(self) -> list[GroupEntry]:
        found = [self._card_set(set_id).entry for set_id in self._set_ids]
        spool.prune(self._folder, keep=_DAYS_KEPT)
        return found

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        return [card.product for card in self._cards(group)]

    def quotes(self, group: GroupEntry) -> list[Quote]:
        """Only where TCGdex names at least one amount."""
        quotes_of = _QUOTES[self._currency]
        return [said for card in self._cards(group) for said in quotes_of(card, day=self.day)]

    def _card_set(self, set_id: str) -> CardSet:
        path = self._today / "sets" / f"{quote(set_id, safe='')}.json"
        return parse.card_set(spool.once(path, lambda: self._client.card_set(set_id), source=SLUG))

    def _cards(self, group: GroupEntry) -> list[Card]:
        """Kept for the group at hand, which is read for its products and for its quotes."""
        if self._last[0] != group.external_id:
            listed = self._card_set(group.external_id).card_ids
            bodies = (self._card(card_id) for card_id in dict.fromkeys(listed))
            self._last = (group.external_id, [parse.card(body) for body in bodies if body != parse.GONE])
        return self._last[1]

    def _card(self, card_id: str) -> bytes:
        path = self._today / "cards" / f"{quote(card_id, safe='')}.json"
        return spool.once(path, lambda: self._client.card(card_id), source=SLUG)
