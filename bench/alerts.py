"""Alerts after an ingest of the whole market: what a million that sleep cost, and what one that fires.

Three in four wait for a price far away, one in four for a change in percent, a new low or high, or a gap. On
each day 40 % of the prices move; of 500 series they cross the threshold of one alert, made just before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

import numpy as np
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from numpy.typing import NDArray

from accounts.models import User
from alerts import evaluation, levelling, watching
from alerts.models import Alert, AlertEvent, Progress, Watch
from bench import market, prices
from bench.measure import Measure, at_most, milliseconds
from pricing import ledger
from pricing.ledger import Day
from pricing.models import IngestRun, Source
from pricing.packing import Ints

FEW, MANY = 100_000, 1_000_000
CROSSING = 500  # series a day
ROUNDS = 3
BASE = prices.TODAY + timedelta(days=200)  # behind the days of the other parts
# Days before, and times the price: the lows and highs of the year lie behind the windows of changes.
EXTREMES = ((120, 1.0), (48, 0.5), (47, 1.9), (46, 1.0))
BATCH = 20_000
Longs = NDArray[np.int64]
Rule = tuple[str, int | None, int | None, int | None]  # kind, threshold, percent, days

# What is waited for, by the last digits of a running number: kind, percent, days.
CHANGES: list[tuple[str, int | None, int]] = [
    ("falls", 40, 7),
    ("falls", 50, 30),
    ("falls", 60, 30),
    ("rises", 70, 7),
    ("rises", 100, 30),
]
CHANGES += [("rises", 200, 30), ("low", None, 90), ("high", None, 90), ("low", None, 365), ("back", None, 7)]
ADD = """
WITH wanted AS (
    SELECT * FROM unnest(%s::int[], %s::text[], %s::bigint[], %s::numeric[], %s::int[])
        AS w(series_id, kind, threshold, percent, days)
), made AS (
    INSERT INTO alerts_alert (owner_id, name, kind, printing_id, condition, grade, threshold, percent,
        days, currency, rearms, margin, timing, is_paused, is_stale, created_at, updated_at)
    SELECT %s, s.id::text, w.kind, s.printing_id, '', '', w.threshold, w.percent, w.days,
        'USD', true, 0, 'quiet', false, false, now(), now()
    FROM wanted w JOIN pricing_priceseries s ON s.id = w.series_id
    RETURNING id, name, kind, threshold
)
INSERT INTO alerts_watch (alert_id, series_id, since, fire_down, fire_up, wakes_on_return, levelled_on)
SELECT id, name::int, %s, CASE kind WHEN 'below' THEN threshold END,
    CASE kind WHEN 'above' THEN threshold END, kind = 'back',
    CASE WHEN kind IN ('below', 'above', 'back') THEN %s::date END
FROM made"""


def run(cursor: CursorWrapper) -> Iterator[Measure]:
    market.load()
    prices.load()
    stage = Stage.set()
    measured = {}
    for count in (FEW, MANY):
        levelled = stage.add(count - Alert.objects.count())
        cursor.execute("VACUUM ANALYZE")
        if count == MANY:
            yield Measure(name="levels of a watch set anew", value=levelled, unit="us")
        quiet = [stage.day(crossing=0) for _ in range(ROUNDS)]
        busy = [stage.day(crossing=CROSSING) for _ in range(ROUNDS)]
        measured[count] = median(one.judged for one in busy)
        yield Measure(name=f"{count:,} alerts: a day on which none fires", value=_judged(quiet), unit="ms")
        yield at_most(f"{count:,} alerts: a day on which {CROSSING} series cross", _judged(busy), "ms", 1000)
        yield Measure(name=f"{count:,} alerts: events of such a day", value=busy[-1].events, unit="events")
        added = (_judged(busy) - _judged(quiet)) * 1000 / CROSSING
        yield Measure(name=f"{count:,} alerts: one more crossing series", value=added, unit="us")
        levels = median(one.levelled for one in busy)
        yield Measure(name=f"{count:,} alerts: levels set afterwards", value=levels, unit="ms")
    yield at_most("ten times as many alerts that sleep", measured[MANY] / measured[FEW], "x", 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    judged: float
    levelled: float
    events: int


def _judged(days: list[Judged]) -> float:
    return median(one.judged for one in days)


class Stage:
    """The whole market on its way through days, and the alerts on it."""

    def __init__(self, walks: dict[int, prices.Walk], *, owner: User) -> None:
        self.walks, self.owner, self.today = walks, owner, BASE
        self.source = Source.objects.get(slug="tcgplayer")
        self.chance = np.random.default_rng(4)

    @classmethod
    def set(cls) -> "Stage":
        walks = {game: prices.Walk(series, seed=game) for game, series in prices.series_by_game().items()}
        stage = cls(walks, owner=User.objects.create_user("bench-alerts@example.org"))
        for back, times in EXTREMES:
            stage._record(BASE - timedelta(days=back), times=times)
        for run in stage._record(BASE, times=1.0):
            done = {"judged_run": run.pk, "levelled_run": run.pk, "newest_series": 2**31}
            Progress.objects.update_or_create(source=stage.source, game=run.game, defaults=done)
        return stage

    def _record(self, day: date, *, times: float) -> list[IngestRun]:
        runs = []
        for game, walk in self.walks.items():
            listed = walk.day()
            scaled = np.maximum((listed.prices * times).astype(np.int32), listed.prices > 0)
            run = IngestRun(source=self.source, adapter="bench", game_id=game, day=day, status="done")
            run.started_at = run.finished_at = timezone.now()
            run.save()
            ledger.record(run, day=day, listed=Day(series=listed.series, prices=scaled))
            runs.append(run)
        return runs

    def add(self, count: int) -> float:
        """So many more alerts; microseconds it took to level one that is about a change."""
        series = np.concatenate([walk.series for walk in self.walks.values()])
        market = np.concatenate([walk.market for walk in self.walks.values()]).astype(np.int64)
        for start in range(0, count, BATCH):
            places = self.chance.integers(0, len(series), min(BATCH, count - start))
            self._add_far(series[places], market[places])
        unlevelled = Watch.objects.filter(levelled_on=None)
        spent = 0.0
        keys = list(unlevelled.order_by("series_id").values_list("pk", flat=True))
        for some in watching.batches(keys, size=evaluation.BATCH):
            spent += milliseconds(lambda some=some: levelling.level(some, day=self.today))  # type: ignore[misc]
        return spent * 1000 / max(1, len(keys))

    def _add_far(self, series: Ints, market: Longs) -> None:
        places = np.arange(len(series))
        below, above = places % 8 < 3, (places % 8 >= 3) & (places % 8 < 6)
        threshold = np.where(below, market * 4 // 10, market * 25 // 10).clip(1)
        rules: list[Rule] = []
        for place, amount in enumerate(threshold.tolist()):
            if below[place] or above[place]:
                rules.append(("below" if below[place] else "above", amount, None, None))
            else:
                kind, percent, window = CHANGES[place // 8 % len(CHANGES)]
                rules.append((kind, None, percent, window))
        self._add(series, rules, since=self.today)

    def _add(self, series: Ints, rules: list[Rule], *, since: date) -> None:
        columns = [list(column) for column in zip(*rules, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(ADD, [series.tolist(), *columns, self.owner.pk, since, since])

    def day(self, *, crossing: int) -> Judged:
        """A day's prices, judged and levelled; the thresholds of `crossing` series are reached."""
        self.today += timedelta(days=1)
        for walk in self.walks.values():
            walk.step()
        self._cross(crossing)
        runs = self._record(self.today, times=1.0)
        before = AlertEvent.objects.count()
        judged = sum(milliseconds(lambda run=run: evaluation.judge(run, now=timezone.now())) for run in runs)  # type: ignore[misc]
        levelled = sum(milliseconds(lambda run=run: evaluation.level(run)) for run in runs)  # type: ignore[misc]
        return Judged(judged=judged, levelled=levelled, events=AlertEvent.objects.count() - before)

    def _cross(self, count: int) -> None:
        """A price that is a tenth lower meets an alert that waited for that, and no other."""
        game = max(self.walks, key=lambda game: len(self.walks[game].series))
        walk = self.walks[game]
        dear = np.flatnonzero(walk.market > 1_000)
        places = self.chance.choice(dear, count, replace=False)
        walk.market[places] = walk.market[places] * 9 // 10
        if count:
            rules: list[Rule] = [("below", amount, None, None) for amount in walk.market[places].tolist()]
            self._add(walk.series[places], rules, since=self.today - timedelta(days=1))
