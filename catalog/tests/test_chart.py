from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.tests.sizes import many
from catalog import chart

FIRST = date(2026, 1, 1)
LAST = FIRST + timedelta(days=100)


@dataclass(frozen=True)
class Point:
    day: date
    market: int | None


def points(*prices: tuple[int, int | None]) -> list[Point]:
    """Each given as days since FIRST and price."""
    return [Point(FIRST + timedelta(days=day), market) for day, market in prices]


def drawn(*prices: tuple[int, int | None]) -> chart.Chart:
    found = chart.draw({7: points(*prices)}, names={7: "Holofoil"}, since=FIRST, until=LAST)
    assert found is not None
    return found


def only_line(*prices: tuple[int, int | None]) -> chart.Line:
    (line,) = drawn(*prices).lines
    return line


def test_a_price_holds_until_the_next_and_the_last_one_to_the_end() -> None:
    assert only_line((0, 1_000), (50, 2_000)).path == "M0 860H500V70H1000"


def test_an_unknown_price_is_a_gap() -> None:
    assert only_line((0, 1_000), (20, None), (50, 2_000)).path == "M0 860H200M500 70H1000"


def test_a_line_begins_where_the_price_became_known() -> None:
    assert only_line((0, None), (25, 1_000), (50, 2_000)).path == "M250 860H500V70H1000"


def test_a_single_price_lies_in_the_middle_of_its_axis() -> None:
    found = drawn((0, 1_000))
    assert found.lines[0].path == "M0 465H1000"
    assert [tick.amount for tick in found.amounts] == [900, 950, 1_000, 1_050, 1_100]


def test_the_summary_of_a_line_tells_first_last_low_and_high() -> None:
    line = only_line((0, 1_000), (10, 800), (20, 1_500), (30, None), (50, 1_200))
    assert (line.first, line.last, line.percent) == (1_000, 1_200, Decimal("20.00"))
    assert (line.low.amount, line.low.day) == (800, date(2026, 1, 11))
    assert (line.high.amount, line.high.day) == (1_500, date(2026, 1, 21))


def test_the_words_of_a_mark_stay_inside_the_drawing() -> None:
    line = only_line((0, 800), (50, 1_000), (95, 1_200))
    assert (line.low.anchor, line.high.anchor) == ("start", "end")
    assert only_line((0, 1_000), (50, 800), (60, 1_000)).low.anchor == "middle"


def test_nothing_known_is_no_chart() -> None:
    assert chart.draw({7: points((0, None))}, names={7: "Holofoil"}, since=FIRST, until=LAST) is None
    assert chart.draw({}, names={}, since=FIRST, until=LAST) is None


def test_an_open_range_begins_with_the_first_point() -> None:
    found = chart.draw({7: points((3, 1_000), (9, 900))}, names={7: "Foil"}, since=None, until=LAST)
    assert found is not None
    assert found.since == date(2026, 1, 4)


def test_one_day_is_wide_enough_to_draw() -> None:
    found = chart.draw({7: points((0, 1_000))}, names={7: "Foil"}, since=None, until=FIRST)
    assert found is not None
    assert found.lines[0].path == "M0 465H1000"


def test_several_printings_share_the_axes_and_the_table() -> None:
    histories = {1: points((0, 100), (10, 200)), 2: points((5, 900))}
    found = chart.draw(histories, names={1: "Normal", 2: "Foil"}, since=FIRST, until=LAST)
    assert found is not None
    assert [line.name for line in found.lines] == ["Normal", "Foil"]
    assert [(row.day.day, row.amounts) for row in found.table] == [
        (11, (200, 900)),
        (6, (100, 900)),
        (1, (100, None)),
    ]


def test_the_data_of_the_script_ends_on_the_last_day() -> None:
    assert drawn((0, 1_000), (20, None)).data == [
        {"name": "Holofoil", "points": [("2026-01-01", 1_000), ("2026-01-21", None), ("2026-04-11", None)]}
    ]


def test_long_ranges_name_months_and_short_ones_days() -> None:
    assert [tick.label for tick in drawn((0, 1_000)).days] == ["9 Jan", "30 Jan", "20 Feb", "13 Mar", "3 Apr"]
    year = chart.draw({7: points((0, 1))}, names={7: "Foil"}, since=FIRST, until=FIRST + timedelta(days=365))
    assert year is not None
    assert [tick.label for tick in year.days] == ["Jan 2026", "Apr 2026", "Jul 2026", "Sep 2026", "Dec 2026"]


def test_a_range_ends_today_and_all_has_no_beginning() -> None:
    assert chart.start_of("1w", until=date(2026, 1, 8)) == date(2026, 1, 1)
    assert chart.start_of("all", until=date(2026, 1, 8)) is None


def test_a_short_history_is_kept_whole() -> None:
    history = points(*[(day, 100 + day) for day in range(chart.MOST_POINTS)])
    assert chart.thin(history) == history


prices = st.one_of(st.none(), st.integers(min_value=1, max_value=10_000_000))


@settings(max_examples=many(100, sample=25))
@given(st.lists(prices, min_size=chart.MOST_POINTS + 1, max_size=1_200))
def test_a_long_history_keeps_its_ends_and_extremes(markets: list[int | None]) -> None:
    history = points(*enumerate(markets))
    kept = chart.thin(history)
    assert len(kept) <= chart.MOST_POINTS
    assert (kept[0], kept[-1]) == (history[0], history[-1])
    assert [point.day for point in kept] == sorted({point.day for point in kept})
    known = [market for market in markets if market is not None]
    if known:
        assert min(p.market for p in kept if p.market is not None) == min(known)
        assert max(p.market for p in kept if p.market is not None) == max(known)


@given(st.lists(st.integers(min_value=1, max_value=2_000_000_000), min_size=1, max_size=20))
def test_the_axis_has_round_labels_around_all_prices(markets: list[int]) -> None:
    bottom, top, step = chart.round_limits(list(markets))
    assert bottom <= min(markets) <= max(markets) <= top
    assert len(range(bottom, top + 1, step)) <= chart.AMOUNT_TICKS + 2
    assert str(step).rstrip("0") in {"1", "2", "5"}
    assert bottom % step == 0
