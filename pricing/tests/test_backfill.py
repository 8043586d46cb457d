"""The history that a source keeps, through a real adapter, the command and the real ingest."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.dispatch import Signal
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from catalog.models import Card, Game
from catalog.tests.factories import GameFactory
from catalog.tests.shelf import shelf
from integrations.errors import MarketError
from integrations.tests.bulk_market import MTGJSON, publish_file, publish_mtgjson
from integrations.tests.marketplace import Marketplace
from integrations.tests.stand_in import stand_in
from pricing import backfill, ingest
from pricing.models import IngestRun, PriceChange, Source
from pricing.signals import prices_recorded
from pricing.tests.factories import RunFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
DAYS = [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)]


@pytest.fixture
def market(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Marketplace]:
    with Marketplace() as market, time_machine.travel(NOW):
        stand_in(market, settings=settings, monkeypatch=monkeypatch, spool=tmp_path)
        publish_mtgjson(market)
        yield market


@pytest.fixture
def source() -> Source:
    return Source.objects.get_or_create(
        slug="cardkingdom", defaults={"name": "Card Kingdom", "currency": "USD"}
    )[0]


@pytest.fixture
def game(market: Marketplace, source: Source) -> Game:
    """Magic with the cards of the fixture, which the products are tied to."""
    known = shelf("magic")
    known.card_set("Invented Tempest", code="INV")
    known.holds("Invented Card 1", "1", "Normal", "Foil", card_set="Invented Tempest")
    known.holds("Front Half // Back Half", "2", "Normal", "Foil", card_set="Invented Tempest")
    known.holds("Invented Card 4", "4", "Normal", "Foil", card_set="Invented Tempest")
    return known.game


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What was sent of recorded prices."""
    found: list[dict[str, Any]] = []

    def hear(signal: Signal, **said: Any) -> None:
        found.append({name: said[name] for name in ("game", "day")})

    prices_recorded.connect(hear)
    yield found
    prices_recorded.disconnect(hear)


def _history(**options: Any) -> str:
    out = StringIO()
    call_command("sync", "--history", "cardkingdom", stdout=out, **options)
    return out.getvalue()


def _changes() -> list[tuple[date, int | None]]:
    return list(PriceChange.objects.order_by("day", "series_id").values_list("day", "market"))


def test_an_empty_history_gets_every_day_oldest_first(game: Game) -> None:
    said = _history()
    runs = IngestRun.objects.filter(game=game).order_by("id")
    assert [(run.day, run.status, run.rows) for run in runs] == [
        (DAYS[0], "done", 1),
        (DAYS[1], "done", 2),
        (DAYS[2], "done", 3),
    ]
    changed = [(DAYS[0], 30), (DAYS[1], 31), (DAYS[1], 175), (DAYS[2], 35), (DAYS[2], 200), (DAYS[2], 149)]
    assert sorted(_changes(), key=str) == sorted(changed, key=str)
    assert said.endswith(f"{game}: 3 days brought\n")


def test_the_products_are_read_once(game: Game) -> None:
    _history()
    assert [run.products for run in IngestRun.objects.order_by("id")] == [3, 0, 0]
    assert Card.objects.filter(game=game).count() == 3


def test_what_was_recorded_stays_and_only_later_days_come(game: Game, source: Source) -> None:
    RunFactory.create(source=source, game=game, day=DAYS[1])
    said = _history()
    assert "prices are recorded up to 2026-11-19; older days cannot be added, only later ones" in said
    assert {day for day, _ in _changes()} == {DAYS[2]}
    assert said.endswith("1 day brought\n")


def test_a_second_time_nothing_is_left_to_bring(game: Game) -> None:
    _history()
    before = _changes()
    assert _history().endswith("0 days brought\n")
    assert _changes() == before
    assert IngestRun.objects.count() == 3


def test_others_are_told_once_of_the_first_day(
    game: Game, told: list[dict[str, Any]], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        _history()
    assert told == [{"game": "magic", "day": DAYS[0]}]


def test_a_run_that_stopped_half_way_goes_on_with_the_next_day(
    game: Game, market: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, days = ingest.sync, iter(DAYS)

    def stop_at_the_second(*arguments: Any, **options: Any) -> IngestRun:
        if next(days) == DAYS[1]:
            raise MarketError("The power went", permanent=False)
        return whole(*arguments, **options)

    monkeypatch.setattr(ingest, "sync", stop_at_the_second)
    with pytest.raises(CommandError, match="magic: The power went"):
        _history()
    assert {day for day, _ in _changes()} == {DAYS[0]}
    monkeypatch.setattr(ingest, "sync", whole)
    assert _history().endswith("2 days brought\n")
    assert market.hits[MTGJSON.format("AllPrices")] == 1
    assert {day for day, _ in _changes()} == set(DAYS)


def test_the_day_after_is_an_ordinary_sync(game: Game) -> None:
    _history()
    out = StringIO()
    call_command("sync", "--adapter", "cardkingdom", stdout=out)
    assert "2026-11-20: already recorded" in out.getvalue()


def test_a_game_that_the_source_does_not_know_is_named(game: Game) -> None:
    GameFactory.create(slug="other")
    with pytest.raises(CommandError, match=r"other: .* has no id at mtgjson"):
        _history(game=["other"])


def test_only_adapters_that_keep_a_history_are_offered() -> None:
    with pytest.raises(CommandError, match=r"invalid choice: 'tcgcsv' \(choose from"):
        call_command("sync", "--history", "tcgcsv")
    with pytest.raises(MarketError, match="TCGCSV keeps no history"):
        backfill.sync("tcgcsv", game="pokemon", report=print)


def test_a_history_that_is_spoilt_fails_the_command_and_writes_nothing(
    game: Game, market: Marketplace
) -> None:
    publish_file(market, "AllPrices", {"meta": {}, "data": {"x": 7}})
    with pytest.raises(CommandError, match="holds 7 among its records"):
        _history()
    assert not IngestRun.objects.exists()
