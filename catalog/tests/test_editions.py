"""From somebody's set name and code to our sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.editions import Certainty, Edition, Editions, Found

MAGIC, POKEMON, JAPAN = 1, 2, 3
SETS = [
    (MAGIC, "10th Edition", "10E"),
    (MAGIC, "Alpha Edition", "LEA"),
    (MAGIC, "Commander: Innistrad: Crimson Vow", "VOC"),
    (MAGIC, "Commander: Kaldheim", "KHC"),
    (MAGIC, "Core Set 2019", "M19"),
    (MAGIC, "Exodus", "EXO"),
    (MAGIC, "Innistrad: Crimson Vow", "VOW"),
    (MAGIC, "Kaldheim", "KHM"),
    (MAGIC, "Magic 2011 (M11)", "M11"),
    (MAGIC, "March of the Machine", "MOM"),
    (MAGIC, "March of the Machine: Multiverse Legends", "MUL"),
    (MAGIC, "Modern Horizons 2", "MH2"),
    (MAGIC, "Modern Masters 2015", "MM2"),
    (MAGIC, "Prerelease Cards", "PRE"),
    (MAGIC, "Promo Pack: Bloomburrow", "PPBLB"),
    (MAGIC, "Ravnica: City of Guilds", "RAV"),
    (MAGIC, "Secret Lair Drop Series", "SLD"),
    (MAGIC, "The List Reprints", "LIST"),
    (MAGIC, "Universes Beyond: The Lord of the Rings: Tales of Middle-earth", "LTR"),
    (POKEMON, "Base Set", "BS"),
    (POKEMON, "Base Set (Shadowless)", ""),
    (POKEMON, "Base Set 2", "B2"),
    (POKEMON, "Black and White Promos", "BWP"),
    (POKEMON, "SM Base Set", "SUM"),
    (POKEMON, "SV03: Obsidian Flames", "OBF"),
    (POKEMON, "SV: Black Bolt", "BLK"),
    (POKEMON, "SV: Scarlet & Violet 151", "MEW"),
    (POKEMON, "SV: Scarlet & Violet Promo Cards", "SVP"),
    (POKEMON, "WoTC Promo", ""),
    (POKEMON, "XY - Evolutions", "EVO"),
    (JAPAN, "SV2a: Pokemon Card 151", "SV2A"),
    (JAPAN, "SV11B: Black Bolt", ""),
]
EDITIONS = Editions.of(Edition(key, *facts) for key, facts in enumerate(SETS))
GAMES = frozenset([MAGIC, POKEMON, JAPAN])


def found(
    name: str = "", code: str = "", *, games: frozenset[int] = GAMES, is_prerelease: bool = False
) -> Found:
    return EDITIONS.find(name, code=code, games=games, is_prerelease=is_prerelease)


def named(answer: Found) -> set[str]:
    return {SETS[key][1] for key in answer.sets}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("base set", "Base Set"),
        ("Base", "Base Set"),
        ("Pokemon Base Set", "Base Set"),
        ("Base Set Shadowless", "Base Set (Shadowless)"),
        ("Base Set 2", "Base Set 2"),
        ("Obsidian Flames", "SV03: Obsidian Flames"),
        ("Scarlet and Violet 151", "SV: Scarlet & Violet 151"),
        ("Scarlet & Violet Promo", "SV: Scarlet & Violet Promo Cards"),
        ("Scarlet & Violet Black Star Promos", "SV: Scarlet & Violet Promo Cards"),
        ("SVP Black Star Promos", "SV: Scarlet & Violet Promo Cards"),
        ("BW Black Star Promos", "Black and White Promos"),
        ("Wizards Black Star Promos", "WoTC Promo"),
        ("Evolutions", "XY - Evolutions"),
        ("Sun & Moon", "SM Base Set"),
        ("Pokemon Japanese Pokemon Card 151", "SV2a: Pokemon Card 151"),
        ("Magic 2011", "Magic 2011 (M11)"),
        ("2011 Core Set", "Magic 2011 (M11)"),
        ("M11", "Magic 2011 (M11)"),
        ("Magic 2019", "Core Set 2019"),
        ("Core 2019", "Core Set 2019"),
        ("Tenth Edition", "10th Edition"),
        ("Limited Edition Alpha", "Alpha Edition"),
        ("Kaldheim Commander", "Commander: Kaldheim"),
        ("Crimson Vow Commander", "Commander: Innistrad: Crimson Vow"),
        ("Extras: Modern Horizons 2", "Modern Horizons 2"),
        ("Modern Horizons 2 Tokens", "Modern Horizons 2"),
        ("Multiverse Legends", "March of the Machine: Multiverse Legends"),
        ("The March of the Machine", "March of the Machine"),
        ("Bloomburrow Promos", "Promo Pack: Bloomburrow"),
        ("Secret Lair Drop", "Secret Lair Drop Series"),
        ("The List", "The List Reprints"),
        (
            "The Lord of the Rings: Tales of Middle-earth",
            "Universes Beyond: The Lord of the Rings: Tales of Middle-earth",
        ),
        ("Tales of Middle-earth Tokens", "Universes Beyond: The Lord of the Rings: Tales of Middle-earth"),
    ],
)
def test_other_names_of_a_set_are_understood(name: str, meant: str) -> None:
    assert named(found(name)) == {meant}
    assert found(name).certainty is Certainty.SURE


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("m11", "Magic 2011 (M11)"),
        ("ltr", "Universes Beyond: The Lord of the Rings: Tales of Middle-earth"),
        ("SV03", "SV03: Obsidian Flames"),  # the code in the name
        ("sv3", "SV03: Obsidian Flames"),
        ("obf", "SV03: Obsidian Flames"),
        ("ex", "Exodus"),  # MTGO's
        ("1e", "Alpha Edition"),
        ("plst", "The List Reprints"),
        ("tmh2", "Modern Horizons 2"),
        ("pblb", "Promo Pack: Bloomburrow"),
    ],
)
def test_codes_are_understood_in_any_spelling(code: str, meant: str) -> None:
    assert named(found(code=code)) == {meant}
    assert found(code=code).certainty is Certainty.SURE


def test_a_code_beside_a_name_that_is_not_understood_is_only_likely() -> None:
    answer = found("Das Buch der Listen", "LIST")

    assert (answer.certainty, named(answer)) == (Certainty.LIKELY, {"The List Reprints"})
    assert found("Ravnica", "RAV").certainty is Certainty.SURE


def test_a_name_decides_when_the_code_is_an_apps_own() -> None:
    answer = found("Extras: Modern Horizons 2", "ex_127")

    assert (answer.certainty, named(answer)) == (Certainty.SURE, {"Modern Horizons 2"})


def test_a_code_and_a_name_of_different_sets_are_torn() -> None:
    answer = found("Kaldheim", "MOM")

    assert (answer.certainty, named(answer)) == (Certainty.TORN, {"Kaldheim", "March of the Machine"})
    assert found("Base Set", "MOM", games=frozenset([MAGIC])).certainty is Certainty.TORN


def test_a_vague_name_is_only_likely() -> None:
    answer = found("Ravnica")

    assert (answer.certainty, named(answer)) == (Certainty.LIKELY, {"Ravnica: City of Guilds"})
    assert found("Legends").certainty is Certainty.LIKELY
    assert named(found("Pokemon Promo", games=frozenset([POKEMON]))) == {
        "Black and White Promos",
        "SV: Scarlet & Violet Promo Cards",
        "WoTC Promo",
    }


@pytest.mark.parametrize(
    "name",
    ["Kaldheim Promos", "Modern Masters", "Modern Horizons", "Kaldheim Art Series", "FAKESET1", "Zendikar"],
)
def test_what_no_set_is_called_is_unknown(name: str) -> None:
    assert found(name) == Found(Certainty.UNKNOWN, frozenset())


@pytest.mark.parametrize("nothing", ["", "  ", "---"])
def test_nothing_said_is_unsaid(nothing: str) -> None:
    assert found(nothing, nothing) == Found(Certainty.UNSAID, frozenset())


def test_only_the_sets_of_the_games_are_found() -> None:
    assert named(found("Black Bolt")) == {"SV: Black Bolt", "SV11B: Black Bolt"}
    assert named(found("Black Bolt", games=frozenset([JAPAN]))) == {"SV11B: Black Bolt"}
    assert found("Black Bolt", games=frozenset([MAGIC])).certainty is Certainty.UNKNOWN


def test_promos_of_a_prerelease_lie_in_a_set_of_their_own() -> None:
    assert named(found("Bloomburrow Promos", "PBLB", is_prerelease=True)) == {"Prerelease Cards"}
    assert named(found("Kaldheim", "KHM", is_prerelease=True)) == {"Kaldheim"}


def test_every_set_is_found_by_its_own_name_and_by_its_own_code() -> None:
    for key, (game, name, code) in enumerate(SETS):
        assert key in found(name, games=frozenset([game])).sets
        assert not code or found(code=code, games=frozenset([game])).sets == {key}


@given(st.text(max_size=60), st.text(max_size=12))
def test_any_text_is_answered(name: str, code: str) -> None:
    answer = found(name, code)

    assert bool(answer.sets) is (answer.certainty not in {Certainty.UNSAID, Certainty.UNKNOWN})
