"""Which printing a listing is of, by its title. All wordings are invented."""

from dataclasses import dataclass

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog import candidates, listings
from catalog.listings import ACCEPTED_FROM, Listing, Verdict, is_of, match_titles
from catalog.models import Game, Printing
from catalog.tests.shelf import Shelf, shelf

pytestmark = pytest.mark.django_db


def pokemon() -> None:
    cards = shelf("pokemon")
    cards.card_set("Base Set", "BS", released_on="1999-01-09")
    cards.card_set("Celebrations: Classic Collection", "CLC", released_on="2021-10-08")
    cards.card_set("SWSH07: Evolving Skies", "EVS", released_on="2021-08-27")
    cards.card_set("SWSH: Sword & Shield Promo Cards", "SWSD", released_on="2019-11-15")
    cards.holds("Charizard", "004/102", "1st Edition Holofoil", "Unlimited Holofoil", card_set="Base Set")
    cards.holds("Dark Charizard", "004/082", "Holofoil", card_set="Team Rocket")
    cards.holds("Pikachu", "058/102", "Normal", card_set="Base Set")
    cards.holds("Umbreon VMAX", "095/203", "Holofoil", card_set="SWSH07: Evolving Skies")
    cards.holds("Umbreon VMAX - 215/203", "215/203", "Holofoil", card_set="SWSH07: Evolving Skies")
    cards.holds("Umbreon V", "094/203", "Holofoil", card_set="SWSH07: Evolving Skies")
    cards.holds("Eevee", "125/203", "Normal", "Reverse Holofoil", card_set="SWSH07: Evolving Skies")
    cards.holds("Sylveon", "074/203", "Holofoil", "Reverse Holofoil", card_set="SWSH07: Evolving Skies")
    cards.holds("Pikachu V", "SWSH061", "Holofoil", card_set="SWSH: Sword & Shield Promo Cards")
    cards.holds("Charizard", "TG03", "Holofoil", card_set="SWSH: Lost Origin Trainer Gallery")
    cards.holds("Gengar", "066/196", "Holofoil", card_set="SWSH11: Lost Origin")
    cards.holds("Mew ex", "053/091", "Holofoil", card_set="SV: Paldean Fates")
    cards.holds("Mewtwo", "150/165", "Normal", "Reverse Holofoil", card_set="SV: Scarlet & Violet 151")
    cards.holds("Team Rocket's Mewtwo ex", "081/182", "Holofoil", card_set="SV10: Destined Rivals")
    cards.holds("Evolving Skies Booster Box", "", "Normal", card_set="SWSH07: Evolving Skies", kind="sealed")
    other = Game.objects.create(name="Pokémon Japan", slug="pokemon-japan", language="ja")
    japan = Shelf(other)
    japan.holds("Mew ex - 347/190", "347/190", "Holofoil", card_set="SV4a: Shiny Treasure ex")
    japan.holds("Pikachu", "001/165", "Normal", card_set="SV2a: Pokemon Card 151")
    japan.holds("Pikachu (Poke Ball Pattern)", "001/165", "Holofoil", card_set="SV2a: Pokemon Card 151")
    japan.holds("Mewtwo", "150/165", "Normal", card_set="SV2a: Pokemon Card 151")


def magic() -> None:
    cards = shelf("magic")
    both = ("Normal", "Foil")
    cards.holds("Lightning Bolt", "141", *both, card_set="Magic 2010 (M10)")
    cards.holds("Lightning Bolt", "042", *both, card_set="Masters 25")
    cards.holds("Reverse the Sands", "035", *both, card_set="Champions of Kamigawa")
    cards.holds("Sol Ring", "249", *both, card_set="Commander Legends")
    cards.holds("Sol Ring (Borderless)", "700", *both, card_set="Commander Legends")
    cards.holds("Fire // Ice", "128", *both, card_set="Apocalypse")
    cards.holds("Forest", "", *both, card_set="Alpha Edition")
    cards.holds("Serra Angel", "034", *both, card_set="Core Set 2019")


def yugioh() -> None:
    cards = shelf("yugioh")
    cards.card_set("Legend of Blue Eyes White Dragon", "LOB")
    runs = ("1st Edition", "Unlimited")
    lob = {"card_set": "Legend of Blue Eyes White Dragon"}
    cards.holds("Dark Magician", "LOB-005", *runs, rarity="Ultra Rare", **lob)
    cards.holds("Mystical Elf", "LOB-062", *runs, rarity="Super Rare", **lob)
    for rarity in ("Super Rare", "Quarter Century Secret Rare"):
        cards.holds(
            f"Ash Blossom ({rarity})",
            "RA01-EN008",
            "1st Edition",
            card_set="Rarity Collection",
            rarity=rarity,
        )


def one_piece() -> None:
    cards = shelf("one-piece")
    cards.card_set("Romance Dawn", "OP01")
    cards.holds("Nami (016)", "OP01-016", "Normal", "Foil", card_set="Romance Dawn")
    cards.holds("Nami (016) (Parallel)", "OP01-016", "Foil", card_set="Romance Dawn")
    cards.holds("Roronoa Zoro (025)", "OP01-025", "Foil", card_set="Romance Dawn")
    cards.holds("Roronoa Zoro (025) (Parallel) (Manga)", "OP01-025", "Foil", card_set="Romance Dawn")
    cards.holds("Monkey.D.Luffy (024)", "OP01-024", "Foil", card_set="Romance Dawn")


@dataclass(frozen=True)
class Case:
    title: str
    meant: str  # "card number, finish" or "" when it must not be accepted
    why: str = ""  # a part of the reason


ACCEPTED = {
    "pokemon": [
        Case("Charizard 4/102 Base Set Unlimited Holo WOTC 1999", "Charizard 004/102, Unlimited Holofoil"),
        Case("Charizard 4/102 Base Set Holo PSA 7", "Charizard 004/102, Unlimited Holofoil"),
        Case(
            "1999 Pokemon 1st Edition Charizard #4 Base Set Holo PSA 9",
            "Charizard 004/102, 1st Edition Holofoil",
        ),
        Case("Dark Charizard 4/82 Team Rocket Holo", "Dark Charizard 004/082, Holofoil"),
        Case(
            "PSA 10 2021 Pokemon Umbreon VMAX #215 Evolving Skies Alt Art", "Umbreon VMAX - 215/203, Holofoil"
        ),
        Case("UMBREON VMAX 215/203 EVOLVING SKIES SECRET RARE", "Umbreon VMAX - 215/203, Holofoil"),
        Case("Umbreon VM 095/203 Evolving Skies", "Umbreon VMAX 095/203, Holofoil"),
        Case("Pokemon Umbreon V 094/203 Holo", "Umbreon V 094/203, Holofoil"),
        Case("Eevee 125/203 Evolving Skies NM", "Eevee 125/203, Normal"),
        Case("Eevee 125/203 Evolving Skies Reverse Holo", "Eevee 125/203, Reverse Holofoil"),
        Case("Sylveon 74/203 Evolving Skies Holo Rare", "Sylveon 074/203, Holofoil"),
        Case("Umbreom VMAX 095/203 Evolving Skies", "Umbreon VMAX 095/203, Holofoil"),
        Case("Pikachu V SWSH061 Black Star Promo Lost Origin tin", "Pikachu V SWSH061, Holofoil"),
        Case("Charizard TG03/TG30 Lost Origin", "Charizard TG03, Holofoil"),
        Case("Rocket's Mewtwo ex 81/182 Destined Rivals", "Team Rocket's Mewtwo ex 081/182, Holofoil"),
        Case("Mew ex 347/190 Shiny Treasure Japanese SAR", "Mew ex - 347/190, Holofoil"),
        Case("Mew ex 🇯🇵 347/190 SV4a", "Mew ex - 347/190, Holofoil"),
        Case("Pikachu 001/165 Pokemon 151 Japanese", "Pikachu 001/165, Normal"),
        Case(
            "Pikachu 001/165 Japanese 151 Pokeball Reverse Holo PSA 10",
            "Pikachu (Poke Ball Pattern) 001/165, Holofoil",
        ),
        Case("Pokemon 151 Mewtwo 150/165 English Reverse Holo", "Mewtwo 150/165, Reverse Holofoil"),
        Case("Pokemon Evolving Skies Booster Box Factory Sealed", "Evolving Skies Booster Box, Normal"),
    ],
    "magic": [
        Case("Lightning Bolt Magic 2010 M10", "Lightning Bolt 141, Normal"),
        Case("MTG Lightning Bolt 42 Masters 25 Foil NM", "Lightning Bolt 042, Foil"),
        Case("Reverse the Sands Champions of Kamigawa", "Reverse the Sands 035, Normal"),
        Case("Reverse the Sands - Champions of Kamigawa - Foil", "Reverse the Sands 035, Foil"),
        Case("Sol Ring 249 Commander Legends", "Sol Ring 249, Normal"),
        Case("Sol Ring Borderless Commander Legends Foil", "Sol Ring (Borderless) 700, Foil"),
        Case("Fire // Ice Apocalypse LP", "Fire // Ice 128, Normal"),
        Case("Serra Angel Core Set 2019 near mint", "Serra Angel 034, Normal"),
    ],
    "yugioh": [
        Case("Yugioh Dark Magician LOB-005 1st Edition Ultra Rare", "Dark Magician LOB-005, 1st Edition"),
        Case("Yu-Gi-Oh! Dark Magician LOB-005 Unlimited LP", "Dark Magician LOB-005, Unlimited"),
        Case("Mystical Elf LOB-062 Legend of Blue Eyes", "Mystical Elf LOB-062, Unlimited"),
        Case(
            "Ash Blossom RA01-EN008 Quarter Century Secret Rare 1st Ed",
            "Ash Blossom (Quarter Century Secret Rare) RA01-EN008, 1st Edition",
        ),
        Case(
            "Ash Blossom RA01-EN008 QCSR", "Ash Blossom (Quarter Century Secret Rare) RA01-EN008, 1st Edition"
        ),
        Case("Ash Blossom RA01-EN008 Super Rare", "Ash Blossom (Super Rare) RA01-EN008, 1st Edition"),
    ],
    "one-piece": [
        Case("Nami OP01-016 Romance Dawn", "Nami (016) OP01-016, Normal"),
        Case("One Piece Nami OP01-016 Foil NM", "Nami (016) OP01-016, Foil"),
        Case("Nami OP01-016 Parallel Romance Dawn", "Nami (016) (Parallel) OP01-016, Foil"),
        Case("Nami OP01-016 Alt Art PSA 10 One Piece", "Nami (016) (Parallel) OP01-016, Foil"),
        Case("Zoro? Roronoa Zoro OP01-025 SR", "Roronoa Zoro (025) OP01-025, Foil"),
        Case("Roronoa Zoro OP01-025 Manga Parallel", "Roronoa Zoro (025) (Parallel) (Manga) OP01-025, Foil"),
        Case("Monkey D. Luffy OP01-024 Romance Dawn", "Monkey.D.Luffy (024) OP01-024, Foil"),
    ],
}
WAITING = {
    "pokemon": [
        Case("Charizard", "", "fit"),
        Case("Charizard 4/102 Celebrations Classic Collection", "", "No card “Charizard” in the set"),
        Case("2021 Charizard 4/102 Holo", "", "came out in 1999"),
        Case("Charizard 4/102 Base Set Reverse Holo", "", "no printing"),
        Case("Charizard 5/102 Base Set Holo", "", "number 5/102"),
        Case("Sylveon 74/203 Evolving Skies", "", "printings fit"),
        Case("Umbreon 095/203 Evolving Skies", "", ""),
        Case("Umbreon VMAX Evolving Skies", "", "cards fit"),
        Case("Umbreon VMAX #215", "", "too little"),
        Case("Pikachu VMAX 58/102 Base Set", "", ""),
        Case("Misty's Pikachu 58/102 Base Set", "", ""),
        Case("Pikachu 58/102 Base Set German", "", "German card"),
        Case("Pikachu 58/102 Base Set Korean", "", "Korean card"),
        Case("Team Rocket's Mewtwo ex 130/098 Japanese sv10", "", ""),
        Case("Eevee 125/203 Evolving Skies stamped", "", "No version"),
        Case("Eevee 125/203 Evolving Skies promo", "", "promo"),
        Case("Mewtwo 150/165 Pokemon 151", "", "fit"),
        Case("Pikachu 001/165 Japanese 151 Master Ball Holo", "", ""),
        Case("Evolving Skies Elite Trainer Box", "", ""),
    ],
    "magic": [
        Case("Lightning Bolt", "", "cards fit"),
        Case("Lightning Bolt 141", "", "too little"),
        Case("Lightning Bolt Revised", "", ""),
        Case("Sol Ring Commander Legends Showcase", "", ""),
        Case("Forest Alpha Edition", "", "several"),
        Case("Lightning Bolt M10 Italian", "", "Italian"),
        Case("Lightning Bolt Strike Masters 25", "", "not understood"),
    ],
    "yugioh": [
        Case("Ash Blossom RA01-EN008", "", "cards fit"),
        Case("Ash Blossom RA01-EN008 Starlight Rare", "", ""),
        Case("Dark Magician LOB-DE005", "", ""),
        Case("Dark Magician Girl Legend of Blue Eyes", "", "not understood"),
        Case("Mystical Elf SDY-009", "", ""),
    ],
    "one-piece": [
        Case("Nami OP01-016 Manga", "", "No version"),
        Case("Nami OP01-016 Pre-Release", "", "No version"),
        Case("Roronoa Zoro OP01-026", "", "number"),
        Case("Nami OP01-016 Japanese", "", "Japanese"),
        Case("Zoro OP01-025", "", ""),
    ],
}
SHELVES = {"pokemon": pokemon, "magic": magic, "yugioh": yugioh, "one-piece": one_piece}


def said(verdict: Verdict) -> str:
    """What was accepted, in the words of the tables."""
    if verdict.printing_id is None:
        return ""
    found = Printing.objects.select_related("card", "finish").get(pk=verdict.printing_id)
    name = found.card.name if found.card.number in found.card.name else str(found.card)
    return f"{name}, {found.finish}"


@pytest.mark.parametrize("game", ACCEPTED)
def test_a_title_that_tells_enough_is_accepted_as_its_printing(game: str) -> None:
    SHELVES[game]()

    verdicts = match_titles([Listing(case.title, game) for case in ACCEPTED[game]])

    told = [(case.title, case.meant) for case in ACCEPTED[game]]
    assert [(case.title, said(one)) for case, one in zip(ACCEPTED[game], verdicts, strict=True)] == told
    assert all(one.score >= ACCEPTED_FROM and one.reasons and not one.reason for one in verdicts)


@pytest.mark.parametrize("game", WAITING)
def test_a_title_that_leaves_anything_open_waits_with_a_reason(game: str) -> None:
    SHELVES[game]()

    verdicts = match_titles([Listing(case.title, game) for case in WAITING[game]])

    answered = list(zip(WAITING[game], verdicts, strict=True))
    assert [(case.title, said(one)) for case, one in answered if one.is_accepted] == []
    assert [(case.title, one.reason) for case, one in answered if case.why not in one.reason] == []
    assert all(one.reason and one.score < 100 and not one.is_refused for one in verdicts)


def test_a_title_that_waits_offers_the_likeliest_printings_first() -> None:
    pokemon()

    (verdict,) = match_titles(["Pokemon Sylveon 74/203 Evolving Skies"])

    finishes = Printing.objects.in_bulk(verdict.candidates)
    assert [str(finishes[key]) for key in verdict.candidates] == [
        "Sylveon 074/203 (Holofoil)",
        "Sylveon 074/203 (Reverse Holofoil)",
    ]


@pytest.mark.parametrize(
    "title",
    [
        "Charizard 4/102 Base Set Unlimited Holo proxy",
        "Charizard 4/102 Base Set Unlimited Holo x4",
        "Custom Charizard 4/102 Base Set Unlimited Holo",
        "Charizard 4/102 Base Set Unlimited Holo & Pikachu 58/102",
    ],
)
def test_a_title_of_no_single_card_is_refused_whatever_it_names(title: str) -> None:
    pokemon()

    (verdict,) = match_titles([title])

    assert verdict.is_refused
    assert not verdict.is_accepted
    assert verdict.reason


def test_a_word_of_refusal_within_the_cards_own_name_is_none() -> None:
    cards = shelf("magic")
    cards.holds("Counterfeit Coin Lot", "12", "Normal", card_set="Duskmourn")

    (verdict,) = match_titles(["Counterfeit Coin Lot 12 Duskmourn"])

    assert verdict.is_accepted


def test_the_game_is_found_by_the_title_alone() -> None:
    for fill in SHELVES.values():
        fill()

    titles = ["Nami OP01-016 Parallel", "Dark Magician LOB-005 Unlimited", "Umbreon VMAX 215/203"]

    assert all(one.is_accepted for one in match_titles(titles))


def test_an_expected_printing_is_accepted_and_another_is_not() -> None:
    pokemon()
    (found,) = match_titles(["Umbreon VMAX 215/203 Evolving Skies"])
    other = Printing.objects.get(card__number="095/203")

    same, different = match_titles(
        [
            Listing("Umbreon VMAX 215/203 Evolving Skies", "pokemon", found.printing_id),
            Listing("Umbreon VMAX 215/203 Evolving Skies", "pokemon", other.pk),
        ]
    )

    assert same.is_accepted
    assert not different.is_accepted
    assert different.candidates == (found.printing_id,)
    assert different.reason == "The title is of another printing."


@pytest.mark.parametrize(
    ("title", "is_it"),
    [
        ("Team Rocket's Mewtwo ex 81/182 Destined Rivals PSA 10", True),
        ("Rocket's Mewtwo ex #81 Destined Rivals", True),
        ("Team Rocket's Mewtwo ex 81/182 NM", True),
        ("Team Rocket's Mewtwo ex 231/182 Destined Rivals", False),
        ("Team Rocket's Mewtwo ex 81/182 Japanese", False),
        ("Team Rocket's Mewtwo ex 81/182 proxy", False),
        ("Mewtwo ex 81/182", False),
        ("Yugioh Team Rocket's Mewtwo ex 81/182", False),
        ("Team Rocket's Mewtwo ex", False),
    ],
)
def test_a_listing_is_of_one_printing_without_a_look_into_the_catalogue(
    title: str, is_it: bool, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pokemon()
    printing = Printing.objects.get(card__number="081/182")
    card = candidates.facts([printing.card_id])[printing.card_id]

    with django_assert_num_queries(0):
        verdict = is_of(title, card, printing=printing.pk)

    assert verdict.is_accepted is is_it


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_any_number_of_titles_costs_six_statements(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pokemon()
    titles = [f"Pikachu {number}/102 Base Set" for number in range(rows)]

    with django_assert_num_queries(6):
        match_titles(titles)


def test_no_titles_have_no_verdicts() -> None:
    assert match_titles([]) == []
    assert [one.is_accepted for one in match_titles([""])] == [False]


def test_a_name_of_hundreds_of_cards_is_not_decided_by_a_part_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cards = shelf("magic")
    for number in range(3):
        cards.holds("Plains", str(number), "Normal", card_set=f"Set {number}")
    monkeypatch.setattr(candidates, "MOST_NAMED", 1)
    monkeypatch.setattr(listings, "MOST_NAMED", 1)

    (verdict,) = match_titles(["MTG Plains"])

    assert not verdict.is_accepted
