"""What is kept of pages and data, and how long at most: all that changes an answer ends it sooner.

See `catalog.keeping` and docs/caching.md.
"""

from datetime import UTC, datetime

from catalog import reads
from catalog.keeping import Subject, day, hour

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60

# Prices that may be shown for so many hours after they were heard end within an hour, at their own minute.
LAPSED = """
SELECT max(r.finished_at) FROM pricing_source o JOIN pricing_ingestrun r ON r.source_id = o.id
WHERE o.shown_hours IS NOT NULL
  AND r.finished_at + make_interval(hours => o.shown_hours) >= date_trunc('hour', %(now)s, 'UTC')
  AND r.finished_at + make_interval(hours => o.shown_hours) < %(now)s"""


def lapse() -> str:
    """The hour, and which prices have since then become too old to be shown; one statement."""
    with reads.cursor() as cursor:
        cursor.execute(LAPSED, {"now": datetime.now(UTC)})
        (last,) = cursor.fetchone() or (None,)
    return f"{hour()}/{last.timestamp()}" if last else hour()


SEARCH = Subject(name="search", seconds=15 * MINUTE)
SUGGEST = Subject(name="suggest", seconds=15 * MINUTE, clock=day)
HISTORY = Subject(name="history", seconds=5 * MINUTE)
PROFILES = Subject(name="profiles", seconds=30 * MINUTE, clock=lapse)
SETS = Subject(name="sets", seconds=HOUR)
CHECKLISTS = Subject(name="checklists", seconds=HOUR)
# Until prices change. Pages of movers show no age; the API's say what is stale, and so know the hour.
MOVERS = Subject(name="movers", seconds=DAY, clock=day)
MOVER_LISTS = Subject(name="mover-lists", seconds=DAY, clock=day)
MOVERS_DATA = Subject(name="movers-data", seconds=DAY)
