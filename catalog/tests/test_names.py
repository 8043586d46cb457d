"""Card names taken apart, and which of them can be of one card."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import names
from catalog.names import Alike


def alike(said: str, printed: str) -> Alike:
    return names.alike(names.read(said), names.read(printed))


@pytest.mark.parametrize(
    ("text", "faces", "variants", "number"),
    [
        ("Charizard", ("charizard",), set(), ""),
        ("Abuelo's Awakening (Borderless)", ("abuelos awakening",), {"borderless"}, ""),
        ("Fire // Ice", ("fire", "ice"), set(), ""),
        ("Fire / Ice", ("fire", "ice"), set(), ""),
        ("Umbreon ex - 176", ("umbreon ex",), set(), "176"),
        ("Super Rod - 276/193", ("super rod",), set(), "276/193"),
        ("Zacian V - SWSH018", ("zacian v",), set(), "SWSH018"),
        ("Samurott #23", ("samurott",), set(), "23"),
        ("Mudkip (32)", ("mudkip",), {"32"}, "32"),
        (
            "Bartolomeo (OP04-089) (Alternate Art)",
            ("bartolomeo",),
            {"op4-89", "alternate", "art"},
            "OP04-089",
        ),
        ("Luffy [Alt Art]", ("luffy",), {"alternate", "art"}, ""),
        ("Professor's Research (2023)", ("professors research",), {"2023"}, ""),
        ("Island (259) - Full Art", ("island",), {"259", "full", "art"}, "259"),
        ("Eevee (Master Ball Pattern)", ("eevee",), {"master", "ball"}, ""),
        ("Clue // Food Double-Sided Token", ("clue", "food"), set(), ""),
        ("Clue Token", ("clue",), set(), ""),
        ("Token", ("token",), set(), ""),
        ("Elsa - The Fifth Spirit", ("elsa the fifth spirit",), set(), ""),
        ("Porygon-Z", ("porygon z",), set(), ""),
        ("(Foil)", ("foil",), {"foil"}, ""),
        ("", (), set(), ""),
    ],
)
def test_a_name_is_taken_apart(text: str, faces: tuple[str, ...], variants: set[str], number: str) -> None:
    read = names.read(text)

    assert (read.faces, set(read.variants), read.number) == (faces, variants, number)


@pytest.mark.parametrize(
    ("text", "finish"),
    [
        ("Samurott [Reverse]", {"reverse"}),
        ("Aerodactyl (1st Edition)", {"1st", "edition"}),
        ("Demonic Tutor (Foil Etched)", set()),
        ("Victory Cup [1st Place]", set()),
    ],
)
def test_brackets_may_hold_a_finish(text: str, finish: set[str]) -> None:
    assert names.read(text).finish == finish


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("charizard", "Charizard"),
        ("Flabebe", "Flabébé"),
        ("Farfetch’d", "Farfetch'd"),  # noqa: RUF001 -- as typed on a phone
        ("Charizard-EX", "Charizard EX"),
        ("Ambitious Farmhand", "Ambitious Farmhand // Seasoned Cathar"),
        ("Ambitious Farmhand // Seasoned Cathar", "Ambitious Farmhand (Showcase)"),
        ("Umbreon ex", "Umbreon ex - 176"),
        ("Unown A", "Unown (A)"),
        ("EustassCaptainKid", 'Eustass"Captain"Kid'),
        ("Clue", "Clue // Food Double-Sided Token"),
    ],
)
def test_names_of_one_card(said: str, printed: str) -> None:
    assert alike(said, printed) is alike(printed, said) is Alike.SAME


@pytest.mark.parametrize(
    ("said", "printed"),
    [("Charzard", "Charizard"), ("Ambitious Framhand", "Ambitious Farmhand"), ("Balstoise", "Blastoise")],
)
def test_names_with_a_typing_error_are_near(said: str, printed: str) -> None:
    assert alike(said, printed) is alike(printed, said) is Alike.NEAR


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("Charizard", "Blastoise"),
        ("Mew", "Muk"),
        ("Mew", "Mewtwo"),
        ("Charizard V", "Charizard ex"),
        ("Charizard", "Charizard ex"),
        ("Nidoran♀", "Nidoran♂"),
        ("Porygon2", "Porygon3"),
        ("Bat // Vampire", "Bat // Angel"),
        ("Charzard // Ice", "Charizard // Fire"),
        ("", "Charizard"),
    ],
)
def test_names_of_different_cards(said: str, printed: str) -> None:
    assert alike(said, printed) is alike(printed, said) is Alike.NO


@given(st.text(max_size=120))
def test_any_name_is_the_same_as_itself_unless_it_has_no_letters(text: str) -> None:
    assert alike(text, text) is (Alike.SAME if names.read(text).whole else Alike.NO)
