"""Titles of real listings with the product each means, in the catalogues of `listing_files`.

The answers were read by hand from the titles, with a list of the catalogues' cards of the labelled number
beside them: the number of the title's row in its file, with the card's set, number and finish. One answer
(row 58, a name with a typing error) was found missing because the matcher gave it, and then added.
A row that is not named here means
a card that the catalogue does not have, or none at all: it must be refused.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from catalog import words
from catalog.tests.listing_files import CATALOGUES, LISTINGS, distinct
from catalog.tests.market_catalogue import Product


class Answer(NamedTuple):
    """The product of a catalogue, and its finish there."""

    set_name: str
    name: str
    number: str
    finish: str


class Case(NamedTuple):
    """`answer` is None when the title must be refused; `is_open` when nobody here can tell what it means."""

    source: str
    row: int
    title: str
    game: str
    answer: Answer | None
    is_open: bool = False


def labels() -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Title, number and (grader, grade) as its source labelled them, of trading card games."""
    with (LISTINGS / "ebay_titles_labelled.csv").open(encoding="utf-8") as file:
        for said in csv.DictReader(file):
            if said["kind"] != "not_supported_game":
                grade = (said["grader_regex_hint"], said["grade_regex_hint"])
                yield said["title"], said["card_number_expected"], grade


def measured() -> tuple[dict[str, list[Case]], dict[str, str]]:
    """The rows by source and game; and, by source, why no catalogue here has an answer."""
    products = distinct(CATALOGUES["magic"]())
    groups = {"eBay, labelled": list(ebay()), "eBay, sold Mewtwo": list(mewtwo())}
    groups |= {f"storefronts, {game}": list(storefronts(game)) for game in STOREFRONTS}
    return groups | {"storefronts, magic": list(magic(products))}, EXCLUDED


def ebay() -> Iterator[Case]:
    with (LISTINGS / "ebay_titles_labelled.csv").open(encoding="utf-8") as file:
        for row, said in enumerate(csv.DictReader(file)):
            yield Case("eBay", row, said["title"], "", EBAY.get(row))


def mewtwo() -> Iterator[Case]:
    """One card's sold listings. Its set and all others here are missing from the catalogues."""
    with (LISTINGS / "ebay_sold_mewtwo_ex_130-098.csv").open(encoding="utf-8") as file:
        for row, said in enumerate(csv.DictReader(file)):
            yield Case("Mewtwo", row, said["title"], "pokemon", None, is_open=row in MEWTWO_OPEN)


def storefronts(game: str) -> Iterator[Case]:
    """Sellers' wordings, their columns in one line: name, number or version, set, Foil.

    Rows of an id alone have no wording and are left out.
    """
    path = LISTINGS / f"storefront_wording_to_product_{game.replace('-', '')}.json"
    for row, case in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        if "name" in case["input"]:
            answer = STOREFRONTS[game].get(row)
            yield Case("storefront", row, wording(case["input"]), game, answer)


def magic(products: Sequence[Product]) -> Iterator[Case]:
    """Magic's wordings name printings of a catalogue that is not here.

    A row is answered where its name and its edition are one product's, letter by letter, and nothing but
    the finish is said beside them; other rows are open, except those that must be refused.
    """
    known: dict[tuple[str, str], list[Product]] = defaultdict(list)
    for product in products:
        known[words.fold(product.name.split(" (V.")[0]), words.fold(product.set_name)].append(product)
    for case, said, must_refuse in _magic_rows():
        found = known[words.fold(said["name"]), words.fold(said.get("edition", ""))]
        finish = "Foil" if said.get("foil") else "Normal"
        is_plain = said.get("variant", "") in {"", "Foil"} and len(found) == 1 and finish in found[0].finishes
        if must_refuse or not is_plain:
            yield case._replace(is_open=not must_refuse)
        else:
            yield case._replace(answer=Answer(found[0].set_name, found[0].name, found[0].number, finish))


def _magic_rows() -> Iterator[tuple[Case, dict[str, str], bool]]:
    path = LISTINGS / "storefront_wording_to_product_magic.json"
    for row, case in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        if "name" in case["input"]:
            made = Case("storefront", row, wording(case["input"]), "magic", None)
            yield made, case["input"], "error" in case


def wording(said: dict[str, str]) -> str:
    foil = "Foil" if said.get("foil") and "foil" not in said.get("variant", "").casefold() else ""
    parts = [said["name"], said.get("variant", ""), said.get("edition", ""), said.get("finish", "")]
    return " - ".join(filter(None, [*parts, foil, said.get("language", "")]))


PROMO, VAULT = "SWSH: Sword & Shield Promo Cards", "SWSH: Shining Fates Shiny Vault"
GALLERY, FATES = "SWSH: Lost Origin Trainer Gallery", "SM - Hidden Fates Shiny Vault"
JAPAN_151, EMERALDA = "SV2a: Pokemon Card 151", "M6: Storm Emeralda"
# Every row was seen while the words of `catalog.wordings` were gathered: no half was kept apart.
EBAY = {
    2: Answer("SM Promos", "Pikachu", "SM183", "Normal"),
    4: Answer("SWSH07: Evolving Skies", "Espeon VMAX", "065/203", "Holofoil"),
    5: Answer(PROMO, "Charizard V", "SWSH050", "Holofoil"),
    6: Answer(VAULT, "Dubwool", "SV104", "Holofoil"),
    7: Answer("SV5K: Wild Force", "Snom", "073/071", "Holofoil"),
    10: Answer(PROMO, "Pikachu V", "SWSH198", "Holofoil"),
    11: Answer("SV: Prismatic Evolutions", "Glaceon ex", "026/131", "Holofoil"),
    19: Answer(PROMO, "Mimikyu", "SWSH136", "Holofoil"),
    20: Answer(PROMO, "Blastoise VMAX", "SWSH103", "Holofoil"),
    21: Answer(GALLERY, "Gengar", "TG06", "Holofoil"),
    22: Answer("S11a: Incandescent Arcana", "Smeargle", "073/068", "Holofoil"),
    23: Answer("SWSH12: Silver Tempest", "Regidrago V", "184/195", "Holofoil"),
    25: Answer("Aquapolis", "Mr. Mime", "95a", "Normal"),
    26: Answer("XY Promos", "Pikachu EX", "XY124", "Holofoil"),
    28: Answer("SV3: Ruler of the Black Flame", "Eiscue ex", "020/108", "Holofoil"),
    30: Answer(PROMO, "Pikachu V", "SWSH143", "Holofoil"),
    31: Answer(FATES, "Articuno-GX", "SV54", "Holofoil"),
    35: Answer(GALLERY, "Chandelure", "TG04", "Holofoil"),
    36: Answer("SM Promos", "Pikachu & Zekrom GX", "SM168", "Holofoil"),
    38: Answer("SM - Team Up", "Latias & Latios GX", "113/181", "Holofoil"),
    40: Answer(GALLERY, "Charizard", "TG03", "Holofoil"),
    44: Answer(PROMO, "Charizard VSTAR", "SWSH262", "Holofoil"),
    46: Answer(JAPAN_151, "Squirtle", "170/165", "Holofoil"),
    49: Answer(PROMO, "Arceus V", "SWSH204", "Holofoil"),
    51: Answer(JAPAN_151, "Bulbasaur (Poke Ball Pattern)", "001/165", "Holofoil"),
    56: Answer(GALLERY, "Pikachu", "TG05", "Holofoil"),
    57: Answer(EMERALDA, "Kecleon", "088/076", "Holofoil"),
    58: Answer(FATES, "Gabite", "SV39", "Holofoil"),
    62: Answer(FATES, "Mewtwo-GX", "SV59", "Holofoil"),
    66: Answer(VAULT, "Lapras V", "SV110", "Holofoil"),
    69: Answer(VAULT, "Dracozolt", "SV045", "Holofoil"),
    70: Answer("SWSH: Pokémon GO", "Dragonite V", "076/078", "Holofoil"),
    71: Answer("SM Promos", "Charizard GX", "SM211", "Normal"),
    72: Answer(PROMO, "Special Delivery Pikachu", "SWSH074", "Holofoil"),
    73: Answer(PROMO, "Zacian", "SWSH033", "Holofoil"),
    75: Answer("Neo Discovery", "Kabutops", "006/075", "1st Edition Holofoil"),
    76: Answer("M2a: High Class Pack: MEGA Dream ex", "Mega Hawlucha ex", "229/193", "Holofoil"),
    77: Answer(EMERALDA, "Growlithe", "078/076", "Holofoil"),
    81: Answer(PROMO, "Mewtwo V", "SWSH229", "Holofoil"),
    82: Answer("Aquapolis", "Suicune", "H25", "Holofoil"),
    85: Answer("XY - Yellow A Alternate", "Zygarde-EX", "54a", "Normal"),
    86: Answer("BW8: Spiral Force", "Eevee", "042/051", "1st Edition"),
    87: Answer(JAPAN_151, "Charmander (Poke Ball Pattern)", "004/165", "Holofoil"),
    91: Answer("SV: Prismatic Evolutions", "Espeon ex", "034/131", "Holofoil"),
}
MEWTWO_OPEN = frozenset([57])  # a promo without its number
EXCLUDED = {
    "storefronts, lorcana": "359 rows: no catalogue of Lorcana lies beside the project",
    "storefronts, flesh and blood": "12 rows: no catalogue of Flesh and Blood lies beside the project",
    "storefronts, magic": "rows with a number or a version: the lists of Magic's products have neither",
    "rows of a product id alone": "17 rows without any wording",
}
ORIGINS, FORGED = "Origins", "Spiritforged"
STOREFRONTS = {
    "one-piece": {
        0: Answer("Memorial Collection", "Kouzuki Oden", "EB01-001", "Foil"),
        5: Answer("One Piece Card The Best", "Monkey.D.Luffy", "OP01-024", "Foil"),
        8: Answer("Romance Dawn", "Trafalgar Law (Parallel)", "OP01-047", "Foil"),
        9: Answer("Romance Dawn", "Mr.2.Bon.Kurei(Bentham)", "OP01-084", "Normal"),
        11: Answer("Pillars Of Strength", "Brannew", "OP03-089", "Foil"),
        12: Answer("Romance Dawn", "Mr.2.Bon.Kurei(Bentham)", "OP01-084", "Normal"),
        20: Answer("One Piece Card The Best Vol.2", "Roronoa Zoro", "OP06-118", "Foil"),
    },
    "yugioh": {
        row: Answer(
            "25th Anniversary Rarity Collection", "Eldlich the Golden Lord (Quarter Century Secret Rare)",
            "RA01-EN019", "1st Edition",
        )
        for row in (3, 9)
    },
    "riftbound": {
        2: Answer("Vendetta", "Fury Rune", "R01a", "Foil"),
        4: Answer(ORIGINS, "Daughter of the Void", "299/298", "Foil"),
        5: Answer("Proving Grounds", "Dark Child - Starter", "017/024", "Normal"),
        6: Answer(ORIGINS, "Ahri, Alluring", "066/298", "Foil"),
        7: Answer(ORIGINS, "Ahri, Alluring", "066/298", "Foil"),
        8: Answer(ORIGINS, "Nine-Tailed Fox", "303*/298", "Foil"),
        9: Answer(FORGED, "Aphelios, Exalted", "049/221", "Foil"),
        14: Answer(ORIGINS, "Recruit (NX)", "272/298", "Normal"),
        16: Answer(ORIGINS, "Swift Scout", "263/298", "Foil"),
        18: Answer(ORIGINS, "Hand of Noxus", "302*/298", "Foil"),
        19: Answer(FORGED, "Ahri, Inquisitive", "227*/221", "Foil"),
        23: Answer(FORGED, "Yone, Blademaster", "116/221", "Foil"),
        25: Answer(FORGED, "Edge of Night", "139/221", "Foil"),
        26: Answer("Proving Grounds", "Annie, Fiery", "001/024", "Foil"),
        27: Answer(ORIGINS, "Hand of Noxus", "302/298", "Foil"),
        28: Answer(ORIGINS, "Ahri, Alluring", "066a/298", "Foil"),
    },
}  # fmt: skip
