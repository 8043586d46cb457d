import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.starter import SETS, write_layout
from catalog.starter.market import price_paths

LAST_DAY = date(2026, 3, 1)
TREES = ["2026-02-27", "2026-02-28", "2026-03-01"]
MONEY = re.compile(r'"(?:low|mid|high|market|directLow)Price": (null|\d+\.\d\d)[,}]')


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("starter content")
    write_layout(folder, last_day=LAST_DAY, days=3)
    return folder


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_there_is_one_tree_a_day_ending_on_the_last_day(root: Path) -> None:
    assert sorted(path.name for path in root.iterdir()) == TREES


def test_a_tree_holds_groups_prices_and_its_own_time(root: Path) -> None:
    for number, day in enumerate(TREES):
        wanted = {f"{day}/last-updated.txt"}
        for starter_set in SETS:
            category = f"{day}/{starter_set.category_id}"
            wanted |= {f"{category}/groups", f"{category}/{starter_set.group_id}/prices"}
            if number == 0:
                wanted.add(f"{category}/{starter_set.group_id}/products")
        assert {name for name in contents(root) if name.startswith(day)} == wanted
        assert (root / day / "last-updated.txt").read_text() == f"{day}T20:00:00+0000\n"


def test_groups_name_the_sets_of_their_game(root: Path) -> None:
    pokemon = read(root / TREES[-1] / "3" / "groups")
    assert pokemon["totalItems"] == 4
    assert pokemon["success"] is True
    assert pokemon["results"][0] == {
        "groupId": 900001,
        "name": "Base Set",
        "abbreviation": "BS",
        "isSupplemental": False,
        "publishedOn": "1999-01-09T00:00:00",
        "modifiedOn": "1999-01-09T00:00:00",
        "categoryId": 3,
    }
    one_piece = read(root / TREES[-1] / "68" / "groups")
    assert [group["name"] for group in one_piece["results"]] == ["Romance Dawn"]


def test_products_carry_number_and_rarity_as_extended_data(root: Path) -> None:
    products = read(root / TREES[0] / "3" / "900001" / "products")
    assert products["totalItems"] == len(products["results"]) == 108
    charizard = products["results"][3]
    assert (charizard["productId"], charizard["name"]) == (900_010_004, "Charizard")
    assert (charizard["categoryId"], charizard["groupId"]) == (3, 900001)
    assert charizard["extendedData"] == [
        {"name": "Number", "displayName": "Card Number", "value": "4/102"},
        {"name": "Rarity", "displayName": "Rarity", "value": "Holo Rare"},
    ]
    assert products["results"][-1]["extendedData"] == []


def test_prices_are_the_generated_ones_to_the_cent(root: Path) -> None:
    for starter_set in SETS:
        folder = Path(str(starter_set.category_id)) / str(starter_set.group_id)
        paths = list(price_paths(starter_set, last_day=LAST_DAY, days=3))
        for number, day in enumerate(TREES):
            envelope = read(root / day / folder / "prices")
            assert (envelope["success"], envelope["errors"], "totalItems" in envelope) == (True, [], False)
            assert envelope["results"] == [
                {
                    "productId": product.product_id,
                    "lowPrice": Decimal(path[number].low) / 100,
                    "midPrice": Decimal(path[number].mid) / 100,
                    "highPrice": Decimal(path[number].high) / 100,
                    "marketPrice": None if (cents := path[number].market) is None else Decimal(cents) / 100,
                    "directLowPrice": None,
                    "subTypeName": finish,
                }
                for product, finish, path in paths
            ]


def test_every_price_has_exactly_two_decimals(root: Path) -> None:
    text = (root / TREES[0] / "3" / "900003" / "prices").read_text(encoding="utf-8")
    assert len(MONEY.findall(text)) == text.count('Price": ') == 5 * text.count("productId")


def test_writing_again_changes_no_byte(root: Path) -> None:
    before = contents(root)
    write_layout(root, last_day=LAST_DAY, days=3)
    assert contents(root) == before


def test_a_single_day_can_be_written(tmp_path: Path) -> None:
    write_layout(tmp_path, last_day=LAST_DAY, days=1)
    assert [path.name for path in tmp_path.iterdir()] == ["2026-03-01"]


@pytest.mark.parametrize("days", [0, -1, 1001])
def test_a_window_out_of_reason_is_refused(tmp_path: Path, days: int) -> None:
    with pytest.raises(ValueError, match=f"between 1 and 1000, not {days}"):
        write_layout(tmp_path, last_day=LAST_DAY, days=days)
    assert list(tmp_path.iterdir()) == []
