"""Watches as they are judged: each with its rule, its series and the prices it is held against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from django.db.models import QuerySet

from alerts import paths
from alerts.models import AlertEvent, Watch
from alerts.paths import Wanted
from alerts.rules import Flags, Judgement, Path, Rule, judge, judge_found
from pricing import vectors
from pricing.models import PriceChange, PriceHistory
from pricing.steps import Supposed, dated, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One alert on one series. `since`, `expires` and `found`, on which a search began to find it, are days'
    numbers; `into` is the alert's currency.
    """

    watch: int
    alert: int
    owner: int
    series: int
    printing: int
    source: int
    game: int
    currency: str
    into: str
    since: int
    expires: int | None
    rule: Rule
    found: int | None = None

    @property
    def is_foreign(self) -> bool:
        return self.rule.is_static and self.currency != self.into


class Weighed(NamedTuple):
    subject: Subject
    path: Path
    judgement: Judgement


OVER = Judgement(fires=[], is_armed=False, is_done=True)
LISTED = 300  # days that what was listed is looked up for: it is kept for 400
FACTS = ("kind", "threshold", "percent", "days", "least", "rearms", "margin")


def rule_of(facts: Any) -> Rule:
    """Of an alert, or of whatever else has the facts of one."""
    return _rule(*(getattr(facts, name) for name in FACTS))


def _rule(  # noqa: PLR0913, PLR0917 -- the columns of FACTS
    kind: str,
    threshold: int | None,
    percent: Decimal | None,
    days: int | None,
    least: int | None,
    rearms: bool,  # noqa: FBT001
    margin: Decimal,
) -> Rule:
    return Rule(
        kind=kind,
        threshold=threshold or 0,
        percent=int((percent or 0) * 100),
        days=days or 0,
        least=least or 0,
        rearms=rearms,
        margin=int(margin * 100),
    )


def read(watches: QuerySet[Watch]) -> list[Subject]:
    """One statement."""
    named: tuple[str, ...] = (
        "pk",
        "alert_id",
        "alert__owner_id",
        "series_id",
        "series__printing_id",
        "series__source_id",
    )
    named += (
        "series__game_id",
        "series__currency",
        "alert__currency",
        "since",
        "alert__expires_on",
        "found_on",
    )
    rows = watches.order_by("series_id", "pk").values_list(*named, *(f"alert__{name}" for name in FACTS))
    return [_subject(*row[: len(named)], rule=_rule(*row[len(named) :])) for row in rows]


def _subject(  # noqa: PLR0913, PLR0917 -- the columns of `read`
    watch: int,
    alert: int,
    owner: int,
    series: int,
    printing: int,
    source: int,
    game: int,
    currency: str,
    into: str,
    since: date,
    expires_on: date | None,
    found_on: date | None,
    *,
    rule: Rule,
) -> Subject:
    return Subject(
        watch=watch,
        alert=alert,
        owner=owner,
        series=series,
        printing=printing,
        source=source,
        game=game,
        currency=currency,
        into=into,
        since=number(since),
        expires=number(expires_on) if expires_on else None,
        rule=rule,
        found=number(found_on) if found_on else None,
    )


def weigh(
    subjects: Sequence[Subject], *, since: int, until: int, supposed: Supposed | None = None
) -> list[Weighed]:
    """Each with its prices up to `until` and what its rule makes of them, with a price that is only supposed.

    Of a rule about gaps only the days from `since` on are judged: what was listed long ago is not kept.
    """
    first = max(since, until - LISTED)
    judged = [_recent(one, since=first) if one.rule.kind == "back" else one for one in subjects]
    spent = _spent(subjects, since=since)
    found = paths.load([_wanted(one, until=until) for one in judged], supposed=supposed)
    listed = _listed(judged, until=until, supposed=supposed)
    weighed = []
    for subject, path in zip(judged, found, strict=True):
        known = replace(path, listed=listed.get((subject.series, path.first)))
        ended = known if subject.expires is None else known.until(subject.expires)
        judgement = OVER if subject.watch in spent else _judgement(subject, ended)
        weighed.append(Weighed(subject, known, judgement))
    return weighed


def _judgement(subject: Subject, path: Path) -> Judgement:
    if subject.rule.kind == "found":
        return judge_found(subject.rule, path, found=subject.found)
    return judge(subject.rule, path, since=subject.since)


def _spent(subjects: Iterable[Subject], *, since: int) -> set[int]:
    """Watches about gaps that counted once since they began, before the days that are judged."""
    once = {
        (one.alert, one.series): one for one in subjects if one.rule.kind == "back" and not one.rule.rearms
    }
    if not once:
        return set()
    told = AlertEvent.objects.filter(alert_id__in={alert for alert, _ in once}, is_withdrawn=False)
    pairs = (
        ((alert, series), day) for alert, series, day in told.values_list("alert_id", "series_id", "day")
    )
    return {
        once[pair].watch for pair, day in pairs if pair in once and once[pair].since < number(day) < since
    }


def _recent(subject: Subject, *, since: int) -> Subject:
    return replace(subject, since=max(subject.since, since - 1))


def _wanted(subject: Subject, *, until: int) -> Wanted:
    rule = subject.rule
    needs_converted = rule.is_static or rule.least
    return Wanted(
        series=subject.series,
        currency=subject.currency,
        into=subject.into,
        first=min(subject.since, until) - rule.days - 1,
        last=until,
        converted_from=subject.since if needs_converted else None,
    )


def _listed(
    subjects: Iterable[Subject], *, until: int, supposed: Supposed | None
) -> dict[tuple[int, int], Flags]:
    """By series and first day of a rule about gaps: the days on which its source listed it with a price.

    On days of which the source said nothing what it said before stands. The path's first day counts as listed
    where the series had a price at any time before.
    """
    found: dict[tuple[int, int], Flags] = {}
    about_gaps = sorted(
        (one for one in subjects if one.rule.kind == "back"), key=attrgetter("source", "game")
    )
    for (source, game), group in groupby(about_gaps, key=attrgetter("source", "game")):
        found |= _listed_at(source, game, subjects=list(group), until=until, supposed=supposed)
    return found


def _listed_at(
    source: int, game: int, *, subjects: list[Subject], until: int, supposed: Supposed | None
) -> dict[tuple[int, int], Flags]:
    wanted = np.array(sorted({one.series for one in subjects}), dtype=np.int32)
    first = min(_wanted(one, until=until).first for one in subjects)
    days = np.zeros((until - first + 1, len(wanted)), dtype=bool)
    reached = 0
    for day, series, market in vectors.known_from(
        source, game_id=game, since=dated(first), until=dated(until)
    ):
        place = max(0, number(day) - first)
        days[reached + 1 : place] = days[reached]
        days[place] = vectors.aligned(wanted, series, market) > 0
        if supposed and supposed.holds_on(day):
            is_listed = day == supposed.day or supposed.series in series
            days[place, wanted == supposed.series] = is_listed and bool(supposed.market)
        reached = place
    days[reached + 1 :] = days[reached]
    ever = np.isin(wanted, list(_priced_before(wanted.tolist(), day=dated(first))))
    places = {int(key): place for place, key in enumerate(wanted)}
    starts = {(one.series, _wanted(one, until=until).first) for one in subjects}
    return {
        (key, start): _from(days[:, places[key]], start=start - first, ever=bool(ever[places[key]]))
        for key, start in starts
    }


def _from(listed: Flags, *, start: int, ever: bool) -> Flags:
    """From a day on; that it was listed at any time before stands for its first day."""
    rest = listed[start:].copy()
    rest[:1] |= ever or bool(listed[: start + 1].any())
    return rest


def _priced_before(series_ids: list[int], *, day: date) -> set[int]:
    packed = PriceHistory.objects.filter(series_id__in=series_ids)
    known = PriceChange.objects.filter(series_id__in=series_ids, day__lte=day, market__isnull=False)
    return {*packed.values_list("series_id", flat=True), *known.values_list("series_id", flat=True)}
