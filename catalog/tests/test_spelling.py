"""From typing errors to the words that were meant."""

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog import spelling, words
from catalog.tests.factories import CardFactory

NAMES = ["Charizard", "Dark Raichu", "Blue-Eyes White Dragon", "Pikachu", "Mewtwo", "Bark", "Porygon2"]


@pytest.fixture
def vocabulary(db: None) -> None:
    words.index_cards([CardFactory.create(name=name).pk for name in NAMES])


def meant(text: str) -> str:
    correction = spelling.correct(spelling.typed_words(text))
    return correction.names()[0] if correction else ""


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("charzard", "charizard"),  # lost
        ("charrizard", "charizard"),  # added
        ("cherizard", "charizard"),  # replaced
        ("chraizard", "charizard"),  # swapped
        ("chaarizrd", "charizard"),  # two errors in a long word
        ("darkraichu", "dark raichu"),  # the space lost
        ("darkxraichu", "dark raichu"),  # the space replaced
        ("dar kraichu", "dark raichu"),  # the space swapped
        ("pika chu", "pikachu"),  # a space added
        ("pik chu", "pikachu"),  # a letter replaced by a space
        ("mwetwo drak raichu", "mewtwo dark raichu"),  # an error in each of two words
        ("porgyon2", "porygon2"),
        ("pikkachoo", "pikachu"),  # nothing is near; similar by three letters in a row
        ("zzzzzz", ""),
        ("charzard 4/102", "charizard 4/102"),
    ],
)
def test_typing_errors_are_corrected(typed: str, understood: str) -> None:
    assert meant(typed) == understood


@pytest.mark.usefixtures("vocabulary")
def test_a_number_is_never_corrected() -> None:
    assert spelling.correct(["4/102"]) == spelling.Correction([[["4/102"]]])


@pytest.mark.usefixtures("vocabulary")
def test_what_was_understood_depends_on_what_was_found() -> None:
    correction = spelling.correct(["bark", "raichu"])

    assert correction is not None
    assert correction.understood({"dark", "raichu"}) == "dark raichu"
    assert correction.understood({"bark", "raichu"}) == "bark raichu"


def test_words_as_typed_may_be_starts_of_longer_ones_but_plain_numbers_not() -> None:
    assert spelling.as_typed(["of", "char", "4"]) == "((('of')) & (('char':*)) & (('4')))"
    assert spelling.as_typed(["op01-0"]) == "((('op01-0':*) | ('op1-0':*)))"


def test_a_very_long_text_is_read_by_its_first_words() -> None:
    assert spelling.typed_words("mew " * 500) == ["mew"] * 8


@pytest.mark.usefixtures("vocabulary")
def test_the_likeliest_reading_is_said_when_no_card_fits_any() -> None:
    correction = spelling.correct(["darkraichu"])

    assert correction is not None
    assert correction.understood({"venusaur"}) == "dark raichu"


@pytest.mark.usefixtures("vocabulary")
def test_many_words_are_looked_up_in_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        near = spelling.near({"charzard", "drak", "bark", "zzzzzz", "4/102"})

    assert near == {"charzard": ["charizard"], "drak": ["dark"], "bark": ["bark", "dark"], "zzzzzz": []}
