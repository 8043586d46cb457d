"""Joins the adapters of `integrations` with our games and price sources."""

from collections.abc import Callable

from django.utils import timezone

from catalog.linking import Linker
from catalog.models import ExternalId, Game
from catalog.upsert import Catalogue
from integrations.errors import MarketError
from integrations.registry import ADAPTERS, Adapter
from pricing import ingest
from pricing.models import IngestRun, Source


def adapter_of(slug: str) -> Adapter:
    if slug not in ADAPTERS:
        raise MarketError(f"no adapter {slug!r}; there are {', '.join(sorted(ADAPTERS))}", permanent=True)
    adapter = ADAPTERS[slug]
    if not adapter.is_configured():
        raise MarketError(f"{adapter.label} needs {', '.join(adapter.missing_settings())}", permanent=True)
    return adapter


def source_of(adapter: Adapter) -> Source:
    if source := Source.objects.filter(slug=adapter.source).first():
        return source
    raise MarketError(f"no source {adapter.source!r}: add one in the admin", permanent=True)


def game_of(slug: str) -> Game:
    if game := Game.objects.filter(slug=slug).first():
        return game
    known = ", ".join(Game.objects.values_list("slug", flat=True))
    raise MarketError(f"no game {slug!r}; there are {known}", permanent=True)


def games_of(source: str) -> list[Game]:
    """The games the source has an id for, in an order that later games do not disturb."""
    known = ExternalId.objects.filter(source=source, kind=ExternalId.Kind.GAME)
    return list(Game.objects.filter(pk__in=known.values("game")).order_by("pk"))


def category_of(game: Game, *, source: str) -> str:
    """What the source calls the game; raises MarketError when nobody has said so."""
    key = ExternalId.objects.filter(source=source, kind=ExternalId.Kind.GAME, game=game).first()
    if not key:
        raise MarketError(f"{game} has no id at {source}: add one to the game", permanent=True)
    return key.external_id


def catalogue_of(adapter: Adapter, *, game: Game) -> Catalogue | Linker:
    """What ties the products of an adapter to our cards."""
    return ingest.catalogue(game, ids=adapter.id_space, links=adapter.links, day=timezone.now().date())


def sync(
    adapter: str, *, game: str, accept_collapse: bool = False, report: Callable[[str], None] | None = None
) -> IngestRun:
    """Brings a game's newest prices through an adapter. Raises MarketError or ingest.BusyError."""
    chosen, wanted = adapter_of(adapter), game_of(game)
    source = source_of(chosen)
    return ingest.sync(
        lambda: chosen.open(category_of(wanted, source=chosen.id_space)),
        adapter=chosen.slug,
        source=source,
        game=wanted,
        ids=chosen.id_space,
        links=chosen.links,
        accept_collapse=accept_collapse,
        report=report,
    )


def fail_dead_runs() -> int:
    """Marks runs as failed whose process is gone; how many."""
    running = IngestRun.objects.filter(status=IngestRun.Status.RUNNING).select_related("source", "game")
    failed = 0
    for source, game in {(run.source, run.game) for run in running}:
        try:
            with ingest.only_one(source, game=game):
                failed += ingest.fail_abandoned(source, game=game)
        except ingest.BusyError:
            continue
    return failed
