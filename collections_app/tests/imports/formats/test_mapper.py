"""Columns that somebody chose by hand."""

from datetime import date

import pytest

from catalog.matching import Wanted
from collections_app.imports.entries import Entry
from collections_app.imports.formats import FIELDS, guess_columns, mapped
from collections_app.tests.imports.apps import cells

MINE = "Card,Which set,No.,Qty,Paid,Bought,How,Foil?,TCG,Graded by,Grade,Id"
CHOSEN = {
    "name": "Card",
    "set_name": "Which set",
    "number": "No.",
    "quantity": "Qty",
    "unit_cost": "Paid",
    "acquired_on": "Bought",
    "condition": "How",
    "finish": "Foil?",
    "game": "TCG",
    "grader": "Graded by",
    "grade": "Grade",
    "product_id": "Id",
}


def test_columns_chosen_by_hand() -> None:
    _, said = cells(MINE, 'Pikachu,Base Set,58/102,2,"3,20 €",30.06.2026,EX,holo,pokemon,,,42350')

    assert mapped(CHOSEN).read(said) == Entry(
        wanted=Wanted(
            game="pokemon",
            name="Pikachu",
            set_name="Base Set",
            number="58/102",
            finish="Holofoil",
            ids=(("tcgplayer", "42350"),),
        ),
        quantity=2,
        condition="LP",
        unit_cost=320,
        currency="EUR",
        acquired_on=date(2026, 6, 30),
        notes="Condition: EX",
        warnings=("“EX” read as Lightly Played.",),
    )


def test_game_and_currency_of_the_whole_file_stand_for_rows_that_do_not_say_them() -> None:
    chosen = mapped(CHOSEN | {"currency": "Cur"}, game="magic", currency="JPY")
    _, silent = cells(MINE + ",Cur", "Bolt,,,1,500,,,,,,,,")
    _, saying = cells(MINE + ",Cur", "Pikachu,,,1,500,,,,Pokémon,,,,USD")

    assert (chosen.read(silent).wanted.game, chosen.read(silent).unit_cost) == ("magic", 500)
    assert chosen.read(silent).currency == "JPY"
    assert (chosen.read(saying).wanted.game, chosen.read(saying).unit_cost) == ("pokemon", 50_000)


def test_a_cost_of_0_in_somebody_s_own_list_is_a_gift() -> None:
    _, said = cells(MINE, "Bolt,,,1,0,,,,,,,")

    assert mapped(CHOSEN).read(said).unit_cost == 0


def test_a_list_without_quantities_has_one_copy_a_row() -> None:
    _, said = cells("Card,Set", "Bolt,M11")

    assert mapped({"name": "Card", "quantity": ""}).read(said).quantity == 1


def test_a_slab_in_somebody_s_own_list() -> None:
    _, said = cells(MINE, "Bolt,,,1,,,,,,PSA,9.5,")

    read = mapped(CHOSEN).read(said)
    assert (read.grader, read.grade, read.condition) == ("PSA", "9.5", "")


def test_an_ambiguous_day_is_left_empty() -> None:
    _, said = cells(MINE, "Bolt,,,1,,3/4/2026,,,,,,")

    read = mapped(CHOSEN).read(said)
    assert (read.acquired_on, read.notes) == (None, "Date: 3/4/2026")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"set_name": "Set"}, "No column was chosen for Name."),
        ({"name": ""}, "No column was chosen for Name."),
        ({"name": "Card", "colour": "Colour"}, "There is no field colour."),
    ],
)
def test_a_choice_that_cannot_be_is_refused(columns: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        mapped(columns)


def test_a_hidden_field_cannot_be_chosen() -> None:
    with pytest.raises(ValueError, match="There is no field is_wish"):
        mapped({"name": "Card", "is_wish": "Wish"})


def test_columns_are_guessed_by_their_names() -> None:
    header = [
        "Qty",
        "Card Name",
        "Edition",
        "SET_CODE",
        "Collector Number",
        "Foil",
        "Price",
        "Purchase Price",
        "X",
    ]

    assert guess_columns(header) == {
        "quantity": "Qty",
        "name": "Card Name",
        "set_name": "Edition",
        "set_code": "SET_CODE",
        "number": "Collector Number",
        "finish": "Foil",
        "unit_cost": "Purchase Price",
    }
    assert guess_columns(["foo", "bar"]) == {}


def test_no_column_is_guessed_twice_and_every_guess_can_be_chosen() -> None:
    header = [
        "Name",
        "Card",
        "Set",
        "Set ID",
        "Number",
        "Grade",
        "Grader",
        "Language",
        "Notes",
        "Product ID",
        "Game",
    ]
    header += ["Acquired On", "Currency", "Condition", "Cost", "Count", "Finish"]
    guessed = guess_columns(header)

    assert set(guessed) == {key for key, _, _ in FIELDS}
    assert len(set(guessed.values())) == len(guessed)
    assert mapped(guessed).slug == "mapped"
