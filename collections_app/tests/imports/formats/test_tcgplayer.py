"""TCGplayer: the app, the seller portal, the pull sheet."""

import pytest

from catalog.matching import Wanted
from collections_app.imports.entries import Entry
from collections_app.tests.imports.apps import APP, PULL_SHEET, SELLER, entry, reason


def test_tcgplayer_app() -> None:
    row = "5,Water Energy,Water Energy,Base Set,102/102,BS,Normal,Near Mint,English,Common,42350,460401"

    assert entry(APP, row) == Entry(
        wanted=Wanted(
            name="Water Energy",
            set_name="Base Set",
            set_code="BS",
            number="102/102",
            finish="Normal",
            rarity="Common",
            language="en",
            ids=(("tcgplayer", "42350"),),
        ),
        quantity=5,
        language="en",
    )
    assert entry(APP + ",Price,Price Each", row + ",$1.65,$0.33") == entry(
        APP, row
    )  # a market price, no cost


def test_tcgplayer_app_without_a_product_id() -> None:
    read = entry(APP, "1,Food,Food,Tokens,10,TLTR,Foil,Lightly Played,Traditional Chinese,Common,,")

    assert (read.wanted.ids, read.condition, read.language) == ((), "LP", "zh-TW")


@pytest.mark.parametrize(
    ("condition", "finish", "code", "language"),
    [
        ("Near Mint", "Normal", "NM", ""),
        ("Near Mint Foil", "Foil", "NM", ""),
        ("Near Mint Holofoil", "Holofoil", "NM", ""),
        ("Lightly Played Reverse Holofoil", "Reverse Holofoil", "LP", ""),
        ("Moderately Played 1st Edition Holofoil", "1st Edition Holofoil", "MP", ""),
        ("Heavily Played Unlimited", "Unlimited", "HP", ""),
        ("Damaged Rainbow Foil", "Rainbow Foil", "DMG", ""),
        ("Near Mint Holofoil - Japanese", "Holofoil", "NM", "ja"),
        ("Near Mint - Japanese", "Normal", "NM", "ja"),
    ],
)
def test_a_seller_s_condition_carries_finish_and_language(
    condition: str, finish: str, code: str, language: str
) -> None:
    read = entry(SELLER, f"1,Pokemon,Base Set,Charizard,,4/102,Holo Rare,{condition},9,,,,2,0,10,")

    assert (read.wanted.finish, read.condition, read.language) == (finish, code, language)
    assert (read.wanted.game, read.quantity, read.unit_cost) == ("pokemon", 2, None)
    assert read.wanted.ids == ()  # its id is of one condition, not of the product


def test_a_seller_s_sealed_product() -> None:
    read = entry(SELLER, "8777517,Life Counters,Dice,Spindown Die,,,,Unopened,21.47,,,,3,0,27.17,")

    assert (read.wanted.kind, read.wanted.game, read.condition) == ("sealed", "life-counters", "NM")


@pytest.mark.parametrize(
    ("total", "adding", "quantity"), [("4", "0", 4), ("0", "3", 3), ("", "3", 3), ("2", "9", 2)]
)
def test_a_seller_s_quantity_is_listed_or_about_to_be(total: str, adding: str, quantity: int) -> None:
    row = f"1,Pokemon Japan,SV8a,Relicanth,,079/187,C,Near Mint,,,,,{total},{adding},,"

    assert entry(SELLER, row).quantity == quantity
    assert entry(SELLER, row).wanted.game == "pokemon-japan"


def test_a_seller_who_has_none_owns_nothing() -> None:
    row = "1,Magic,Aetherdrift,Stock Up,,67,U,Near Mint,9.55,11.99,8.96,7.65,0,0,5.34,"

    assert reason(SELLER, row) == "Quantity is 0: nothing owned."


def test_a_pull_sheet_counts_all_orders_and_its_last_line_is_no_card() -> None:
    row = (
        "Pokemon,Charmander,Near Mint Reverse Holofoil,026/197,Obsidian Flames,Common,1,,,5003,A-1:2 | B-2:1"
    )

    read = entry(PULL_SHEET, row)
    assert (read.quantity, read.wanted.finish, read.wanted.set_name) == (
        3,
        "Reverse Holofoil",
        "Obsidian Flames",
    )
    assert entry(PULL_SHEET, row.replace("A-1:2 | B-2:1", "ORD-1")).quantity == 1
    assert reason(PULL_SHEET, "Orders Contained in Pull Sheet:,A-1") == "The quantity is empty."
