import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.tests import hostile
from alerts.wording import Unit, cut, line

SIZES: dict[Unit, int] = {"utf-8": 1, "utf-16-le": 2, "utf-32-le": 4}
# Everything a database can hold: no NUL, no half of a surrogate pair.
TEXTS = st.text(st.characters(exclude_characters="\x00", codec="utf-8"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Charizard 4/102 (Holofoil)", "Charizard 4/102 (Holofoil)"),
        ("  two\r\n lines\tand\u2028more ", "two lines and more"),
        ("\u202egnp.exe\u200b", "gnp.exe"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("שלום", "שלום"),
        ("a\u00a0b", "a b"),
    ],
)
def test_a_line_is_what_one_sees(text: str, expected: str) -> None:
    assert line(text) == expected


@given(TEXTS | st.sampled_from(hostile.NAMES))
def test_a_line_has_no_break_and_nothing_invisible(text: str) -> None:
    shown = line(text)
    assert shown == " ".join(shown.split())
    assert len(shown.splitlines()) <= 1
    assert {unicodedata.category(character) for character in shown.replace("\u200d", "")}.isdisjoint(
        {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    assert line(shown) == shown


@given(TEXTS, st.integers(3, 40), st.sampled_from(sorted(SIZES)))
def test_a_cut_fits_and_says_that_something_is_missing(text: str, limit: int, unit: Unit) -> None:
    fits = cut(text, limit=limit, unit=unit)
    assert len(fits.encode(unit)) <= limit * SIZES[unit]
    if len(text.encode(unit)) <= limit * SIZES[unit]:
        assert fits == text
    else:
        assert fits.endswith("…")
        assert text.startswith(fits[:-1])


def test_lengths_are_counted_as_the_receiver_does() -> None:
    assert cut("🔥🔥🔥", limit=2) == "🔥…"
    assert cut("🔥🔥🔥", limit=4, unit="utf-16-le") == "🔥…"
    assert cut("🔥🔥🔥", limit=8, unit="utf-8") == "🔥…"
