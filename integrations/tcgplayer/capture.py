"""A Capture of what TCGplayer's API says now."""

import logging
from datetime import UTC, datetime
from functools import cached_property

from django.conf import settings

from integrations import records
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.tcgplayer import parse
from integrations.tcgplayer.client import Client
from integrations.tcgplayer.parse import Names, Sku

logger = logging.getLogger(__name__)


def open_capture(category_id: str) -> "LivePrices":
    return LivePrices(Client(), category_id=category_id, with_skus=settings.TCGPLAYER_WITH_SKUS)


class LivePrices:
    """Prices of today, UTC. With SKUs, the quotes per condition and language follow those of the products."""

    def __init__(self, client: Client, *, category_id: str, with_skus: bool) -> None:
        if not (category_id.isascii() and category_id.isdigit()):
            raise MarketError(f"{category_id!r:.40} is not the id of a category", permanent=True)
        self.day = datetime.now(UTC).date()
        self._client = client
        self._category_id = category_id
        self._with_skus = with_skus
        self._last_products: tuple[str, list[Row]] = ("", [])

    def groups(self) -> list[GroupEntry]:
        return [records.group_entry(row) for row in self._client.groups(self._category_id)]

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        return [records.product_entry(row) for row in self._products(group)]

    def quotes(self, group: GroupEntry) -> list[Quote]:
        found = [records.quote(row) for row in self._client.group_prices(group.external_id)]
        return [*found, *self._sku_quotes(group)] if self._with_skus else found

    def _products(self, group: GroupEntry) -> list[Row]:
        """Kept for the group at hand, since its SKUs come with its products."""
        if self._last_products[0] != group.external_id:
            self._last_products = (group.external_id, self._client.products(group.external_id))
        return self._last_products[1]

    def _sku_quotes(self, group: GroupEntry) -> list[Quote]:
        listed = [sku for product in self._products(group) for sku in parse.skus(product)]
        known = {sku.sku_id: sku for sku in listed if self._names.know(sku)}
        if len(known) < len(listed):
            logger.warning(
                "tcgplayer: %d SKUs of group %s have an unknown printing, condition or language",
                len(listed) - len(known),
                group.external_id,
            )
        return [self._sku_quote(row, known=known) for row in self._client.sku_prices(known)]

    def _sku_quote(self, row: Row, *, known: dict[str, Sku]) -> Quote:
        sku = known.get(str(row.get("skuId")))
        if sku is None:
            raise MarketError(
                f"A price of SKU {row.get('skuId')!r:.40}, which was not asked for", permanent=True
            )
        return parse.sku_quote(row, sku=sku, names=self._names)

    @cached_property
    def _names(self) -> Names:
        return Names(
            finishes=parse.finishes(self._client.printings(self._category_id)),
            conditions=parse.conditions(self._client.conditions(self._category_id)),
            languages=parse.languages(self._client.languages(self._category_id)),
        )
