"""The bulk files of the fixtures as the local marketplace publishes them."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

from integrations.tests.conftest import FIXTURES
from integrations.tests.marketplace import Marketplace

BULK_LIST, CARDS_FILE = "/bulk-data", "/file/default-cards.json"
GUIDE = "/productCatalog/priceGuide/price_guide_1.json"
SINGLES = "/productCatalog/productList/products_singles_1.json"
SEALED = "/productCatalog/productList/products_nonsingles_1.json"
MTGJSON = "/api/v5/{}.json.gz"


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / name).read_bytes())


def publish_scryfall(market: Marketplace, *, cards: Any = None, day: str = "2026-11-20") -> None:
    """The list of bulk files and the one that it names, compressed as the site does."""
    listed = (FIXTURES / "scryfall/bulk-data.json").read_text("utf-8").replace("BASE", market.url)
    market.files[BULK_LIST] = listed.replace("2026-11-20", day).encode()
    cards = fixture("scryfall/default_cards.json") if cards is None else cards
    market.files[CARDS_FILE] = gzip.compress(json.dumps(cards).encode(), mtime=0)


def publish_mtgjson(market: Marketplace, **contents: Any) -> None:
    """Each file with its digest; a name with contents has these and not the fixture's."""
    for path in sorted((FIXTURES / "mtgjson").glob("*.json")):
        publish_file(market, path.stem, contents.get(path.stem, json.loads(path.read_bytes())))


def publish_file(market: Marketplace, name: str, content: Any) -> None:
    body = gzip.compress(json.dumps(content).encode(), mtime=0)
    path = MTGJSON.format(name)
    market.files[path] = body
    market.files[f"{path}.sha256"] = hashlib.sha256(body).hexdigest().encode() + b"\n"


def publish_cardmarket(market: Marketplace, *, category: str = "1", **contents: Any) -> None:
    for path, name in (
        (GUIDE, "price_guide"),
        (SINGLES, "products_singles"),
        (SEALED, "products_nonsingles"),
    ):
        content = contents.get(name, fixture(f"cardmarket/{name}_1.json"))
        market.files[path.replace("_1.json", f"_{category}.json")] = json.dumps(content).encode()


def left(folder: Path) -> list[str]:
    """The names in a folder of the spool, but for its lock."""
    return sorted(entry.name for entry in folder.iterdir() if entry.name != "lock")
