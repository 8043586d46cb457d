from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app import portions

amounts = st.integers(min_value=-(10**15), max_value=10**15)
fractions = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


@given(st.lists(st.tuples(amounts, fractions)))
def test_a_total_is_the_sum_of_its_products(parts: list[tuple[int, Fraction]]) -> None:
    assert portions.total(parts) == sum((amount * factor for amount, factor in parts), Fraction())


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (0, 7, 0),
        (1, 2, 1),
        (-1, 2, -1),
        (3, 2, 2),
        (-3, 2, -2),
        (1, 3, 0),
        (2, 3, 1),
        (-2, 3, -1),
        (14, 4, 4),
    ],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, expected: int) -> None:
    assert portions.divided(numerator, denominator) == expected


@pytest.mark.parametrize(
    ("part", "whole", "digits", "expected"),
    [(1, 3, 2, "33.33"), (-1, 3, 2, "-33.33"), (1, 8, 1, "12.5"), (1, 16, 1, "6.3"), (0, 5, 2, "0.00")],
)
def test_a_percentage_has_its_digits(part: int, whole: int, digits: int, expected: str) -> None:
    found = portions.percent(part, whole, digits=digits)
    assert (found, str(found)) == (Decimal(expected), expected)


def test_nothing_has_no_percentage() -> None:
    assert portions.percent(5, 0) is None


@given(st.lists(fractions), st.booleans())
def test_parts_that_are_rounded_sum_to_the_whole(parts: list[Fraction], up: bool) -> None:
    exact = sum(parts, Fraction())
    whole = exact.__ceil__() if up else exact.__floor__()
    shares = portions.apportion(parts, whole=whole)
    assert sum(shares) == whole
    assert all(abs(share - part) < 1 for share, part in zip(shares, parts, strict=True))
    assert all(share == part for share, part in zip(shares, parts, strict=True) if part.denominator == 1)


def test_the_largest_remainder_is_rounded_up_first() -> None:
    parts = [Fraction(1, 4), Fraction(1, 2), Fraction(1, 4), Fraction(3)]
    assert portions.apportion(parts, whole=4) == [0, 1, 0, 3]
