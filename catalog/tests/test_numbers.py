"""Collector numbers: what is the same, what only nearly, what never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import numbers
from catalog.numbers import Alike


def alike(said: str, printed: str, *, set_code: str = "", set_name: str = "") -> Alike:
    return numbers.alike(numbers.read(said), numbers.read(printed), set_code=set_code, set_name=set_name)


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("4/102", "4/102"),
        ("004", "4/102"),
        ("4 / 102", "004/102"),
        ("#4", "4/102"),
        ("221/217", "221"),
        ("TG01", "TG01/TG30"),
        ("tg1/tg30", "TG01/TG30"),
        ("OP-01-025", "OP01-025"),
        ("swsh 050", "SWSH050"),
        ("96a", "096A"),
        ("２５", "25"),  # noqa: RUF001 -- digits of a Japanese keyboard
        ("4", "2 // 4"),
        ("2 // 4", "2 // 4"),
        ("VS", "vs"),
        ("!", "!"),
        ("0", "000"),
    ],
)
def test_the_same_number_in_other_spellings(said: str, printed: str) -> None:
    assert alike(said, printed) is alike(printed, said) is Alike.SAME


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("741z", "741"),  # serialized
        ("98p", "98"),  # promo pack
        ("40s", "40"),  # prerelease
        ("123★", "123"),
        ("123†", "123"),
        ("DDC-49", "49"),  # of The List
        ("SWSH050", "50"),
    ],
)
def test_numbers_that_differ_by_what_apps_add_are_close(said: str, printed: str) -> None:
    assert alike(said, printed) is alike(printed, said) is Alike.CLOSE


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("4/102", "5/102"),
        ("4/102", "4/130"),
        ("98a", "98"),
        ("98a", "98b"),
        ("98p", "98s"),
        ("2", "H02"),
        ("TG05", "5"),
        ("LOB-EN001", "LOB-001"),
        ("OP01-025", "OP02-025"),
        ("VS", "VT"),
        ("C", "!"),
        ("4", "VS"),
        ("3", "2 // 4"),
    ],
)
def test_other_numbers_are_never_alike(said: str, printed: str) -> None:
    assert alike(said, printed) is alike(printed, said) is Alike.NO


@pytest.mark.parametrize("nothing", ["", " ", "-", "–", "N/A", "none"])
def test_no_number_agrees_with_nothing_and_contradicts_nothing(nothing: str) -> None:
    assert numbers.read(nothing) == ()
    assert alike(nothing, "4/102") is alike("4/102", nothing) is Alike.UNKNOWN


def test_a_prefix_that_is_the_sets_code_may_be_left_away() -> None:
    assert alike("176", "SVP 176", set_code="SVP") is Alike.SAME
    assert alike("025", "OP01-025", set_code="OP-01") is Alike.SAME
    assert alike("001", "LOB-EN001", set_code="LOB") is Alike.CLOSE


def test_in_a_set_of_promos_any_prefix_may_be_left_away() -> None:
    assert alike("24", "DP24", set_name="Diamond and Pearl Promos") is Alike.CLOSE
    assert alike("24", "DP24", set_name="Diamond and Pearl") is Alike.NO


def test_the_art_of_a_one_piece_number_is_read_apart() -> None:
    (number,) = numbers.read("OP01-025_p1")

    assert (number.prefix, number.digits, number.art) == ("op1", "25", "p1")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_compared_in_either_direction(said: str, printed: str) -> None:
    assert alike(said, printed) is alike(printed, said)


@given(st.text(max_size=50))
def test_any_number_is_the_same_as_itself(text: str) -> None:
    assert alike(text, text) is (Alike.SAME if numbers.read(text) else Alike.UNKNOWN)
