"""What speaks for and against a price: everything that is known of its printing, for staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from catalog import chart
from catalog.chart import Chart, Marks
from pricing import queries
from pricing.formats import money

DAYS: Final = 90
PRICES = """
SELECT s.id AS series_id, o.name AS source, o.slug AS source_slug, o.is_demo, s.condition, s.grade,
       s.language, s.currency, l.market, l.low, l.changed_on, l.missing_since
FROM pricing_priceseries s JOIN pricing_source o ON o.id = s.source_id
LEFT JOIN pricing_latestprice l ON l.series_id = s.id
WHERE s.printing_id = %s
ORDER BY s.grade, array_position(ARRAY['', 'NM', 'LP', 'MP', 'HP', 'DMG'], s.condition::text),
         o.rank, s.language, s.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one source says of the printing in one condition or grade."""

    series_id: int
    source: str
    source_slug: str
    is_demo: bool
    condition: str
    grade: str
    language: str
    currency: str
    market: int | None
    low: int | None
    changed_on: date | None
    missing_since: date | None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.source, self.condition, self.grade) if part)

    @property
    def market_text(self) -> str:
        return money(self.market, self.currency)

    @property
    def low_text(self) -> str:
        return money(self.low, self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`chart` draws the prices of the last DAYS days in one `currency`; None where there are none."""

    prices: list[Price]
    chart: Chart | None
    currency: str

    def amount(self, value: int | None) -> str:
        return money(value, self.currency)


def of(printing_id: int, *, series_id: int | None = None, level: int | None = None) -> Comparison:
    """Beside a series, or the first there is, those in its currency that mean the same; three statements.

    `level` is drawn across, in that currency.
    """
    prices = queries.rows(Price, PRICES, [printing_id])
    first = next((one for one in prices if one.series_id == series_id), prices[0] if prices else None)
    if first is None:
        return Comparison(prices=[], chart=None, currency="")
    alike = [one for one in prices if one is not first and _is_alike(one, first)]
    return Comparison(prices=prices, chart=_chart([first, *alike], level=level), currency=first.currency)


def _is_alike(one: Price, other: Price) -> bool:
    return (one.currency, one.condition, one.grade) == (other.currency, other.condition, other.grade)


def _chart(prices: Sequence[Price], *, level: int | None) -> Chart | None:
    until = datetime.now(UTC).date()
    since = until - timedelta(days=DAYS)
    points = queries.history([one.series_id for one in prices], since=since)
    known = {key: found for key, found in points.items() if found}
    names = {one.series_id: f"{one.name} {one.language}" for one in prices}
    return chart.draw(known, names=names, since=since, until=until, marks=Marks(level=level))
