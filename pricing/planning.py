"""What the schedules will ask of the sources: one budget for each, and whether the plan fits into it.

A schedule costs what its runs of the next 24 hours send at most (integrations.registry.Cost). Schedules that
are switched off cost nothing.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from catalog.models import CardSet, ExternalId
from integrations.ebay import policies as ebay_policies
from integrations.http import DoorPolicy
from integrations.registry import ADAPTERS, Adapter

SYNC: Final = "pricing.sync"
LOOK: Final = "pricing.look"
DAY: Final = timedelta(hours=24)
Sets = Mapping[tuple[str, str], int]  # of a source and a game


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one schedule asks of a source in 24 hours: how often it runs, and requests at most."""

    name: str
    label: str
    policy: DoorPolicy
    game: str
    runs: int
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """All plans for the door of one source. `quota` is 0 where the source sets none."""

    policy: DoorPolicy
    plans: tuple[Plan, ...]

    @property
    def requests(self) -> int:
        return sum(plan.requests for plan in self.plans)

    @property
    def quota(self) -> int:
        return self.policy.daily_quota

    @property
    def is_overdrawn(self) -> bool:
        return bool(self.quota and self.requests > self.quota)

    @property
    def warning(self) -> str:
        """For staff; empty while the plan fits."""
        if not self.is_overdrawn:
            return ""
        planned = f"The schedules plan {self.requests:,} requests to {self.policy.slug} in 24 hours"
        return f"{planned}; its quota is {self.quota:,}."

    @property
    def least_time(self) -> timedelta:
        """So long the requests take, one interval apart."""
        return timedelta(seconds=round(self.requests * self.policy.min_interval))


def budgets(*, now: datetime | None = None) -> list[Budget]:
    """One for each source that is asked through a door of its own; three statements."""
    asking = PeriodicTask.objects.filter(enabled=True, task__in=[SYNC, LOOK])
    enabled = asking.select_related("crontab", "interval")
    by_door: dict[str, list[Plan]] = defaultdict(list)
    for plan in plans(enabled.order_by("name"), now=now):
        by_door[plan.policy.slug].append(plan)
    policies = {adapter.policy.slug: adapter.policy for adapter in ADAPTERS.values()}
    policies |= {policy.slug: policy for policy in ebay_policies.all_of_them()}
    return [Budget(policy=policies[slug], plans=tuple(by_door[slug])) for slug in policies]


def plans(tasks: Iterable[PeriodicTask], *, now: datetime | None = None) -> list[Plan]:
    """Of each of these schedules that asks a source we know; others are left out. Two statements."""
    now = now or datetime.now(UTC)
    known = sets()
    return [plan for task in tasks for plan in _plans(task, sets=known, now=now)]


def sets() -> Sets:
    """How many sets each source has of each game; before its first sync, those of the catalogue."""
    of_game = CardSet.objects.order_by().values_list("game__slug").annotate(Count("pk"))
    named = ExternalId.objects.filter(kind=ExternalId.Kind.SET).order_by()
    of_source = named.values_list("source", "card_set__game__slug").annotate(Count("pk"))
    known = {(source, game): count for source, game, count in of_source}
    guessed = {(adapter.id_space, game): n for adapter in ADAPTERS.values() for game, n in of_game}
    return Counter(guessed | known)


def _plans(task: PeriodicTask, *, sets: Sets, now: datetime) -> list[Plan]:
    said = arguments(task.args)
    if task.task == SYNC and len(said) >= 2 and said[0] in ADAPTERS:
        return [_sync(task, ADAPTERS[said[0]], game=said[1], sets=sets, now=now)]
    if task.task == LOOK and len(said) >= 2 and said[1].isdecimal():
        return _looks(task, game=said[0], most=int(said[1]), now=now)
    return []


def _sync(task: PeriodicTask, adapter: Adapter, *, game: str, sets: Sets, now: datetime) -> Plan:
    count = runs(task, now=now)
    each = adapter.cost.requests(sets[adapter.id_space, game])
    return Plan(
        name=task.name,
        label=adapter.label,
        policy=adapter.policy,
        game=game,
        runs=count,
        requests=count * each,
    )


def _looks(task: PeriodicTask, *, game: str, most: int, now: datetime) -> list[Plan]:
    """One request to Browse for each printing, and one to Marketplace Insights where eBay granted it."""
    count = runs(task, now=now)
    doors = {"eBay": ebay_policies.BROWSE}
    if settings.EBAY_INSIGHTS:
        doors["eBay's sales"] = ebay_policies.INSIGHTS
    return [
        Plan(name=task.name, label=label, policy=policy, game=game, runs=count, requests=count * most)
        for label, policy in doors.items()
    ]


def arguments(said: str) -> Sequence[str]:
    """The positional arguments of a schedule; none where staff typed something else."""
    try:
        found = json.loads(said or "[]")
    except ValueError:
        return []
    return [str(one) for one in found] if isinstance(found, list) else []


def runs(task: PeriodicTask, *, now: datetime) -> int:
    """How often it runs in the 24 hours from `now`; once where that is not to be told from a clock."""
    if task.one_off:
        return 1
    if task.crontab:
        return _by_crontab(task.crontab, now=now)
    if task.interval:
        return max(1, int(DAY / task.interval.schedule.run_every))
    return 1


def _by_crontab(said: CrontabSchedule, *, now: datetime) -> int:
    """Days and hours are those of its own time zone."""
    # celery.schedules.crontab, typed only in part.
    plan: Any = said.schedule
    start = now.astimezone(said.timezone)
    days = (start.date() + timedelta(days=ahead) for ahead in (0, 1))
    minutes = [
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=said.timezone)
        for day in days
        if _is_due(plan, day=datetime(day.year, day.month, day.day, tzinfo=UTC))
        for hour in plan.hour
        for minute in plan.minute
    ]
    return sum(now < at <= now + DAY for at in minutes)


def _is_due(plan: Any, *, day: datetime) -> bool:
    weekday = day.isoweekday() % 7  # Sunday is 0
    return day.month in plan.month_of_year and day.day in plan.day_of_month and weekday in plan.day_of_week
