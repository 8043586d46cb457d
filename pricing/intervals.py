"""A history at equal intervals: the last price of each, carried forward over days without a change."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from operator import attrgetter

from pricing import queries
from pricing.latest import Price
from pricing.rates import Rates
from pricing.rows import Point


class Interval(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CHANGE = "change"


def history(price: Price, *, interval: Interval, since: date | None, until: date | None) -> list[Point]:
    """The points of the series of a price, oldest first, from `since` (without it, from its first price) to
    `until`, and never later than the source last listed it. Two statements, or none.

    Of each interval the last day that lies in between is a point. With CHANGE the days on which it changed
    are, and `since` with the price known then. Today's price alone where the terms let us keep no more.
    """
    last = min(filter(None, (until, price.as_of)), default=None)
    if not (price.series_id and last):
        return []
    known = queries.history([price.series_id], since=None)[price.series_id] if price.keeps_history else ()
    if not price.keeps_history and price.as_of:
        known = [Point(day=price.as_of, market=price.market, low=price.low, mid=price.mid)]
    if interval == Interval.CHANGE:
        return [point for point in queries.cut(list(known), since=since) if point.day <= last]
    first = max(since or date.min, known[0].day) if known else date.max
    return [_holding(known, day=day) for day in ends(interval, since=first, until=last)]


def _holding(known: Sequence[Point], *, day: date) -> Point:
    """The price on a day that does not lie before the first point."""
    return replace(known[bisect_right(known, day, key=attrgetter("day")) - 1], day=day)


def ends(interval: Interval, *, since: date, until: date) -> Iterator[date]:
    """The last day of each interval that has a day from `since` to `until`; of the last one, `until`."""
    start = since
    while start <= until:
        end = min(_end(interval, of=start), until)
        yield end
        start = end + timedelta(days=1)


def _end(interval: Interval, *, of: date) -> date:
    if interval == Interval.WEEK:
        return of + timedelta(days=6 - of.weekday())
    if interval == Interval.MONTH:
        return of.replace(day=monthrange(of.year, of.month)[1])
    return of


def converted(points: Sequence[Point], *, currency: str, to: str) -> list[Point]:
    """Each point at the rate of its day, unknown where there is none; one statement."""
    since = points[0].day if points else date.max
    rates = Rates.load({currency, to}, since=since)
    return [_converted(point, rates=rates, currency=currency, to=to) for point in points]


def _converted(point: Point, *, rates: Rates, currency: str, to: str) -> Point:
    market, low, mid = rates.whole((point.market, point.low, point.mid), currency, to, day=point.day)
    return Point(day=point.day, market=market, low=low, mid=mid)
