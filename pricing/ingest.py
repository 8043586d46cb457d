"""Brings one game's prices of one day from a capture into the database: read, match, check, record.

1. Only one run of a game and source at a time (a lock the database frees when the process dies).
2. Read every group: products go to the catalogue, quotes to their series; nothing of a price is written.
3. Doubtful quotes are put aside; a file that lost half of its rows is held as a whole.
4. `ledger.record` writes the day in one transaction; a run killed before leaves no trace of it.
5. Movers are ranked anew: derived, so a run killed just before is made good by the next.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from catalog.linking import Linker
from catalog.models import Game
from catalog.upsert import Catalogue
from integrations.errors import MarketError
from integrations.quotes import Capture, Quote
from pricing import ledger, metrics, movers, review
from pricing.ledger import Day
from pricing.models import IngestRun, MissedDay, Source
from pricing.shelf import Shelf
from pricing.signals import announce

logger = logging.getLogger(__name__)
Status = IngestRun.Status
SMALL_FILE = 20  # rows; below this a halved file says nothing
UNMATCHED_SHOWN = 100
MANY_NEW = 1_000  # series; without new statistics the next run's joins are planned for small tables
ANALYZE = "ANALYZE catalog_card, catalog_externalid, catalog_printing, pricing_priceseries"


class BusyError(Exception):
    """Another sync of the same game and source is running."""


@contextmanager
def only_one(source: Source, *, game: Game) -> Iterator[None]:
    """Raises BusyError when the game is being synced; a killed process frees it by dying."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [source.pk, game.pk])
        if cursor.fetchone() != (True,):
            raise BusyError(f"{game} is being synced from {source} already")
        holder = connection.connection
        try:
            yield
        finally:
            # The lock went with a connection that was lost; Django may have opened another one since.
            if holder and not holder.closed and holder is connection.connection:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [source.pk, game.pk])


@dataclass(kw_only=True)
class Gathered:
    """What was read of a capture so far."""

    amounts: dict[int, tuple[int, ...]] = field(default_factory=dict)
    doubts: list[review.Doubt] = field(default_factory=list)


def sync(  # noqa: PLR0913 -- what, from where, and how strictly
    opened: Callable[[], Capture],
    *,
    adapter: str,
    source: Source,
    game: Game,
    ids: str = "",
    links: bool = False,
    shelf: Shelf | None = None,
    replay: bool = False,
    accept_collapse: bool = False,
    ranks: bool = True,
    report: Callable[[str], None] | None = None,
) -> IngestRun:
    """One run over what `opened` gives; opening may fail and is part of the run.

    With `links` its products are tied to cards we know (catalog.linking) instead of making new ones; `ids`
    names whose ids the products bear, where that is not the source.
    `replay` reads a day again that is already recorded (it then writes only what differs). Without `ranks`
    the movers stay as they are and nobody is told, for a caller that brings many days and ranks once.

    Raises BusyError, or MarketError after writing it down in the run.
    """
    with only_one(source, game=game):
        fail_abandoned(source, game=game)
        run = IngestRun.objects.create(source=source, adapter=adapter, game=game, started_at=timezone.now())
        progress = Progress(run=run, report=report)
        try:
            capture = opened()
            run.day = _checked(capture.day, run=run)
            if replay or not _is_recorded(run):
                shelf = shelf or Shelf.load(
                    source, catalogue=catalogue(game, ids=ids or source.slug, links=links, day=run.day)
                )
                _bring(capture, run=run, shelf=shelf, progress=progress, accept_collapse=accept_collapse)
            else:
                _finish(run, status=Status.UNCHANGED)
        except Exception as error:
            _finish(run, status=Status.FAILED, error=str(error) or type(error).__name__)
            raise
        if ranks:  # the day is recorded; should this fail, it stays recorded
            if run.status in {Status.DONE, Status.CORRECTED}:  # also where prices only vanished or came back
                announce(game, day=run.day)
            movers.rank(source, game=game)
        progress.last(run)
        return run


def catalogue(game: Game, *, ids: str, links: bool, day: date) -> Catalogue | Linker:
    """What a source's products are recorded with: see `sync`."""
    return Linker(game=game, source=ids, day=day) if links else Catalogue(game=game, source=ids)


def fail_abandoned(source: Source, *, game: Game) -> int:
    """Marks runs as failed whose process died. The caller holds the game's lock, so none is alive."""
    left = IngestRun.objects.filter(source=source, game=game, status=Status.RUNNING)
    return left.update(status=Status.FAILED, finished_at=timezone.now(), error="Stopped before it finished.")


def _checked(day: date, *, run: IngestRun) -> date:
    """A day ahead of its time would make every true day after it too old to be recorded."""
    if day > timezone.now().date():
        raise MarketError(f"prices of {day} are of the future", permanent=True)
    newest = newest_day(run.source, game=run.game)
    if newest and newest > day:
        raise MarketError(f"prices of {day} are older than {newest}, which is recorded", permanent=True)
    return day


def newest_day(source: Source, *, game: Game) -> date | None:
    """The newest day that is recorded of a game at a source."""
    done = IngestRun.objects.filter(source=source, game=game, status=Status.DONE)
    return done.order_by("-day").values_list("day", flat=True).first()


def _is_recorded(run: IngestRun) -> bool:
    return IngestRun.objects.filter(
        source=run.source, game=run.game, day=run.day, status=Status.DONE
    ).exists()


def _bring(
    capture: Capture, *, run: IngestRun, shelf: Shelf, progress: "Progress", accept_collapse: bool
) -> None:
    gathered = Gathered()
    groups = capture.groups()
    for place, group in enumerate(groups, start=1):
        products = capture.products(group)
        if products:
            shelf.know(shelf.catalogue.record(group, products=products))
        run.products += len(products)
        _match(capture.quotes(group), run=run, shelf=shelf, gathered=gathered)
        progress.note(f"{place} of {len(groups)} sets, {run.rows} prices")
    if run.new_series >= MANY_NEW:
        with connection.cursor() as cursor:
            cursor.execute(ANALYZE)
    if not accept_collapse and _is_collapse(run, usual=(usual := _usual_rows(run))):
        review.hold(run, usual=usual)
        _finish(run, status=Status.HELD)
        return
    _record(run, gathered=gathered)


def _match(quotes: list[Quote], *, run: IngestRun, shelf: Shelf, gathered: Gathered) -> None:
    run.rows += len(quotes)
    told = [shelf.told(quote) for quote in quotes]
    listed = [quote for quote in told if quote]
    strangers = [quote for quote, known in zip(quotes, told, strict=True) if not known]
    run.unmatched += len(strangers)
    run.unmatched_ids = (run.unmatched_ids + [quote.product_id for quote in strangers])[:UNMATCHED_SHOWN]
    shelf.catalogue.price(strangers)
    run.new_series += shelf.add(review.in_currency(quote, source=run.source) for quote in listed)
    for quote in listed:
        series = shelf.series[shelf.identity(review.in_currency(quote, source=run.source))]
        if reason := review.reason(quote, source=run.source):
            gathered.doubts.append(review.Doubt(series=series, reason=reason, quote=review.said(quote)))
        else:
            gathered.amounts[series] = tuple(getattr(quote, name) or 0 for name in ledger.AMOUNTS)


def _usual_rows(run: IngestRun) -> int:
    """Of the day before, through whichever adapter it came: what is not listed today counts as gone."""
    before = IngestRun.objects.filter(source=run.source, game=run.game, status=Status.DONE)
    return before.order_by("-day").values_list("rows", flat=True).first() or 0


def _is_collapse(run: IngestRun, *, usual: int) -> bool:
    return run.rows * 2 < usual and (usual >= SMALL_FILE or run.rows == 0)


@transaction.atomic
def _record(run: IngestRun, *, gathered: Gathered) -> None:
    assert run.day
    again = _is_recorded(run)
    recorded = ledger.record(run, day=run.day, listed=Day.of(gathered.amounts))
    if not run.source.keeps_history:
        ledger.forget(run, before=run.day)
    run.changed = recorded.changed
    doubts = gathered.doubts + [review.jump(jump, currency=run.source.currency) for jump in recorded.jumps]
    run.reviewed = review.put_aside(run, doubts=doubts)
    MissedDay.objects.filter(source=run.source, game=run.game, day=run.day, filled_at=None).update(
        filled_at=timezone.now()
    )
    replayed = Status.CORRECTED if run.changed or recorded.is_other else Status.UNCHANGED
    _finish(run, status=replayed if again else Status.DONE)


def _finish(run: IngestRun, *, status: Status, error: str = "") -> None:
    run.status, run.error, run.finished_at = status, error, timezone.now()
    run.save()
    transaction.on_commit(partial(metrics.count, run))


@dataclass(kw_only=True)
class Progress:
    """Tells the command line and the run's admin page how far a run is, once a second at most."""

    run: IngestRun
    report: Callable[[str], None] | None
    every: float = 1.0
    _told_at: float = field(default_factory=time.monotonic)

    def note(self, text: str) -> None:
        if time.monotonic() - self._told_at >= self.every:
            self._told_at = time.monotonic()
            self.run.progress = text
            self.run.save(update_fields=["progress", "products", "rows", "new_series", "unmatched"])
            self._tell(text)

    def last(self, run: IngestRun) -> None:
        self._tell(
            f"{run.get_status_display().lower()}: {run.products} products, {run.rows} prices, "
            f"{run.changed} written, {run.reviewed} to review, {run.unmatched} unmatched"
        )

    def _tell(self, text: str) -> None:
        if self.report:
            self.report(f"{self.run}: {text}")
        else:
            logger.info("%s: %s", self.run, text)
