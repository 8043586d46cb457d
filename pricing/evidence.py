"""The evidence behind a price: every source's word on a printing, and what is blended of them. Reads only.

However many printings and sources are asked for, a read costs a fixed number of statements.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import numpy as np
from django.db.models import Count

from pricing import blending, queries
from pricing.blending import Blend
from pricing.models import PriceCorrection, PriceReview
from pricing.observations import WINDOW, Observation, Past
from pricing.queries import AS_OF, DAYS
from pricing.rates import Rates, rounded
from pricing.rows import Change, Point
from pricing.steps import Steps, number

WINDOWS = {"24h": 1, "7d": 7, "30d": 30}
LATEST = 20  # reviews and corrections shown

# One plain series a source: of several languages or currencies that with a price, then the oldest.
SOURCES = f"""
WITH {DAYS}, found AS (
    SELECT DISTINCT ON (s.printing_id, s.source_id)
           s.printing_id, s.id AS series_id, s.source_id, s.game_id, s.currency, l.market, l.low, l.mid,
           l.changed_on, {AS_OF} AS as_of
    FROM pricing_priceseries s
    JOIN pricing_latestprice l ON l.series_id = s.id
    LEFT JOIN days d ON d.source_id = s.source_id AND d.game_id = s.game_id
    WHERE s.printing_id = ANY(%(printings)s) AND s.condition = '' AND s.grade = ''
    ORDER BY s.printing_id, s.source_id, (l.market IS NULL), s.id
), heard AS (
    -- Whose prices may be shown for some hours only was perhaps asked again on the same day.
    SELECT found.*, r.id AS run_id, r.adapter, CASE WHEN o.shown_hours IS NULL THEN NULL ELSE (
               SELECT max(finished_at) FROM pricing_ingestrun again
               WHERE again.source_id = found.source_id AND again.game_id = found.game_id
               AND again.day = found.as_of AND again.status IN ('done', 'corrected', 'unchanged')
           ) + make_interval(hours => o.shown_hours) < %(now)s END AS is_over,
           o.slug, o.name, o.url, o.attribution, o.origin, o.rank, o.is_blended, o.keeps_history, o.is_demo,
           o.shown_hours, o.fresh_hours, counted.size AS sample, counted.left_out AS passed_over
    FROM found
    JOIN pricing_source o ON o.id = found.source_id
    LEFT JOIN pricing_sample counted ON counted.series_id = found.series_id
    LEFT JOIN pricing_ingestrun r ON r.status = 'done' AND r.source_id = found.source_id
         AND r.game_id = found.game_id AND r.day = found.as_of
)
SELECT printing_id, series_id, currency, market, low, mid, changed_on, as_of, run_id, adapter,
       coalesce(is_over, shown_hours IS NOT NULL) AS is_hidden, slug, name, url, attribution, origin, rank,
       is_blended, keeps_history, is_demo, shown_hours, fresh_hours, sample, passed_over,
       coalesce(as_of + make_interval(hours => 24 + fresh_hours) < %(now)s, true) AS is_stale
FROM heard ORDER BY printing_id, rank, slug"""  # noqa: S608 -- built of our own constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a source says of a printing. Amounts are minor units of its `currency`; `market`, `low` and `mid`
    are None where they are unknown, and where its terms let us show them no longer (`is_hidden`).

    `sample` counts the sales or offers that we made its price of ourselves, and `passed_over` those taken for
    outliers; None where the source does not say. `as_of` is the last day on which it listed the printing, in
    the run `run_id`; its price holds since `changed_on`.
    """

    printing_id: int
    series_id: int
    currency: str
    market: int | None
    low: int | None
    mid: int | None
    changed_on: date
    as_of: date | None
    run_id: int | None
    adapter: str | None
    is_hidden: bool
    slug: str
    name: str
    url: str
    attribution: str
    origin: str
    rank: int
    is_blended: bool
    keeps_history: bool
    is_demo: bool
    shown_hours: int | None
    fresh_hours: int
    sample: int | None
    passed_over: int | None
    is_stale: bool

    @property
    def day(self) -> date:
        """The day its price is of; that of its last change, should no run be on record."""
        return self.as_of or self.changed_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """How many prices of a series were put aside, by what became of them, and how many were corrected."""

    open: int
    accepted: int
    rejected: int
    corrected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """A doubtful price: what the source said, why it was held back, and what became of it."""

    source: str
    day: date
    reason: str
    market: int | None
    currency: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A price that was recorded on `day` and turned out to be another."""

    source: str
    day: date
    was: int | None
    now: int | None
    currency: str
    reason: str
    corrected_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a source says, and what that is in the reader's currency: `value` minor units at the rate of its
    day, quoted on `rate_of`; None without a rate.

    `past` are the days before in the reader's currency; `changes` are in the source's own. Both are empty
    where its terms let us keep no history.
    """

    said: Said
    value: int | None
    rate_of: date | None
    age: int
    changes: tuple[Change, ...]
    past: tuple[Past, ...]

    @property
    def points(self) -> list[Point]:
        """Its market price in the reader's currency, day by day, for a chart."""
        days = [(past.day, max(1, round(past.value))) for past in self.past]
        known = [*days, (self.said.day, self.value)]
        return [Point(day=day, market=value, low=None, mid=None) for day, value in known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Of one printing: every source, the best-ranked first, and their blend, in `currency`."""

    printing_id: int
    currency: str
    words: tuple[Word, ...]
    blend: Blend


def of_printings(printing_ids: Iterable[int], *, currency: str) -> dict[int, Evidence]:
    """The evidence of each printing, also of one that no source prices.

    Three statements; one more where the window reaches into packed months, one less where nothing is to be
    converted.
    """
    wanted = list(dict.fromkeys(printing_ids))
    said = _said(wanted)
    pasts = _pasts(said)
    money = _Money.load(said, pasts=pasts, currency=currency)
    told: dict[int, list[tuple[Word, Observation]]] = {key: [] for key in wanted}
    for one, past in zip(said, pasts, strict=True):
        told[one.printing_id].append(_told(one, past=past, money=money))
    return {key: _evidence(key, found, currency=currency) for key, found in told.items()}


def _evidence(key: int, told: Sequence[tuple[Word, Observation]], *, currency: str) -> Evidence:
    return Evidence(
        printing_id=key,
        currency=currency,
        words=tuple(word for word, _ in told),
        blend=blending.blend((observation for _, observation in told), currency=currency),
    )


def _said(printing_ids: Sequence[int]) -> list[Said]:
    now = datetime.now(UTC).replace(tzinfo=None)
    found = queries.rows(Said, SOURCES, {"printings": printing_ids, "now": now})
    return [replace(one, market=None, low=None, mid=None) if one.is_hidden else one for one in found]


@dataclass(frozen=True, slots=True)
class _Past:
    """Own amounts of a series: on each known day of its printing's window, and so many days ago."""

    days: tuple[tuple[date, int], ...]
    ago: Mapping[str, int | None]


def _pasts(said: Sequence[Said]) -> list[_Past]:
    """For each source what it said before, nothing where its terms let us keep or show none."""
    if not said:
        return []
    newest: dict[int, date] = {}
    for one in said:
        newest[one.printing_id] = max(one.day, newest.get(one.printing_id, date.min))
    starts = [newest[one.printing_id] - timedelta(days=WINDOW) for one in said]
    since = min(*starts, *(one.day - timedelta(days=max(WINDOWS.values())) for one in said))
    steps = Steps.load((one.series_id for one in said), since=since)
    series = np.array([[one.series_id] for one in said], dtype=np.int64)
    window = np.array([[number(start)] for start in starts]) + np.arange(WINDOW)
    ago = np.array([[number(one.day)] for one in said]) - np.array(list(WINDOWS.values()))
    amounts = steps.at(np.broadcast_to(series, window.shape), window).tolist()
    before = steps.at(np.broadcast_to(series, ago.shape), ago).tolist()
    return [
        _past(*row) if row[0].keeps_history and not row[0].is_hidden else _Past((), {})
        for row in zip(said, starts, amounts, before, strict=True)
    ]


def _past(said: Said, start: date, amounts: Sequence[int], before: Sequence[int]) -> _Past:
    days = ((start + timedelta(days=place), amount) for place, amount in enumerate(amounts))
    ago = {window: amount or None for window, amount in zip(WINDOWS, before, strict=True)}
    return _Past(tuple((day, amount) for day, amount in days if amount and day < said.day), ago)


class _Money:
    """Amounts in the reader's currency, each at the rate of its own day."""

    def __init__(self, rates: Rates, *, currency: str) -> None:
        self._rates, self._currency = rates, currency
        self._factors: dict[tuple[str, date], Fraction | None] = {}

    @classmethod
    def load(cls, said: Sequence[Said], *, pasts: Sequence[_Past], currency: str) -> "_Money":
        days = [one.day for one in said] + [past.days[0][0] for past in pasts if past.days]
        rates = Rates.load({currency, *(one.currency for one in said)}, since=min(days, default=None))
        return cls(rates, currency=currency)

    def factor(self, currency: str, day: date) -> Fraction | None:
        key = currency, day
        if key not in self._factors:
            self._factors[key] = self._rates.factor(currency, self._currency, day=day)
        return self._factors[key]

    def rate_of(self, currency: str, day: date) -> date | None:
        if currency == self._currency:
            return None
        return self._rates.as_of(currency, self._currency, day=day)

    def past(self, days: Iterable[tuple[date, int]], *, currency: str) -> Iterator[Past]:
        for day, amount in days:
            if factor := self.factor(currency, day):
                yield Past(day=day, amount=amount, value=amount * float(factor))


def _told(said: Said, *, past: _Past, money: _Money) -> tuple[Word, Observation]:
    factor = money.factor(said.currency, said.day)
    value = said.market * factor if said.market and factor else None
    history = tuple(money.past(past.days, currency=said.currency))
    word = Word(
        said=said,
        value=max(1, rounded(value)) if value else None,
        rate_of=money.rate_of(said.currency, said.day),
        age=(datetime.now(UTC).date() - said.day).days,
        changes=tuple(_change(window, past.ago.get(window), said.market) for window in WINDOWS),
        past=history,
    )
    return word, _observation(said, value=value, history=history)


def _change(window: str, old: int | None, new: int | None) -> Change:
    return Change(window=window, old=old, percent=queries.change(old, new))


def _observation(said: Said, *, value: Fraction | None, history: Sequence[Past]) -> Observation:
    return Observation(
        source=said.slug,
        name=said.name,
        origin=said.origin,
        rank=said.rank,
        is_blended=said.is_blended,
        keeps_history=said.keeps_history,
        is_demo=said.is_demo,
        is_stale=said.is_stale,
        day=said.day,
        amount=said.market,
        value=value,
        history=history,
    )


def put_aside(series_ids: Iterable[int]) -> list[PutAside]:
    """The newest doubtful prices of these series, decided or not; one statement."""
    found = PriceReview.objects.filter(series_id__in=list(series_ids)).select_related("series__source")
    return [
        PutAside(
            source=review.series.source.name,
            day=review.day,
            reason=review.get_reason_display(),
            market=review.quote.get("market"),
            currency=review.quote.get("currency") or review.series.currency,
            status=review.get_status_display(),
        )
        for review in found.order_by("-day", "-id")[:LATEST]
        if review.series
    ]


def corrected(series_ids: Iterable[int]) -> list[Corrected]:
    """The newest corrections of these series; one statement."""
    found = PriceCorrection.objects.filter(series_id__in=list(series_ids)).select_related("series__source")
    return [
        Corrected(
            source=correction.series.source.name,
            day=correction.day,
            was=correction.was,
            now=correction.now,
            currency=correction.series.currency,
            reason=correction.reason,
            corrected_on=correction.corrected_at.date(),
        )
        for correction in found.order_by("-corrected_at", "-id")[:LATEST]
    ]


def doubts(series_ids: Iterable[int]) -> dict[int, Doubts]:
    """How often a price of each series was put aside or corrected; two statements."""
    wanted = list(series_ids)
    by_series = PriceReview.objects.filter(series_id__in=wanted).values_list("series_id", "status")
    statuses = {(key, status): count for key, status, count in by_series.annotate(count=Count("id"))}
    corrected = PriceCorrection.objects.filter(series_id__in=wanted).values_list("series_id")
    counts = dict(corrected.annotate(count=Count("id")))
    return {
        key: Doubts(
            open=statuses.get((key, PriceReview.Status.OPEN.value), 0),
            accepted=statuses.get((key, PriceReview.Status.ACCEPTED.value), 0),
            rejected=statuses.get((key, PriceReview.Status.REJECTED.value), 0),
            corrected=counts.get(key, 0),
        )
        for key in wanted
    }
