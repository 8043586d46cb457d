"""From printed text to words, and words into the index."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from catalog import words
from catalog.models import Card, SearchWord
from catalog.tests.factories import CardFactory, CardSetFactory, GameFactory


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Pokémon", "pokemon"),
        ("Farfetch\u2019d", "farfetchd"),
        ("Farfetch'd", "farfetchd"),
        ("Æther Vial", "aether vial"),
        ("ﬁre", "fire"),
        ("Blue-Eyes White Dragon", "blue eyes white dragon"),
        ("Pikachu & Zekrom-GX", "pikachu and zekrom gx"),
        ("Nidoran♀", "nidoran f"),
        ("Umbreon ☆ δ", "umbreon star delta"),
        ("Fire // Ice", "fire ice"),
        ("Charizard - 004/102", "charizard 004/102"),
        ("Luffy (OP01-001) (Alternate Art)", "luffy op01-001 alternate art"),
        ("#4 / 102", "4/102"),
        ("STRASSE Straße", "strasse strasse"),
        ("  ", ""),
        ("!!!", ""),
    ],
)
def test_text_folds_to_plain_words(text: str, folded: str) -> None:
    assert words.fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_and_leaves_nothing_a_query_could_trip_over(text: str) -> None:
    folded = words.fold(text)

    assert words.fold(folded) == folded
    assert not set(folded) & set("'\"\\&|!():*<>\x00")
    assert folded.encode().decode() == folded


@pytest.mark.parametrize(
    ("number", "tokens"),
    [
        ("004/102", {"004/102", "4/102", "004", "4", "004102", "4102"}),
        ("OP01-001", {"op01-001", "op1-1", "op01001", "op1001", "001", "1"}),
        ("TG01/TG30", {"tg01/tg30", "tg1/tg30", "tg01", "tg1", "tg01tg30", "tg1tg30"}),
        ("25a", {"25a"}),
        ("", set()),
    ],
)
def test_a_number_is_found_by_each_of_its_spellings(number: str, tokens: set[str]) -> None:
    assert words.number_tokens(number) == tokens


def test_numbers_sort_as_people_count_and_cards_without_one_stand_last() -> None:
    numbers = ["10/102", "", "2/102", "TG01", "SWSH001", "2a/102"]

    assert sorted(numbers, key=words.number_key) == ["2/102", "2a/102", "10/102", "SWSH001", "TG01", ""]


def test_deletes_are_the_word_and_its_forms_one_letter_short() -> None:
    assert words.deletes("mew") == {"mew", "ew", "mw", "me"}
    assert words.deletes("n") == {"n"}


@pytest.mark.parametrize(
    ("word", "spelled"), [("mew", True), ("porygon2", True), ("op01-001", False), ("4", False)]
)
def test_only_words_of_letters_can_be_misspelled(word: str, *, spelled: bool) -> None:
    assert words.is_spelled(word) is spelled


def test_a_card_is_found_by_its_name_number_set_rarity_and_game() -> None:
    found = words.card_words(
        "Ho-Oh", number="007/064", set_name="Neo Revelation", set_code="N3", rarity="Rare", game="Pokémon"
    )

    assert {"ho", "oh", "hooh", "7/64", "7", "neo", "revelation", "n3", "rare", "pokemon"} <= set(found)
    assert "64" not in found
    assert found == sorted(found)


def counted() -> dict[str, int]:
    """What the counts should be, straight from the indexed cards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(words) FROM catalog_card")
        found = Counter(word for (listed,) in cursor.fetchall() for word in listed)
    return {word: cards for word, cards in found.items() if words.is_spelled(word)}


def stored() -> dict[str, int]:
    return dict(SearchWord.objects.values_list("word", "cards"))


@pytest.mark.django_db
def test_indexing_counts_each_word_of_the_cards() -> None:
    card_set = CardSetFactory.create(name="Jungle", game=GameFactory.create(name="Monsters"))
    cards = [CardFactory.create(card_set=card_set, name=name, number="") for name in ("Mew", "Mew ex")]

    assert words.index_cards([card.pk for card in cards]) == 2

    assert stored() == {"mew": 2, "ex": 1, "jungle": 2, "monsters": 2}
    assert SearchWord.objects.get(word="ex").deletes == ["e", "ex", "x"]


@pytest.mark.django_db
def test_indexing_again_changes_nothing() -> None:
    card = CardFactory.create(name="Mew")
    words.index_cards([card.pk])
    before = stored()

    assert words.index_cards([card.pk]) == 0
    assert stored() == before


@pytest.mark.django_db
def test_a_renamed_card_takes_its_words_along() -> None:
    card_set = CardSetFactory.create(name="Jungle", game=GameFactory.create(name="Monsters"))
    kept, renamed = (
        CardFactory.create(card_set=card_set, name=name, number="") for name in ("Mew", "Mew Ghost")
    )
    words.index_cards([kept.pk, renamed.pk])
    Card.objects.filter(pk=renamed.pk).update(name="Haunter")

    assert words.index_cards([kept.pk, renamed.pk]) == 1

    assert stored() == {"mew": 1, "haunter": 1, "jungle": 2, "monsters": 2}
    assert Card.objects.get(pk=renamed.pk).folded == "haunter"


@pytest.mark.django_db
def test_counting_bit_by_bit_agrees_with_counting_anew() -> None:
    cards = [CardFactory.create(name=f"Mew {suffix}") for suffix in ("ex", "V", "ex", "Star", "II")]
    for card in cards:
        words.index_cards([card.pk])
    Card.objects.filter(pk__in=[card.pk for card in cards[:2]]).update(name="Ditto")
    words.index_cards([card.pk for card in cards])
    bit_by_bit = stored()

    call_command("reindex")

    assert bit_by_bit == stored() == counted()


@pytest.mark.django_db
def test_reindexing_says_how_many_cards_changed(capsys: pytest.CaptureFixture[str]) -> None:
    CardFactory.create()
    call_command("reindex")
    call_command("reindex")

    assert capsys.readouterr().out == "1 cards changed.\n0 cards changed.\n"
