"""Fetches the files that Cardmarket publishes for everybody: a price guide and two product lists a game.

They are rebuilt once a night, at about 00:50 UTC, and need no key. A file that did not change is not sent
again; a day is never fetched twice.
"""

from pathlib import Path
from typing import Final

from django.conf import settings

from integrations import spool
from integrations.errors import MarketError
from integrations.http import Door, DoorPolicy

POLICY = DoorPolicy(
    slug="cardmarket",
    min_interval=1.0,
    deadline=30,
    max_bytes=1_000_000,
    file_deadline=300,
    file_bytes=300_000_000,
    daily_quota=200,
)
UNFOLDED: Final = 1_000_000_000
PRICES: Final = "priceGuide/price_guide"
SINGLES: Final = "productList/products_singles"
SEALED: Final = "productList/products_nonsingles"


class Client:
    """One method for the files of a game. Raises MarketError."""

    def __init__(self, category_id: str, door: Door | None = None) -> None:
        if not (category_id.isascii() and category_id.isdigit()):
            raise MarketError(f"{category_id!r:.40} is not the id of a category", permanent=True)
        self._category_id = category_id
        self._door = door or Door(POLICY)
        self._base = str(settings.CARDMARKET_URL).rstrip("/")

    def fetch(self, name: str, target: Path) -> bool:
        """Brings a file up to date; whether it is another one than before."""
        url = f"{self._base}/productCatalog/{name}_{self._category_id}.json"
        known = spool.remembered(target)
        answer = self._door.download(
            url, target, etag=known.get("etag", ""), last_modified=known.get("last_modified", "")
        )
        if not answer.not_modified:
            spool.remember(target, etag=answer.etag, last_modified=answer.last_modified)
        return not answer.not_modified
