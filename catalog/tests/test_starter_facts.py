"""
Every row of our checklists against the developers' catalogues, which are no part of the project.

Differences found, and how they were decided:

- pokemontcg.io gives the six basic energies of Base Set no rarity; TCGdex and the marketplace say Common.
- pokemontcg.io calls V and VMAX "Rare Holo V" and "Rare Holo VMAX"; the marketplace says Ultra Rare. Rainbow
  and gold cards ("Rare Rainbow", "Rare Secret") are one rarity there, Secret Rare.
- TCGdex writes "Nidoran♂", pokemontcg.io "Nidoran ♂"; names are compared without spaces.
- The One Piece list tells a parallel by its id (OP01-001_p1), we by the name, as the marketplace does; the
  second parallel of OP01-120 is the manga art.
- The Yu-Gi-Oh! file is a sample: 85 of the set's 126 cards. The other 41 were checked, number, name and
  rarity, against the full public yaml-yugi data the sample was taken from. It splits commons into
  Common and Short Print, which the marketplace does not.
- The file also knows LOB-EN, LOB-E and LOB-A numbers of later printings; only LOB-000 to LOB-125 is ours.
"""

import gzip
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from catalog.starter import SETS, StarterProduct

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the catalogues of ../shared/data are absent")

POKEMON = [
    # our set, pokemontcg.io, TCGdex, number printed after the slash
    ("base-set", "base1", "base1", "102"),
    ("fossil", "base3", "base3", "62"),
    ("evolving-skies", "swsh7", "swsh7", "203"),
    ("scarlet-violet-151", "sv3pt5", "sv03.5", "165"),
]
POKEMON_RARITY = {
    None: "Common",
    "Common": "Common",
    "Uncommon": "Uncommon",
    "Rare": "Rare",
    "Rare Holo": "Holo Rare",
    "Rare Holo V": "Ultra Rare",
    "Rare Holo VMAX": "Ultra Rare",
    "Rare Ultra": "Ultra Rare",
    "Rare Rainbow": "Secret Rare",
    "Rare Secret": "Secret Rare",
    "Double Rare": "Double Rare",
    "Ultra Rare": "Ultra Rare",
    "Illustration Rare": "Illustration Rare",
    "Special Illustration Rare": "Special Illustration Rare",
    "Hyper Rare": "Hyper Rare",
}
POKEMON_FINISH = {"normal": "Normal", "holo": "Holofoil", "reverse": "Reverse Holofoil"}
FOSSIL_FINISHES = {
    "normal": {"1st Edition", "Unlimited"},
    "holo": {"1st Edition Holofoil", "Unlimited Holofoil"},
}
ONE_PIECE_RARITY = {
    "Common": "Common",
    "Uncommon": "Uncommon",
    "Rare": "Rare",
    "SuperRare": "Super Rare",
    "SecretRare": "Secret Rare",
    "Leader": "Leader",
}
ONE_PIECE_SUFFIX = {"": "", "p1": " (Parallel)", "p2": " (Parallel) (Manga) (Alternate Art)"}
YUGIOH_RARITY = {
    "Common": "Common / Short Print",
    "Short Print": "Common / Short Print",
    "Rare": "Rare",
    "Super Rare": "Super Rare",
    "Ultra Rare": "Ultra Rare",
    "Secret Rare": "Secret Rare",
}


def singles(slug: str) -> list[StarterProduct]:
    return [
        product
        for starter_set in SETS
        if starter_set.slug == slug
        for product in starter_set.products
        if product.kind == "single"
    ]


def fold(name: str) -> str:
    """The name without accents, spaces and case."""
    letters = unicodedata.normalize("NFKD", name).replace(" ", "")
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


def plain_number(number: str) -> str:
    return number.split("/", maxsplit=1)[0].lstrip("0")


def read(name: str) -> Any:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        return json.load(file)


def read_lines(name: str) -> list[Any]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def tcgdex() -> dict[str, dict[str, Any]]:
    """TCGdex cards by set, then by number without leading zeros."""
    sets: dict[str, dict[str, Any]] = {}
    for card in read_lines("pokemon/catalog_tcgdex_cards.jsonl.gz"):
        sets.setdefault(card["set"], {})[card["number"].lstrip("0")] = card
    return sets


@pytest.mark.parametrize(("slug", "catalogue", "_tcgdex_set", "_total"), POKEMON)
def test_pokemon_numbers_names_and_rarities_agree_with_pokemontcg_io(
    slug: str, catalogue: str, _tcgdex_set: str, _total: str
) -> None:
    cards = read(f"pokemon/pokemontcg_io/cards_{catalogue}.json.gz")
    theirs = {card["number"]: (fold(card["name"]), POKEMON_RARITY[card.get("rarity")]) for card in cards}
    ours = {plain_number(card.number): (fold(card.name), card.rarity) for card in singles(slug)}
    assert ours == theirs


@pytest.mark.parametrize(("slug", "_catalogue", "tcgdex_set", "_total"), POKEMON)
def test_pokemon_numbers_and_names_agree_with_tcgdex(
    slug: str, _catalogue: str, tcgdex_set: str, _total: str, tcgdex: dict[str, dict[str, Any]]
) -> None:
    theirs = {number: fold(card["name"]["en"]) for number, card in tcgdex[tcgdex_set].items()}
    assert {plain_number(card.number): fold(card.name) for card in singles(slug)} == theirs


@pytest.mark.parametrize(("slug", "_catalogue", "tcgdex_set", "_total"), POKEMON)
def test_pokemon_finishes_are_those_tcgplayer_sells_by_tcgdex(
    slug: str, _catalogue: str, tcgdex_set: str, _total: str, tcgdex: dict[str, dict[str, Any]]
) -> None:
    theirs: dict[str, set[str]] = {}
    for number, card in tcgdex[tcgdex_set].items():
        sold = {kind["type"] for kind in card["variants"] if "tcgplayer" in kind.get("thirdParty", {})}
        if slug == "fossil":
            theirs[number] = set().union(*(FOSSIL_FINISHES[kind] for kind in sold))
        else:
            theirs[number] = {POKEMON_FINISH[kind] for kind in sold}
    assert {plain_number(card.number): set(card.finishes) for card in singles(slug)} == theirs


@pytest.mark.parametrize(("slug", "_catalogue", "tcgdex_set", "total"), POKEMON)
def test_pokemon_set_data_agrees_with_tcgdex(slug: str, _catalogue: str, tcgdex_set: str, total: str) -> None:
    sets = json.loads((DATA / "pokemon/catalog_tcgdex_sets.json").read_text(encoding="utf-8"))
    (theirs,) = (entry for entry in sets if entry["id"] == tcgdex_set)
    (ours,) = (starter_set for starter_set in SETS if starter_set.slug == slug)
    assert ours.released_on.isoformat() == theirs["releaseDate"]
    assert {card.number.split("/")[1] for card in singles(slug)} == {total}
    assert int(total) == theirs["cardCount"]["official"]


def test_basic_energies_without_a_rarity_are_common_in_tcgdex(tcgdex: dict[str, dict[str, Any]]) -> None:
    unmarked = [
        card["number"]
        for card in read("pokemon/pokemontcg_io/cards_base1.json.gz")
        if card.get("rarity") is None
    ]
    assert unmarked == ["97", "98", "99", "100", "101", "102"]
    assert {tcgdex["base1"][number]["rarity"] for number in unmarked} == {"Common"}


def test_romance_dawn_agrees_with_the_official_list() -> None:
    theirs = set()
    for card in read("onepiece/catalog_cards.json.gz"):
        if card["set"] == "OP-01":
            number, _, version = card["id"].partition("_")
            theirs.add((number, card["name"] + ONE_PIECE_SUFFIX[version], ONE_PIECE_RARITY[card["rarity"]]))
    assert {(card.number, card.name, card.rarity) for card in singles("romance-dawn")} == theirs


def test_legend_of_blue_eyes_agrees_with_the_catalogue_as_far_as_it_goes() -> None:
    cards = read_lines("yugioh/printings.jsonl.gz")
    theirs = {
        number: (fold(card["name"]), YUGIOH_RARITY[rarities[0]])
        for card in cards
        for number, _, rarities in card["printings"]
        if number.startswith("LOB-") and number[4:].isdigit()
    }
    ours = {
        card.number: (fold(card.name), card.rarity) for card in singles("legend-of-blue-eyes-white-dragon")
    }
    assert list(ours) == [f"LOB-{number:03}" for number in range(126)]
    assert len(theirs) == 85
    assert {number: ours[number] for number in theirs} == theirs
    known = {fold(card["name"]) for card in cards}
    assert known.isdisjoint(ours[number][0] for number in ours.keys() - theirs.keys())
