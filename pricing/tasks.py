"""What the worker does. Every task may run twice: the second time changes nothing."""

from typing import NoReturn

from celery import Task, shared_task
from django.utils import timezone

from catalog.models import Game
from integrations.errors import MarketError
from pricing import disagreements, gaps, history, sources
from pricing import rates as exchange
from pricing.ingest import BusyError


@shared_task(bind=True, name="pricing.sync", max_retries=5)
def sync(self: Task, adapter: str, game: str, accept_collapse: bool = False) -> str:  # type: ignore[type-arg]  # noqa: FBT001, FBT002 -- tasks take plain arguments
    """Brings today's prices of one game; tries again later when the source may recover."""
    try:
        return sources.sync(adapter, game=game, accept_collapse=accept_collapse).status
    except BusyError as busy:
        return str(busy)
    except MarketError as error:
        _again(self, error)


@shared_task(bind=True, name="pricing.rates", max_retries=5)
def rates(self: Task) -> str:  # type: ignore[type-arg]
    """Brings the ECB's newest exchange rates; tries again later when it may recover."""
    try:
        return f"{exchange.fetch()} exchange rates written"
    except MarketError as error:
        _again(self, error)


def _again(task: Task, error: MarketError) -> NoReturn:  # type: ignore[type-arg]
    """After ever longer waits, unless no repetition can help."""
    if error.permanent:
        raise error
    raise task.retry(exc=error, countdown=min(900, 60 * 2**task.request.retries)) from error


@shared_task(name="pricing.watch")
def watch() -> str:
    """Looks for missed days and for runs whose process died."""
    return f"{len(gaps.notice())} missed days, {sources.fail_dead_runs()} dead runs"


@shared_task(name="pricing.compare")
def compare(game: str = "") -> str:
    """Finds the printings that sources disagree about: of a game, or of all."""
    games = Game.objects.filter(slug=game) if game else Game.objects.all()
    return f"{sum(disagreements.find(one) for one in games)} disagreements"


@shared_task(name="pricing.pack")
def pack() -> str:
    today = timezone.now().date()
    return f"{history.pack_closed(today)} changes packed, {history.drop_vectors(today)} day vectors dropped"
