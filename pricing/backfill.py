"""Brings the days that a source still remembers into an empty history, or the days that one has missed.

History only grows at its end: an ingest refuses a day older than the newest that is recorded. So where
nothing is recorded yet, every remembered day comes in, oldest first; otherwise only those after the newest.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from integrations.quotes import Capture, GroupEntry, ProductEntry, Quote
from pricing import ingest, movers, sources
from pricing.models import IngestRun
from pricing.shelf import Shelf
from pricing.signals import announce

Report = Callable[[str], None]


def sync(adapter: str, *, game: str, report: Report) -> list[IngestRun]:
    """One run a day; the movers are ranked, and others told, once at the end. Killed, it goes on from there.

    Raises MarketError or ingest.BusyError; the days before stay recorded.
    """
    chosen, wanted = sources.adapter_of(adapter), sources.game_of(game)
    source = sources.source_of(chosen)
    remembered = chosen.open_history(sources.category_of(wanted, source=chosen.id_space))
    newest = ingest.newest_day(source, game=wanted)
    if newest:
        report(f"{wanted}: prices are recorded up to {newest}; older days cannot be added, only later ones")
    runs: list[IngestRun] = []
    try:
        for run in _each(
            (capture for capture in remembered if newest is None or capture.day > newest),
            adapter=chosen.slug,
            shelf=Shelf.load(source, catalogue=sources.catalogue_of(chosen, game=wanted)),
            report=report,
        ):
            runs.append(run)  # noqa: PERF402 -- those before an error count
    finally:
        if runs:
            _tell(runs[0])
    report(f"{wanted}: {len(runs)} day{'' if len(runs) == 1 else 's'} brought")
    return runs


@dataclass(frozen=True, kw_only=True)
class QuotesOnly:
    """A day of which only the prices are read: the shelf knows the products from the first."""

    capture: Capture

    @property
    def day(self) -> date:
        return self.capture.day

    def groups(self) -> list[GroupEntry]:
        return self.capture.groups()

    def products(self, group: GroupEntry) -> list[ProductEntry]:  # noqa: ARG002 -- what a Capture is asked
        return []

    def quotes(self, group: GroupEntry) -> list[Quote]:
        return self.capture.quotes(group)


def _each(captures: Iterable[Capture], *, adapter: str, shelf: Shelf, report: Report) -> Iterator[IngestRun]:
    """The products are read with the first day; on the others they are the same."""
    for place, capture in enumerate(captures):
        yield ingest.sync(
            partial(_as_it_is, QuotesOnly(capture=capture) if place else capture),
            adapter=adapter,
            source=shelf.source,
            game=shelf.catalogue.game,
            shelf=shelf,
            ranks=False,
            report=report,
        )


def _as_it_is(capture: Capture) -> Capture:
    return capture


def _tell(first: IngestRun) -> None:
    assert first.day
    with ingest.only_one(first.source, game=first.game):
        announce(first.game, day=first.day)
        movers.rank(first.source, game=first.game)
