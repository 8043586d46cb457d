"""Printings that sources price far apart, those that reach most people first: found after each ingest.

Compared are market prices that are listed now, of sources whose terms let us blend them, in cents of a euro
at the newest rates. A wrong link shows here first, and so does a price that one of them has wrong.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Game
from pricing import exposure, queries
from pricing.models import Disagreement, Source
from pricing.rates import EURO, Rates

LEAST_RATIO = 2
LEAST = 100  # cents of the higher price: pennies are far apart everywhere
CHANGED = Decimal("1.1")  # a ratio that moved by less is the one that staff have seen
ON_A_PAGE = 50

FIND = """
WITH said AS (
    SELECT s.printing_id, s.id, s.source_id, round(l.market * rate.factor)::bigint AS cents
    FROM pricing_latestprice l
    JOIN pricing_priceseries s ON s.id = l.series_id AND s.condition = '' AND s.grade = ''
        AND s.language = %(language)s
    JOIN pricing_source o ON o.id = l.source_id AND o.is_blended AND NOT o.is_demo
    JOIN unnest(%(currencies)s::text[], %(factors)s::numeric[]) AS rate(currency, factor)
        ON rate.currency = s.currency
    WHERE l.game_id = %(game)s AND l.market > 0 AND l.missing_since IS NULL
)
SELECT printing_id, (array_agg(id ORDER BY cents, id))[1], (array_agg(id ORDER BY cents DESC, id))[1],
       min(cents), max(cents), count(DISTINCT source_id)::int, round(max(cents)::numeric / min(cents), 2)
FROM said WHERE cents > 0 GROUP BY printing_id
HAVING count(DISTINCT source_id) > 1 AND max(cents) >= %(ratio)s * min(cents) AND max(cents) >= %(least)s
ORDER BY printing_id"""
WRITE = """
INSERT INTO pricing_disagreement AS known
    (printing_id, game_id, lowest_id, highest_id, low, high, sources, ratio, exposed)
SELECT one.printing, %s, one.lowest, one.highest, one.low, one.high, one.sources, one.ratio, one.exposed
FROM unnest(%s::int[], %s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::int[], %s::numeric[], %s::int[])
    AS one(printing, lowest, highest, low, high, sources, ratio, exposed)
ON CONFLICT (printing_id) DO UPDATE SET
    (game_id, lowest_id, highest_id, low, high, sources, ratio, exposed) = (excluded.game_id,
        excluded.lowest_id, excluded.highest_id, excluded.low, excluded.high, excluded.sources,
        excluded.ratio, excluded.exposed)"""
# Seen was another one: other sources at its ends, or a ratio that moved.
CHANGE = """
UPDATE pricing_disagreement known SET seen_ratio = NULL, seen_at = NULL, seen_by_id = NULL
FROM unnest(%s::int[], %s::int[], %s::int[], %s::numeric[]) AS one(printing, lowest, highest, ratio)
WHERE known.printing_id = one.printing AND known.seen_ratio IS NOT NULL
  AND ((known.lowest_id, known.highest_id) <> (one.lowest, one.highest)
       OR greatest(one.ratio, known.seen_ratio) > %s * least(one.ratio, known.seen_ratio))"""


class _Found(NamedTuple):
    """As FIND gives it."""

    printing: int
    lowest: int
    highest: int
    low: int
    high: int
    sources: int
    ratio: Decimal


@transaction.atomic
def find(game: Game) -> int:
    """Makes the disagreements of a game what they are now; how many there are."""
    # After two syncs at once: the second reads what the first has not.
    Game.objects.select_for_update(no_key=True).get(pk=game.pk)
    found = _compared(game)
    printings = [one.printing for one in found]
    exposed = exposure.of(printings)
    columns = [[getattr(one, name) for one in found] for name in _Found._fields]
    with connection.cursor() as cursor:
        cursor.execute(CHANGE, [*columns[:3], columns[-1], CHANGED])
        cursor.execute(WRITE, [game.pk, *columns, [exposed[one] for one in printings]])
    Disagreement.objects.filter(game=game).exclude(printing__in=printings).delete()
    return len(found)


def _compared(game: Game) -> list[_Found]:
    today = datetime.now(UTC).date()
    currencies = {
        EURO,
        *Source.objects.filter(is_demo=False, is_blended=True).values_list("currency", flat=True),
    }
    rates = Rates.load(currencies)
    factors = {one: rates.factor(one, EURO, day=today) for one in sorted(currencies)}
    known = {one: Decimal(f.numerator) / Decimal(f.denominator) for one, f in factors.items() if f}
    params: dict[str, Any] = {
        "game": game.pk,
        "language": game.language,
        "ratio": LEAST_RATIO,
        "least": LEAST,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND, params | {"currencies": list(known), "factors": list(known.values())})
        return [_Found(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the board; `low` and `high` in the currency of their own series."""

    printing_id: int
    card: str
    number: str
    finish: str
    set_name: str
    game_name: str
    game_slug: str
    low_series: int
    low_source: str
    low: int | None
    low_currency: str
    high_series: int
    high_source: str
    high: int | None
    high_currency: str
    sources: int
    ratio: Decimal
    exposed: int
    seen_by: str | None
    seen_at: datetime | None


BOARD = """
SELECT d.printing_id, c.name AS card, c.number, f.name AS finish, cs.name AS set_name,
       g.name AS game_name, g.slug AS game_slug, d.sources, d.ratio, d.exposed,
       ls.id AS low_series, lo.name AS low_source, ll.market AS low, ls.currency AS low_currency,
       hs.id AS high_series, ho.name AS high_source, hl.market AS high, hs.currency AS high_currency,
       u.email AS seen_by, d.seen_at
FROM (
    SELECT * FROM pricing_disagreement
    WHERE (seen_ratio IS NULL) <> %(seen)s AND (%(game)s::int IS NULL OR game_id = %(game)s)
    ORDER BY exposed DESC, ratio DESC, printing_id LIMIT %(limit)s OFFSET %(offset)s
) d
JOIN catalog_printing p ON p.id = d.printing_id
JOIN catalog_finish f ON f.id = p.finish_id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id
JOIN catalog_game g ON g.id = d.game_id
JOIN pricing_priceseries ls ON ls.id = d.lowest_id JOIN pricing_source lo ON lo.id = ls.source_id
LEFT JOIN pricing_latestprice ll ON ll.series_id = ls.id
JOIN pricing_priceseries hs ON hs.id = d.highest_id JOIN pricing_source ho ON ho.id = hs.source_id
LEFT JOIN pricing_latestprice hl ON hl.series_id = hs.id
LEFT JOIN accounts_user u ON u.id = d.seen_by_id
ORDER BY d.exposed DESC, d.ratio DESC, d.printing_id"""


def worst(*, game: Game | None = None, seen: bool = False, page: int = 1) -> list[Row]:
    """A page of the board, the most exposed first, then the furthest apart; one row more if others follow."""
    params: dict[str, Any] = {"game": game and game.pk, "seen": seen, "limit": ON_A_PAGE + 1}
    return queries.rows(Row, BOARD, params | {"offset": (page - 1) * ON_A_PAGE})


def see(printing_id: int, *, ratio: Decimal, by: User) -> bool:
    """Staff looked at it as it was shown: off the board until it changes. False when it was so no longer."""
    shown = Disagreement.objects.filter(pk=printing_id, ratio=ratio, seen_ratio=None)
    return bool(shown.update(seen_ratio=ratio, seen_by=by, seen_at=timezone.now()))


def show_again(printing_id: int) -> bool:
    """Back on the board, unless it is there."""
    seen = Disagreement.objects.filter(pk=printing_id, seen_ratio__isnull=False)
    return bool(seen.update(seen_ratio=None, seen_by=None, seen_at=None))
