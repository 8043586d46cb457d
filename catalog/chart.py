"""A price history as a drawing: change points in, the coordinates of an SVG out. Pure.

Prices are integer minor units, None where the price is unknown. A price holds until the next point, so lines
are steps, and an unknown price is a gap, never a zero. Coordinates are thousandths of the drawing's width and
height: the page stretches them to any size while its text keeps the reader's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

RANGES = {
    "1w": ("1W", 7),
    "1m": ("1M", 30),
    "3m": ("3M", 91),
    "6m": ("6M", 182),
    "1y": ("1Y", 365),
    "all": ("ALL", None),
}
SPOKEN = {
    "1w": "Over one week",
    "1m": "Over one month",
    "3m": "Over three months",
    "6m": "Over six months",
    "1y": "Over one year",
    "all": "Over its known history",
}
DEFAULT_RANGE = "3m"
MOST_POINTS = 400
KEPT_OF_A_BUCKET = 5  # first, lowest, highest, first unknown, last
TOP, BOTTOM = 70, 860  # the days stand below
DAY_TICKS = (80, 290, 500, 710, 920)
AMOUNT_TICKS = 4
REACH = 3  # a level is drawn up to three times the highest price and down to a third of the lowest


class PricePoint(Protocol):
    @property
    def day(self) -> date: ...
    @property
    def market(self) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A label on an axis; `at` is a percentage of the drawing."""

    at: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A labelled price on the vertical axis."""

    at: str
    text_at: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The lowest or highest price of a line."""

    kind: str
    x: str
    y: str
    text_y: str
    anchor: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is drawn over the lines: a price as a level, and days as dots on the first line."""

    level: int | None = None
    days: Sequence[date] = ()


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    x: str
    y: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printing. `first` and `last` are known prices, `percent` is the change between them."""

    key: int
    name: str
    path: str
    first: int
    last: int
    percent: Decimal
    low: Mark
    high: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    day: date
    amounts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    lines: tuple[Line, ...]
    days: tuple[Tick, ...]
    amounts: tuple[Amount, ...]
    table: tuple[TableRow, ...]
    data: list[dict[str, object]]
    since: date
    until: date
    level: Amount | None = None
    dots: tuple[Dot, ...] = ()

    @property
    def marks(self) -> dict[str, object]:
        """What static/js/chart.js draws over the lines."""
        level = self.level.amount if self.level else None
        return {"level": level, "days": [dot.day.isoformat() for dot in self.dots]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From days and prices to thousandths of the drawing."""

    since: date
    until: date
    bottom: int
    top: int

    def x(self, day: date) -> int:
        return 1000 * (day - self.since).days // max(1, (self.until - self.since).days)

    def y(self, amount: int) -> int:
        return BOTTOM - (amount - self.bottom) * (BOTTOM - TOP) // max(1, self.top - self.bottom)


def start_of(range_key: str, *, until: date) -> date | None:
    """The first day of a range that ends on `until`; None for all there is."""
    days = RANGES[range_key][1]
    return until - timedelta(days=days) if days else None


def draw(
    histories: Mapping[int, Sequence[PricePoint]],
    *,
    names: Mapping[int, str],
    since: date | None,
    until: date,
    marks: Marks = NO_MARKS,
) -> Chart | None:
    """The histories (by key, each oldest first) as one chart, or None where no price is known.

    With `since` None the drawing begins with the first point. A level far from all prices is not drawn: it
    would flatten them.
    """
    known = {key: points for key, points in histories.items() if any(p.market is not None for p in points)}
    if not known:
        return None
    since = since or min(points[0].day for points in known.values())
    thinned = {key: thin(points) for key, points in known.items()}
    markets = [p.market for points in thinned.values() for p in points]
    level = near(marks.level, markets)
    bottom, top, step = round_limits([*markets, level])
    scale = Scale(since=since, until=max(until, since + timedelta(days=1)), bottom=bottom, top=top)
    return Chart(
        lines=tuple(line(key, points, name=names[key], scale=scale) for key, points in thinned.items()),
        days=day_ticks(scale),
        amounts=tuple(amount_tick(value, scale) for value in range(bottom, top + 1, step)),
        table=table(thinned),
        data=[data(points, name=names[key], until=until) for key, points in thinned.items()],
        since=since,
        until=until,
        level=amount_tick(level, scale) if level else None,
        dots=dots(marks.days, next(iter(known.values())), scale=scale),
    )


def near(level: int | None, markets: Sequence[int | None]) -> int | None:
    """The level, if the prices are still told apart where it is drawn with them."""
    known = [market for market in markets if market is not None]
    return level if level and min(known) <= level * REACH and level <= max(known) * REACH else None


def dots(days: Sequence[date], points: Sequence[PricePoint], *, scale: Scale) -> tuple[Dot, ...]:
    """Each on the price of its day; a day without one has none."""
    prices = [(day, price_on(day, points)) for day in days if scale.since <= day <= scale.until]
    return tuple(
        Dot(x=share(scale.x(day)), y=share(scale.y(price)), day=day, amount=price)
        for day, price in prices
        if price is not None
    )


def price_on(day: date, points: Sequence[PricePoint]) -> int | None:
    return next((point.market for point in reversed(points) if point.day <= day), None)


def thin(points: Sequence[PricePoint]) -> list[PricePoint]:
    """At most MOST_POINTS of them: of each stretch of time its ends, extremes and first gap."""
    if len(points) <= MOST_POINTS:
        return list(points)
    buckets: dict[int, list[PricePoint]] = {}
    first, span = points[0].day, (points[-1].day - points[0].day).days + 1
    count = MOST_POINTS // KEPT_OF_A_BUCKET
    for point in points:
        buckets.setdefault((point.day - first).days * count // span, []).append(point)
    return [point for bucket in buckets.values() for point in spokesmen(bucket)]


def spokesmen(bucket: list[PricePoint]) -> list[PricePoint]:
    kept = {bucket[0].day: bucket[0], bucket[-1].day: bucket[-1]}
    known = [(p.market, p.day, p) for p in bucket if p.market is not None]
    kept |= {day: point for _, day, point in ((min(known), max(known)) if known else ())}
    gap = next((p for p in bucket if p.market is None), None)
    if gap:
        kept[gap.day] = gap
    return [kept[day] for day in sorted(kept)]


def round_limits(markets: Sequence[int | None]) -> tuple[int, int, int]:
    """Ends of the axis and the step between its labels, which is 1, 2 or 5 times a power of ten."""
    known = [market for market in markets if market is not None]
    low, high = min(known), max(known)
    if low == high:
        low, high = low - max(1, low // 10), high + max(1, high // 10)
    step = 1
    while (high - low) > step * AMOUNT_TICKS:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return low // step * step, -(-high // step) * step, step


def line(key: int, points: Sequence[PricePoint], *, name: str, scale: Scale) -> Line:
    known = [(p.market, p.day) for p in points if p.market is not None]
    first, last = known[0][0], known[-1][0]
    return Line(
        key=key,
        name=name,
        path=path(points, scale=scale),
        first=first,
        last=last,
        percent=(Decimal(100) * (last - first) / first).quantize(Decimal("0.01")),
        low=mark("low", *min(known), scale=scale),
        high=mark("high", *max(known), scale=scale),
    )


def path(points: Sequence[PricePoint], *, scale: Scale) -> str:
    """The `d` of an SVG path (https://www.w3.org/TR/SVG2/paths.html): H runs along a price, V to the next."""
    steps: list[str] = []
    drawing = False
    for point, end in pairwise([*points, None]):
        if point is None or point.market is None:
            drawing = False
            continue
        x, y = scale.x(point.day), scale.y(point.market)
        until = scale.x(end.day) if end else 1000
        steps.append(f"V{y}H{until}" if drawing else f"M{x} {y}H{until}")
        drawing = True
    return "".join(steps)


def mark(kind: str, amount: int, day: date, *, scale: Scale) -> Mark:
    x, y = scale.x(day), scale.y(amount)
    return Mark(
        kind=kind,
        x=share(x),
        y=share(y),
        text_y=share(y + 55 if kind == "low" else y - 30),
        anchor="start" if x < 200 else "end" if x > 800 else "middle",
        day=day,
        amount=amount,
    )


def share(thousandths: int) -> str:
    return f"{thousandths / 10:g}%"


def day_ticks(scale: Scale) -> tuple[Tick, ...]:
    span = (scale.until - scale.since).days
    ticks = {scale.since + timedelta(days=round(span * at / 1000)): at for at in DAY_TICKS}
    return tuple(Tick(at=share(at), label=day_label(day, span=span)) for day, at in ticks.items())


def day_label(day: date, *, span: int) -> str:
    return f"{day:%b %Y}" if span > 180 else f"{day.day} {day:%b}"


def amount_tick(amount: int, scale: Scale) -> Amount:
    y = scale.y(amount)
    return Amount(at=share(y), text_at=share(y + 12), amount=amount)


def table(histories: Mapping[int, Sequence[PricePoint]]) -> tuple[TableRow, ...]:
    """The same prices as rows, newest first; a line's last price stands until its next."""
    changes = {key: {p.day: p.market for p in points} for key, points in histories.items()}
    standing: dict[int, int | None] = dict.fromkeys(changes)
    rows: list[TableRow] = []
    for day in sorted({day for found in changes.values() for day in found}):
        standing = {key: found.get(day, standing[key]) for key, found in changes.items()}
        rows.append(TableRow(day=day, amounts=tuple(standing.values())))
    return tuple(reversed(rows))


def data(points: Sequence[PricePoint], *, name: str, until: date) -> dict[str, object]:
    """What static/js/chart.js draws: days and amounts, the last price repeated on the last day."""
    days = [(p.day.isoformat(), p.market) for p in points]
    if points[-1].day < until:
        days.append((until.isoformat(), points[-1].market))
    return {"name": name, "points": days}
