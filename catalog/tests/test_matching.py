"""From what a row says to the exact printing: what is matched."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog import candidates, matching
from catalog.matching import Match, Verdict, Wanted, match
from catalog.models import CardSet
from catalog.tests.factories import GameFactory
from catalog.tests.shelf import Printings, Shelf, shelf

pytestmark = pytest.mark.django_db
ID = (("tcgplayer", "42382"),)


@pytest.fixture
def pokemon() -> Shelf:
    made = shelf("pokemon")
    made.card_set("Base Set", "BS")
    made.card_set("Base Set 2", "B2")
    made.card_set("SV: Scarlet & Violet Promo Cards", "SVP")
    return made


@pytest.fixture
def charizard(pokemon: Shelf) -> int:
    """4/102 of Base Set; its neighbours have its name or its number."""
    printings = pokemon.holds("Charizard", "4/102", "Holofoil", card_set="Base Set", product_id="42382")
    pokemon.holds("Charizard", "4/130", "Holofoil", card_set="Base Set 2", product_id="42489")
    pokemon.holds("Blastoise", "2/102", "Holofoil", card_set="Base Set", product_id="42360")
    pokemon.holds("Charizard ex", "4", "Holofoil", card_set="SV: Scarlet & Violet Promo Cards")
    return printings["Holofoil"]


@pytest.fixture
def magic() -> Shelf:
    made = shelf("magic")
    made.card_set("Commander Masters", "CMM")
    made.card_set("The Lost Caverns of Ixalan", "LCI")
    return made


def is_exact(answer: Match, printing: int) -> bool:
    return (answer.verdict, answer.printing_id, answer.candidates, answer.reason) == (
        Verdict.EXACT, printing, (printing,), "",
    )  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        {"set_name": "Base Set", "number": "4/102", "name": "Charizard"},
        {"set_code": "bs", "number": "004", "name": "CHARIZARD"},
        {"set_name": "Pokemon Base", "number": "4", "name": "Charizard", "finish": "Holo"},
        {"set_name": "Base Set", "name": "Charizard", "language": "de"},
        {"set_name": "Base Set", "name": "Charizard - 4/102", "kind": "single"},
        {"set_code": "BS", "number": "4"},
        {"set_name": "Base Set", "number": "4/102", "name": "Charzard"},
        {"number": "4/102", "name": "Charizard"},
        {"number": "4/102", "name": "Charizard", "game": ""},
        {"ids": ID},
        {"ids": ID, "game": ""},
        {"ids": (*ID, ("pricecharting", "630417")), "name": "Charizard #4"},
    ],
)
def test_a_row_is_matched_however_little_it_says(
    pokemon: Shelf, charizard: int, said: dict[str, Any]
) -> None:
    assert is_exact(pokemon.answers(**said), charizard)


def test_a_match_names_what_agrees(pokemon: Shelf, charizard: int) -> None:
    full = pokemon.answers(set_name="Base Set", number="4/102", name="Charizard", finish="Holofoil", ids=ID)
    placed = pokemon.answers(set_name="Base Set", number="4/102", name="Charizard")
    named = pokemon.answers(set_name="Base Set", name="Charizard")

    assert (full.score, full.reasons) == (100, ("same product id", "set and number", "name", "finish"))
    assert (placed.score, placed.reasons) == (90, ("set and number", "name"))
    assert (named.score, named.reasons) == (60, ("set", "name"))


def test_a_product_id_decides_the_card_and_the_finish_the_printing(magic: Shelf) -> None:
    printings = magic.holds(
        "Fire // Ice", "12", "Normal", "Foil", card_set="Commander Masters", product_id="7"
    )

    for finish, printing in printings.items():
        said = {"ids": (("tcgplayer", "7"),), "name": "Fire", "finish": finish}
        # Deckbox, for one, numbers old sets on its own.
        assert is_exact(magic.answers(**said, set_name="Apocalypse", number="128"), printing)


def test_the_plain_printing_is_meant_where_the_row_says_none(magic: Shelf) -> None:
    printings = magic.holds("Sol Ring", "410", "Normal", "Foil", card_set="Commander Masters")

    assert is_exact(magic.answers(set_code="CMM", name="Sol Ring"), printings["Normal"])
    assert is_exact(magic.answers(set_code="CMM", name="Sol Ring (Foil)"), printings["Foil"])


def test_the_first_face_is_enough_on_either_side(magic: Shelf) -> None:
    whole = magic.holds(
        "Ojer Axonil // Temple of Power", "158", "Normal", card_set="The Lost Caverns of Ixalan"
    )
    first = magic.holds("Ojer Kaslem", "204", "Normal", card_set="The Lost Caverns of Ixalan")

    assert is_exact(magic.answers(set_code="LCI", name="Ojer Axonil", number="158"), whole["Normal"])
    assert is_exact(magic.answers(set_code="LCI", name="Ojer Axonil"), whole["Normal"])
    named = "Ojer Kaslem // Temple of Cultivation"
    assert is_exact(magic.answers(set_code="LCI", name=named, number="204"), first["Normal"])
    assert is_exact(magic.answers(set_code="LCI", name=named), first["Normal"])


@pytest.fixture
def awakening(magic: Shelf) -> dict[str, int]:
    """A card in a plain and in a borderless version, each with a number."""
    place = "The Lost Caverns of Ixalan"
    plain = magic.holds("Abuelo's Awakening", "1", "Normal", card_set=place)
    borderless = magic.holds("Abuelo's Awakening (Borderless)", "317", "Normal", card_set=place)
    return {"plain": plain["Normal"], "borderless": borderless["Normal"]}


def test_a_number_tells_the_version(magic: Shelf, awakening: dict[str, int]) -> None:
    said = {"set_code": "LCI", "name": "Abuelo's Awakening"}

    assert is_exact(magic.answers(**said, number="1"), awakening["plain"])
    assert is_exact(magic.answers(**said, number="317"), awakening["borderless"])


def test_a_word_tells_the_version(magic: Shelf, awakening: dict[str, int]) -> None:
    said = {"set_code": "LCI", "name": "Abuelo’s Awakening [borderless version]"}  # noqa: RUF001 -- a curly one

    assert is_exact(magic.answers(**said), awakening["borderless"])


def test_etched_is_a_version_and_a_foil(magic: Shelf) -> None:
    plain = magic.holds("Demonic Tutor", "27", "Normal", "Foil", card_set="Commander Masters")
    etched = magic.holds("Demonic Tutor (Foil Etched)", "27", "Foil", card_set="Commander Masters")
    said = {"set_code": "CMM", "name": "Demonic Tutor", "number": "27"}

    assert is_exact(magic.answers(**said, finish="etched"), etched["Foil"])
    assert is_exact(magic.answers(**said, finish="Foil Etched"), etched["Foil"])
    assert is_exact(magic.answers(**said, finish="foil"), plain["Foil"])
    assert is_exact(magic.answers(**said), plain["Normal"])


@pytest.fixture
def zoro() -> tuple[Shelf, Printings, Printings]:
    made = shelf("one-piece")
    made.card_set("Romance Dawn", "OP01")
    plain = made.holds("Roronoa Zoro", "OP01-025", "Normal", card_set="Romance Dawn")
    parallel = made.holds("Roronoa Zoro (Parallel)", "OP01-025", "Foil", card_set="Romance Dawn")
    return made, plain, parallel


def test_versions_of_one_number_are_told_by_name_or_by_art(zoro: tuple[Shelf, Printings, Printings]) -> None:
    made, plain, parallel = zoro
    said = {"set_code": "OP-01", "name": "Roronoa Zoro"}

    assert is_exact(made.answers(**said, number="OP01-025"), plain["Normal"])
    assert is_exact(made.answers(**said, number="025"), plain["Normal"])
    assert is_exact(made.answers(**said, number="OP01-025_p1"), parallel["Foil"])
    assert is_exact(
        made.answers(**said | {"name": "Roronoa Zoro (Parallel)"}, number="OP01-025"), parallel["Foil"]
    )


def test_a_full_art_card_has_a_number_of_its_own(pokemon: Shelf) -> None:
    place = {"card_set": "Plasma Storm"}
    victini = pokemon.holds("Victini EX (131 Full Art)", "131/135", "Holofoil", **place)

    answer = pokemon.answers(set_name="Plasma Storm", name="Victini-EX", number="131")

    assert is_exact(answer, victini["Holofoil"])


def test_words_for_a_finish_may_be_a_cards_version(pokemon: Shelf) -> None:
    place = {"card_set": "SV: Prismatic Evolutions"}
    plain = pokemon.holds("Eevee", "074/131", "Normal", "Reverse Holofoil", **place)
    pattern = pokemon.holds("Eevee (Master Ball Pattern)", "074/131", "Holofoil", **place)
    said = {"set_name": "Prismatic Evolutions", "name": "Eevee", "number": "74"}

    assert is_exact(pokemon.answers(**said, finish="Reverse Holo"), plain["Reverse Holofoil"])
    assert is_exact(pokemon.answers(**said, finish="Master Ball Reverse Holo"), pattern["Holofoil"])


def test_a_rarity_tells_cards_of_one_number_apart() -> None:
    yugioh = shelf("yugioh")
    name, place = "Eldlich the Golden Lord", {"card_set": "25th Anniversary Rarity Collection"}
    rare = yugioh.holds(name, "RA01-EN019", "1st Edition", rarity="Super Rare", **place)
    rarest = yugioh.holds(
        f"{name} (Quarter Century Secret Rare)",
        "RA01-EN019", "1st Edition", rarity="Quarter Century Secret Rare", **place,
    )  # fmt: skip
    said = {"set_name": "25th Anniversary Rarity Collection", "name": name, "number": "RA01-EN019"}

    assert is_exact(yugioh.answers(**said, rarity="super rare"), rare["1st Edition"])
    assert is_exact(yugioh.answers(**said, rarity="Quarter Century Secret Rare"), rarest["1st Edition"])


def test_a_rarity_tells_cards_of_one_name_apart(pokemon: Shelf) -> None:
    rare = pokemon.holds("Mew", "8/102", "Holofoil", card_set="Base Set", rarity="Rare")
    pokemon.holds("Mew", "103/102", "Holofoil", card_set="Base Set", rarity="Secret Rare")

    assert is_exact(pokemon.answers(set_code="BS", name="Mew", rarity="rare"), rare["Holofoil"])
    assert pokemon.answers(set_code="BS", name="Mew", rarity="Promo").verdict is Verdict.AMBIGUOUS


def test_a_finish_tells_cards_of_one_name_apart(pokemon: Shelf) -> None:
    plain = pokemon.holds("Mew", "8/102", "Normal", card_set="Base Set")
    shining = pokemon.holds("Mew", "103/102", "Holofoil", card_set="Base Set")

    assert is_exact(pokemon.answers(set_code="BS", name="Mew", finish="Normal"), plain["Normal"])
    assert is_exact(pokemon.answers(set_code="BS", name="Mew", finish="Holo"), shining["Holofoil"])


def test_a_card_of_another_game_is_not_asked_for(pokemon: Shelf, magic: Shelf) -> None:
    here = pokemon.holds("Mind Control", "1", "Normal", card_set="Base Set")
    there = magic.holds("Mind Control", "70", "Normal", card_set="Commander Masters")

    assert is_exact(pokemon.answers(name="Mind Control"), here["Normal"])
    assert is_exact(magic.answers(name="Mind Control"), there["Normal"])
    assert magic.answers(name="Mind Control", game="").verdict is Verdict.AMBIGUOUS


def test_a_promo_with_the_stamp_of_the_prerelease_is_no_promo_of_a_pack(magic: Shelf) -> None:
    magic.card_set("Promo Pack: Bloomburrow", "PPBLB")
    packed = magic.holds("Warren Warleader", "38", "Foil", card_set="Promo Pack: Bloomburrow")
    stamped = magic.holds("Warren Warleader", "38s", "Foil", card_set="Prerelease Cards")
    said = {"set_name": "Bloomburrow Promos", "set_code": "PBLB", "name": "Warren Warleader"}

    assert is_exact(magic.answers(**said, number="38p"), packed["Foil"])
    assert is_exact(magic.answers(**said, number="38s"), stamped["Foil"])


def test_a_sealed_product_is_told_by_its_whole_name(pokemon: Shelf) -> None:
    place: dict[str, Any] = {"card_set": "Journey Together", "kind": "sealed"}
    box = pokemon.holds("Journey Together Booster Box", "", "Normal", **place)
    pokemon.holds("Journey Together Booster Box (Exclusive)", "", "Normal", **place)
    pokemon.holds("Journey Together Booster Box Case", "", "Normal", **place)
    said = {"set_name": "Journey Together", "name": "Journey Together Booster Box", "finish": "Holofoil"}

    assert is_exact(pokemon.answers(**said, kind="sealed"), box["Normal"])
    assert is_exact(pokemon.answers(**said), box["Normal"])


def test_a_prefix_that_the_set_implies_may_be_written_or_not(pokemon: Shelf) -> None:
    place = "SV: Scarlet & Violet Promo Cards"
    umbreon = pokemon.holds("Umbreon ex", "176", "Holofoil", card_set=place)
    said = {"set_name": "Scarlet & Violet Promo", "name": "Umbreon ex - 176", "finish": "Holofoil"}

    assert is_exact(pokemon.answers(**said, number="SVP 176"), umbreon["Holofoil"])
    assert is_exact(pokemon.answers(**said), umbreon["Holofoil"])


def test_a_card_of_an_unpublished_set_is_owned_all_the_same(pokemon: Shelf, charizard: int) -> None:
    CardSet.objects.update(is_published=False)

    assert is_exact(pokemon.answers(set_name="Base Set", number="4/102", name="Charizard"), charizard)


def test_a_language_tells_between_games_of_their_own_and_nothing_else(pokemon: Shelf) -> None:
    japan = Shelf(GameFactory.create(slug="pokemon-japan", language="ja"))
    english = pokemon.holds("Reshiram", "113/086", "Holofoil", card_set="SV: Black Bolt")
    japanese = japan.holds("Reshiram", "113/086", "Holofoil", card_set="SV11B: Black Bolt")
    said = {"set_name": "Black Bolt", "name": "Reshiram", "number": "113/086"}

    assert is_exact(pokemon.answers(**said, language="en"), english["Holofoil"])
    assert is_exact(pokemon.answers(**said, language="fr"), english["Holofoil"])
    assert is_exact(pokemon.answers(**said, language="ja"), japanese["Holofoil"])
    assert is_exact(japan.answers(**said, language="ja"), japanese["Holofoil"])
    assert pokemon.answers(**said).verdict is Verdict.AMBIGUOUS


def test_answers_come_in_the_order_asked(pokemon: Shelf, charizard: int) -> None:
    first = Wanted(game="pokemon", set_code="BS", number="4")
    second = Wanted(game="pokemon", set_code="BS", number="2")

    here, there = match([first, second]), match([second, first])

    assert [answer.printing_id for answer in here] == [answer.printing_id for answer in reversed(there)]
    assert here[0].printing_id == charizard
    assert match([]) == []


@pytest.mark.usefixtures("charizard")
@pytest.mark.parametrize("rows", [1, 1000])
def test_any_number_of_rows_takes_eight_statements(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kinds = [
        Wanted(game="pokemon", set_code="BS", number="4", name="Charizard", ids=ID),
        Wanted(game="pokemon", set_name="Nowhere", number="4", name="Chorizard"),
        Wanted(name="Blastoise"),
    ]

    with django_assert_num_queries(8):
        assert len(match([kinds[row % 3] for row in range(rows)])) == rows


def test_a_name_of_too_many_cards_needs_a_set(
    pokemon: Shelf, charizard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "MOST_NAMED", 2)
    monkeypatch.setattr(matching, "MOST_NAMED", 2)

    answer = pokemon.answers(name="Charizard", number="4/102")

    assert answer.verdict is Verdict.AMBIGUOUS
    assert answer.reason == "Too many cards are called “Charizard” to tell without a set."
    assert is_exact(pokemon.answers(set_code="BS", name="Charizard", number="4/102"), charizard)
