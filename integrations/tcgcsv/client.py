"""Asks TCGCSV, the keyless mirror of TCGplayer's catalogue and prices, as its operator wants to be asked.

Etiquette (https://tcgcsv.com/docs): an own User-Agent, at least 100 ms between requests, last-updated.txt
first, everything at most once a day, fewer than 10,000 requests in 24 hours.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.conf import settings

from integrations.http import Answer, Door, DoorPolicy
from integrations.tcgcsv import parse

POLICY = DoorPolicy(
    slug="tcgcsv",
    min_interval=0.15,
    deadline=60,
    max_bytes=64_000_000,
    daily_quota=8_000,
    # The mirror bans: asking on makes it worse, so all processes keep away for a quarter of an hour.
    trip_on=frozenset({401, 403}),
    trip_pause=900,
)
NOT_FOUND: Final = 404


class Client:
    """One method for the timestamp, one for the files. Raises MarketError."""

    def __init__(self, door: Door | None = None) -> None:
        self._door = door or Door(POLICY)
        self._base = str(settings.TCGCSV_URL).rstrip("/")

    def updated_at(self) -> datetime:
        """When the mirror last took a copy, about 20:05 UTC each day."""
        return parse.updated_at(
            self._door.get(f"{self._base}/last-updated.txt", verify=parse.updated_at).body
        )

    def file(
        self,
        name: str,
        *,
        verify: Callable[[bytes], object],
        etag: str = "",
        last_modified: str = "",
    ) -> Answer:
        """A file such as 3/groups or 3/604/prices; status 404 when the mirror has no such file."""
        return self._door.get(
            f"{self._base}/tcgplayer/{name}",
            etag=etag,
            last_modified=last_modified,
            accept={NOT_FOUND},
            verify=verify,
        )
