"""Starter content: real checklists with generated prices, loaded like any other captured files."""

import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import PROTECT, Model

from catalog import words
from catalog.models import Card, CardSet, ExternalId, Game, Printing
from catalog.starter import SETS, write_layout
from catalog.upsert import Catalogue
from pricing import captured, history
from pricing.models import (
    IngestRun,
    LatestPrice,
    MissedDay,
    Mover,
    PriceChange,
    PriceCorrection,
    PriceDay,
    PriceHistory,
    PriceReview,
    PriceSeries,
    Source,
)
from pricing.shelf import Shelf

DEMO = "demo"
DAYS = 400
# What apps above do between the removal of prices and of their series, to refer to others or to none.
PRICES_GONE: list[Callable[[], object]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """`kept` counts the cards that somebody uses: they stay, without a price."""

    series: int
    kept: int


def is_needed() -> bool:
    return not Card.objects.exists()


@transaction.atomic
def load(today: date, *, days: int = DAYS, report: Callable[[str], None] | None = None) -> int:
    """Loads `days` days of demonstration prices that end today, all or none; how many runs that took."""
    with tempfile.TemporaryDirectory() as folder:
        write_layout(Path(folder), last_day=today, days=days)
        runs = sum(
            _load_game(slug, root=Path(folder), today=today, days=days, report=report) for slug in _games()
        )
    history.pack_closed(today)
    return runs


def _games() -> list[str]:
    return sorted({card_set.game for card_set in SETS})


def _load_game(slug: str, *, root: Path, today: date, days: int, report: Callable[[str], None] | None) -> int:
    source = Source.objects.get(slug=DEMO)
    shelf = Shelf.load(source, catalogue=Catalogue(game=Game.objects.get(slug=slug), source=DEMO))
    for back in range(days - 1, -1, -1):
        day = today - timedelta(days=back)
        captured.sync(
            root / day.isoformat(),
            game=slug,
            day=day,
            source=DEMO,
            shelf=shelf,
            ranks=back == 0,
            report=report if back == 0 and report else _quietly,
        )
    return days


def _quietly(_: str) -> None:
    """Four hundred days need no line each."""


@transaction.atomic
def remove() -> Removed:
    """Removes every demonstration price, and the cards no other source knows and nobody uses."""
    source = Source.objects.get(slug=DEMO)
    series = PriceSeries.objects.filter(source=source)
    of_series: tuple[Any, ...] = (PriceCorrection, PriceChange, PriceHistory, LatestPrice, Mover)
    for model in of_series:
        model.objects.filter(series_id__in=series.values("id")).delete()
    PriceReview.objects.filter(run__source=source).delete()
    of_source: tuple[Any, ...] = (PriceDay, IngestRun, MissedDay)
    for model in of_source:
        model.objects.filter(source=source).delete()
    for let_go in PRICES_GONE:
        let_go()
    removed = series.delete()[1].get("pricing.PriceSeries", 0)
    return Removed(series=removed, kept=_remove_catalogue())


def _remove_catalogue() -> int:
    """How many cards stay because they are in use; what those are called stays, for a later removal.

    What staff entered by hand has no external id either, but never had one of ours: it stays.
    """
    ours = ExternalId.objects.filter(source=DEMO).exclude(kind=ExternalId.Kind.GAME)
    cards = list(ours.exclude(card=None).values_list("card_id", flat=True))
    sets = list(ours.exclude(card_set=None).values_list("card_set_id", flat=True))
    adopted = ExternalId.objects.filter(card__in=cards).exclude(source=DEMO)
    kept = _in_use(Printing, "card", among=cards) - set(adopted.values_list("card_id", flat=True))
    kept_sets = set(Card.objects.filter(id__in=kept).values_list("card_set_id", flat=True))
    kept_sets |= _in_use(CardSet, "pk", among=sets)
    ours.exclude(card__in=kept).exclude(card_set__in=kept_sets).delete()
    Card.objects.filter(id__in=cards, external_ids=None).delete()
    CardSet.objects.filter(id__in=sets, external_ids=None, cards=None).exclude(id__in=kept_sets).delete()
    words.index_all()  # words that no card has any more are no longer suggested
    return len(kept)


def _in_use(model: type[Model], key: str, *, among: Collection[int]) -> set[int]:
    """Those, by this key of the model, that rows of whatever app refer to and do not let go, such as what
    people own. Cards do not count: they go themselves.
    """
    found: set[int] = set()
    for relation in model._meta.related_objects:  # noqa: SLF001 -- documented API
        if relation.on_delete is PROTECT and relation.related_model is not Card:
            wanted = f"{relation.field.name}__{key}"
            rows: Any = relation.related_model._default_manager  # noqa: SLF001
            found.update(rows.filter(**{f"{wanted}__in": among}).values_list(wanted, flat=True))
    return found
