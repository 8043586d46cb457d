"""Asks TCGplayer's API v1.39 (https://docs.tcgplayer.com), which needs keys that are no longer given out."""

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from django.conf import settings

from integrations.errors import MarketError
from integrations.fields import Row
from integrations.http import Answer, Door, DoorPolicy
from integrations.oauth import ClientCredentials
from integrations.records import Envelope
from integrations.tcgplayer import parse

POLICY = DoorPolicy(slug="tcgplayer", min_interval=0.2, deadline=30, max_bytes=16_000_000)
PAGE: Final = 100
IDS_PER_REQUEST: Final = 250
_UNAUTHORIZED: Final = 401
_VERSION = "v1.39.0"

logger = logging.getLogger(__name__)


class Client:
    """One method for each list that is read; records as TCGplayer sends them. Raises MarketError."""

    def __init__(self, door: Door | None = None) -> None:
        self._door = door or Door(POLICY)
        self._base = str(settings.TCGPLAYER_URL).rstrip("/")
        self._credentials = ClientCredentials(
            door=self._door,
            url=f"{self._base}/token",
            client_id=settings.TCGPLAYER_PUBLIC_KEY,
            client_secret=settings.TCGPLAYER_PRIVATE_KEY,
        )

    def categories(self) -> list[Row]:
        return self._pages("catalog/categories")

    def groups(self, category_id: str) -> list[Row]:
        return self._pages(f"catalog/categories/{category_id}/groups")

    def printings(self, category_id: str) -> list[Row]:
        return self._get(f"catalog/categories/{category_id}/printings").results

    def conditions(self, category_id: str) -> list[Row]:
        return self._get(f"catalog/categories/{category_id}/conditions").results

    def languages(self, category_id: str) -> list[Row]:
        return self._get(f"catalog/categories/{category_id}/languages").results

    def products(self, group_id: str) -> list[Row]:
        """The products of a group with extended data and SKUs."""
        return self._pages("catalog/products", groupId=group_id, getExtendedFields="true", includeSkus="true")

    def skus(self, product_id: str) -> list[Row]:
        return self._get(f"catalog/products/{product_id}/skus").results

    def group_prices(self, group_id: str) -> list[Row]:
        return self._get(f"pricing/group/{group_id}").results

    def product_prices(self, product_ids: Iterable[str]) -> list[Row]:
        return self._batches("pricing/product", product_ids)

    def sku_prices(self, sku_ids: Iterable[str]) -> list[Row]:
        return self._batches("pricing/sku", sku_ids)

    def _pages(self, path: str, **params: str | int) -> list[Row]:
        """All pages of a list. One that ends before its own count is a temporary error, no short list."""
        found: list[Row] = []
        while True:
            page = self._get(path, **params, offset=len(found), limit=PAGE)
            found += page.results
            if page.total is None:
                if len(page.results) < PAGE:
                    return found
            elif len(found) >= page.total:
                return found
            elif not page.results:
                message = f"tcgplayer: {path} ended after {len(found)} of {page.total} records"
                raise MarketError(message, permanent=False, source="tcgplayer")

    def _batches(self, path: str, ids: Iterable[str]) -> list[Row]:
        return [row for batch in _batched(ids) for row in self._get(f"{path}/{','.join(batch)}").results]

    def _get(self, path: str, **params: str | int) -> Envelope:
        def send(token: str) -> Answer:
            return self._door.get(
                f"{self._base}/{_VERSION}/{path}",
                params=params,
                headers={"Authorization": f"bearer {token}"},
                accept={_UNAUTHORIZED, parse.NOT_FOUND},
                verify=lambda body: parse.answer(body, status=parse.MULTI_STATUS),
            )

        answer = self._credentials.authorised(send)
        found = parse.answer(answer.body, status=answer.status)
        if found.errors:
            logger.warning("tcgplayer: %s is partial: %s", path[:80], "; ".join(found.errors[:5]))
        return found


def _batched(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while batch := list(islice(rest, IDS_PER_REQUEST)):
        yield batch
