"""A year of one series as pages of alerts show it: its price, and its chart with a rule's level and days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from alerts import paths
from catalog import chart as charts
from pricing import queries
from pricing.models import LatestPrice, PriceSeries

YEAR: Final = timedelta(days=365)
RELATED: Final = ("source", "printing__finish", "latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Amounts are in `currency`. The price is that since `changed_on`, which its source lists no longer since
    `missing_since`; `level` may lie too far from all prices to be in the chart.
    """

    chart: charts.Chart | None
    name: str
    currency: str
    price: int | None
    changed_on: date | None
    missing_since: date | None
    source: str
    is_demo: bool
    level: int | None


def of_series(
    series_id: int, *, until: date, level: int | None, currency: str, days: Iterable[date]
) -> Drawn:
    """The year up to `until`, with a level that is in `currency`; three statements, and one for a rate."""
    series = PriceSeries.objects.select_related(*RELATED).get(pk=series_id)
    level = converted(level, currency, series.currency, day=until)
    latest: LatestPrice | None = getattr(series, "latest", None)
    since = until - YEAR
    chart = charts.draw(
        queries.history([series_id], since=since),
        names={series_id: _name(series)},
        since=since,
        until=until,
        marks=charts.Marks(level=level, days=tuple(days)),
    )
    return Drawn(
        chart=chart,
        name=_name(series),
        currency=series.currency,
        price=latest.market if latest else None,
        changed_on=latest.changed_on if latest else None,
        missing_since=latest.missing_since if latest else None,
        source=series.source.name,
        is_demo=series.source.is_demo,
        level=level,
    )


def _name(series: PriceSeries) -> str:
    grading = series.get_condition_display() if series.condition else series.grade
    return ", ".join(filter(None, [series.printing.finish.name, grading]))


def converted(amount: int | None, source: str, target: str, *, day: date) -> int | None:
    """Rounded half up to minor units; None where the amount or a rate is unknown."""
    if amount is None or source == target:
        return amount
    over, under = paths.factor(source, target, day=day)
    return (2 * amount * over + under) // (2 * under) or None
