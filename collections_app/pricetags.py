"""What one copy of a lot costs now, and in what currency, in SQL that every read of lots shares."""

from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from collections_app.exchange import Exchange
from collections_app.lots import today
from pricing.queries import AS_OF

# The series that values a lot (collections_app.repricing), its newest price and who says it; `days` is DAYS.
PRICED = """
LEFT JOIN pricing_priceseries s ON s.id = lot.series_id
LEFT JOIN pricing_latestprice l ON l.series_id = lot.series_id
LEFT JOIN pricing_source o ON o.id = s.source_id
LEFT JOIN days d ON d.source_id = s.source_id AND d.game_id = s.game_id"""

# Minor units of s.currency, rounded half up; NULL where no price is known.
UNIT = "round(l.market * lot.percent / 100)::bigint"

IS_STALE = f"coalesce({AS_OF} + make_interval(hours => 24 + o.fresh_hours) < %(now)s, false)"

# Its condition or grade as one word, as rows.LotRow.grading.
GRADING = "CASE WHEN lot.grader = '' THEN lot.condition ELSE lot.grader || ' ' || lot.grade END"


def clock() -> datetime:
    """Now in UTC, without a zone: what %(now)s is compared as."""
    return datetime.now(UTC).replace(tzinfo=None)


# The factors into the viewer's currency: `rate` of a price today, `paid` of a cost on its day. They serve to
# sort only: amounts that are shown are converted exactly.
RATED = """
LEFT JOIN unnest(%(currencies)s::text[], %(factors)s::numeric[]) AS rate(currency, factor)
    ON rate.currency = s.currency
LEFT JOIN unnest(%(paid_in)s::text[], %(paid_on)s::date[], %(paid_factors)s::numeric[])
    AS paid(currency, day, factor) ON paid.currency = lot.currency AND paid.day IS NOT DISTINCT FROM
    CASE WHEN lot.currency <> %(currency)s THEN lot.acquired_on END"""
UNRATED: dict[str, list[Any]] = {
    name: [] for name in ("currencies", "factors", "paid_in", "paid_on", "paid_factors")
}


def factors(
    exchange: Exchange, *, priced_in: set[str], paid: set[tuple[str, date | None]]
) -> dict[str, list[Any]]:
    """The parameters of RATED. The day of a cost is None where none is converted, or none asked for."""
    now = today()
    codes = sorted(priced_in)
    pairs = sorted(paid, key=lambda pair: (pair[0], pair[1] or now))
    return {
        "currencies": codes,
        "factors": [_numeric(exchange.factor(code, day=now)) for code in codes],
        "paid_in": [code for code, _ in pairs],
        "paid_on": [day for _, day in pairs],
        "paid_factors": [_numeric(exchange.factor(code, day=day or now)) for code, day in pairs],
    }


def _numeric(factor: Fraction | None) -> Decimal | None:
    if factor is None:
        return None
    with localcontext(prec=50):
        return Decimal(factor.numerator) / factor.denominator
