"""From what a row says to the exact printing: what is not matched, and what a collector reads then."""

from typing import Any

import pytest

from catalog.matching import MOST_CANDIDATES, Match, Verdict, Wanted, match
from catalog.tests.shelf import Shelf, shelf

pytestmark = pytest.mark.django_db
BASE, BASE_2 = {"card_set": "Base Set"}, {"card_set": "Base Set 2"}


@pytest.fixture
def pokemon() -> Shelf:
    made = shelf("pokemon")
    made.card_set("Base Set", "BS")
    made.card_set("Base Set 2", "B2")
    return made


@pytest.fixture
def cards(pokemon: Shelf) -> dict[str, int]:
    return {
        "charizard": pokemon.holds("Charizard", "4/102", "Holofoil", **BASE, product_id="42382")["Holofoil"],
        "blastoise": pokemon.holds("Blastoise", "2/102", "Holofoil", **BASE, product_id="42360")["Holofoil"],
        "reprint": pokemon.holds("Charizard", "4/130", "Holofoil", **BASE_2, product_id="42489")["Holofoil"],
    }


def is_ambiguous(answer: Match, *candidates: int, reason: str) -> bool:
    return (answer.verdict, answer.printing_id, answer.candidates, answer.reason) == (
        Verdict.AMBIGUOUS, None, candidates, reason,
    )  # fmt: skip


def is_unmatched(answer: Match, *candidates: int, reason: str) -> bool:
    return (answer.verdict, answer.printing_id, answer.candidates, answer.reason) == (
        Verdict.UNMATCHED, None, candidates, reason,
    )  # fmt: skip


def test_a_number_and_a_name_of_two_cards_are_both_candidates(pokemon: Shelf, cards: dict[str, int]) -> None:
    answer = pokemon.answers(set_name="Base Set", number="4/102", name="Blastoise")

    reason = "Number 4/102 is Charizard 4/102; “Blastoise” is Blastoise 2/102."
    assert is_ambiguous(answer, cards["blastoise"], cards["charizard"], reason=reason)
    assert answer.score < 100


def test_a_number_that_the_set_has_not(pokemon: Shelf, cards: dict[str, int]) -> None:
    answer = pokemon.answers(set_name="Base Set", number="999", name="Charizard")

    reason = "The set has no number 999; Charizard is 4/102 there."
    assert is_ambiguous(answer, cards["charizard"], reason=reason)


def test_a_total_of_another_set_contradicts(pokemon: Shelf, cards: dict[str, int]) -> None:
    answer = pokemon.answers(set_name="Base Set", number="4/130", name="Charizard")

    reason = "The set has no number 4/130; Charizard is 4/102 there."
    assert is_ambiguous(answer, cards["charizard"], reason=reason)


def test_a_name_that_the_set_has_not(pokemon: Shelf, cards: dict[str, int]) -> None:
    answer = pokemon.answers(set_name="Base Set", number="4/102", name="Glurak")

    assert is_ambiguous(answer, cards["charizard"], reason="Number 4/102 is Charizard 4/102, not “Glurak”.")


def test_a_misspelled_name_needs_its_number(pokemon: Shelf, cards: dict[str, int]) -> None:
    answer = pokemon.answers(set_name="Base Set", name="Charzard")

    # The card of the other set is spelled as nearly so, but is not in the row's set.
    reason = "The set has no “Charzard”; Charizard 4/102 is near."
    assert is_ambiguous(answer, cards["charizard"], reason=reason)


def test_a_misspelled_name_may_be_another_cards_very_name(pokemon: Shelf) -> None:
    haunted = pokemon.holds("Haunted", "29/102", "Normal", **BASE)
    haunter = pokemon.holds("Haunter", "30/102", "Normal", **BASE)

    answer = pokemon.answers(set_name="Base Set", number="29/102", name="Haunter")

    reason = "Number 29/102 is Haunted 29/102; “Haunter” is Haunter 30/102."
    assert is_ambiguous(answer, haunted["Normal"], haunter["Normal"], reason=reason)


def test_a_misspelled_name_may_be_that_of_a_card_in_another_set(pokemon: Shelf) -> None:
    haunted = pokemon.holds("Haunted", "29/102", "Normal", **BASE)
    pokemon.holds("Haunter", "21/62", "Normal", card_set="Fossil")

    answer = pokemon.answers(set_name="Base Set", number="29/102", name="Haunter")

    reason = "Number 29/102 is Haunted 29/102, not “Haunter”."
    assert is_ambiguous(answer, haunted["Normal"], reason=reason)


def test_an_unknown_set_says_so_and_what_is_near(pokemon: Shelf, cards: dict[str, int]) -> None:
    answer = pokemon.answers(set_name="Basis Set", number="4/102", name="Charizard")

    reason = "No set “Basis Set” of Pokémon in the catalogue."
    assert is_unmatched(answer, cards["charizard"], cards["reprint"], reason=reason)


def test_an_unknown_game_says_so(pokemon: Shelf, cards: dict[str, int]) -> None:
    answer = pokemon.answers(game="dragon-ball", set_name="Base Set", number="4/102", name="Charizard")

    assert is_unmatched(answer, reason="No game “dragon-ball” in the catalogue.")


def test_an_unknown_card_says_so(pokemon: Shelf, cards: dict[str, int]) -> None:
    in_set = pokemon.answers(set_name="Base Set", number="999", name="Zzyzx")
    anywhere = pokemon.answers(name="Zzyzx")
    unnamed = pokemon.answers(set_name="Base Set", number="999")

    assert is_unmatched(in_set, reason="No card “Zzyzx” in the set “Base Set”.")
    assert is_unmatched(anywhere, reason="No card “Zzyzx” of Pokémon in the catalogue.")
    assert is_unmatched(unnamed, reason="No card with number 999 in the set “Base Set”.")


def test_a_row_that_names_no_card(pokemon: Shelf, cards: dict[str, int]) -> None:
    assert is_unmatched(pokemon.answers(), reason="The row names no card.")
    assert is_unmatched(pokemon.answers(set_name="Base Set", number="-"), reason="The row names no card.")
    assert is_unmatched(pokemon.answers(number="4/102"), reason="A number alone names no card.")


def test_did_you_mean(pokemon: Shelf, cards: dict[str, int]) -> None:
    misspelled = pokemon.answers(name="Blastiose")
    elsewhere = pokemon.answers(set_name="Base Set 2", name="Blastoise")

    assert misspelled.candidates == elsewhere.candidates == (cards["blastoise"],)
    assert elsewhere.verdict is Verdict.UNMATCHED
    assert elsewhere.reason == "No card “Blastoise” in the set “Base Set 2”."


def test_a_name_of_several_sets_needs_one(pokemon: Shelf, cards: dict[str, int]) -> None:
    answer = pokemon.answers(name="Charizard")

    reason = "Two cards fit: Charizard 4/102 (Base Set) and Charizard 4/130 (Base Set 2)."
    assert is_ambiguous(answer, cards["charizard"], cards["reprint"], reason=reason)


def test_without_a_set_name_and_number_must_be_the_cards_very_own(
    pokemon: Shelf, cards: dict[str, int]
) -> None:
    snivy = pokemon.holds("Snivy", "BW01", "Normal", card_set="Black and White Promos")["Normal"]

    misspelled = pokemon.answers(name="Blastiose", number="2/102")
    shortened = pokemon.answers(name="Snivy", number="1")

    reason = "The catalogue has no number 1; Snivy is BW01 in Black and White Promos."
    assert is_ambiguous(shortened, snivy, reason=reason)
    assert misspelled.verdict is not Verdict.EXACT
    assert pokemon.answers(name="Blastoise", number="2/102").printing_id == cards["blastoise"]


def test_a_longer_name_is_only_near_when_a_word_more_follows(pokemon: Shelf) -> None:
    mew = pokemon.holds("Mew (Stamped)", "8", "Normal", **BASE)["Normal"]
    pokemon.holds("Mewtwo", "10", "Normal", **BASE)

    answer = pokemon.answers(set_name="Nowhere", name="Mew")

    assert is_unmatched(answer, mew, reason="No set “Nowhere” of Pokémon in the catalogue.")


def test_a_code_and_a_name_of_different_sets(pokemon: Shelf, cards: dict[str, int]) -> None:
    answer = pokemon.answers(set_code="B2", set_name="Base Set", number="4/102", name="Charizard")

    reason = "The set's code and its name mean different sets; Charizard 4/102 is in Base Set."
    assert is_ambiguous(answer, cards["charizard"], cards["reprint"], reason=reason)


def test_a_misspelled_name_in_a_vague_set(pokemon: Shelf) -> None:
    pokemon.holds("Watchwolf", "249", "Normal", card_set="Ravnica: City of Guilds")

    answer = pokemon.answers(set_name="Ravnica", name="Watchwulf", number="249")

    assert answer.reason == "Number 249 is Watchwolf 249, not “Watchwulf”."


def test_a_vague_set_needs_the_number(pokemon: Shelf) -> None:
    city = pokemon.holds("Watchwolf", "249", "Normal", card_set="Ravnica: City of Guilds")["Normal"]

    vague = pokemon.answers(set_name="Ravnica", name="Watchwolf")

    reason = "“Ravnica” may be Ravnica: City of Guilds: Watchwolf 249 is there."
    assert is_ambiguous(vague, city, reason=reason)
    assert pokemon.answers(set_name="Ravnica", name="Watchwolf", number="249").printing_id == city


def test_a_product_id_of_another_name(pokemon: Shelf, cards: dict[str, int]) -> None:
    said: dict[str, Any] = {"set_name": "Base Set", "number": "2/102", "name": "Blastoise"}

    answer = pokemon.answers(**said, ids=(("tcgplayer", "42382"),))

    reason = "The product of that id is Charizard 4/102, not “Blastoise”."
    assert is_ambiguous(answer, cards["charizard"], cards["blastoise"], reason=reason)


def test_product_ids_of_two_cards(pokemon: Shelf, cards: dict[str, int]) -> None:
    mew = pokemon.holds("Mew", "8/102", "Normal", **BASE, product_id="1")["Normal"]

    answer = pokemon.answers(ids=(("tcgplayer", "42382"), ("tcgplayer", "1")), finish="Holofoil")

    assert answer.verdict is Verdict.AMBIGUOUS
    assert set(answer.candidates) == {cards["charizard"], mew}


def test_a_product_id_that_is_not_in_the_catalogue_is_another_product(
    pokemon: Shelf, cards: dict[str, int]
) -> None:
    said: dict[str, Any] = {"set_name": "Base Set", "number": "4/102", "name": "Charizard"}

    answer = pokemon.answers(**said, ids=(("tcgplayer", "1"),))

    reason = "The row's product id is not in the catalogue; Charizard 4/102 is another product."
    assert is_ambiguous(answer, cards["charizard"], reason=reason)
    assert pokemon.answers(**said, ids=(("scryfall", "1"),)).printing_id == cards["charizard"]


def test_a_finish_that_is_left_open(pokemon: Shelf) -> None:
    printings = pokemon.holds("Mew", "8/102", "Holofoil", "Reverse Holofoil", **BASE)

    answer = pokemon.answers(set_name="Base Set", name="Mew")

    reason = "Two printings fit: Holofoil and Reverse Holofoil."
    assert is_ambiguous(answer, *printings.values(), reason=reason)


def test_a_finish_that_the_card_has_not(pokemon: Shelf) -> None:
    printings = pokemon.holds("Mew", "8/102", "Normal", "Reverse Holofoil", **BASE)

    answer = pokemon.answers(set_name="Base Set", name="Mew", finish="Holofoil")

    reason = "Mew 8/102 has no printing “Holofoil”; it has Normal and Reverse Holofoil."
    assert is_ambiguous(answer, *printings.values(), reason=reason)


def test_a_card_without_a_printing(pokemon: Shelf) -> None:
    pokemon.holds("Mew", "8/102", **BASE)

    answer = pokemon.answers(set_name="Base Set", name="Mew")

    assert is_unmatched(answer, reason="Mew 8/102 has no printing in the catalogue yet.")


def test_of_two_cards_the_one_with_a_printing_is_no_surer(pokemon: Shelf) -> None:
    printing = pokemon.holds("Plains", "1", "Normal", **BASE)["Normal"]
    pokemon.holds("Plains", "2", **BASE)

    answer = pokemon.answers(set_name="Base Set", name="Plains")

    assert is_ambiguous(answer, printing, reason="Two cards fit: Plains 1 and Plains 2.")


def test_two_versions_without_a_number() -> None:
    magic = shelf("magic")
    plain = magic.holds("Abuelo's Awakening", "1", "Normal", "Foil", card_set="Ixalan")
    other = magic.holds("Abuelo's Awakening (Borderless)", "317", "Normal", "Foil", card_set="Ixalan")

    answer = magic.answers(set_name="Ixalan", name="Abuelo's Awakening", finish="foil")

    reason = "Two cards fit: Abuelo's Awakening 1 and Abuelo's Awakening (Borderless) 317."
    assert is_ambiguous(answer, plain["Foil"], other["Foil"], reason=reason)


def test_a_version_that_the_catalogue_has_not(pokemon: Shelf, cards: dict[str, int]) -> None:
    by_name = pokemon.answers(set_name="Base Set", number="4", name="Charizard (Stamped)")
    by_finish = pokemon.answers(set_name="Base Set", number="4", name="Charizard", finish="Cosmos Holo")

    for answer, version in [(by_name, "stamped"), (by_finish, "cosmos")]:
        reason = f"No version “{version}” of Charizard 4/102 in the catalogue."
        assert is_ambiguous(answer, cards["charizard"], reason=reason)


def test_a_parallel_that_the_number_does_not_single_out() -> None:
    one_piece = shelf("one-piece")
    dawn = {"card_set": "Romance Dawn"}
    one_piece.holds("Shanks", "OP01-120", "Normal", **dawn)
    parallel = one_piece.holds("Shanks (Parallel)", "OP01-120", "Foil", **dawn)["Foil"]
    manga = one_piece.holds("Shanks (Manga)", "OP01-120", "Foil", **dawn)["Foil"]
    said = {"set_name": "Romance Dawn", "name": "Shanks"}

    answer = one_piece.answers(**said, number="OP01-120_p1")

    reason = "Two cards fit: Shanks (Parallel) OP01-120 and Shanks (Manga) OP01-120."
    assert is_ambiguous(answer, parallel, manga, reason=reason)


def test_the_plain_card_is_not_its_pattern_because_only_that_is_listed(pokemon: Shelf) -> None:
    pattern = pokemon.holds("Eevee (Master Ball Pattern)", "74/131", "Holofoil", **BASE)["Holofoil"]

    answer = pokemon.answers(set_name="Base Set", name="Eevee", number="74/131")

    only = "Eevee (Master Ball Pattern) 74/131"
    reason = f"The row tells no version, and the only card so numbered is {only}."
    assert is_ambiguous(answer, pattern, reason=reason)


def test_a_number_that_is_only_nearly_its_own(pokemon: Shelf) -> None:
    promos = {"card_set": "Black and White Promos"}
    snivy = pokemon.holds("Snivy", "BW01", "Normal", **promos)["Normal"]
    other = pokemon.holds("Tepig", "1", "Normal", **promos)["Normal"]
    said = {"set_name": "Black and White Promos", "name": "Snivy"}

    answer = pokemon.answers(**said, number="1")

    assert is_ambiguous(answer, snivy, other, reason="Number 1 is Tepig 1; “Snivy” is Snivy BW01.")
    assert pokemon.answers(**said, number="BW1").printing_id == snivy


def test_a_rarity_that_the_card_has_not() -> None:
    yugioh = shelf("yugioh")
    place = {"card_set": "Rarity Collection", "rarity": "Super Rare"}
    card = yugioh.holds("Eldlich", "RA01-EN019", "1st Edition", **place)["1st Edition"]
    said = {"set_name": "Rarity Collection", "name": "Eldlich", "number": "RA01-EN019"}

    answer = yugioh.answers(**said, rarity="Ultra Rare")

    assert is_ambiguous(answer, card, reason="Eldlich RA01-EN019 is Super Rare there.")


def test_a_sealed_product_is_no_card(pokemon: Shelf) -> None:
    box = pokemon.holds("Base Set Booster Box", "", "Normal", **BASE, kind="sealed")["Normal"]
    mew = pokemon.holds("Mew", "8/102", "Normal", **BASE)["Normal"]

    as_card = pokemon.answers(set_name="Base Set", name="Base Set Booster Box", kind="single")
    as_box = pokemon.answers(set_name="Base Set", name="Mew", kind="sealed")

    assert is_ambiguous(as_card, box, reason="Base Set Booster Box is a sealed product.")
    assert is_ambiguous(as_box, mew, reason="Mew 8/102 is no sealed product.")


def test_no_more_candidates_than_a_collector_reads(pokemon: Shelf) -> None:
    for number in range(MOST_CANDIDATES + 2):
        pokemon.holds("Plains", str(number), "Holofoil", "Reverse Holofoil", **BASE)

    answer = pokemon.answers(set_name="Base Set", name="Plains")

    assert len(answer.candidates) == MOST_CANDIDATES
    assert answer.reason == "12 cards fit: Plains 0, Plains 1, Plains 2 and 9 more."


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "'; DROP TABLE", "\\", "%s", "(" * 500, "a" * 100_000, "🂡"]
)
def test_hostile_cells_are_only_cells(pokemon: Shelf, cards: dict[str, int], text: str) -> None:
    hostile = Wanted(
        game=text, name=text, set_name=text, set_code=text, number=text, finish=text, rarity=text,
        kind=text, language=text, ids=(("tcgplayer", text), (text, "42382")),
    )  # fmt: skip
    named = Wanted(game="pokemon", name=text, number=text, finish=text, ids=(("tcgplayer", text),))

    assert all(answer.verdict is Verdict.UNMATCHED for answer in match([hostile, named]))
    assert len(max((answer.reason for answer in match([hostile, named])), key=len)) < 250
