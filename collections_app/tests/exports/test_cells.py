"""Cells that no spreadsheet takes for a formula."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collections_app.exports.cells import safe, unsafe

FORMULA = re.compile(r" *[=+\-@\t\r]")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =HYPERLINK(1)", "'", "'quoted'"]
)
def test_what_a_spreadsheet_would_run_is_marked_as_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Pikachu", "4/102", "  spaced", "a=b", "Farfetch'd", "…", "12.50"])
def test_anything_else_stays_as_it_is(cell: str) -> None:
    assert safe(cell) == cell


@given(st.text() | st.text(alphabet=" =+-@\t\r\n'a", max_size=6))
@example("''=1")
def test_nothing_is_lost_and_no_formula_is_left(cell: str) -> None:
    assert unsafe(safe(cell)) == cell
    assert not FORMULA.match(safe(cell))
