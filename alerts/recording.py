"""Writes down what the rules say of some days: new events, and what became of those told already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from alerts import metrics, phrases
from alerts.models import Alert, AlertEvent
from alerts.rules import Fire
from alerts.subjects import Subject, Weighed
from pricing.steps import dated

Key = tuple[int, int, date]  # alert, series, day


@dataclass(kw_only=True)
class Outcome:
    """Events to be told of: met for the first time, or told at a price that was not right."""

    fired: list[AlertEvent] = field(default_factory=list)
    corrected: list[AlertEvent] = field(default_factory=list)

    def add(self, more: "Outcome") -> None:
        self.fired += more.fired
        self.corrected += more.corrected


def record(weighed: Sequence[Weighed], *, since: date, until: date, now: datetime) -> Outcome:
    """Makes the events of these days what the rules say. Doing so again changes nothing.

    The caller holds the transaction and its shelf's progress; a key that two would write at once the database
    refuses. An alert fires at most once for a series and day.
    """
    subjects = {(one.subject.alert, one.subject.series): one for one in weighed}
    expected = dict(_expected(weighed, since=since, until=until))
    told = _told(subjects, since=since, until=until)
    outcome = Outcome(fired=_fired(expected, told=told, subjects=subjects))
    for key, event in told.items():
        if _corrects(event, fire=expected.get(key), price=price_on(subjects[key[:2]], day=key[2])):
            outcome.corrected.append(event)
    AlertEvent.objects.bulk_create(outcome.fired)
    transaction.on_commit(partial(metrics.count, outcome.fired))
    _save(outcome.corrected)
    _finish({one.subject.alert for one in weighed}, now=now)
    return outcome


def _expected(weighed: Iterable[Weighed], *, since: date, until: date) -> Iterable[tuple[Key, Fire]]:
    for subject, _, judgement in weighed:
        for fire in judgement.fires:
            if since <= dated(fire.day) <= until:
                yield (subject.alert, subject.series, dated(fire.day)), fire


def _told(subjects: Mapping[tuple[int, int], Weighed], *, since: date, until: date) -> dict[Key, AlertEvent]:
    """Events of these days that a rule can still say something of: those after it was last changed."""
    found = AlertEvent.objects.filter(
        alert_id__in={alert for alert, _ in subjects},
        series_id__in={series for _, series in subjects},
        day__range=(since, until),
    )
    keys = {(event.alert_id, event.series_id or 0, event.day): event for event in found}
    return {
        key: event
        for key, event in keys.items()
        if key[:2] in subjects and key[2] > dated(subjects[key[:2]].subject.since)
    }


def _fired(
    expected: Mapping[Key, Fire],
    *,
    told: Mapping[Key, AlertEvent],
    subjects: Mapping[tuple[int, int], Weighed],
) -> list[AlertEvent]:
    fresh = sorted(key for key in expected if key not in told)
    return [_event(subjects[key[:2]].subject, expected[key], day=key[2]) for key in fresh]


def _event(subject: Subject, fire: Fire, *, day: date) -> AlertEvent:
    has_level = fire.level > 0
    return AlertEvent(
        alert_id=subject.alert,
        owner_id=subject.owner,
        series_id=subject.series,
        printing_id=subject.printing,
        kind=subject.rule.kind,
        days=subject.rule.days or None,
        rule=phrases.of(subject.rule, currency=subject.into),
        day=day,
        price=fire.price,
        before=fire.before or None,
        currency=subject.currency,
        level=fire.level if has_level else None,
        level_currency=_level_currency(subject) if has_level else "",
    )


def _level_currency(subject: Subject) -> str:
    return subject.into if subject.rule.is_static else subject.currency


def price_on(weighed: Weighed, *, day: date) -> int | None:
    """What the price of a day is now known to have been."""
    place = (day - dated(weighed.path.first)).days
    return int(weighed.path.prices[place]) or None


def _corrects(event: AlertEvent, *, fire: Fire | None, price: int | None) -> bool:
    """Writes the present knowledge into the event; whether it differs from what was last told."""
    said = (told_price(event), event.is_withdrawn)
    knows = (price, fire is None)
    if said == knows:
        return False
    event.corrections += 1
    event.corrected_to, event.is_withdrawn = knows
    event.read_at = None
    return True


def correct_orphans(series_id: int, *, day: date, price: int | None) -> list[AlertEvent]:
    """Events whose rule was changed or paused since: their price is put right, nothing is judged."""
    changed = [event for event in orphans(series_id, day=day) if _corrects_price(event, price=price)]
    _save(changed)
    return changed


def orphans(series_id: int, *, day: date) -> QuerySet[AlertEvent]:
    """The events of a day that no rule says anything of any more."""
    still = Q(alert__watches__series=F("series"), alert__watches__since__lt=day)
    events = AlertEvent.objects.filter(series_id=series_id, day=day)
    return events.exclude(pk__in=events.filter(still).values("pk"))


def told_price(event: AlertEvent) -> int | None:
    """What was last said that it cost."""
    return event.corrected_to if event.corrections else event.price


def _corrects_price(event: AlertEvent, *, price: int | None) -> bool:
    if price == told_price(event):
        return False
    event.corrections += 1
    event.corrected_to, event.read_at = price, None
    return True


def _save(events: list[AlertEvent]) -> None:
    AlertEvent.objects.bulk_update(events, ["corrections", "corrected_to", "is_withdrawn", "read_at"])


def _finish(alert_ids: Iterable[int], *, now: datetime) -> None:
    """A rule about one printing that counts once is finished by its event, and open again without it."""
    once = Alert.objects.filter(pk__in=list(alert_ids), rearms=False, printing__isnull=False)
    standing = Q(events__is_withdrawn=False, events__day__gt=F("watches__since"))
    for alert in once.annotate(last=Max("events__day", filter=standing)):
        if alert.finished_on != alert.last:
            Alert.objects.filter(pk=alert.pk).update(finished_on=alert.last, updated_at=now)
