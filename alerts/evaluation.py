"""After prices came: which rules they meet. One pass for each run over the series that moved.

What is done is written down with its result, so nothing is lost when a process dies and nothing is done
twice: `Progress` says up to which run the prices of a game at a source were judged, `HeardCorrection` which
corrections were followed. Whoever asks, and however often, `catch_up` goes on from there.

A run is taken in two steps. Judging finds what fires and hands it to the outbox. Levelling, which nobody
waits for, sets the levels (`alerts.levels`) anew that the day's prices left; then the next run is judged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

import numpy as np
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from alerts import announcing, finding, levelling, recording, subjects, waking, watching
from alerts.models import Alert, AlertEvent, HeardCorrection, Progress, Watch
from alerts.recording import Outcome
from pricing import vectors
from pricing.models import IngestRun, PriceCorrection
from pricing.steps import Steps, number

BATCH = 1_000  # watches whose prices are held in memory at a time
TOLD = Q(status__in=[IngestRun.Status.DONE, IngestRun.Status.CORRECTED])


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    runs: int
    corrections: int
    events: int


def catch_up(*, now: datetime | None = None) -> Evaluated:
    """Judges every run and correction that is not judged yet, in their order.

    Nothing while another process does so: what that one does not see any more is seen in a minute.
    """
    with watching.only_one() as is_free:
        return _caught_up(now or timezone.now()) if is_free else Evaluated(runs=0, corrections=0, events=0)


def _caught_up(now: datetime) -> Evaluated:
    settle(today=now.date())
    runs = events = 0
    for source, game, newest in _shelves():
        _begin(source, game_id=game, newest=newest)
        while run := _next(source, game_id=game):
            events += judge(run, now=now)
            level(run)
            runs += 1
    level_new()
    corrections, corrected = follow_corrections(now=now)
    return Evaluated(runs=runs, corrections=corrections, events=events + corrected)


def _shelves() -> list[tuple[int, int, int]]:
    """Each source and game with its newest run, where that is not levelled yet."""
    newest = IngestRun.objects.filter(TOLD).values_list("source_id", "game_id").annotate(newest=Max("pk"))
    done = {(one.source_id, one.game_id): one.levelled_run for one in Progress.objects.all()}
    return [row for row in newest.order_by("source_id", "game_id") if row[2] > done.get(row[:2], 0)]


def _begin(source_id: int, *, game_id: int, newest: int) -> None:
    """A shelf that was never evaluated begins with its newest run: before it nobody had an alert."""
    before = {"judged_run": newest - 1, "levelled_run": newest - 1}
    Progress.objects.get_or_create(source_id=source_id, game_id=game_id, defaults=before)


def _next(source_id: int, *, game_id: int) -> IngestRun | None:
    done = Progress.objects.get(source_id=source_id, game_id=game_id).levelled_run
    runs = IngestRun.objects.filter(TOLD, source_id=source_id, game_id=game_id, pk__gt=done)
    return runs.order_by("pk").first()


def settle(*, today: date) -> int:
    """Makes the watches of alerts anew whose set or collection changed; how many alerts."""
    unsearched = Alert.objects.filter(is_stale=True, search=None)  # searches are asked with every run
    stale = list(unsearched.order_by("pk").values_list("pk", flat=True))
    for some in watching.batches(stale):
        watching.choose(some, today=today, judged=True)
    return len(stale)


@transaction.atomic
def judge(run: IngestRun, *, now: datetime) -> int:
    """Records and hands on what fires at the prices of a run; how many events. Done once, it does nothing."""
    assert run.day
    watching.alone()
    progress = Progress.objects.get(source_id=run.source_id, game_id=run.game_id)
    if progress.judged_run >= run.pk:
        return 0
    settle(today=now.date())
    watching.notice_series(progress, day=run.day)
    gone = search_anew(run, today=now.date())
    levelling.follow_rates(run.day)
    moved = vectors.moved(run.source_id, game_id=run.game_id, day=run.day)
    woken = waking.may_fire(moved, source_id=run.source_id, game_id=run.game_id, day=run.day)
    woken |= finding.tell_new(run)
    outcome = _judged(woken, since=run.day, until=run.day, now=now)
    watching.let_go(gone)
    if run.status == IngestRun.Status.CORRECTED:
        announcing.announce(_orphans(run), now=now)
    Progress.objects.filter(pk=progress.pk).update(judged_run=run.pk)
    return len(outcome.fired)


def search_anew(run: IngestRun, *, today: date) -> list[int]:
    """Lets alerts watch what their searches find with a run's prices; the ids of the watches of what they
    find no longer, which are to be judged once more.
    """
    alerts = finding.concerned(run)
    resumed = [alert.pk for alert in alerts if alert.trouble]
    gone: list[int] = []
    for some in watching.batches([alert.pk for alert in alerts], size=finding.BATCH):
        made = watching.make(some, today=today, judged=True)
        finding.mark_new(made.added, resumed=resumed)
        gone += made.gone
    return gone


def level(run: IngestRun) -> int:
    """Sets the levels that a judged run's prices, or its day, left behind; how many watches.

    In many small transactions: one that is cut short is begun again.
    """
    assert run.day
    moved = vectors.moved(run.source_id, game_id=run.game_id, day=run.day)
    with transaction.atomic():
        due = waking.need_levels(moved, source_id=run.source_id, game_id=run.game_id, day=run.day)
    for some in watching.batches(sorted(due), size=BATCH):
        with transaction.atomic():
            watching.alone()
            if _judged_run(run) > run.pk:
                break  # somebody else went on from here, and set levels by newer prices
            levelling.level(some, day=run.day)
    Progress.objects.filter(source_id=run.source_id, game_id=run.game_id, levelled_run__lt=run.pk).update(
        levelled_run=run.pk
    )
    return len(due)


def _judged_run(run: IngestRun) -> int:
    return Progress.objects.get(source_id=run.source_id, game_id=run.game_id).judged_run


def level_new() -> int:
    """Puts watches to sleep that are awake since they were made; how many."""
    awake = Watch.objects.filter(levelled_on=None)
    fresh = awake.order_by("series__source_id", "series__game_id", "pk")
    rows = list(fresh.values_list("series__source_id", "series__game_id", "pk"))
    for (source, game), group in groupby(rows, key=itemgetter(0, 1)):
        for some in watching.batches([pk for *_, pk in group], size=BATCH):
            with transaction.atomic():
                watching.alone()
                levelling.level(some, day=_judged_until(source, game_id=game))
    return len(rows)


def _judged_until(source_id: int, *, game_id: int) -> date:
    """The last day of which the prices of a shelf are judged; yesterday where none ever was."""
    shelf = {"source_id": source_id, "game_id": game_id}
    judged = Progress.objects.filter(**shelf).values("judged_run")
    runs = IngestRun.objects.filter(TOLD, **shelf, pk__lte=judged)
    newest: date | None = runs.aggregate(day=Max("day"))["day"]
    return newest or timezone.now().date() - timedelta(days=1)


def _judged(watch_ids: Iterable[int], *, since: date, until: date, now: datetime) -> Outcome:
    """The one place where rules become events: records, sets levels and hands the messages to the outbox.

    However many are woken, the prices of so many are in memory at a time.
    """
    outcome = Outcome()
    for some in watching.batches(sorted(watch_ids), size=BATCH):
        found = subjects.read(Watch.objects.filter(pk__in=some))
        weighed = subjects.weigh(found, since=number(since), until=number(until))
        outcome.add(recording.record(weighed, since=since, until=until, now=now))
        levelling.set_levels(weighed, day=until)
    announcing.announce([*outcome.fired, *outcome.corrected], now=now)
    return outcome


def _orphans(run: IngestRun) -> list[AlertEvent]:
    """The source spoke again of a day: events that no rule judges any more are put right too."""
    assert run.day
    told = AlertEvent.objects.filter(
        day=run.day, series__source_id=run.source_id, series__game_id=run.game_id
    )
    series = sorted(set(told.values_list("series_id", flat=True)))
    place = np.full(len(series), number(run.day), dtype=np.int64)
    prices = Steps.load(series, since=run.day).at(np.array(series, dtype=np.int64), place)
    return [
        event
        for key, price in zip(series, prices.tolist(), strict=True)
        for event in recording.correct_orphans(key, day=run.day, price=price or None)
    ]


def follow_corrections(*, now: datetime) -> tuple[int, int]:
    """Judges anew what rests on corrected prices: how many corrections, and how many events came of them."""
    unheard = PriceCorrection.objects.exclude(pk__in=HeardCorrection.objects.values("correction"))
    corrections = list(unheard.select_related("series").order_by("pk"))
    return len(corrections), sum(follow(one, now=now) for one in corrections)


@transaction.atomic
def follow(correction: PriceCorrection, *, now: datetime) -> int:
    """Events at the wrong price are corrected or withdrawn, those that should have been are made."""
    watching.alone()
    if not HeardCorrection.objects.get_or_create(correction=correction)[1]:
        return 0
    series = correction.series
    until = _judged_until(series.source_id, game_id=series.game_id)
    if correction.day > until:
        return 0  # the day is judged for the first time with its run, at the right price
    watches = Watch.objects.filter(series=series)
    outcome = _judged(watches.values_list("pk", flat=True), since=correction.day, until=until, now=now)
    orphans = recording.correct_orphans(series.pk, day=correction.day, price=correction.now)
    announcing.announce(orphans, now=now)
    return len(outcome.fired) + len(outcome.corrected) + len(orphans)
