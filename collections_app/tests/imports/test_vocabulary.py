"""Other people's words for conditions, grades, languages, finishes and games."""

import pytest

from collections_app.imports import vocabulary
from collections_app.imports.entries import RowError
from collections_app.imports.vocabulary import Grade
from collections_app.models import GRADERS, LANGUAGES
from pricing.models import CONDITIONS


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("", "NM"),
        ("-", "NM"),
        ("NM", "NM"),
        ("NearMint", "NM"),
        ("near_mint", "NM"),
        ("NEAR  MINT", "NM"),
        ("Lightly Played", "LP"),
        ("Good (Lightly Played)", "LP"),
        ("slightly played", "LP"),
        ("Moderately Played", "MP"),
        ("Heavily Played", "HP"),
        ("Damaged", "DMG"),
        ("D", "DMG"),
    ],
)
def test_our_own_steps_are_read_without_a_word(word: str, code: str) -> None:
    assert vocabulary.condition(word) == (code, "")


@pytest.mark.parametrize(
    ("word", "code", "warning"),
    [
        ("Mint", "NM", "“Mint” read as Near Mint."),
        ("Excellent", "LP", "“Excellent” read as Lightly Played."),
        ("Good", "LP", "“Good” read as Lightly Played."),
        ("Light Played", "LP", "“Light Played” read as Lightly Played."),
        ("Played", "MP", "“Played” read as Moderately Played."),
        ("Poor", "DMG", "“Poor” read as Damaged."),
    ],
)
def test_other_steps_are_read_with_a_warning(word: str, code: str, warning: str) -> None:
    assert vocabulary.condition(word) == (code, warning)


def test_seven_steps_keep_their_order() -> None:
    steps = ["mint", "near_mint", "excellent", "good", "light_played", "played", "poor"]
    read = [vocabulary.condition(word, is_seven_steps=True) for word in steps]

    assert [code for code, _ in read] == ["NM", "NM", "LP", "LP", "MP", "HP", "DMG"]
    assert [bool(warning) for _, warning in read] == [True, False, True, True, True, True, True]
    assert vocabulary.condition("LP", is_seven_steps=True) == ("MP", "“LP” read as Moderately Played.")
    assert vocabulary.condition("Lightly Played", is_seven_steps=True) == ("LP", "")


@pytest.mark.parametrize("word", ["Crispy", "ニアミント", "NM Foil", "x" * 100_000])
def test_an_unknown_condition_is_refused_naming_the_known_ones(word: str) -> None:
    known = (
        "Mint, Near Mint, Excellent, Good, Lightly Played, Played, Moderately Played, Heavily Played, Poor"
    )
    with pytest.raises(RowError) as refused:
        vocabulary.condition(word)
    assert str(refused.value) == f"Condition “{word[:60]}” is not known. Known are {known} and Damaged."


def test_every_word_for_a_condition_is_one_of_ours() -> None:
    codes = {code for code, _ in CONDITIONS if code}

    assert set(vocabulary.FIVE_STEPS.values()) == set(vocabulary.SEVEN_STEPS.values()) == codes
    assert all(vocabulary.key(word) == word for word in vocabulary.SEVEN_STEPS)


@pytest.mark.parametrize(
    ("text", "grader", "grade"),
    [
        ("PSA 10", "", Grade("PSA", "10")),
        ("PSA 10.0 GEM - MT", "", Grade("PSA", "10")),
        ("PSA 9.0 MINT", "", Grade("PSA", "9")),
        ("CGC 9.5 Mint+", "", Grade("CGC", "9.5")),
        ("CGC 5.0 Excellent", "", Grade("CGC", "5")),
        ("psa10", "", Grade("PSA", "10")),
        ("Beckett 8,5", "", Grade("BGS", "8.5")),
        ("BGS 10.0 Black Label", "", Grade("BGS", "10", "Black Label")),
        ("TAG 10.0 Pristine", "", Grade("TAG", "10", "Pristine")),
        ("PSA 8 (OC)", "", Grade("PSA", "8", "(OC)")),
        ("Graded 8", "CGC", Grade("CGC", "8")),
        ("9.5", "bgs", Grade("BGS", "9.5")),
        ("CGC 10", "PSA", Grade("CGC", "10")),
        ("Ungraded", "", None),
        ("", "", None),
        ("Raw", "None", None),
    ],
)
def test_a_grade_is_a_grader_and_a_number(text: str, grader: str, grade: Grade | None) -> None:
    assert vocabulary.grade(text, grader=grader) == grade


@pytest.mark.parametrize(
    ("text", "grader", "reason"),
    [
        ("10", "", "There is a grade, but no grader."),
        ("Graded 8", "", "There is a grade, but no grader."),
        ("", "PSA", "Graded by PSA, but there is no grade."),
        ("Ungraded", "PSA", "Graded by PSA, but there is no grade."),
        ("XYZ 9", "", "Grader “XYZ” is not known."),
        ("9", "Uncle Bob", "Grader “Uncle Bob” is not known."),
        ("PSA 11", "", "11 is no grade"),
        ("PSA 0", "", "0 is no grade"),
        ("PSA 9.3", "", "9.3 is no grade"),
        ("PSA 100", "", "Grade “PSA 100” is not known."),
        ("PSA Authentic", "", "Grade “PSA Authentic” is not known."),
        ("a" + " " * 100_000, "", "is not known"),
    ],
)
def test_a_slab_is_never_taken_for_a_raw_card(text: str, grader: str, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        vocabulary.grade(text, grader=grader)


def test_every_grader_of_ours_is_known_by_its_name() -> None:
    assert [vocabulary.grade(f"{grader} 9") for grader in GRADERS] == [Grade(name, "9") for name in GRADERS]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("English", "en"),
        ("JP", "ja"),
        ("日本語", "ja"),
        ("Français", "fr"),
        ("KR", "ko"),
        ("Simplified Chinese", "zh-CN"),
        ("Chinese", "zh-CN"),
        ("zhs", "zh-CN"),
        ("S-Chinese", "zh-CN"),
        ("zh_TW", "zh-TW"),
        ("Chinese (T)", "zh-TW"),
        ("繁體中文", "zh-TW"),
        ("Portuguese", "pt"),
        ("Русский", "ru"),
        ("Phyrexian", "qya"),
        ("Klingon", ""),
        ("", ""),
    ],
)
def test_a_language_has_many_names(word: str, code: str) -> None:
    assert vocabulary.language(word) == code


def test_every_language_of_ours_is_known_by_code_and_name() -> None:
    for code, name in LANGUAGES:
        assert (vocabulary.language(code), vocabulary.language(name)) == (code, code)
    assert set(vocabulary.LANGUAGE_OF.values()) <= dict(LANGUAGES).keys()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("", ""),
        ("normal", "Normal"),
        ("nonfoil", "Normal"),
        ("regular", "Normal"),
        ("FALSE", "Normal"),
        ("TRUE", "Foil"),
        ("Yes", "Foil"),
        ("foil_etched", "Etched"),
        ("Reverse", "Reverse Holofoil"),
        ("Reverse Holo", "Reverse Holofoil"),
        ("Holo", "Holofoil"),
        ("1st Edition", "1st Edition"),
        ("Rainbow Foil", "Rainbow Foil"),
        ("Poké Ball Reverse Holo", "Poké Ball Reverse Holo"),
    ],
)
def test_a_finish_gets_our_word_or_keeps_its_own(word: str, said: str) -> None:
    assert vocabulary.finish(word) == said


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("Pokemon", "pokemon"),
        ("Pokémon TCG", "pokemon"),
        ("Magic: The Gathering", "magic"),
        ("YuGiOh", "yugioh"),
        ("Yu-Gi-Oh!", "yugioh"),
        ("One Piece Card Game", "one-piece"),
        ("Lorcana TCG", "lorcana"),
        ("one-piece", "one-piece"),
        ("Pokemon Japan", "pokemon-japan"),
        ("Life Counters", "life-counters"),
        ("", ""),
    ],
)
def test_a_game_is_ours_or_one_of_its_own(word: str, slug: str) -> None:
    assert vocabulary.game(word) == slug


@pytest.mark.parametrize(
    ("game", "language", "slug"),
    [
        ("pokemon", "ja", "pokemon-japan"),
        ("pokemon", "zh-CN", "pokemon-china"),
        ("pokemon", "de", "pokemon"),
        ("pokemon", "", "pokemon"),
        ("magic", "ja", "magic"),
        ("", "ja", ""),
    ],
)
def test_an_asian_release_is_a_game_of_its_own_except_in_magic(game: str, language: str, slug: str) -> None:
    assert vocabulary.regional(game, language=language) == slug


@pytest.mark.parametrize("word", ["true", "Yes", "1", "signed", "x"])
def test_a_flag_is_set_by_any_word(word: str) -> None:
    assert vocabulary.is_yes(word)


@pytest.mark.parametrize("word", ["", "False", "no", "0", "-", "N"])
def test_but_not_by_a_no(word: str) -> None:
    assert not vocabulary.is_yes(word)


def test_no_word_of_the_tables_is_empty_or_out_of_reach() -> None:
    for table in (vocabulary.LANGUAGE_OF, vocabulary.FINISH_OF, vocabulary.GAME_OF, vocabulary.GRADER_OF):
        assert all(word and vocabulary.key(word) == word for word in table)
