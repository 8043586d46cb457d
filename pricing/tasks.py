"""What the worker does. Every task may run twice: the second time changes nothing."""

from typing import NoReturn

from celery import Task, shared_task
from django.utils import timezone

from catalog.models import Game
from integrations import ebay
from integrations.ebay.client import Client
from integrations.errors import MarketError
from pricing import coverage, disagreements, gaps, history, sightings, sources
from pricing import rates as exchange
from pricing.bulk import writing
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


@shared_task(bind=True, name="pricing.look", max_retries=2)
def look(self: Task, game: str, most: str) -> str:  # type: ignore[type-arg]
    """Looks at eBay for the printings of a game whose turn it is; without eBay's consent it does nothing."""
    try:
        looked = sightings.look(sources.game_of(game), most=int(most))
    except sightings.NoConsentError as reason:
        return str(reason)
    except MarketError as error:
        _again(self, error)
    return (
        f"{looked.printings} printings, {looked.kept} kept, {looked.waiting} waiting {looked.problem}".strip()
    )


@shared_task(name="pricing.estimate")
def estimate(game: str) -> str:
    """Records the day's estimates of a game from what was seen at eBay; does nothing without its consent."""
    try:
        runs = sightings.estimate(sources.game_of(game))
    except (sightings.NoConsentError, BusyError) as reason:
        return str(reason)
    return ", ".join(f"{run.source_id}: {run.status}" for run in runs)


@shared_task(name="pricing.budget")
def budget() -> str:
    """Asks eBay what is left of the day's requests, so that all workers know."""
    if not ebay.is_on():
        return "eBay is off"
    rate = Client().update_budget()
    return f"{rate.remaining} of {rate.limit} left" if rate else "eBay does not say"


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


@shared_task(name="pricing.bulk")
def bulk() -> str:
    """Writes the daily files; does nothing where nothing has changed since the last ones."""
    try:
        return f"the files of {writing.write().made_at:%Y-%m-%d %H:%M} stand"
    except writing.BusyError as busy:
        return str(busy)


@shared_task(name="pricing.cover")
def cover() -> str:
    """Counts what has a price, an image and a match, for the staff's coverage page."""
    return f"{len(coverage.count_anew().sets)} sets counted"
