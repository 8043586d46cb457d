"""What is kept of pages and data, and how long at most: all that changes an answer ends it sooner.

See `catalog.keeping` and docs/caching.md.
"""

from typing import Final

from catalog.keeping import Subject, day

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60

# Prices that may be shown for so many hours after they were heard end within an hour, at their own minute.
LAPSE: Final = "pricing_last_lapse(%(now)s)"

SEARCH = Subject(name="search", seconds=15 * MINUTE)
SUGGEST = Subject(name="suggest", seconds=15 * MINUTE, clock=day)
HISTORY = Subject(name="history", seconds=5 * MINUTE)
PROFILES = Subject(name="profiles", seconds=30 * MINUTE, also=LAPSE)
SETS = Subject(name="sets", seconds=HOUR)
CHECKLISTS = Subject(name="checklists", seconds=HOUR)
# Until prices change. Pages of movers show no age; the API's say what is stale, and so know the hour.
MOVERS = Subject(name="movers", seconds=DAY, clock=day)
MOVER_LISTS = Subject(name="mover-lists", seconds=DAY, clock=day)
MOVERS_DATA = Subject(name="movers-data", seconds=DAY)
