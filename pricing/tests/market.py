"""A market that a test dictates: what it lists on a day goes through the real ingest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from catalog.models import Card, ExternalId, Game, Printing
from integrations.quotes import GroupEntry, ProductEntry, Quote
from pricing import ingest, packing
from pricing.ledger import AMOUNTS
from pricing.models import IngestRun, LatestPrice, PriceDay, PriceSeries, Source

DAY = date(2026, 3, 2)
Amounts = tuple[int | None, ...]
Product = tuple[str, str]  # product id, finish
BASE = GroupEntry(external_id="604", name="Base Set", code="BS", released_on=date(1999, 1, 9))


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def product(external_id: str, **facts: Any) -> ProductEntry:
    plain = ProductEntry(
        external_id=external_id,
        name=f"Card {external_id}",
        kind="single",
        number=external_id,
        rarity="Rare",
        image_url="",
        url="",
        is_presale=False,
        details={},
    )
    return replace(plain, **facts)


def quote(product_id: str, amounts: Amounts, *, finish: str = "Normal", **facts: Any) -> Quote:
    """Amounts in the order market, low, mid, high, direct low; what is left out is unknown."""
    padded = (*amounts, *[None] * len(AMOUNTS))
    named: dict[str, Any] = dict(zip(AMOUNTS, padded, strict=False))
    plain = Quote(product_id=product_id, finish=finish, currency="USD", **named)
    return replace(plain, **facts)


@dataclass(kw_only=True)
class Listing:
    """A Capture that lies in memory."""

    day: date = DAY
    listed: Mapping[GroupEntry, list[ProductEntry]] = field(default_factory=dict)
    quoted: Mapping[str, list[Quote]] = field(default_factory=dict)

    def groups(self) -> list[GroupEntry]:
        return list(self.listed)

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        return self.listed[group]

    def quotes(self, group: GroupEntry) -> list[Quote]:
        return self.quoted.get(group.external_id, [])


def listing(quotes: Iterable[Quote], *, day: date = DAY, group: GroupEntry = BASE) -> Listing:
    """One group with the quotes and a product for each."""
    said = list(quotes)
    products = [product(key) for key in dict.fromkeys(one.product_id for one in said)]
    return Listing(day=day, listed={group: products}, quoted={group.external_id: said})


@dataclass(frozen=True, kw_only=True)
class Shop:
    """One game at one source, and what a test asks of it."""

    source: Source
    game: Game

    def brings(self, capture: Listing, **options: Any) -> IngestRun:
        wanted: dict[str, Any] = {"adapter": "test", "source": self.source, "game": self.game} | options
        return ingest.sync(lambda: capture, **wanted)

    def says(self, prices: Mapping[str, int | None], *, day: date = DAY, **options: Any) -> IngestRun:
        """Market prices of products, each in one finish."""
        capture = listing([quote(key, (market,)) for key, market in prices.items()], day=day)
        return self.brings(capture, **options)

    def series(self, product_id: str, *, finish: str = "Normal") -> PriceSeries:
        card = Card.objects.get(external_ids__source=self.source.slug, external_ids__external_id=product_id)
        return PriceSeries.objects.get(
            source=self.source, printing=Printing.objects.get(card=card, finish__name=finish)
        )

    def latest(self, product_id: str, *, finish: str = "Normal") -> LatestPrice:
        return LatestPrice.objects.get(series=self.series(product_id, finish=finish))

    def market(self, product_id: str) -> int | None:
        return self.latest(product_id).market

    def names(self) -> dict[int, Product]:
        """The product and finish of each series: what stays the same from one database to another."""
        known = PriceSeries.objects.filter(source=self.source, game=self.game)
        keys = ExternalId.objects.filter(source=self.source.slug, kind=ExternalId.Kind.CARD)
        products = dict(keys.values_list("card_id", "external_id"))
        rows = known.values_list("id", "printing__card_id", "printing__finish__name")
        return {series: (products[card], finish) for series, card, finish in rows}

    def vector(self, day: date) -> dict[Product, int]:
        row = PriceDay.objects.get(source=self.source, game=self.game, day=day)
        series, market = packing.unpack_day(bytes(row.data))
        assert row.size == len(series)
        names = self.names()
        return {names[key]: price for key, price in zip(series.tolist(), market.tolist(), strict=True)}
