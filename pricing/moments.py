"""What prices were on a day that has passed, of many printings at once; two statements. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from pricing import packing, queries
from pricing.latest import PLAIN, Price, Which, now
from pricing.models import PriceHistory

# Every series that may answer, with the change that holds on the day unless that is packed already.
SERIES = """
SELECT p.id AS printing_id, s.id AS series_id, s.language, s.currency, o.slug AS source,
       coalesce(o.is_demo, false) AS is_demo, o.fresh_hours,
       held.day AS since, held.market, held.low, held.mid,
       (SELECT max(r.day) FROM pricing_ingestrun r WHERE r.status = 'done' AND r.source_id = s.source_id
        AND r.game_id = s.game_id AND r.day <= %(day)s AND r.day < coalesce(l.missing_since, 'infinity')
       ) AS as_of
FROM unnest(%(ids)s::int[]) WITH ORDINALITY AS wanted(id, place)
JOIN catalog_printing p ON p.id = wanted.id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id AND cs.is_published
LEFT JOIN (
    pricing_priceseries s JOIN pricing_source o ON o.id = s.source_id AND o.keeps_history
    JOIN pricing_latestprice l ON l.series_id = s.id
) ON s.printing_id = p.id AND s.condition = %(condition)s AND s.grade = %(grade)s
     AND o.shown_hours IS NULL AND (%(source)s = '' OR o.slug = %(source)s)
LEFT JOIN LATERAL (
    SELECT day, market, low, mid FROM pricing_pricechange
    WHERE series_id = s.id AND day <= %(day)s ORDER BY day DESC LIMIT 1
) held ON true
ORDER BY wanted.place, o.rank, s.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A series and what it cost on the day; `since` is None before its first price."""

    printing_id: int
    series_id: int | None
    language: str | None
    currency: str | None
    source: str | None
    is_demo: bool
    fresh_hours: int | None
    since: date | None
    market: int | None
    low: int | None
    mid: int | None
    as_of: date | None


def prices(printing_ids: Sequence[int], *, day: date, which: Which = PLAIN) -> list[Price]:
    """What is known of `day`, as `latest.prices` says it of today: corrections of later days count.

    The best-ranked source is that of the day. Those whose terms let us keep no history say nothing.
    """
    asked = {"ids": list(printing_ids), "day": day, "source": which.source}
    asked |= {"condition": which.condition, "grade": which.grade}
    heard = _unpacked(queries.rows(Heard, SERIES, asked), day=day)
    found = groupby(heard, key=attrgetter("printing_id"))
    return [_price(_best(group), which=which, until=_end(day)) for _, group in found]


def _unpacked(heard: Sequence[Heard], *, day: date) -> list[Heard]:
    """With the changes that hold on the day where those are packed."""
    wanted = [one.series_id for one in heard if one.series_id and not one.since]
    rows = PriceHistory.objects.filter(series_id__in=wanted).values_list("series_id", "data")
    held = {key: packing.holding(bytes(data), day=day) for key, data in (rows if wanted else ())}
    return [_told(one, held=held) for one in heard]


def _told(one: Heard, *, held: Mapping[int, packing.Change | None]) -> Heard:
    change = held.get(one.series_id or 0)
    if not change:
        return one
    since, market, low, mid = change
    return replace(one, since=since, market=market, low=low, mid=mid)


def _best(heard: Iterable[Heard]) -> Heard:
    """The first with a market price, else with any word on that day, else none: in the order of ranks."""
    listed = list(heard)
    priced = next((one for one in listed if one.market), None)
    return priced or next((one for one in listed if one.since), listed[0])


def _end(day: date) -> datetime:
    """The last moment of the day, or now where that is yet to come."""
    return min(now(), datetime.combine(day + timedelta(days=1), datetime.min.time()))


def _price(best: Heard, *, which: Which, until: datetime) -> Price:
    as_of = (best.as_of or best.since) if best.since else None
    fresh = timedelta(hours=24 + (best.fresh_hours or 0))
    is_stale = bool(as_of and datetime.combine(as_of, datetime.min.time()) + fresh < until)
    return Price(
        printing_id=best.printing_id,
        series_id=best.series_id if as_of else None,
        condition=which.condition,
        grade=which.grade,
        language=best.language if as_of else None,
        currency=best.currency,
        market=best.market,
        low=best.low,
        mid=best.mid,
        source=best.source if as_of else None,
        as_of=as_of,
        is_stale=is_stale,
        is_demo=best.is_demo and bool(as_of),
        keeps_history=True,
    )
