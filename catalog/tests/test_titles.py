"""What titles of listings say, read without a catalogue. All wordings are invented."""

import pytest

from catalog import grades, titles
from catalog.wordings import Refusal

NUMBERS = [
    ("Charizard 4/102 Base Set Holo", "4/102"),
    ("Charizard #4 Base Set", "4"),
    ("Pokemon Mewtwo ex 130-098 Japanese SAR", "130/098"),
    ("Pokemon Mewtwo ex [130/098] JP", "130/098"),
    ("Umbreon VMAX (215/203) Evolving Skies", "215/203"),
    ("Charizard 4 / 102 Base", "4/102"),
    ("Pikachu TG05/TG30 Lost Origin", "TG05/TG30"),
    ("Suicune ex GG12 Crown Zenith", "GG12"),
    ("Eevee SV41 Hidden Fates shiny", "SV41"),
    ("Lapras H14/H32 Skyridge", "H14/H32"),
    ("Shauna 111a/124 alternate art", "111a/124"),
    ("Pikachu SM210 black star promo", "SM210"),
    ("Zacian V SWSH076 Promo", "SWSH076"),
    ("Pikachu 191/XY-P Japanese promo", "191/XY-P"),
    ("Feraligatr No. 160 Japanese Neo Genesis Holo", "160"),
    ("Feraligatr No.160 neo holo", "160"),
    ("Glaceon ex 026 Prismatic Evolutions", "026"),
    ("One Piece OP01-025 Roronoa Zoro SR", "OP01-025"),
    ("Nami (OP01-016) Romance Dawn", "OP01-016"),
    ("Luffy P-001 promo One Piece", "P-001"),
    ("One Piece ST05-010 Zephyr", "ST05-010"),
    ("Dark Magician LOB-005 1st Edition", "LOB-005"),
    ("Dark Magician LOB-EN005 Ultra Rare", "LOB-EN005"),
    ("Yu-Gi-Oh YS13-ENV03 Swordsman", "YS13-ENV03"),
    ("Blue-Eyes 25LP-EN001 Secret Rare", "25LP-EN001"),
    ("Ahri OGN-066/298 Riftbound", "OGN-066/298"),
    ("Enlightened Strike WTR159 Flesh and Blood", "WTR159"),
    ("2020 Zacian Promo SWSH018 cert #6204612", "SWSH018"),
    ("38255# Gengar 094/165 PSA 10", "094/165"),
    # What looks like a number and is none.
    ("Dark Alakazam Team Rocket 1999/2000 Holo", ""),
    ("Lapras ex Sv07 Stellar Crown 2024", ""),
    ("Gengar VMAX s8b VMAX Climax", ""),
    ("Pikachu PSA 10 pop 12", ""),
    ("Serialized 12/500 trophy", ""),
    ("Soldier Token White 1/1", ""),
    ("Charizard bought 4/10/2023", ""),
]


@pytest.mark.parametrize(("title", "number"), NUMBERS)
def test_the_collector_number_is_read_as_printed(title: str, number: str) -> None:
    assert titles.read(title).number == number


GRADES = [
    ("PSA 10 Charizard 4/102", "PSA 10"),
    ("Charizard 4/102 PSA10 GEM MINT", "PSA 10"),
    ("Charizard Psa-9 mint", "PSA 9"),
    ("2019 PSA MINT 9 Pikachu", "PSA 9"),
    ("PSA GEM MT 10 Pikachu SM210", "PSA 10"),
    ("BGS 9.5 Gem Mint Mew", "BGS 9.5"),
    ("Beckett 9 Mew", "BGS 9"),
    ("BGS Black Label 10 Mew", "BGS 10 Black Label"),
    ("CGC Pristine 10 Mew 151", "CGC 10 Pristine"),
    ("CGC 10 Pristine Mew 151", "CGC 10 Pristine"),
    ("SGC 8 Mew", "SGC 8"),
    ("TAG 10 GEM MINT Mew", "TAG 10"),
    ("ACE 9 Mew EX", "ACE 9"),
    ("Mew CGC slab", "CGC"),
    # Hopes, words of cards, and nothing.
    ("Charizard 4/102 PSA 10?", ""),
    ("Charizard PSA ready", ""),
    ("Charizard 4/102 PSA 10 worthy", ""),
    ("Charizard 4/102 potential PSA 10", ""),
    ("Charizard PSA 10 candidate", ""),
    ("Charizard psa it! mint", ""),
    ("Charizard not PSA raw", ""),
    ("Pikachu & Zekrom Tag Team 33/181", ""),
    ("Portgas.D.Ace OP02-013 Alt Art", ""),
    ("Hero's Cape ACE SPEC 152/162", ""),
    ("Charizard raw 10", ""),
]


@pytest.mark.parametrize(("title", "grade"), GRADES)
def test_a_grade_is_a_grader_and_a_number_and_no_hope(title: str, grade: str) -> None:
    assert str(titles.read(title).grade or "") == grade


def test_a_grade_takes_its_parts_apart() -> None:
    assert titles.read("Mew BGS 9,5").grade == grades.Grade("BGS", "9.5", "")


REFUSED = [
    ("Pokemon card lot of 10 holos", Refusal.LOT),
    ("Lightning Bolt x4 playset", Refusal.LOT),
    ("4x Lightning Bolt", Refusal.LOT),
    ("Pokemon 151 Complete Set 165/165", Refusal.LOT),
    ("50 cards bulk Pokemon", Refusal.LOT),
    ("Pokemon 151 - Choose your card", Refusal.CHOICE),
    ("One Piece OP05 singles you pick", Refusal.CHOICE),
    ("Mewtwo SR 114/098 and UR 130/098", Refusal.SEVERAL),
    ("Black Lotus proxy", Refusal.PROXY),
    ("Charizard 4/102 replica", Refusal.PROXY),
    ("Dark Magician Girl Orica", Refusal.PROXY),
    ("Custom Charizard full art", Refusal.CUSTOM),
    ("Fan Art Umbreon card", Refusal.CUSTOM),
    ("Charizard gold metal card", Refusal.METAL),
    ("Pikachu gold plated 24k", Refusal.METAL),
    ("MTGO Black Lotus", Refusal.DIGITAL),
    ("Pokemon PTCGL online code", Refusal.DIGITAL),
    ("Empty Evolving Skies booster box", Refusal.EMPTY),
    ("Umbreon card sleeves 65ct", Refusal.GOODS),
    ("Charizard playmat", Refusal.GOODS),
    ("Pikachu figure 10cm", Refusal.GOODS),
    ("Jumbo Charizard V", Refusal.OVERSIZED),
    ("2023 Topps Chrome rookie", Refusal.OTHER_GAME),
    ("NBA Prizm silver PSA 10", Refusal.OTHER_GAME),
]


@pytest.mark.parametrize(("title", "refusal"), REFUSED)
def test_what_is_not_one_card_is_refused_with_its_reason(title: str, refusal: Refusal) -> None:
    assert refusal in titles.read(title).refusals


@pytest.mark.parametrize(
    "title",
    [
        "Charizard 4/102 Base Set Holo 1999 WOTC PSA 9 MINT",
        "Luffy OP05-119 Manga Rare One Piece TCG NM",
        "Metal Raptor MP22-EN001 1st Edition",
        "Umbreon VMAX 215/203 x1 Near Mint",
        "Mewtwo VSTAR GG44/GG70 Secret Rare Gold",
        "Lightning Bolt 141 Foil Magic the Gathering",
    ],
)
def test_a_single_card_is_not_refused(title: str) -> None:
    assert titles.read(title).refusals == ()


FINISHES = [
    ("Charizard 4/102 Holo", "holo"),
    ("Pikachu Reverse Holo", "reverse holo"),
    ("Pikachu rev holo 25/102", "reverse holo"),
    ("Charizard 1st Edition Holo", "1st holo"),
    ("Charizard first edition", "1st"),
    ("Sol Ring non-foil", "nonfoil"),
    ("Sol Ring FOIL", "foil"),
    ("Sol Ring foil etched", "etched"),
    ("Machamp Unlimited Holo", "unlimited holo"),
    ("Machamp", ""),
]


@pytest.mark.parametrize(("title", "finish"), FINISHES)
def test_the_finish_is_said_in_the_words_of_finishes(title: str, finish: str) -> None:
    assert titles.read(title).finish == finish


LANGUAGES = [
    ("Mewtwo Japanese", {"ja"}),
    ("Mewtwo JPN 2025", {"ja"}),
    ("Mewtwo 🇯🇵", {"ja"}),
    ("Glurak 4/102 German", {"de"}),
    ("Glurak 4/102 Deutsch NM", {"de"}),
    ("Dracaufeu 4/102 FR", {"fr"}),
    ("Mewtwo S-Chinese", {"zh"}),
    ("Mewtwo Korean", {"ko"}),
    ("Mewtwo ENG", {"en"}),
    ("Mewtwo English Japanese", {"en", "ja"}),
    ("LET IT GO 163/204 LORCANA", set()),
    ("Fra-Nosuke OP05-070", set()),
    ("Mewtwo", set()),
]


@pytest.mark.parametrize(("title", "languages"), LANGUAGES)
def test_a_language_is_a_word_a_flag_or_a_code_in_capitals(title: str, languages: set[str]) -> None:
    assert titles.read(title).languages == languages


@pytest.mark.parametrize(
    ("title", "condition"),
    [
        ("Mew 151/165 NM", "Near Mint"),
        ("Mew lightly played", "Lightly Played"),
        ("Mew MP", "Moderately Played"),
        ("Mew HP", "Heavily Played"),
        ("Mew DMG", "Damaged"),
        ("Mew PSA 9 MINT", ""),
        ("Mew", ""),
    ],
)
def test_a_raw_card_has_a_condition_and_a_graded_one_its_grade(title: str, condition: str) -> None:
    assert titles.read(title).condition == condition


def test_year_game_and_kind_are_read() -> None:
    read = titles.read("1999 Pokemon Base Set Booster Box")

    assert (read.year, read.game, read.kind) == (1999, "pokemon", "sealed")
    assert titles.read("Charizard SWSH262 Ultra-Premium Collection").kind == "single"
    assert titles.read("Evolving Skies Elite Trainer Box PSA 10").kind == "single"


def test_a_title_of_another_game_than_its_place_is_refused() -> None:
    assert titles.read("Yugioh Dark Magician", game="pokemon").refusals == (Refusal.OTHER_GAME,)


def test_the_facts_are_those_of_a_row() -> None:
    wanted = titles.read("2021 Pokemon Umbreon VMAX 215/203 Japanese Holo PSA 10").wanted

    assert (wanted.game, wanted.name, wanted.number) == ("pokemon", "Umbreon VMAX", "215/203")
    assert (wanted.finish, wanted.language, wanted.kind) == ("holo", "ja", "single")


def test_a_word_within_a_name_tells_nothing_else() -> None:
    read = titles.read("Reverse the Sands Champions of Kamigawa Foil")

    assert read.finish == "reverse holo foil"
    assert read.finish_without(frozenset([0, 1, 2])) == "foil"


def test_no_title_is_too_long_or_too_strange_to_be_read() -> None:
    assert titles.read("").number == ""
    assert titles.read("🔥" * 400).refusals == ()
    assert titles.read("4/102 " * 500).number == "4/102"
