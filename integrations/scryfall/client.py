"""Fetches Scryfall's bulk file of cards as its operators want it (https://scryfall.com/docs/api).

Etiquette: an own User-Agent and an Accept header (every door sends both), bulk files in place of many
requests, prices kept for a day, and silence after a 429: whoever goes on asking is banned.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from integrations.errors import MarketError
from integrations.http import Door, DoorPolicy
from integrations.scryfall import parse

POLICY = DoorPolicy(
    slug="scryfall",
    min_interval=1.0,
    deadline=30,
    max_bytes=1_000_000,
    file_deadline=900,
    file_bytes=1_500_000_000,
    daily_quota=50,
    trip_on=frozenset({403, 429}),
    trip_pause=60,
)
UNFOLDED: Final = 4_000_000_000
_HOSTS: Final = ("scryfall.com", "scryfall.io")


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFile:
    """Where the cards are, and the UTC day on which the file was made."""

    url: str
    day: date


class Client:
    """One method for the list of files, one for the file. Raises MarketError."""

    def __init__(self, door: Door | None = None) -> None:
        self._door = door or Door(POLICY)
        self._base = str(settings.SCRYFALL_URL).rstrip("/")

    def newest(self) -> BulkFile:
        """One card object for each printing, in English where it was printed in English."""
        found: list[BulkFile] = []
        self._door.get(f"{self._base}/bulk-data", verify=lambda body: found.append(self._bulk_file(body)))
        return found[-1]

    def fetch(self, file: BulkFile, target: Path) -> None:
        self._door.download(file.url, target)

    def _bulk_file(self, body: bytes) -> BulkFile:
        url, updated_at = parse.default_cards(body)
        if not self._is_trusted(url):
            raise MarketError(f"The bulk file is at a strange address: {url:.100}", permanent=True)
        return BulkFile(url=url, day=updated_at.date())

    def _is_trusted(self, url: str) -> bool:
        """At Scryfall itself, over HTTPS, or where the list was."""
        if url.startswith(f"{self._base}/"):
            return True
        try:
            parts = urlsplit(url)
            is_plain = parts.username is None and parts.password is None and parts.port in {None, 443}
        except ValueError:
            return False
        host = parts.hostname or ""
        ours = any(host == name or host.endswith(f".{name}") for name in _HOSTS)
        return parts.scheme == "https" and is_plain and ours
