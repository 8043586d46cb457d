"""Whether a price was stale when a past day ended: nobody had said it for longer than its source allows."""

from collections.abc import Iterable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from catalog import reads
from collections_app.holdings import NEVER, Ints
from pricing.steps import number

SERIES = """
SELECT l.series_id, l.source_id, l.game_id, o.fresh_hours, l.missing_since
FROM pricing_latestprice l JOIN pricing_source o ON o.id = l.source_id
WHERE l.series_id = ANY(%s) ORDER BY l.series_id"""
RUNS = """
SELECT source_id, game_id, day FROM pricing_ingestrun
WHERE status = 'done' AND source_id = ANY(%s) AND game_id = ANY(%s) AND day <= %s
ORDER BY source_id, game_id, day"""
SILENT = -NEVER  # a source that has not spoken by then


class Freshness:
    """Of some series, on the days of a span."""

    def __init__(self, series_ids: Iterable[int], *, days: Ints, until: date) -> None:
        """Two statements. Of today it says what is stale when the day ends."""
        with reads.cursor() as cursor:
            cursor.execute(SERIES, [sorted(set(series_ids))])
            rows = cursor.fetchall()
            cursor.execute(RUNS, [[row[1] for row in rows], [row[2] for row in rows], until])
            runs = cursor.fetchall()
        spoken: dict[tuple[int, int], list[int]] = {(row[1], row[2]): [] for row in rows}
        for source, game, day in runs:
            spoken.get((source, game), []).append(number(day))
        places = {shelf: place for place, shelf in enumerate(spoken)}
        self._days = days
        self._series = np.array([row[0] for row in rows], dtype=np.int64)
        self._shelf = np.array([places[row[1], row[2]] for row in rows], dtype=np.int64)
        self._hours = np.array([row[3] for row in rows], dtype=np.int64)
        self._missing = np.array([number(row[4]) if row[4] else NEVER for row in rows], dtype=np.int64)
        # The last day on which a source spoke of a game, for each day; and before a series went missing.
        self._spoken = np.array([_last(said, days) for said in spoken.values()]).reshape(-1, len(days))
        listed = [
            _last(spoken[row[1], row[2]], self._missing[i : i + 1] - 1)[0] for i, row in enumerate(rows)
        ]
        self._listed = np.array(listed, dtype=np.int64)

    def is_stale(self, series: Ints) -> NDArray[np.bool_]:
        """A row for each of these series, a column for each day."""
        place = np.searchsorted(self._series, series)
        is_missing = self._missing[place, None] <= self._days
        as_of = np.where(is_missing, self._listed[place, None], self._spoken[self._shelf[place]])
        # A price of a day is fresh until the day is over and the hours after it.
        stale: NDArray[np.bool_] = (self._days - as_of) * 24 > self._hours[place, None]
        stale &= as_of != SILENT
        return stale


def _last(spoken: list[int], days: Ints) -> Ints:
    """The last of the days spoken on until each day; SILENT without one."""
    known = np.array([SILENT, *spoken], dtype=np.int64)
    return known[np.searchsorted(known, days, side="right") - 1]
