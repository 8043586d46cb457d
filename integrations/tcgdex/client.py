"""Asks TCGdex, the keyless multilingual database of Pokémon cards.

It publishes no limit; a request every half second leaves room for everybody else. Sets and cards come from
`/v2/<language>/sets/<id>` and `/v2/<language>/cards/<id>` (https://tcgdex.dev/rest). Prices come with single
cards only: no list and no set carries them.
"""

from typing import Final
from urllib.parse import quote

from django.conf import settings

from integrations.errors import MarketError
from integrations.http import Door, DoorPolicy
from integrations.tcgdex import parse

SLUG: Final = "tcgdex"
NOT_FOUND: Final = 404
POLICY = DoorPolicy(slug=SLUG, min_interval=0.5, deadline=30, max_bytes=4_000_000, daily_quota=6_000)


class Client:
    """Reads one language, such as "en". Raises MarketError."""

    def __init__(self, language: str, *, door: Door | None = None) -> None:
        self._door = door or Door(POLICY)
        self._base = f"{str(settings.TCGDEX_URL).rstrip('/')}/v2/{language}"

    def card_set(self, set_id: str) -> bytes:
        url = f"{self._base}/sets/{quote(set_id, safe='')}"
        answer = self._door.get(url, accept={NOT_FOUND}, verify=parse.card_set)
        if answer.status == NOT_FOUND:
            message = f"TCGdex has no set {set_id}: correct TCGDEX_SETS"
            raise MarketError(message, permanent=True, source=SLUG)
        return answer.body

    def card(self, card_id: str) -> bytes:
        """A card, or parse.GONE when TCGdex lists one that it does not have."""
        url = f"{self._base}/cards/{quote(card_id, safe='')}"
        answer = self._door.get(url, accept={NOT_FOUND}, verify=parse.card)
        return parse.GONE if answer.status == NOT_FOUND else answer.body
