"""What the worker does for collections. Every task may run twice: the second time changes nothing."""

from datetime import UTC, date, datetime, timedelta

from celery import shared_task

from catalog.models import Game
from collections_app import repricing, snapshots

HALF_A_DAY = timedelta(hours=12)


@shared_task(name="collections_app.fill")
def fill(collection_id: int) -> str:
    """Makes the history of a collection anew as far as it changed."""
    return f"{snapshots.fill(collection_id)} days written"


@shared_task(name="collections_app.nightly")
def nightly() -> str:
    """Ends the day; after midnight, when it was kept waiting, the day before."""
    day = (datetime.now(UTC) - HALF_A_DAY).date()
    return f"{snapshots.nightly(day)} collections valued on {day}"


@shared_task(name="collections_app.choose_prices")
def choose_prices(game: str, day: str) -> str:
    """After prices of a game came: gives lots the price that values them now, and values the day anew."""
    found = Game.objects.get(slug=game)
    changed = repricing.choose(game_id=found.pk)
    outdated = snapshots.outdate(found, since=date.fromisoformat(day))
    return f"{changed} lots with another price, {outdated} collections to value anew"
