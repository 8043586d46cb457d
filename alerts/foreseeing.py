"""What another price would do to alerts: judged by the code that judges real ones, and nothing written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from django.db.models import Max, Q, QuerySet

from alerts import recording, subjects
from alerts.models import AlertEvent, Watch
from alerts.subjects import Weighed
from catalog import reads
from pricing.consequences import Consequence, Move
from pricing.models import IngestRun
from pricing.steps import Supposed, dated, number

NAME: Final = "alerts"
MOST: Final = 300  # rules that are replayed; a page does not wait for more
WAITING = """
SELECT s.printing_id, count(DISTINCT a.owner_id)::int
FROM pricing_priceseries s JOIN alerts_watch w ON w.series_id = s.id JOIN alerts_alert a ON a.id = w.alert_id
WHERE s.printing_id = ANY(%s) GROUP BY s.printing_id"""
Key = tuple[int, date]  # alert, day


class _Told(NamedTuple):
    """An event, and what its day would have cost."""

    event: AlertEvent
    price: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Foreseen:
    """Alerts that would fire, and events that were told and would be another's, or none."""

    fire: int
    corrected: int
    withdrawn: int


def foresee(move: Move) -> Consequence:
    """How many alerts would fire, and how many that fired would be put right."""
    concerned = _concerned(move)
    tried = list(concerned.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    found = _foreseen(move, watch_ids=tried[:MOST])
    count = found.fire + found.corrected + found.withdrawn
    return Consequence(name=NAME, count=count, said=_said(found, is_cut=len(tried) > MOST))


def waiting(printing_ids: Sequence[int]) -> Mapping[int, int]:
    """By printing, how many people's alerts look at it, alone or with a whole set or collection."""
    with reads.cursor() as cursor:
        cursor.execute(WAITING, [list(printing_ids)])
        return dict(cursor.fetchall())


def _concerned(move: Move) -> QuerySet[Watch]:
    """The watches the price may matter to: of the newest day those it wakes, of an older one all."""
    watches = Watch.objects.filter(series=move.series)
    if move.until or move.now is None:
        return watches
    woken = Q(fire_down__gte=move.now) | Q(fire_up__lte=move.now) | Q(wakes_on_return=True)
    told = AlertEvent.objects.filter(series=move.series, day__gte=move.day).values("alert")
    # Levels that have seen the day, or none yet, say nothing of it.
    unsure = Q(levelled_on=None) | Q(levelled_on__gte=move.day)
    return watches.filter(woken | unsure | Q(alert__in=told))


def _foreseen(move: Move, *, watch_ids: list[int]) -> _Foreseen:
    last = _last_day(move)
    supposed = Supposed(series=move.series.pk, day=move.day, market=move.now, until=move.until)
    weighed = subjects.weigh(
        subjects.read(Watch.objects.filter(pk__in=watch_ids)),
        since=number(move.day),
        until=number(last),
        supposed=supposed,
    )
    expected = {key for one in weighed for key in _fires(one, since=move.day, until=last)}
    told = _told(move, weighed=weighed, until=last)
    changes = [change for key, said in told.items() if (change := _change(said, fires=key in expected))]
    orphans = recording.orphans(move.series.pk, day=move.day)
    return _Foreseen(
        fire=len(expected - told.keys()) + changes.count("fire"),
        corrected=changes.count("corrected") + sum(recording.told_price(one) != move.now for one in orphans),
        withdrawn=changes.count("withdrawn"),
    )


def _last_day(move: Move) -> date:
    """The last recorded day. What a later change is held against may be another price too."""
    runs = IngestRun.objects.filter(
        source=move.series.source_id, game=move.series.game_id, status=IngestRun.Status.DONE
    )
    newest: date | None = runs.aggregate(day=Max("day"))["day"]
    return max(newest or move.day, move.day)


def _fires(weighed: Weighed, *, since: date, until: date) -> list[Key]:
    days = (dated(fire.day) for fire in weighed.judgement.fires)
    return [(weighed.subject.alert, day) for day in days if since <= day <= until]


def _told(move: Move, *, weighed: Sequence[Weighed], until: date) -> dict[Key, _Told]:
    """The events of these days that a rule still says something of, and what their day would cost."""
    by_alert = {one.subject.alert: one for one in weighed}
    events = AlertEvent.objects.filter(alert__in=by_alert, series=move.series, day__range=(move.day, until))
    return {
        (event.alert_id, event.day): _Told(event, recording.price_on(by_alert[event.alert_id], day=event.day))
        for event in events
        if event.day > dated(by_alert[event.alert_id].subject.since)
    }


def _change(told: _Told, *, fires: bool) -> str:
    """What would become of an event; "" where it stays as it was told."""
    if fires and told.event.is_withdrawn:
        return "fire"
    if not fires and not told.event.is_withdrawn:
        return "withdrawn"
    return "corrected" if recording.told_price(told.event) != told.price else ""


def _said(found: _Foreseen, *, is_cut: bool) -> str:
    parts = [
        f"{_alerts(found.fire)} would fire" if found.fire else "",
        f"{_alerts(found.corrected)} would be told another price" if found.corrected else "",
        f"{_alerts(found.withdrawn)} would be withdrawn" if found.withdrawn else "",
    ]
    said = ", ".join(part for part in parts if part) or "No alert would fire"
    return f"{said}; only the first {MOST} rules were tried." if is_cut else f"{said}."


def _alerts(count: int) -> str:
    return f"{count} alert" if count == 1 else f"{count} alerts"
