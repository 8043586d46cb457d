"""What is drawn over a price history: a level, and days as dots."""

from datetime import timedelta

from catalog import chart
from catalog.chart import Marks
from catalog.tests.test_chart import FIRST, LAST, points


def drawn(*prices: tuple[int, int | None], marks: Marks) -> chart.Chart:
    found = chart.draw({7: points(*prices)}, names={7: "Holofoil"}, since=FIRST, until=LAST, marks=marks)
    assert found is not None
    return found


def test_without_marks_the_drawing_is_as_it_was() -> None:
    plain = chart.draw({7: points((0, 1_000), (50, 2_000))}, names={7: "Holofoil"}, since=FIRST, until=LAST)
    assert plain == drawn((0, 1_000), (50, 2_000), marks=Marks())
    assert plain is not None
    assert plain.marks == {"level": None, "days": []}


def test_a_level_is_drawn_with_the_prices_on_one_axis() -> None:
    found = drawn((0, 1_000), (50, 2_000), marks=Marks(level=500))
    assert found.level is not None
    assert (found.level.amount, found.level.at) == (500, "86%")
    assert found.amounts[0].amount == 500
    assert found.marks["level"] == 500


def test_a_level_far_from_all_prices_would_flatten_them() -> None:
    for level in (333, 6_001):
        assert drawn((0, 1_000), (50, 2_000), marks=Marks(level=level)).level is None
    for level in (334, 6_000):
        assert drawn((0, 1_000), (50, 2_000), marks=Marks(level=level)).level is not None


def test_days_are_dots_on_the_price_that_held_then() -> None:
    marks = Marks(days=[FIRST + timedelta(days=day) for day in (0, 25, 75)])
    found = drawn((0, 1_000), (50, 2_000), marks=marks)
    assert [(dot.x, dot.y, dot.amount) for dot in found.dots] == [
        ("0%", "86%", 1_000),
        ("25%", "86%", 1_000),
        ("75%", "7%", 2_000),
    ]
    assert found.marks["days"] == ["2026-01-01", "2026-01-26", "2026-03-17"]


def test_days_outside_or_without_a_price_have_no_dot() -> None:
    days = [FIRST - timedelta(days=1), FIRST, FIRST + timedelta(days=30), LAST + timedelta(days=1)]
    found = drawn((5, 1_000), (20, None), (50, 2_000), marks=Marks(days=days))
    assert found.dots == ()
