"""A small set that costs something yesterday and something else today."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pricing.tests.market import BASE, Listing, Shop, product, quote

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
CARDS: dict[str, dict[str, Any]] = {
    "1": {"name": "Charizard", "number": "4/102", "rarity": "Holo Rare"},
    "2": {"name": "Pikachu", "number": "58/102", "rarity": "Common"},
    "3": {"name": "Booster Box", "number": "", "rarity": "", "kind": "sealed"},
}


def market(shop: Shop, *, first: tuple[int, ...] = (), then: tuple[int, ...]) -> None:
    """The first cards of the set at these prices yesterday, if any, and at those today."""
    for day, prices in ((YESTERDAY, first), (TODAY, then)):
        if prices:
            says(shop, *prices, day=day)


def says(shop: Shop, *prices: int, day: date, **options: Any) -> None:
    """The first cards of the set at these prices."""
    keys = list(CARDS)[: len(prices)]
    quotes = [
        quote(key, (price, price - 50), finish="Holofoil") for key, price in zip(keys, prices, strict=True)
    ]
    listed = {BASE: [product(key, **CARDS[key]) for key in keys]}
    shop.brings(Listing(day=day, listed=listed, quoted={BASE.external_id: quotes}), **options)
