"""A page 400,000 cards deep against the first one, and against what OFFSET costs there."""

from functools import partial

from django.db.backends.utils import CursorWrapper

from bench import market, prices
from bench.measure import Measure, at_most, best
from pricing import cursors
from pricing.models import LatestPrice
from pricing.search import Criteria, find, list_name
from pricing.selection import Sort

DEPTH = 400_000
PAGE = 48
GAME = "magic"
OFFSET = "SELECT id FROM catalog_card ORDER BY folded, id LIMIT %s OFFSET %s"
# Where no other part has brought prices: from 0.10 to 1,100, none for one series in twenty.
LATEST = """
INSERT INTO pricing_latestprice (series_id, source_id, game_id, market, changed_on)
SELECT id, source_id, game_id,
       CASE WHEN id % 20 > 0 THEN (10 * exp((hashint4(id) & 65535) / 7000.0))::int END, DATE '2026-11-20'
FROM pricing_priceseries"""


def run(cursor: CursorWrapper) -> list[Measure]:
    """Needs the migrations; fills the database when it is empty."""
    market.load()
    prices.load()
    _price(cursor)
    return [*_depth(cursor), *_orders()]


def _depth(cursor: CursorWrapper) -> list[Measure]:

    cursor.execute("SELECT folded, id FROM catalog_card ORDER BY folded, id LIMIT 1 OFFSET %s", [DEPTH - 1])
    last = cursor.fetchone() or ()
    name = Criteria(sort="name", limit=PAGE)
    deep = Criteria(sort="name", limit=PAGE, after=cursors.make(last, of=list_name(name)))
    first_ms, deep_ms = best(lambda: find(name), rounds=20), best(lambda: find(deep), rounds=20)
    offset_ms = best(lambda: cursor.execute(OFFSET, [PAGE, DEPTH]))
    return [
        Measure(name="paging: first page by name", value=first_ms, unit="ms"),
        at_most(f"paging: page behind {DEPTH:,} cards", deep_ms, "ms", 10),
        at_most("paging: deep page against the first", deep_ms / first_ms, "times", 3),
        Measure(name="paging: faster than OFFSET there", value=offset_ms / deep_ms, unit="times"),
    ]


def _orders() -> list[Measure]:
    limits: dict[Sort, float] = {"name": 10, "number": 10, "newest": 10, "price": 200, "-price": 200}
    found = {sort: best(partial(find, Criteria(game=GAME, sort=sort, limit=PAGE))) for sort in limits}
    return [
        at_most(f"paging: one game by {sort}", found[sort], "ms", limit) for sort, limit in limits.items()
    ]


def _price(cursor: CursorWrapper) -> None:
    if not LatestPrice.objects.exists():
        cursor.execute(LATEST)
        cursor.execute("VACUUM ANALYZE")
