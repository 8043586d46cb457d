"""What a rule would have done: its days over the last year, by the very code that judges it every day."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.db.models import F, Max

from accounts.models import User
from alerts import editing, rules, subjects, watching
from alerts.editing import AlertError, Facts
from alerts.models import Alert
from alerts.rules import Fire, Rule
from alerts.subjects import Subject, Weighed
from pricing.models import IngestRun, PriceSeries, Source
from pricing.steps import dated, number

YEAR: Final = timedelta(days=365)
UNTRIED: Final = "What a search found on earlier days is not kept: this rule cannot be tried on them."
TRIED: Final = 500  # series, those that cost most; more would keep a page waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFire:
    """What a printing cost on the day, in minor units of its currency."""

    printing_id: int
    price: int
    before: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDay:
    day: date
    fires: tuple[TrialFire, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The days between `since` and `until` on which a rule would have fired, as if it counted each time.

    `tried` of the `series` it is about were looked at. `known_since` is the first day with a price; None:
    there never was one. `met` of the tried ones meet the rule already. `lowest` and `highest` are what a
    `single` series cost in that time, in its `currency`. `sources` say the prices; `is_demo` when one of them
    only demonstrates.
    """

    days: tuple[TrialDay, ...]
    count: int
    since: date
    until: date
    known_since: date | None
    series: int
    single: int | None
    tried: int
    met: int
    lowest: int | None
    highest: int | None
    currency: str
    sources: tuple[str, ...]
    is_demo: bool


def try_out(owner: User, facts: Facts, *, today: date, known: Alert | None = None) -> Trial:
    """Raises editing.AlertError for what no alert, or the `known` one, can be."""
    editing.check(owner, facts, known=known)
    if facts.kind == Alert.Kind.FOUND:
        raise AlertError("kind", UNTRIED)
    alert = Alert(owner=owner, **editing.rule_facts(facts))
    looked = watching.look([alert])
    for trouble in looked.troubles.values():
        raise AlertError("search", trouble)
    about = [series for _, series in looked.pairs]
    tried = _tried(about)
    until = max(_newest(tried), today - YEAR) if tried else today
    since = until - YEAR
    rule = replace(subjects.rule_of(alert), rearms=True)
    wanted = [_subject(series, alert=alert, rule=rule, since=since) for series in tried]
    weighed = subjects.weigh(wanted, since=number(since), until=number(until))
    sources = {one.source for one in tried}
    return _trial(weighed, sources=sources, series=len(about), since=since, until=until)


def _tried(series_ids: Sequence[int]) -> list[PriceSeries]:
    found = PriceSeries.objects.filter(pk__in=series_ids).select_related("source")
    return list(found.order_by(F("latest__market").desc(nulls_last=True), "pk")[:TRIED])


def _newest(tried: Sequence[PriceSeries]) -> date:
    shelves = {(one.source_id, one.game_id) for one in tried}
    runs = IngestRun.objects.filter(status=IngestRun.Status.DONE)
    newest = runs.values("source_id", "game_id").annotate(day=Max("day"))
    days = [row["day"] for row in newest if (row["source_id"], row["game_id"]) in shelves]
    return max(days, default=date.min)


def _subject(series: PriceSeries, *, alert: Alert, rule: Rule, since: date) -> Subject:
    return Subject(
        watch=0,
        alert=0,
        owner=alert.owner_id,
        series=series.pk,
        printing=series.printing_id,
        source=series.source_id,
        game=series.game_id,
        currency=series.currency,
        into=alert.currency,
        since=number(since),
        expires=None,
        rule=rule,
    )


def _trial(
    weighed: Sequence[Weighed], *, sources: Collection[Source], series: int, since: date, until: date
) -> Trial:
    days: dict[date, list[TrialFire]] = defaultdict(list)
    for subject, _, judgement in weighed:
        for fire in judgement.fires:
            days[dated(fire.day)].append(_fire(fire, subject=subject))
    first = min((day for one in weighed if (day := _first_day(one, since=since))), default=None)
    lowest, highest = _range(weighed[0], since=since) if len(weighed) == 1 else (None, None)
    return Trial(
        days=tuple(TrialDay(day=day, fires=tuple(days[day])) for day in sorted(days)),
        count=sum(map(len, days.values())),
        since=since,
        until=until,
        known_since=first,
        series=series,
        single=weighed[0].subject.series if len(weighed) == 1 else None,
        tried=len(weighed),
        met=sum(_is_met(one) for one in weighed),
        lowest=lowest,
        highest=highest,
        currency=weighed[0].subject.currency if weighed else "USD",
        sources=tuple(sorted(one.slug for one in sources)),
        is_demo=any(one.is_demo for one in sources),
    )


def _fire(fire: Fire, *, subject: Subject) -> TrialFire:
    return TrialFire(
        printing_id=subject.printing,
        price=fire.price,
        before=fire.before or None,
        currency=subject.currency,
    )


def _is_met(weighed: Weighed) -> bool:
    """Whether the last price would let a rule that is new today wait until it has gone back across."""
    return bool(rules.weighed(weighed.subject.rule, weighed.path).met[-1])


def _first_day(weighed: Weighed, *, since: date) -> date | None:
    """The first day of the trial on which there was a price."""
    start = number(since) - weighed.path.first
    known = weighed.path.prices[start:].nonzero()[0]
    return since + timedelta(days=int(known[0])) if len(known) else None


def _range(weighed: Weighed, *, since: date) -> tuple[int | None, int | None]:
    prices = weighed.path.prices[number(since) - weighed.path.first :]
    known = prices[prices > 0]
    return (int(known.min()), int(known.max())) if len(known) else (None, None)
