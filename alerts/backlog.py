"""What waits to be sent, and what was given up."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from alerts.models import Delivery

Status = Delivery.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Deliveries. `oldest_seconds` is how long the longest of those that are due has been so."""

    waiting: int
    oldest_seconds: float
    dead: int


def read(now: datetime) -> Backlog:
    """One statement, over what is neither sent nor dropped."""
    due = Q(status=Status.PENDING, due_at__lte=now)
    found = Delivery.objects.filter(status__in=(Status.PENDING, Status.DEAD)).aggregate(
        waiting=Count("pk", filter=Q(status=Status.PENDING)),
        since=Min("due_at", filter=due),
        dead=Count("pk", filter=Q(status=Status.DEAD) & ~Q(kind=Delivery.Kind.TEST)),
    )
    oldest = (now - found["since"]).total_seconds() if found["since"] else 0.0
    return Backlog(waiting=found["waiting"], oldest_seconds=oldest, dead=found["dead"])
