"""Asks YGOPRODeck, the keyless database of Yu-Gi-Oh! cards.

Etiquette (https://ygoprodeck.com/api-guide/): more than 20 requests in a second block an address for an hour,
the version is asked for before a full download, and images are never linked to.
"""

from typing import Final

from django.conf import settings

from integrations.http import Door, DoorPolicy
from integrations.ygoprodeck import parse

SLUG: Final = "ygoprodeck"
POLICY = DoorPolicy(
    slug=SLUG,
    min_interval=0.2,
    deadline=120,
    max_bytes=256_000_000,
    daily_quota=100,
    # The block lasts an hour: asking on makes it worse.
    trip_on=frozenset({403, 429}),
    trip_pause=3600,
)


class Client:
    """One method for each question. Raises MarketError."""

    def __init__(self, door: Door | None = None) -> None:
        self._door = door or Door(POLICY)
        self._base = f"{str(settings.YGOPRODECK_URL).rstrip('/')}/api/v7"

    def version(self) -> str:
        return parse.version(self._door.get(f"{self._base}/checkDBVer.php", verify=parse.version).body)

    def cards(self) -> bytes:
        """Every card with its printings, in one answer."""
        return self._door.get(f"{self._base}/cardinfo.php", verify=parse.card_sets).body
