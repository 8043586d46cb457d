"""Values as drawings: amounts in, the coordinates of an SVG out. Pure; see catalog.chart for the axes.

Coordinates are percentages of the drawing, so that it fills any width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from catalog import chart as charts
from collections_app.rows import Day, Explanation, Totals
from pricing import formats

VALUE, PAID = 1, 2
NAMES = {VALUE: "Value", PAID: "Paid"}
MARGIN = 8  # the smallest level of a waterfall still shows: an eighth of the span lies below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch of a bar."""

    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of what is held has a fresh price, a stale one, none.

    Copies without a price take their share of all copies; the rest is divided as the value is.
    """

    fresh: Bar
    stale: Bar
    missing: Bar
    fresh_percent: int
    stale_percent: int


def coverage(totals: Totals) -> Coverage | None:
    """None when nothing is held."""
    if not totals.quantity:
        return None
    missing = 1000 * totals.missing // totals.quantity
    fresh = (1000 - missing) * totals.fresh // totals.value if totals.value else 0
    stale = 1000 - missing - fresh if totals.value else 0
    return Coverage(
        fresh=_bar(0, fresh),
        stale=_bar(fresh, stale),
        missing=_bar(fresh + stale, 1000 - fresh - stale),
        fresh_percent=totals.fresh_percent,
        stale_percent=100 - totals.fresh_percent if totals.value else 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A line of a waterfall: the level at which it begins or ends, or a part between the two."""

    label: str
    meaning: str
    amount: int
    is_level: bool
    bar: Bar


def waterfall(told: Explanation) -> list[Step]:
    """From the value before through its signed parts to the value after."""
    parts = [
        ("Prices", "What the market did with the cards you held", told.price),
        ("Added", "Cards that came, at the market price of their day", told.additions),
        ("Removed", "Cards that left, at the market price of their day", told.removals),
        ("Exchange rates", "What other currencies did", told.exchange),
        ("Corrections", "What you changed about the past", told.edited),
        ("Coverage", "Prices that became known, or were lost", told.coverage),
    ]
    levels = [told.before]
    for *_, amount in parts:
        levels.append(levels[-1] + amount)
    bottom, top = _limits(levels)
    moves = zip(parts, levels, levels[1:], strict=False)
    return [
        _level(f"Value on {formats.day(told.since)}", told.before, bottom=bottom, top=top),
        *(_part(part, ends=(low, high), bottom=bottom, top=top) for part, low, high in moves),
        _level(f"Value on {formats.day(told.until)}", told.after, bottom=bottom, top=top),
    ]


def _limits(levels: Sequence[int]) -> tuple[int, int]:
    low, high = min(levels), max(levels)
    return max(0, low - (high - low) // MARGIN - 1) if low >= 0 else low, max(high, low + 1)


def _level(label: str, amount: int, *, bottom: int, top: int) -> Step:
    end = _place(amount, bottom=bottom, top=top)
    return Step(label=label, meaning="", amount=amount, is_level=True, bar=_bar(0, end))


def _part(part: tuple[str, str, int], *, ends: tuple[int, int], bottom: int, top: int) -> Step:
    label, meaning, amount = part
    left, right = sorted(_place(end, bottom=bottom, top=top) for end in ends)
    bar = _bar(left, max(right - left, 3 if amount else 0))
    return Step(label=label, meaning=meaning, amount=amount, is_level=False, bar=bar)


def _place(amount: int, *, bottom: int, top: int) -> int:
    return 1000 * (amount - bottom) // (top - bottom)


def _bar(x: int, width: int) -> Bar:
    return Bar(x=charts.share(x), width=charts.share(width))


@dataclass(frozen=True, slots=True)
class _Point:
    day: date
    market: int | None


def history(days: Sequence[Day], *, since: date | None, until: date) -> charts.Chart | None:
    """Value and what was paid; a day on which nothing was held is a gap, not a zero."""
    lines = {VALUE: [_Point(one.day, one.value or None) for one in days]}
    if any(one.cost for one in days):
        lines[PAID] = [_Point(one.day, one.cost or None) for one in days]
    return charts.draw(lines, names=NAMES, since=since, until=until)


def sparkline(days: Sequence[Day], *, until: date) -> str:
    """The `d` of a path, "" where there is too little to draw."""
    known = [_Point(one.day, one.value or None) for one in days]
    drawn = charts.draw({VALUE: known}, names=NAMES, since=None, until=until) if len(known) > 1 else None
    return drawn.lines[0].path if drawn else ""
