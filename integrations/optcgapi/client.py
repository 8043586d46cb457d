"""Asks OPTCG API, a keyless database of One Piece cards that one person runs.

It publishes no limits, so it is asked slowly and for whole lists: three requests a day.
"""

from typing import Final

from django.conf import settings

from integrations.http import Door, DoorPolicy
from integrations.optcgapi import parse

SLUG: Final = "optcgapi"
NOT_FOUND: Final = 404
POLICY = DoorPolicy(
    slug=SLUG, min_interval=1.0, deadline=120, max_bytes=64_000_000, daily_quota=100, trip_on=frozenset({403})
)


class Client:
    """Raises MarketError."""

    def __init__(self, door: Door | None = None) -> None:
        self._door = door or Door(POLICY)
        self._base = f"{str(settings.OPTCGAPI_URL).rstrip('/')}/api"

    def cards(self, name: str) -> bytes:
        """A list of parse.LISTS; parse.NOTHING for one that it does not have (any more)."""
        url = f"{self._base}/{name}/"
        is_promo = name == parse.PROMOS
        answer = self._door.get(
            url,
            accept={NOT_FOUND} if is_promo else (),
            verify=lambda body: parse.card_sets(body, is_promo=is_promo),
        )
        return parse.NOTHING if answer.status == NOT_FOUND else answer.body
