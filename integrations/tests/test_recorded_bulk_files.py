"""Reads recorded bulk files that lie beside the checkout on some machines and are not ours to ship."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings

from integrations import bulk
from integrations.cardmarket import capture, parse
from integrations.errors import MarketError
from integrations.mtgjson import parse as mtgjson
from integrations.payload import parse_json
from integrations.quotes import Quote
from integrations.scryfall import parse as scryfall
from integrations.tests.bulk_market import GUIDE, SINGLES, publish_cardmarket
from integrations.tests.marketplace import Marketplace

SHARED = Path(settings.BASE_DIR).parent / "shared"
CONTRACTS = SHARED / "contracts"
RAW_GUIDE = SHARED / "data/magic/raw_cardmarket_price_guide_1_2024-11-19.json.gz"
SAMPLE = "real_price_guide_1_sample_2024-12-03.json"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared with recorded answers here")


def _read(name: str) -> Any:
    return parse_json((CONTRACTS / name).read_bytes(), expect=dict)


def _cents(price: object) -> int | None:
    """Another way to the same number."""
    return int((Decimal(str(price)) * 100).quantize(Decimal(1))) or None if price else None


def test_the_real_sample_of_a_guide_is_read_row_by_row() -> None:
    guide = _read(f"cardmarket/{SAMPLE}")
    assert parse.day(guide["createdAt"]) == date(2024, 12, 3)
    found = [quote for row in guide["priceGuides"] for quote in parse.quotes(row)]
    said = {
        (str(row["idProduct"]), finish): tuple(
            _cents(row[f"{name}{suffix}"]) for name in ("trend", "low", "avg")
        )
        for row in guide["priceGuides"]
        for finish, suffix in (("", ""), ("Foil", "-foil"))
        if f"trend{suffix}" in row
    }
    for quote in found:
        assert (quote.market, quote.low, quote.mid) == said.pop((quote.product_id, quote.finish))
    # The last three are cards in foil alone, whose plain low is that of the foil.
    echoes = {key for key, prices in said.items() if any(prices)}
    assert {("14937", ""), ("14945", ""), ("15775", "")} <= echoes
    assert all(said[key][0] is None and said[key][2] is None for key in echoes)
    assert len(guide["priceGuides"]) == 60


def test_rows_with_trends_alone_are_read() -> None:
    guide = _read("cardmarket/synthetic_card_market_api_response.json")
    found = [
        (quote.product_id, quote.finish, quote.market)
        for row in guide["priceGuides"]
        for quote in parse.quotes(row)
    ]
    assert found == [("1", "", 11101), ("1", "Foil", 22201), ("2", "Foil", 33301)]


def test_the_whole_real_guide_is_read_with_exact_counts() -> None:
    counted, products, per_finish = Counter[str](), set[str](), Counter[str]()
    sums = Counter[str]()
    for row in bulk.rows(RAW_GUIDE, "priceGuides.item", limit=100_000_000):
        counted["rows"] += 1
        products.add(str(row["idProduct"]))
        for quote in parse.quotes(row):
            per_finish[quote.finish] += 1
            sums[quote.finish] += quote.market or 0
    assert (counted["rows"], len(products)) == (109_178, 109_178)
    assert per_finish == _counted_without_our_code()
    assert parse.day(bulk.value(RAW_GUIDE, "createdAt", limit=1_000_000)) == date(2024, 11, 19)
    assert sums == _summed_without_our_code()


@cache
def _raw_rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(gzip.decompress(RAW_GUIDE.read_bytes()))["priceGuides"]
    return found


def _counted_without_our_code() -> dict[str, int]:
    """107,484 rows have a plain price; in 10,613 of them it is the foil's low and nothing else."""
    rows = _raw_rows()
    plain = [row for row in rows if any(row.get(name) for name in ("trend", "low", "avg"))]
    foil = [row for row in rows if any(row.get(f"{name}-foil") for name in ("trend", "low", "avg"))]
    sold = ("trend", "avg", "avg1", "avg7", "avg30")
    echoes = [
        row for row in plain if not any(row[name] for name in sold) and row["low"] == row.get("low-foil")
    ]
    assert (len(plain), len(foil), len(echoes)) == (107_484, 68_243, 10_613)
    return {"": 107_484 - 10_613, "Foil": 68_243}


def _summed_without_our_code() -> dict[str, int]:
    rows = _raw_rows()
    return {
        finish: sum(round(Decimal(str(row.get(key) or 0)) * 100) for row in rows)
        for finish, key in (("", "trend"), ("Foil", "trend-foil"))
    }


@pytest.fixture
def published(marketplaces: Marketplace) -> Iterator[Marketplace]:
    """The whole real guide at the marketplace, with a list that names its products."""
    publish_cardmarket(marketplaces)
    marketplaces.files[GUIDE] = gzip.decompress(RAW_GUIDE.read_bytes())
    listed = [
        {"idProduct": row["idProduct"], "name": "A card", "idExpansion": 1 + row["idProduct"] % 500}
        for row in _raw_rows()
    ]
    marketplaces.files[SINGLES] = json.dumps({"products": listed}).encode()
    with time_machine.travel(datetime(2024, 11, 19, 20, 30, tzinfo=UTC)):
        yield marketplaces


def test_the_whole_real_guide_comes_through_door_and_spool(published: Marketplace) -> None:
    opened = capture.open_capture("1")
    groups = opened.groups()
    assert len(groups) == 500 + 1  # those of the list, and none
    found: list[Quote] = [quote for group in groups for quote in opened.quotes(group)]
    assert len({quote.product_id for quote in found}) == 109_178 - _unpriced()
    assert len(found) == sum(_counted_without_our_code().values())
    assert sum(len(opened.products(group)) for group in groups) == 109_178 + 2


def _unpriced() -> int:
    keys = [f"{name}{suffix}" for name in ("trend", "low", "avg") for suffix in ("", "-foil")]
    return sum(not any(row.get(key) for key in keys) for row in _raw_rows())


@pytest.mark.parametrize(
    ("name", "number", "dollars", "euros", "tickets", "ids"),
    [
        ("real_card_double_faced_2025-11-01", "60", [478, 1345], [425, 968], [39], ("100191", "283370")),
        ("real_card_single_2025-11-01", "A-40", [], [], [], ()),
        ("scrython_fixture_cards_named", "232", [2_500_000], [2_000_000], [], ()),
    ],
)
def test_real_cards_are_read(  # noqa: PLR0917
    name: str,
    number: str,
    dollars: list[int],
    euros: list[int],
    tickets: list[int],
    ids: tuple[str, ...],
) -> None:
    card = _read(f"scryfall/{name}.json")
    entry = scryfall.product_entry(card)
    assert (entry.number, tuple(key for _, key in entry.ids)) == (number, ids)
    assert entry.name == card["name"]
    for currency, expected in (("USD", dollars), ("EUR", euros), ("TIX", tickets)):
        assert [quote.market for quote in scryfall.quotes(card, currency=currency)] == expected


def test_the_cards_of_real_searches_are_read() -> None:
    pages = ("real_search_page1_MID_first3of175", "real_search_lastpage_MID_first1")
    cards = [card for page in pages for card in _read(f"scryfall/{page}.json")["data"]]
    assert [scryfall.product_entry(card).ids for card in cards] == [
        (("tcgplayer", "248137"), ("cardmarket", "574937")),
        (("tcgplayer", "248154"), ("cardmarket", "574956")),
        (("tcgplayer", "247821"), ("cardmarket", "574763")),
        (("tcgplayer", "248294"), ("cardmarket", "575107")),
    ]
    assert {scryfall.group_entry(card).name for card in cards} == {"Innistrad: Midnight Hunt"}
    assert [len(scryfall.quotes(card, currency="USD")) for card in cards] == [2, 2, 2, 2]
    assert all(scryfall.is_wanted(card) and "paper" in scryfall.games(card) for card in cards)
    assert all(
        scryfall.product_entry(card).image_url.startswith("https://cards.scryfall.io/") for card in cards
    )


@pytest.mark.parametrize(
    "name", ["scrython_fixture_bulk_data_all", "scrython_fixture_sets_all", "real_rulings"]
)
def test_lists_without_the_file_of_cards_are_refused(name: str) -> None:
    with pytest.raises(MarketError, match="lists no file default_cards"):
        scryfall.default_cards((CONTRACTS / f"scryfall/{name}.json").read_bytes())


@pytest.mark.parametrize(
    "name", ["real_rulings", "scrython_fixture_sets_all", "scrython_fixture_cards_search"]
)
def test_what_is_no_card_is_refused(name: str) -> None:
    for row in _read(f"scryfall/{name}.json")["data"]:
        with pytest.raises(MarketError):
            scryfall.quotes(row, currency="USD")


def test_the_documented_prices_of_mtgjson_are_read() -> None:
    sample = _read("mtgjson/sample_AllPricesToday_shape.json")
    [row] = sample["data"].values()
    assert mtgjson.day(sample["meta"]["date"]) == date(2026, 11, 22)
    assert mtgjson.retail(row, shop="cardkingdom") == {date(2026, 11, 22): {"Normal": 35, "Foil": 149}}
    assert mtgjson.retail(row, shop="manapool") == {}
