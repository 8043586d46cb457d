"""The latest prices of many printings at once; every function is one statement. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from pricing import queries
from pricing.rates import Rates, rounded
from pricing.written import money

# Until when a source lists a series: its last day with it, by the runs on record.
LISTED = """(
    SELECT max(r.day) FROM pricing_ingestrun r WHERE r.status = 'done' AND r.source_id = s.source_id
    AND r.game_id = s.game_id AND r.day < coalesce(l.missing_since, 'infinity')
)"""
# Whether the source's terms let us show its price no longer; it was perhaps asked again on the same day.
HIDDEN = f"""CASE WHEN o.shown_hours IS NULL THEN false ELSE coalesce((
    SELECT max(again.finished_at) FROM pricing_ingestrun again
    WHERE again.source_id = s.source_id AND again.game_id = s.game_id AND again.day = {LISTED}
    AND again.status IN ('done', 'corrected', 'unchanged')
) + make_interval(hours => o.shown_hours) < %(now)s, true) END"""  # noqa: S608 -- built of our own constants

SERIES = f"""
    SELECT s.printing_id, s.id AS series_id, s.condition, s.grade, s.language, s.currency,
           o.slug AS source, o.is_demo, o.fresh_hours,
           o.keeps_history AND o.shown_hours IS NULL AS keeps_history, {LISTED} AS as_of,
           CASE WHEN NOT h.is_hidden THEN l.market END AS market,
           CASE WHEN NOT h.is_hidden THEN l.low END AS low, CASE WHEN NOT h.is_hidden THEN l.mid END AS mid
    FROM pricing_priceseries s
    JOIN pricing_source o ON o.id = s.source_id
    JOIN pricing_latestprice l ON l.series_id = s.id
    CROSS JOIN LATERAL (SELECT {HIDDEN} AS is_hidden OFFSET 0) h"""  # noqa: S608 -- built of our own constants

# The series that answers for a printing `p`, as in queries.SHOWN: of the best-ranked source with a price.
ASKED = f"""
FROM unnest(%(ids)s::int[]) WITH ORDINALITY AS wanted(id, place)
LEFT JOIN (
    catalog_printing p JOIN catalog_card c ON c.id = p.card_id
    JOIN catalog_cardset cs ON cs.id = c.card_set_id AND cs.is_published
) ON p.id = wanted.id
LEFT JOIN LATERAL (
    {SERIES}
    WHERE s.printing_id = p.id AND s.condition = %(condition)s AND s.grade = %(grade)s
      AND (%(source)s = '' OR o.slug = %(source)s)
    ORDER BY (h.is_hidden OR l.market IS NULL), o.rank, s.id LIMIT 1
) said ON true"""
IS_STALE = "coalesce(said.as_of + make_interval(hours => 24 + said.fresh_hours) < %(now)s, false)"
SAID = f"""
       said.series_id, said.language, said.currency, said.market, said.low, said.mid, said.source, said.as_of,
       {IS_STALE} AS is_stale, coalesce(said.is_demo, false) AS is_demo,
       coalesce(said.keeps_history, true) AS keeps_history"""

ROWS = f"""
SELECT p.id AS printing_id, %(condition)s AS condition, %(grade)s AS grade, {SAID}
{ASKED} WHERE p.id IS NOT NULL ORDER BY wanted.place"""
OF_PRINTING = f"""
SELECT said.printing_id, said.condition, said.grade, {SAID}
FROM ({SERIES} WHERE s.printing_id = %(printing)s
      ORDER BY s.grade, array_position(ARRAY['', 'NM', 'LP', 'MP', 'HP', 'DMG'], s.condition::text),
               o.rank, s.id) said"""  # noqa: S608 -- built of our own constants
# As `payloads.latest` writes them.
AS_JSON = f"""
SELECT json_build_object(
    'currency', NULL, 'day', NULL,
    'results', coalesce(json_agg(one ORDER BY wanted.place) FILTER (WHERE p.id IS NOT NULL), '[]'),
    'missing', coalesce(json_agg(wanted.id ORDER BY wanted.place) FILTER (WHERE p.id IS NULL), '[]')
)::text
{ASKED} CROSS JOIN LATERAL (
    SELECT p.id AS printing_id, %(condition)s AS condition, %(grade)s AS grade, said.language,
           {money("said.market", currency="said.currency")} AS market,
           {money("said.low", currency="said.currency")} AS low,
           {money("said.mid", currency="said.currency")} AS mid,
           NULL AS rate_of, said.source, said.as_of,
           {IS_STALE} AS is_stale, coalesce(said.is_demo, false) AS is_demo
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
    return queries.rows(Price, ROWS, _params(printing_ids, which))


def as_json(printing_ids: Sequence[int], *, which: Which = PLAIN) -> str:
    """What `payloads.latest` makes of `prices`, written by the database."""
    with connection.cursor() as cursor:
        cursor.execute(AS_JSON, _params(printing_ids, which))
        return str((cursor.fetchone() or ("",))[0])


def of_printing(printing_id: int) -> list[Price]:
    """The price of each of its series: plain ones first, each kind by the rank of the source."""
    return queries.rows(Price, OF_PRINTING, {"printing": printing_id, "now": now()})


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
    factor = rates.factor(currency, to, day=day)
    amounts = {
        name: rounded(amount * factor) if amount is not None and factor is not None else None
        for name, amount in (("market", price.market), ("low", price.low), ("mid", price.mid))
    }
    is_other = currency != to and factor is not None
    return replace(
        price, currency=to, rate_of=rates.as_of(currency, to, day=day) if is_other else None, **amounts
    )


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
    }
