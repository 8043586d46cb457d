"""What pages and API read of prices. Every function costs a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from catalog import reads
from catalog.models import Card
from pricing import packing
from pricing.models import IngestRun, PriceChange, PriceHistory
from pricing.rows import (
    CardRow,
    Change,
    ConditionPrice,
    MoverRow,
    Point,
    PrintingPrice,
    PrintingRow,
    SetValue,
    SourceTag,
)

Row = TypeVar("Row")
WINDOWS = {"24h": 1, "7d": 7, "30d": 30, "1y": 365}

# The day up to which a source has spoken of a game.
SPOKEN = """
    SELECT source_id, game_id, max(day) AS day FROM pricing_ingestrun
    WHERE status = 'done' GROUP BY source_id, game_id"""
DAYS = f"""
days AS ({SPOKEN}
)"""
# The last day on which the source listed the latest price `l` of a series `s`; `d` is its game's row of DAYS.
AS_OF = """CASE WHEN l.missing_since IS NULL THEN d.day ELSE (
    SELECT max(day) FROM pricing_ingestrun r WHERE r.status = 'done' AND r.source_id = s.source_id
    AND r.game_id = s.game_id AND r.day < l.missing_since
) END"""

# The shown series of a printing `p`: that of the best-ranked source with a market price, else the best one.
# Its prices are as of the last day on which the source listed it.
SHOWN = f"""
LEFT JOIN LATERAL (
    SELECT s.id, s.currency, l.market, l.low, l.mid, l.high, l.direct_low, o.is_demo, o.fresh_hours,
           o.keeps_history, o.slug AS source, o.name AS source_name, o.attribution, d.day AS today,
           {AS_OF} AS as_of
    FROM pricing_priceseries s
    JOIN pricing_source o ON o.id = s.source_id
    JOIN pricing_latestprice l ON l.series_id = s.id
    LEFT JOIN days d ON d.source_id = s.source_id AND d.game_id = s.game_id
    WHERE s.printing_id = p.id AND s.condition = '' AND s.grade = ''
    ORDER BY (l.market IS NULL), o.rank, s.id LIMIT 1
) shown ON true"""  # noqa: S608 -- built of our own constants


def before(days: int, alias: str) -> str:
    """SQL for the market price of the shown series that many days ago.

    NULL where the source's terms let us keep no history. The first change since then remembers it; without
    a change it is today's price. Changes of the last 31 days are never packed away
    (pricing.history.KEEP_DAYS).
    """
    return f"""
LEFT JOIN LATERAL (
    SELECT previous_market AS market, true AS moved FROM pricing_pricechange
    WHERE series_id = shown.id AND day > shown.today - {days} ORDER BY day LIMIT 1
) {alias} ON true"""  # noqa: S608 -- a number and a name of our own


def then(alias: str) -> str:
    return f"CASE WHEN {alias}.moved THEN {alias}.market WHEN shown.keeps_history THEN shown.market END"


def moved(alias: str) -> str:
    old = then(alias)
    return f"round(100.0 * (shown.market - {old}) / nullif({old}, 0), 2)"


def rows(kind: type[Row], sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[Row]:
    with reads.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [kind(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


CARD_ROWS = f"""
WITH {DAYS}
SELECT c.id, c.slug, c.name, c.number, c.kind, coalesce(r.name, '') AS rarity, c.image_url,
       cs.name AS set_name, cs.slug AS set_slug, g.name AS game_name, g.slug AS game_slug,
       (SELECT count(*) FROM catalog_printing n WHERE n.card_id = c.id)::int AS printings,
       best.printing_id, coalesce(best.finish, '') AS finish, best.market,
       coalesce(best.currency, 'USD') AS currency, best.change_7d, coalesce(best.is_demo, false) AS is_demo
FROM unnest(%s::int[]) WITH ORDINALITY AS wanted(id, place)
JOIN catalog_card c ON c.id = wanted.id
JOIN catalog_cardset cs ON cs.id = c.card_set_id
JOIN catalog_game g ON g.id = c.game_id
LEFT JOIN catalog_rarity r ON r.id = c.rarity_id
LEFT JOIN LATERAL (
    SELECT p.id AS printing_id, f.name AS finish, shown.market, shown.currency, shown.is_demo,
           {moved("week")} AS change_7d
    FROM catalog_printing p JOIN catalog_finish f ON f.id = p.finish_id {SHOWN} {before(7, "week")}
    WHERE p.card_id = c.id ORDER BY shown.market NULLS LAST, f.name LIMIT 1
) best ON true
ORDER BY wanted.place"""  # noqa: S608 -- built of our own constants


def card_rows(card_ids: Sequence[int]) -> list[CardRow]:
    """The cards in the order given, each with its lowest market price."""
    return rows(CardRow, CARD_ROWS, [list(card_ids)])


CHECKLIST = f"""
WITH {DAYS}
SELECT p.id AS printing_id, c.id AS card_id, c.slug, c.name, c.number, c.kind, coalesce(r.name, '') AS rarity,
       f.name AS finish, shown.market, shown.low, shown.mid, coalesce(shown.currency, 'USD') AS currency,
       {moved("day")} AS change_24h, {moved("week")} AS change_7d,
       coalesce(shown.as_of + make_interval(hours => 24 + shown.fresh_hours) < %s, false) AS is_stale
FROM catalog_card c
JOIN catalog_printing p ON p.card_id = c.id
JOIN catalog_finish f ON f.id = p.finish_id
LEFT JOIN catalog_rarity r ON r.id = c.rarity_id
{SHOWN} {before(1, "day")} {before(7, "week")}
WHERE c.card_set_id = %s
ORDER BY c.number_key, c.name, c.id, f.name"""  # noqa: S608 -- built of our own constants


def checklist(set_id: int) -> list[PrintingRow]:
    """Every printing of a set in the order of its numbers."""
    return rows(PrintingRow, CHECKLIST, [datetime.now(UTC).replace(tzinfo=None), set_id])


SET_VALUE = f"""
WITH {DAYS}, prices AS (
    SELECT c.id AS card_id, p.id AS printing_id, shown.market, shown.currency, shown.as_of,
           {then("week")} AS week_ago
    FROM catalog_card c LEFT JOIN catalog_printing p ON p.card_id = c.id {SHOWN} {before(7, "week")}
    WHERE c.card_set_id = %s AND c.kind = 'single'
), cards AS (SELECT card_id, min(market) AS lowest FROM prices GROUP BY card_id)
SELECT (SELECT count(*) FROM cards)::int AS cards, count(printing_id)::int AS printings,
       (SELECT count(*) FROM cards WHERE lowest IS NULL)::int AS unpriced,
       coalesce((SELECT sum(lowest) FROM cards), 0)::bigint AS base,
       coalesce(sum(market), 0)::bigint AS master, coalesce(max(currency), 'USD') AS currency,
       round(100.0 * (sum(market) FILTER (WHERE week_ago IS NOT NULL)
             - sum(week_ago) FILTER (WHERE market IS NOT NULL))
             / nullif(sum(week_ago) FILTER (WHERE market IS NOT NULL), 0), 2) AS change_7d,
       max(as_of) AS as_of
FROM prices"""  # noqa: S608 -- built of our own constants


def set_value(set_id: int) -> SetValue:
    """What the singles of a set cost together."""
    return rows(SetValue, SET_VALUE, [set_id])[0]


PRINTINGS = f"""
WITH {DAYS}
SELECT p.id AS printing_id, f.name AS finish, shown.id AS series_id, shown.market, shown.low, shown.mid,
       shown.high, shown.direct_low, coalesce(shown.currency, 'USD') AS currency, shown.as_of, shown.today,
       shown.fresh_hours, shown.source, shown.source_name, shown.attribution, shown.is_demo,
       {then("d1")} AS before_24h, {then("d7")} AS before_7d, {then("d30")} AS before_30d
FROM catalog_printing p JOIN catalog_finish f ON f.id = p.finish_id
{SHOWN} {before(1, "d1")} {before(7, "d7")} {before(30, "d30")}
WHERE p.card_id = %s ORDER BY f.name"""  # noqa: S608 -- built of our own constants


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printing:
    printing_id: int
    finish: str
    series_id: int | None
    market: int | None
    low: int | None
    mid: int | None
    high: int | None
    direct_low: int | None
    currency: str
    as_of: date | None
    today: date | None
    fresh_hours: int | None
    source: str | None
    source_name: str | None
    attribution: str | None
    is_demo: bool | None
    before_24h: int | None
    before_7d: int | None
    before_30d: int | None


def printings(card_id: int) -> list[PrintingPrice]:
    """Every printing of a card with its prices and what they did; three statements."""
    found = rows(_Printing, PRINTINGS, [card_id])
    today = max((row.today for row in found if row.today), default=None)
    year_ago = today - timedelta(days=WINDOWS["1y"]) if today else None
    series = [row.series_id for row in found if row.series_id]
    last_year = {
        key: points[0].market
        for key, points in history(series, since=year_ago).items()
        if points and points[0].day == year_ago
    }
    return [_priced(row, last_year=last_year) for row in found]


def _priced(row: _Printing, *, last_year: dict[int, int | None]) -> PrintingPrice:
    old = {"24h": row.before_24h, "7d": row.before_7d, "30d": row.before_30d}
    old["1y"] = last_year.get(row.series_id or 0)
    now = datetime.now(UTC)
    age = (now.date() - row.as_of).days if row.as_of else 0
    fresh_until = datetime.combine(row.as_of, datetime.min.time(), UTC) if row.as_of else now
    return PrintingPrice(
        printing_id=row.printing_id,
        series_id=row.series_id,
        finish=row.finish,
        market=row.market,
        low=row.low,
        mid=row.mid,
        high=row.high,
        direct_low=row.direct_low,
        currency=row.currency,
        changes=tuple(Change(window=w, old=old[w], percent=change(old[w], row.market)) for w in WINDOWS),
        source=_tag(row) if row.source else None,
        as_of=row.as_of,
        age=age,
        is_stale=bool(row.as_of and fresh_until + timedelta(hours=24 + (row.fresh_hours or 0)) < now),
    )


def _tag(row: _Printing) -> SourceTag:
    return SourceTag(
        slug=row.source or "",
        name=row.source_name or "",
        attribution=row.attribution or "",
        is_demo=bool(row.is_demo),
    )


def change(old: int | None, new: int | None) -> Decimal | None:
    """Percent from old to new; None where either is unknown."""
    if not old or new is None:
        return None
    return (Decimal(100) * (new - old) / old).quantize(Decimal("0.01"), ROUND_HALF_UP)  # as PostgreSQL does


CONDITION_PRICES = """
SELECT f.name AS finish, s.condition, s.grade, s.language, l.market, l.low, s.currency,
       o.slug, o.name, o.attribution, o.is_demo
FROM catalog_printing p JOIN catalog_finish f ON f.id = p.finish_id
JOIN pricing_priceseries s ON s.printing_id = p.id AND (s.condition <> '' OR s.grade <> '')
JOIN pricing_latestprice l ON l.series_id = s.id JOIN pricing_source o ON o.id = s.source_id
WHERE p.card_id = %s
ORDER BY f.name, s.grade, array_position(ARRAY['NM', 'LP', 'MP', 'HP', 'DMG'], s.condition::text),
         s.language"""


def condition_prices(card_id: int) -> list[ConditionPrice]:
    """Prices of single conditions, grades and languages, where a source tells them apart."""
    with reads.cursor() as cursor:
        cursor.execute(CONDITION_PRICES, [card_id])
        found = cursor.fetchall()
    return [
        ConditionPrice(
            finish=finish,
            condition=condition,
            grade=grade,
            language=language,
            market=market,
            low=low,
            currency=currency,
            source=SourceTag(slug=slug, name=name, attribution=attribution, is_demo=is_demo),
        )
        for (finish, condition, grade, language, market, low, currency), (
            slug,
            name,
            attribution,
            is_demo,
        ) in ((row[:7], row[7:]) for row in found)
    ]


def other_printings(card: Card, *, limit: int = 24) -> list[CardRow]:
    """Cards of the same name in the same game: reprints and other versions; two statements."""
    same = Card.objects.filter(game_id=card.game_id, folded=card.folded, card_set__is_published=True)
    return card_rows(list(same.exclude(pk=card.pk).order_by("id").values_list("id", flat=True)[:limit]))


def history(series_ids: Sequence[int], *, since: date | None) -> dict[int, list[Point]]:
    """The changes of each series from `since` on, oldest first; two statements.

    A price holds until the next point. The first point of a series that is older than `since` carries
    the price known on that day.
    """
    wanted = list(series_ids)
    points: dict[int, list[Point]] = {key: [] for key in wanted}
    # Changes first: while months are being packed, a change may be seen in both places, never in none.
    fresh = PriceChange.objects.filter(series_id__in=wanted).order_by("series_id", "day")
    changes = list(fresh.values_list("series_id", "day", "market", "low", "mid"))
    packed = PriceHistory.objects.filter(series_id__in=wanted).values_list("series_id", "through", "data")
    through = {}
    for key, last, data in packed:
        through[key] = last
        points[key] = [
            Point(day=day, market=m, low=lo, mid=mi) for day, m, lo, mi in packing.unpack(bytes(data))
        ]
    for key, day, market, low, mid in changes:
        if key not in through or day > through[key]:
            points[key].append(Point(day=day, market=market, low=low, mid=mid))
    return {key: cut(found, since=since) for key, found in points.items()}


def cut(points: list[Point], *, since: date | None) -> list[Point]:
    """Drops what lies before `since`, but keeps the price known on that day."""
    if since is None:
        return points
    older = [point for point in points if point.day <= since]
    first = [Point(day=since, market=p.market, low=p.low, mid=p.mid) for p in older[-1:]]
    return first + [point for point in points if point.day > since]


MOVERS = """
SELECT c.id AS card_id, c.slug, c.name, c.number, c.image_url, cs.name AS set_name, g.name AS game_name,
       g.slug AS game_slug, f.name AS finish, m.old, m.new, m.percent, s.currency, o.is_demo
FROM (
    SELECT * FROM pricing_mover
    WHERE "window" = %(window)s AND direction = %(direction)s AND floor = %(floor)s
      AND (%(with_thin)s OR NOT is_thin)
      AND (%(game)s::text IS NULL OR game_id = (SELECT id FROM catalog_game WHERE slug = %(game)s))
    ORDER BY abs(percent) DESC, id LIMIT %(limit)s
) m
JOIN pricing_priceseries s ON s.id = m.series_id
JOIN pricing_source o ON o.id = m.source_id
JOIN catalog_printing p ON p.id = s.printing_id
JOIN catalog_finish f ON f.id = p.finish_id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id AND cs.is_published
JOIN catalog_game g ON g.id = m.game_id
ORDER BY abs(m.percent) DESC, m.id"""


def movers(  # noqa: PLR0913 -- one argument for each filter of the page
    *, game: str | None, window: int, direction: str, floor: int, with_thin: bool = False, limit: int = 50
) -> list[MoverRow]:
    """The largest gains ("up") or losses ("down") over `window` days; prices are at least `floor`."""
    params = {"game": game, "window": window, "direction": direction, "floor": floor}
    with reads.cursor() as cursor:
        cursor.execute(MOVERS, params | {"with_thin": with_thin, "limit": limit})
        names = [column.name for column in cursor.description or ()]
        return [MoverRow(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The newest day any source has spoken of; `is_demo` while only demonstration prices are known."""

    day: date | None
    is_demo: bool


def freshness() -> Freshness:
    done = IngestRun.objects.filter(status=IngestRun.Status.DONE)
    newest = done.order_by("source__is_demo", "-day").values_list("day", "source__is_demo").first()
    return Freshness(day=newest[0], is_demo=newest[1]) if newest else Freshness(day=None, is_demo=False)
