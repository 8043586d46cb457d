"""PriceCharting: a card is a product on a console."""

from datetime import date

import pytest

from catalog.matching import Wanted
from collections_app.imports.entries import Entry
from collections_app.tests.imports.apps import PRICECHARTING, entry, reason


def test_pricecharting() -> None:
    row = "11748981,Snorlax #62,Pokemon Japanese Nihil Zero,1,Ungraded,Normal wear,,swap,250,1,2026-03-04,,,,"

    assert entry(PRICECHARTING, row) == Entry(
        wanted=Wanted(
            game="pokemon-japan",
            name="Snorlax",
            set_name="Nihil Zero",
            number="62",
            language="ja",
            ids=(("pricecharting", "11748981"),),
        ),
        quantity=1,
        language="ja",
        unit_cost=250,
        currency="USD",
        acquired_on=date(2026, 3, 4),
        notes="swap",
    )


@pytest.mark.parametrize(
    ("product", "name", "number", "finish"),
    [
        ("Beautifly #219", "Beautifly", "219", ""),
        ("Samurott [Reverse] #23", "Samurott", "23", "Reverse Holofoil"),
        ("Charizard [1st Edition] #4", "Charizard", "4", "1st Edition"),
        ("Luffy [Alternate Art] #OP01-003", "Luffy (Alternate Art)", "OP01-003", ""),
        ("Pikachu [Reverse Holo] [Staff] #12", "Pikachu (Staff)", "12", "Reverse Holofoil"),
        ("Psyduck", "Psyduck", "", ""),
        ("Team Rocket's Mewtwo ex #231", "Team Rocket's Mewtwo ex", "231", ""),
        ("Mew #8 of 9", "Mew #8 of 9", "", ""),
    ],
)
def test_pricecharting_writes_number_and_variant_into_the_name(
    product: str, name: str, number: str, finish: str
) -> None:
    wanted = entry(PRICECHARTING, f"1,{product},Pokemon White Flare,20,Ungraded,,,,0,1,,,,,").wanted

    assert (wanted.name, wanted.number, wanted.finish) == (name, number, finish)


@pytest.mark.parametrize(
    ("console", "game", "set_name", "language"),
    [
        ("Pokemon Ascended Heroes", "pokemon", "Ascended Heroes", ""),
        ("Pokemon TCG Classic: Charizard Deck", "pokemon", "TCG Classic: Charizard Deck", ""),
        ("Pokemon Chinese Gem Pack 4", "pokemon-china", "Gem Pack 4", "zh-CN"),
        ("Pokemon German Base Set", "pokemon", "Base Set", "de"),
        ("YuGiOh Legend of Blue Eyes White Dragon", "yugioh", "Legend of Blue Eyes White Dragon", ""),
        ("One Piece Romance Dawn", "one-piece", "Romance Dawn", ""),
        ("Magic Alpha", "magic", "Alpha", ""),
        ("Disney Lorcana First Chapter", "lorcana", "First Chapter", ""),
        ("Digimon Great Legend", "digimon", "Great Legend", ""),
        ("Xbox", "xbox", "", ""),
    ],
)
def test_pricecharting_s_console_is_game_language_and_set(
    console: str, game: str, set_name: str, language: str
) -> None:
    wanted = entry(PRICECHARTING, f"1,Psyduck #1,{console},20,Ungraded,,,,0,1,,,,,").wanted

    assert (wanted.game, wanted.set_name, wanted.language) == (game, set_name, language)


def test_pricecharting_graded() -> None:
    row = "1,Ho-Oh ex #7,Pokemon Base Set,725,{},Normal wear,,,0,1,2026-04-11,2026-04-10,{},12345,"
    read = entry(PRICECHARTING, row.format("Graded 8", "CGC"))

    assert (read.grader, read.grade, read.condition) == ("CGC", "8", "")
    assert (read.acquired_on, read.notes) == (date(2026, 4, 10), "Certificate: 12345")
    assert entry(PRICECHARTING, row.format("PSA 10", "")).grader == "PSA"
    assert reason(PRICECHARTING, row.format("Graded 8", "")) == "There is a grade, but no grader."
    assert reason(PRICECHARTING, row.format("Ungraded", "PSA")) == "Graded by PSA, but there is no grade."


def test_pricecharting_s_other_things_keep_what_they_include() -> None:
    read = entry(PRICECHARTING, '1,Halo,Xbox,999,"Item, Box, and Manual",Normal wear,,,0,1,,,,,')

    assert (read.notes, read.grade, read.condition, read.warnings) == (
        "Includes: Item, Box, and Manual",
        "",
        "NM",
        (),
    )


def test_pricecharting_does_not_say_what_the_cost_of_several_copies_is_for() -> None:
    read = entry(PRICECHARTING, "1,Snorlax #62,Pokemon Base Set,188,Ungraded,,,,250,2,,,,,")

    assert (read.quantity, read.unit_cost, read.notes) == (2, None, "Cost basis: $2.50")
    assert read.warnings == ("The cost may be for each copy or for all: left empty.",)


def test_pricecharting_s_folder_and_older_files_without_a_day_of_purchase() -> None:
    older = PRICECHARTING.replace("date-purchased,", "")
    read = entry(older, "1,Psyduck #1,Pokemon Fossil,20,Ungraded,,,,0,1,2026-04-05,,,White flare")

    assert (read.folder, read.acquired_on) == ("White flare", date(2026, 4, 5))
