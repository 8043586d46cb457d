"""Brings prices from captured files of the TCGCSV layout: the same run, without a network."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from catalog.models import ExternalId
from integrations.tcgcsv.capture import CapturedFiles, categories_in
from pricing import ingest, sources
from pricing.models import IngestRun, Source
from pricing.shelf import Shelf


def sync(  # noqa: PLR0913 -- what, from where, and how strictly
    root: Path,
    *,
    game: str,
    day: date | None = None,
    source: str = "tcgplayer",
    shelf: Shelf | None = None,
    accept_collapse: bool = False,
    ranks: bool = True,
    report: Callable[[str], None] | None = None,
) -> IngestRun | None:
    """None when the folder holds nothing of the game. Raises MarketError or ingest.BusyError."""
    wanted = sources.game_of(game)
    keys = ExternalId.objects.filter(source=source, kind=ExternalId.Kind.GAME, game=wanted)
    held = set(categories_in(root)) & set(keys.values_list("external_id", flat=True))
    if not held:
        return None
    return ingest.sync(
        lambda: CapturedFiles(root, category_id=min(held, key=int), day=day),
        adapter="files",
        source=Source.objects.get(slug=source),
        game=wanted,
        shelf=shelf,
        replay=True,
        accept_collapse=accept_collapse,
        ranks=ranks,
        report=report,
    )
