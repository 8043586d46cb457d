"""Whatever JSON a bulk file holds, reading a record of it gives entries or a MarketError."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.cardmarket import parse as cardmarket
from integrations.errors import MarketError
from integrations.mtgjson import parse as mtgjson
from integrations.scryfall import parse as scryfall

UUID = "00000000-0000-4000-8000-000000000001"
KEYS = st.sampled_from(
    [
        *("id", "idProduct", "idExpansion", "name", "low", "low-foil", "trend", "lang", "games", "set"),
        *("set_name", "released_at", "prices", "usd", "usd_foil", "tix", "tcgplayer_id", "cardmarket_id"),
        *("image_uris", "card_faces", "normal", "code", "releaseDate", "availability", "side", "setCode"),
        *("identifiers", "mcmId", "scryfallId", "paper", "cardkingdom", "currency", "retail", "foil"),
        *("2026-11-20", "data"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=12)
LIKELY = st.sampled_from([UUID, "paper", "en", "a", "USD", "2026-11-20", "1.50", 7, Decimal("1.50")])
VALUES = st.recursive(
    SCALARS | LIKELY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)
READERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "cardmarket expansion": cardmarket.expansion,
    "cardmarket product": lambda row: cardmarket.product_entry(row, kind="single"),
    "cardmarket prices": cardmarket.quotes,
    "scryfall language": scryfall.is_wanted,
    "scryfall games": scryfall.games,
    "scryfall set": scryfall.group_entry,
    "scryfall card": scryfall.product_entry,
    "scryfall prices": lambda row: [scryfall.quotes(row, currency=one) for one in scryfall.PRICES],
    "mtgjson card": lambda row: (mtgjson.is_wanted(row), mtgjson.group_of(row)),
    "mtgjson product": lambda row: mtgjson.product_entry(UUID, row),
    "mtgjson set": mtgjson.group_entry,
    "mtgjson prices": lambda row: mtgjson.retail(row, shop="cardkingdom"),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@given(row=st.dictionaries(KEYS, VALUES, max_size=8), is_ours=st.booleans())
def test_a_record_is_read_or_refused(
    read: Callable[[dict[str, Any]], object], row: dict[str, Any], is_ours: bool
) -> None:
    with suppress(MarketError):
        read({"id": UUID, "idProduct": 7, **row} if is_ours else row)
