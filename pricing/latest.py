"""The latest prices of many printings at once; every function is one statement. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from catalog import reads
from pricing import queries
from pricing.rates import Rates
from pricing.written import money

# The function of the database that chooses the series: migration 0011.
CHOSEN = "FROM pricing_latest_prices(%(ids)s, %(condition)s, %(grade)s, %(source)s, %(now)s, %(every)s) said"
PRICES = f"""
SELECT printing_id, series_id, condition, grade, language, currency, market, low, mid, source, as_of,
       is_stale, is_demo, keeps_history
{CHOSEN} WHERE printing_id IS NOT NULL"""
IN_ORDER = """
ORDER BY grade, array_position(ARRAY['', 'NM', 'LP', 'MP', 'HP', 'DMG'], condition), rank, series_id"""
# As `payloads.latest` writes them.
AS_JSON = f"""
SELECT json_build_object(
    'currency', NULL, 'day', NULL,
    'results', coalesce(json_agg(one ORDER BY place) FILTER (WHERE said.printing_id IS NOT NULL), '[]'),
    'missing', coalesce(json_agg(asked ORDER BY place) FILTER (WHERE said.printing_id IS NULL), '[]')
)::text
{CHOSEN} CROSS JOIN LATERAL (
    SELECT said.printing_id, condition, grade, language, {money("market", currency="currency")} AS market,
           {money("low", currency="currency")} AS low, {money("mid", currency="currency")} AS mid,
           NULL AS rate_of, source, as_of, is_stale, is_demo
) one"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which of a printing's prices: of one source, or without one of the best-ranked that has a price; of a
    condition or a grade, or without either the plain market price.
    """

    source: str = ""
    condition: str = ""
    grade: str = ""


PLAIN = Which()


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Amounts in minor units of `currency`, None where they are unknown or may be shown no longer.

    `series_id` and all that is said of it are None where no source prices the printing so. `rate_of` is the
    day the exchange rate was quoted; None where nothing was converted.
    """

    printing_id: int
    series_id: int | None
    condition: str
    grade: str
    language: str | None
    currency: str | None
    market: int | None
    low: int | None
    mid: int | None
    source: str | None
    as_of: date | None
    is_stale: bool
    is_demo: bool
    keeps_history: bool
    rate_of: date | None = None


def prices(printing_ids: Sequence[int], *, which: Which = PLAIN) -> list[Price]:
    """In the order of the ids, without those that are not in the catalogue."""
    return queries.rows(Price, PRICES, _params(printing_ids, which))


def as_json(printing_ids: Sequence[int], *, which: Which = PLAIN) -> str:
    """What `payloads.latest` makes of `prices`, written by the database."""
    with reads.cursor() as cursor:
        cursor.execute(AS_JSON, _params(printing_ids, which))
        return str((cursor.fetchone() or ("",))[0])


def of_printing(printing_id: int) -> list[Price]:
    """The price of each of its series: plain ones first, each kind by the rank of the source."""
    asked = _params([printing_id], PLAIN) | {"every": True}
    return queries.rows(Price, f"{PRICES} AND series_id IS NOT NULL {IN_ORDER}", asked)


def converted(found: Iterable[Price], *, to: str, day: date | None = None) -> list[Price]:
    """The prices in another currency at the rates of `day`, or else of the day each price is of.

    Unknown where there is no rate. One statement more.
    """
    listed = list(found)
    today = now().date()
    since = day or min((price.as_of or today for price in listed), default=today)
    rates = Rates.load({to, *(price.currency or to for price in listed)}, since=since)
    return [_converted(price, to=to, day=day or price.as_of or today, rates=rates) for price in listed]


def _converted(price: Price, *, to: str, day: date, rates: Rates) -> Price:
    currency = price.currency or to
    market, low, mid = rates.whole((price.market, price.low, price.mid), currency, to, day=day)
    is_known = currency != to and rates.factor(currency, to, day=day) is not None
    rate_of = rates.as_of(currency, to, day=day) if is_known else None
    return replace(price, currency=to, market=market, low=low, mid=mid, rate_of=rate_of)


def now() -> datetime:
    """As PostgreSQL compares it with a day."""
    return datetime.now(UTC).replace(tzinfo=None)


def _params(printing_ids: Sequence[int], which: Which) -> dict[str, Any]:
    return {
        "ids": f"{{{','.join(map(str, printing_ids))}}}",  # a quarter of the time of adapting a list
        "source": which.source,
        "condition": which.condition,
        "grade": which.grade,
        "now": now(),
        "every": False,
    }
