"""However a row spells a card, it is that card; whatever a row mixes up is never matched to another one."""

import random
import re
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import words
from catalog.matching import Verdict, Wanted, match
from catalog.models import Card, Printing
from catalog.tests.shelf import shelf

pytestmark = pytest.mark.django_db
# The catalogue is only read: it may stand for all examples.
READS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Listed:
    """A card of the catalogue, and how else its set is called."""

    game: str
    set_names: tuple[str, ...]
    code: str
    name: str
    number: str
    finishes: tuple[str, ...]


BASE, BASE_2 = ("Base Set", "Base", "The Base Set", "Pokemon Base Set"), ("Base Set 2",)
FLAMES = ("SV03: Obsidian Flames", "Obsidian Flames", "Pokemon Obsidian Flames")
IXALAN = ("The Lost Caverns of Ixalan", "Lost Caverns of Ixalan")
ALL_WILL = ("Phyrexia: All Will Be One",)
DAWN, FEST = ("Romance Dawn",), ("Premium Booster", "Premium Booster Set")
SHELF = [
    Listed("pokemon", BASE, "BS", "Charizard", "4/102", ("Holofoil",)),
    Listed("pokemon", BASE_2, "B2", "Charizard", "4/130", ("Holofoil",)),
    Listed("pokemon", BASE, "BS", "Nidoran ♂", "55/102", ("1st Edition", "Unlimited")),
    Listed("pokemon", BASE, "BS", "Nidoran ♀", "57/102", ("1st Edition", "Unlimited")),
    Listed("pokemon", BASE_2, "B2", "Farfetch'd", "40/130", ("Normal",)),
    Listed("pokemon", FLAMES, "OBF", "Charizard ex", "125/197", ("Holofoil",)),
    Listed("pokemon", FLAMES, "OBF", "Charizard ex - 223/197", "223/197", ("Holofoil",)),
    Listed("pokemon", FLAMES, "OBF", "Flabébé", "004/197", ("Normal", "Reverse Holofoil")),
    Listed("magic", IXALAN, "LCI", "Abuelo's Awakening", "1", ("Normal", "Foil")),
    Listed("magic", IXALAN, "LCI", "Abuelo's Awakening (Borderless)", "317", ("Normal", "Foil")),
    Listed("magic", IXALAN, "LCI", "Ojer Axonil // Temple of Power", "158", ("Normal", "Foil")),
    Listed("magic", ALL_WILL, "ONE", "Ojer Axonil", "98", ("Normal", "Foil")),
    Listed("magic", ALL_WILL, "ONE", "Plains", "262", ("Normal", "Foil")),
    Listed("magic", ALL_WILL, "ONE", "Plains", "263", ("Normal", "Foil")),
    Listed("one-piece", DAWN, "OP01", "Roronoa Zoro", "OP01-025", ("Normal",)),
    Listed("one-piece", DAWN, "OP01", "Roronoa Zoro (Parallel)", "OP01-025", ("Foil",)),
    Listed("one-piece", FEST, "PRB01", "Roronoa Zoro", "OP01-025", ("Normal", "Foil")),
]
SAID = {
    "Normal": ["", "Normal", "nonfoil", "Non-Foil", "regular"],
    "Foil": ["Foil", "foil", "FOIL", "traditional foil"],
    "Holofoil": ["Holofoil", "Holo", "holographic", "HOLO FOIL"],
    "Reverse Holofoil": ["Reverse Holofoil", "reverse holo", "Reverse", "Rev. Holo"],
    "1st Edition": ["1st Edition", "first edition", "1st Ed."],
    "Unlimited": ["", "Unlimited", "Normal", "unlimited edition"],
}
Keys = dict[tuple[Listed, str], int]


@pytest.fixture
def keys() -> Keys:
    """The printing of each card in each of its finishes."""
    found: Keys = {}
    for game in dict.fromkeys(card.game for card in SHELF):
        made = shelf(game)
        for card in (card for card in SHELF if card.game == game):
            made.card_set(card.set_names[0], card.code)
            held = made.holds(card.name, card.number, *card.finishes, card_set=card.set_names[0])
            found |= {(card, finish): key for finish, key in held.items()}
    return found


PRINTINGS = st.sampled_from([(card, finish) for card in SHELF for finish in card.finishes])


@st.composite
def spelled_names(draw: st.DrawFn, card: Listed) -> str:
    """Any case, apostrophe and space, with or without accents, the whole name or the first face."""
    name = draw(st.sampled_from([card.name, card.name.split(" // ")[0]]))
    name = name.replace("'", draw(st.sampled_from(["'", "’", "`", ""])))  # noqa: RUF001 -- as apps write it
    name = name.replace("é", draw(st.sampled_from(["é", "e", "e\u0301"])))
    name = name.replace(" ", draw(st.sampled_from([" ", "  ", "\u00a0"])))
    return draw(st.sampled_from([name, name.upper(), name.lower(), name.swapcase()]))


@st.composite
def spelled_numbers(draw: st.DrawFn, card: Listed) -> str:
    """With more zeros or none, with or without the total, spaces, a hash."""
    printed, _, total = card.number.partition("/")
    prefix, dash, digits = printed.rpartition("-")
    digits = digits.lstrip("0").zfill(draw(st.integers(0, 5)))
    total = draw(st.sampled_from([f"/{total}", f" / {total}", f"/{total.zfill(4)}", ""])) if total else ""
    prefix = draw(st.sampled_from([prefix, prefix.lower(), prefix.replace("0", "")]))
    return draw(st.sampled_from(["", "#", " "])) + prefix + dash + digits + total


@st.composite
def spelled_rows(draw: st.DrawFn) -> tuple[Wanted, tuple[Listed, str]]:
    card, finish = draw(PRINTINGS)
    set_name = draw(st.sampled_from(card.set_names))
    code = draw(st.sampled_from([card.code, card.code.lower(), ""]))
    wanted = Wanted(
        game=draw(st.sampled_from([card.game, ""])),
        name=draw(spelled_names(card)),
        number=draw(spelled_numbers(card)),
        set_name=draw(st.sampled_from([set_name, f" {set_name.swapcase()} "] + [""] * bool(code))),
        set_code=code,
        finish=draw(st.sampled_from(SAID[finish])),
        language=draw(st.sampled_from(["", "en", "de", "ja", "zh-TW"])),
        kind=draw(st.sampled_from(["", "single"])),
    )
    return wanted, (card, finish)


@READS
@given(row=spelled_rows())
def test_a_card_is_matched_in_any_spelling(keys: Keys, row: tuple[Wanted, tuple[Listed, str]]) -> None:
    wanted, truth = row

    (answer,) = match([wanted])

    assert (answer.verdict, answer.printing_id) == (Verdict.EXACT, keys[truth]), answer.reason


@st.composite
def mixed_rows(draw: st.DrawFn) -> Wanted:
    """Each cell of some card, or empty, or anything."""
    card = st.sampled_from(SHELF)
    words_ = st.text(max_size=12)
    return Wanted(
        game=draw(st.one_of(card.map(lambda one: one.game), st.just(""))),
        name=draw(st.one_of(card.map(lambda one: one.name), st.just(""), words_)),
        number=draw(st.one_of(card.map(lambda one: one.number), st.just(""), words_)),
        set_name=draw(st.one_of(card.map(lambda one: one.set_names[0]), st.just(""), words_)),
        set_code=draw(st.one_of(card.map(lambda one: one.code), st.just(""))),
        finish=draw(st.sampled_from([word for said in SAID.values() for word in said])),
    )


@READS
@given(wanted=mixed_rows())
def test_an_exact_match_contradicts_nothing_the_row_says(keys: Keys, wanted: Wanted) -> None:
    (answer,) = match([wanted])

    if answer.verdict is Verdict.EXACT:
        printing = Printing.objects.select_related("card__card_set", "card__game", "finish").get(
            pk=answer.printing_id or 0
        )
        assert contradictions(wanted, printing.card) == []
        assert not wanted.finish or looks_alike(wanted.finish, printing.finish.name)
    else:
        assert answer.printing_id is None
        assert answer.reason
    assert set(answer.candidates) <= set(keys.values())
    assert 0 <= answer.score <= 100


def looks_alike(said: str, printed: str) -> bool:
    """Foil is any printing that shines, Holo not the reverse of one; an edition says nothing of either."""
    said, printed = said.lower().replace("first", "1st"), printed.lower()
    if "1st" in said or "unlimited" in said:
        return ("1st" in said) == ("1st" in printed)
    shines = any(word in said for word in ("foil", "holo", "rev")) and not said.startswith("non")
    is_narrow = "holo" in said or "rev" in said
    is_reverse = ("rev" in said, "reverse" in printed)
    return shines == ("foil" in printed) and (not is_narrow or len(set(is_reverse)) == 1)


def contradictions(wanted: Wanted, card: Card) -> list[str]:
    """By plain comparison; a cell that is no card's does not count, nor a code of another game."""
    said = {
        "game": (wanted.game, card.game.slug),
        "name": (first_word(wanted.name), first_word(card.name)),
        "number": (words.bare(wanted.number), words.bare(card.number)),
        "set": (wanted.set_name, card.card_set.name),
        "code": (wanted.set_code, card.card_set.code),
    }
    known = {one.set_names[0] for one in SHELF} | {words.bare(one.number) for one in SHELF}
    known |= {one.code for one in SHELF if one.game == card.game.slug}
    known |= {first_word(one.name) for one in SHELF} | {one.game for one in SHELF}
    return [cell for cell, (here, there) in said.items() if here in known and here != there]


def first_word(name: str) -> str:
    """What tells the names of the shelf apart."""
    return words.fold(re.split(r" // | \(| - ", name, maxsplit=1)[0])


@READS
@given(order=st.randoms(use_true_random=False))
def test_a_row_is_answered_alike_whatever_stands_beside_it(keys: Keys, order: random.Random) -> None:
    rows = [
        Wanted(game=card.game, set_code=card.code, name=card.name, number=card.number, finish=finish)
        for card in SHELF
        for finish in card.finishes
    ]
    shuffled = order.sample(rows, k=order.randint(1, len(rows)))

    together = match(shuffled)

    assert together == [match([row])[0] for row in shuffled[:3]] + together[3:]
    assert {answer.verdict for answer in together} == {Verdict.EXACT}
