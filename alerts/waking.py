"""Which watches a day's prices wake: set-based, where a price left the levels between which they sleep."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import numpy as np
from django.db import connection
from django.db.models import Q

from alerts.models import AlertEvent, Watch
from pricing.ledger import copy_stream
from pricing.vectors import Moved

COLUMNS = ("series_id", "market", "falls", "rises", "returns")
STAGE = f"CREATE TEMP TABLE moved ({', '.join(f'{name} int NOT NULL' for name in COLUMNS)}) ON COMMIT DROP"
# The moved series are looked up one by one in the index of the levels. Reading all watches would cost as much
# as there are alerts, and the planner, who knows nothing of a table made just now, may prefer that.
BY_INDEX = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
PLANNED = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"
JUDGED = """
SELECT w.id FROM moved m JOIN alerts_watch w ON w.series_id = m.series_id AND w.fire_down >= m.market
WHERE m.falls = 1
UNION
SELECT w.id FROM moved m JOIN alerts_watch w ON w.series_id = m.series_id AND w.fire_up <= m.market
WHERE m.rises = 1
UNION
SELECT w.id FROM moved m JOIN alerts_watch w ON w.series_id = m.series_id AND w.wakes_on_return
WHERE m.returns = 1"""
LEVELLED = """
SELECT w.id FROM moved m JOIN alerts_watch w ON w.series_id = m.series_id AND w.floor >= m.market
WHERE m.falls = 1
UNION
SELECT w.id FROM moved m JOIN alerts_watch w ON w.series_id = m.series_id AND w.ceiling <= m.market
WHERE m.rises = 1"""


def may_fire(moved: Moved, *, source_id: int, game_id: int, day: date) -> set[int]:
    """The watches whose rule may be met on this day: at a firing level, or no longer sure of it.

    What was judged or levelled on this day before is judged again: a source that speaks twice of a day means
    the second.
    """
    shelf = Q(series__source_id=source_id, series__game_id=game_id)
    unsure = Watch.objects.filter(shelf, sure_until__lt=day)
    again = Watch.objects.filter(shelf, levelled_on__gte=day)
    told = AlertEvent.objects.filter(shelf, day=day).values_list("alert_id", "series_id")
    spoken = {pair for pair in told if pair[1]}
    known = Watch.objects.filter(series_id__in={series for _, series in spoken})
    woken = {pk for pk, *pair in known.values_list("pk", "alert_id", "series_id") if tuple(pair) in spoken}
    woken |= set(unsure.values_list("pk", flat=True)) | set(again.values_list("pk", flat=True))
    return woken | _found(JUDGED, moved=moved)


def need_levels(moved: Moved, *, source_id: int, game_id: int, day: date) -> set[int]:
    """The watches whose levels hold no longer after this day."""
    due = Watch.objects.filter(
        series__source_id=source_id, series__game_id=game_id, sure_until__lte=day, levelled_on__lt=day
    )
    return set(due.values_list("pk", flat=True)) | _found(LEVELLED, moved=moved)


def _found(query: str, *, moved: Moved) -> set[int]:
    """Within the caller's transaction."""
    with _staged(moved), connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(query)
        found = {pk for (pk,) in cursor.fetchall()}
        cursor.execute(PLANNED)
        return found


@contextmanager
def _staged(moved: Moved) -> Iterator[None]:
    columns = (moved.series, moved.market, moved.falls, moved.rises, moved.returns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.moved")
        cursor.execute(STAGE)
        with cursor.copy("COPY moved FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(copy_stream(np.stack(columns, axis=1).astype(np.int32)))
        yield
