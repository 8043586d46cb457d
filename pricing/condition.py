"""How each way to read a source is doing: its runs, its breaker, its budget and what is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Q

from integrations import breaker, budgets, ebay
from integrations.breaker import Reading
from integrations.budgets import Budget as Spent
from integrations.ebay import policies
from integrations.errors import MarketError
from integrations.http import DoorPolicy
from integrations.registry import ADAPTERS, Adapter
from pricing import planning
from pricing.models import IngestRun
from pricing.planning import Budget

Status = IngestRun.Status
WORKED: Final = (Status.DONE, Status.CORRECTED, Status.UNCHANGED)
WINDOWS: Final = (7, 30)  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Of the runs that ended within so many days: how many worked."""

    days: int
    worked: int
    runs: int

    @property
    def percent(self) -> int | None:
        """Rounded down: 100 says that none failed. None without a run."""
        return 100 * self.worked // self.runs if self.runs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The way out to a source, shared by all processes; without a breaker where Redis cannot be asked."""

    policy: DoorPolicy
    breaker: Reading | None
    spent: list[Spent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`missing` are settings without which the adapter cannot run; `last` its newest run of each game."""

    adapter: Adapter
    missing: list[str]
    door: Door
    budget: Budget
    rates: list[Rate]
    last: list[IngestRun]


def of_all(*, now: datetime | None = None) -> list[Condition]:
    """Every way there is, whether it ever ran or not; five statements and two questions to Redis for each."""
    now = now or datetime.now(UTC)
    planned = {budget.policy.slug: budget for budget in planning.budgets(now=now)}
    rates, last = _rates(now), _last()
    return [
        _condition(
            adapter,
            budget=planned[adapter.policy.slug],
            rates=rates.get(adapter.slug, {}),
            last=last.get(adapter.slug, []),
        )
        for adapter in ADAPTERS.values()
    ]


def _condition(
    adapter: Adapter, *, budget: Budget, rates: Mapping[str, Any], last: Sequence[IngestRun]
) -> Condition:
    return Condition(
        adapter=adapter,
        missing=adapter.missing_settings(),
        door=_door(adapter.policy),
        budget=budget,
        rates=[
            Rate(days=days, worked=rates.get(f"worked_{days}", 0), runs=rates.get(f"runs_{days}", 0))
            for days in WINDOWS
        ],
        last=list(last),
    )


def ebay_doors() -> list[Door]:
    """EBay is asked through several doors, each with a budget of its own; none while it is off."""
    return [_door(policy) for policy in policies.all_of_them()] if ebay.is_on() else []


def _door(policy: DoorPolicy) -> Door:
    try:
        return Door(policy=policy, breaker=breaker.state(policy.slug), spent=budgets.of(policy))
    except MarketError:
        return Door(policy=policy, breaker=None, spent=[])


def _rates(now: datetime) -> dict[str, dict[str, Any]]:
    """By adapter; the index of when runs began is read for the longest window only."""
    ended = IngestRun.objects.filter(started_at__gte=now - timedelta(days=max(WINDOWS)))
    counts = {
        f"{name}_{days}": Count("pk", filter=Q(started_at__gte=now - timedelta(days=days)) & of)
        for days in WINDOWS
        for name, of in (("runs", Q()), ("worked", Q(status__in=WORKED)))
    }
    rows = ended.exclude(status=Status.RUNNING).order_by().values("adapter").annotate(**counts)
    return {row["adapter"]: dict(row) for row in rows}


def _last() -> dict[str, list[IngestRun]]:
    newest = IngestRun.objects.order_by().values("adapter", "game").annotate(newest=Max("pk"))
    runs = IngestRun.objects.filter(pk__in=newest.values("newest")).select_related("game", "source")
    found: dict[str, list[IngestRun]] = {}
    for run in runs.order_by("game__position", "game__name"):
        found.setdefault(run.adapter, []).append(run)
    return found
