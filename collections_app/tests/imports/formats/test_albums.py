"""Apps for several games: a row of each, as the app writes it."""

from datetime import date

import pytest

from catalog.matching import Wanted
from collections_app.imports.entries import Entry
from collections_app.tests.imports.apps import (
    CARDMARKET,
    COLLECTR,
    DRAGON_SHIELD,
    DREAMBORN,
    TCG_COLLECTOR,
    YGOPRODECK,
    entry,
    reason,
)


def test_collectr() -> None:
    row = (
        "Main,Pokemon,Base Set,Charizard,4/102,Holo Rare,Holofoil,Ungraded,Lightly Played,280.0000,1,300,0,"
        "false,2024-01-10,from Bob; ; "
    )

    assert entry(COLLECTR, row) == Entry(
        wanted=Wanted(
            game="pokemon",
            name="Charizard",
            set_name="Base Set",
            number="4/102",
            finish="Holofoil",
            rarity="Holo Rare",
            kind="single",
        ),
        quantity=1,
        condition="LP",
        unit_cost=28_000,
        acquired_on=date(2024, 1, 10),
        notes="from Bob",
        folder="Main",
    )


def test_collectr_graded() -> None:
    row = (
        "full collection,One Piece,Heroine's Edition,Uta (061) (Alternate Art),EB03-061,SEC,Foil,"
        "{},Near Mint,31,2,73.34,78,FALSE,6/3/2026,; ;"
    )
    read = entry(COLLECTR, row.format("PSA 10.0 GEM - MT"))

    assert (read.grader, read.grade, read.condition, read.notes) == ("PSA", "10", "", "")
    assert (read.wanted.game, read.acquired_on, read.unit_cost) == ("one-piece", date(2026, 6, 3), 3100)
    assert entry(COLLECTR, row.format("BGS 10.0 Black Label")).notes == "Grade: BGS 10 Black Label"
    assert reason(COLLECTR, row.format("XYZ 9")).startswith("Grader “XYZ” is not known.")


def test_collectr_sealed_and_unpaid() -> None:
    read = entry(
        COLLECTR,
        "Sealed,Pokemon,Chaos Rising,Booster Box,,,Normal,Ungraded,Near Mint,0.0000,2,200,0,No,,; ",
    )

    assert (read.wanted.kind, read.quantity, read.unit_cost, read.warnings) == ("sealed", 2, None, ())


def test_collectr_without_a_number_but_with_a_rarity_may_be_a_card() -> None:
    row = "M,One Piece,Time of Battle,DON!! Card,,DON!!,Foil,Ungraded,Near Mint,0,1,5.94,0,FALSE,6/27/2026,"

    assert entry(COLLECTR, row).wanted.kind == ""


def test_collectr_watchlist_is_a_wish_for_one_copy() -> None:
    read = entry(COLLECTR, ",Pokemon,Base Set,Blastoise,2/102,Holo Rare,Holofoil,,Near Mint,,,100,0,true,,")

    assert (read.is_wish, read.quantity, read.folder) == (True, 1, "")


@pytest.mark.parametrize(
    ("name", "game", "language"),
    [
        ("Deoxys (JP)", "pokemon-japan", "ja"),
        ("Deoxys (CN)", "pokemon-china", "zh-CN"),
        ("Deoxys", "pokemon", ""),
    ],
)
def test_collectr_names_asian_releases_in_the_name(name: str, game: str, language: str) -> None:
    read = entry(
        COLLECTR,
        f"M,Pokemon,VSTAR Universe,{name},185/172,SR,Holofoil,Ungraded,Near Mint,4.2381,2,9,0,false,,",
    )

    assert (read.wanted.name, read.wanted.game, read.language) == ("Deoxys", game, language)
    assert read.unit_cost == 424


def test_collectr_s_newer_files_say_the_language() -> None:
    row = "M,{},Set,Card,1,R,Normal,Ungraded,Near Mint,0,1,9,0,false,,,Japanese"

    assert entry(COLLECTR + ",Language", row.format("Pokemon")).wanted.game == "pokemon-japan"
    assert entry(COLLECTR + ",Language", row.format("Magic: The Gathering")).wanted.game == "magic"


def test_dragon_shield() -> None:
    row = "Green Deck,1,0,Eternal Witness,5DN,Fifth Dawn,86,Good,Foil,Portuguese,1.63,5/4/2020"

    assert entry(f'"sep=,"\n{DRAGON_SHIELD}', row) == Entry(
        wanted=Wanted(
            name="Eternal Witness",
            set_name="Fifth Dawn",
            set_code="5DN",
            number="86",
            finish="Foil",
            language="pt",
        ),
        quantity=1,
        condition="LP",
        language="pt",
        unit_cost=163,
        acquired_on=date(2020, 5, 4),
        notes="Condition: Good",
        folder="Green Deck",
        warnings=("“Good” read as Lightly Played.",),
    )


def test_dragon_shield_writes_0_for_a_cost_nobody_entered() -> None:
    row = "Imported,1,0,Bolt,M11,Magic 2011,149,NearMint,Rainbow Foil,English,0.00,2024-01-01,0.40,0.50,0.55"
    read = entry(DRAGON_SHIELD + ",LOW,MID,MARKET", row)

    assert (read.unit_cost, read.currency, read.wanted.finish) == (None, "", "Rainbow Foil")


def test_tcg_collector() -> None:
    row = "{},Tropius,001/084,1,Pitch Black,Common,{},{},Light Played,2,$0.20,$0.40,trade bait"
    read = entry("\ufeff" + TCG_COLLECTOR, row.format("International", "Reverse Holo", "German"))

    assert read == Entry(
        wanted=Wanted(
            game="pokemon",
            name="Tropius",
            set_name="Pitch Black",
            number="001/084",
            finish="Reverse Holofoil",
            rarity="Common",
            language="de",
        ),
        quantity=2,
        condition="MP",
        language="de",
        notes="trade bait; Condition: Light Played",
        warnings=("“Light Played” read as Moderately Played.",),
    )
    japanese = entry(TCG_COLLECTOR, row.format("Japanese", "Normal Holo", "Japanese"))
    assert (japanese.wanted.game, japanese.wanted.finish) == ("pokemon-japan", "Holofoil")


def test_cardmarket() -> None:
    read = entry(CARDMARKET, "266380;2;0,15;3;3;1;1;;;;;;;")

    assert read == Entry(
        wanted=Wanted(finish="Foil", language="de", ids=(("cardmarket", "266380"),)),
        quantity=2,
        condition="LP",
        language="de",
        unit_cost=15,
        currency="EUR",
        notes="Signed; Condition: Excellent",
        warnings=(
            "Signed: kept in the notes, the price is that of a plain copy.",
            "“Excellent” read as Lightly Played.",
        ),
    )


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("1", "en"),
        ("2", "fr"),
        ("6", "zh-CN"),
        ("7", "ja"),
        ("11", "zh-TW"),
        ("12", "nl"),
        ("17", "th"),
        ("99", ""),
    ],
)
def test_cardmarket_s_languages_are_numbers(language: str, code: str) -> None:
    assert entry(CARDMARKET, f"1;1;1;{language};2;;;;;;;;;").language == code


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("1", "NM"),
        ("2", "NM"),
        ("3", "LP"),
        ("4", "LP"),
        ("5", "MP"),
        ("6", "HP"),
        ("7", "DMG"),
        ("PO", "DMG"),
    ],
)
def test_cardmarket_s_conditions_are_numbers(condition: str, code: str) -> None:
    assert entry(CARDMARKET, f"1;1;1;1;{condition};;;;;;;;;").condition == code


def test_cardmarket_s_playset_is_four_copies_of_unknown_cost() -> None:
    read = entry(CARDMARKET, "1;2;3.20;1;2;;;;1;1;;;;")

    assert (read.quantity, read.unit_cost, read.currency) == (8, None, "")
    assert (read.wanted.finish, read.notes) == ("Reverse Holofoil", "Paid for the playset: 3.20")
    assert read.warnings == ("A playset: counted as 4 copies.",)


def test_cardmarket_without_an_id_names_no_card() -> None:
    assert reason(CARDMARKET, ";1;3.14;1;8;;;;;;;;;") == "The row names no card."
    assert reason(CARDMARKET, "1;1;3.14;1;8;;;;;;;;;").startswith("Condition “8” is not known.")


def test_ygoprodeck() -> None:
    read = entry(
        "\ufeff" + YGOPRODECK, "Summoned Skull,2,Ultra Rare,1st Edition,Metal Raiders,MRD-003,70781052,21779"
    )

    assert read == Entry(
        wanted=Wanted(
            game="yugioh",
            name="Summoned Skull",
            set_name="Metal Raiders",
            number="MRD-003",
            finish="1st Edition",
            rarity="Ultra Rare",
        ),
        quantity=2,
    )


def test_dreamborn() -> None:
    read = entry(DREAMBORN, '011,191,foil,2,"Angel - Experiment 624",Amber,Rare')

    assert (read.wanted.game, read.wanted.set_code, read.wanted.number) == ("lorcana", "011", "191")
    assert (read.wanted.name, read.wanted.finish) == ("Angel - Experiment 624", "Foil")
    assert reason(DREAMBORN, "011,191,normal,0,,,") == "Quantity is 0: nothing owned."
    assert entry("Set Number,Card Number,Variant,Count", "011,191,normal,4").wanted.name == ""
