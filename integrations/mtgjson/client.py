"""Fetches MTGJSON's files (https://mtgjson.com/downloads/all-files), each checked against its digest.

They are built once a day, at about 06:00 UTC, and are there at about 14:00. MTGJSON is under the MIT licence;
whoever shows its prices names it and the shop.
"""

import hashlib
import re
from pathlib import Path
from typing import Final

from django.conf import settings

from integrations.errors import MarketError
from integrations.http import Door, DoorPolicy

POLICY = DoorPolicy(
    slug="mtgjson",
    min_interval=1.0,
    deadline=30,
    max_bytes=100_000,
    file_deadline=900,
    file_bytes=1_500_000_000,
    daily_quota=100,
)
UNFOLDED: Final = 8_000_000_000
TODAY: Final = "AllPricesToday.json.gz"
HISTORY: Final = "AllPrices.json.gz"
CARDS: Final = "AllIdentifiers.json.gz"
SETS: Final = "SetList.json.gz"
_DIGEST = re.compile(rb"\s*([0-9a-fA-F]{64})\b")


class Client:
    """One method for the digests, one for the files. Raises MarketError."""

    def __init__(self, door: Door | None = None) -> None:
        self._door = door or Door(POLICY)
        self._base = str(settings.MTGJSON_URL).rstrip("/")

    def digest(self, name: str) -> str:
        """The SHA-256 that the file has now."""
        answer = self._door.get(f"{self._base}/api/v5/{name}.sha256", verify=_digest)
        return _digest(answer.body)

    def fetch(self, name: str, folder: Path, *, digest: str = "") -> Path:
        """The file; without another download when it is in the folder already."""
        digest = digest or self.digest(name)
        target = folder / name
        if not (target.is_file() and _is_sound(target, digest)):
            self._door.download(
                f"{self._base}/api/v5/{name}", target, verify=lambda path: _check(path, digest)
            )
        return target


def _digest(body: bytes) -> str:
    found = _DIGEST.match(body)
    if not found:
        raise MarketError(f"{body[:40]!r} is no SHA-256", permanent=True)
    return found[1].decode().lower()


def _is_sound(path: Path, digest: str) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def _check(path: Path, digest: str) -> None:
    """Another digest is one of another day when the site is being renewed: later both fit again."""
    if not _is_sound(path, digest):
        raise MarketError("the file has not the SHA-256 that is said of it", permanent=False)
