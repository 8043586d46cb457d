"""What the worker does, run as Celery runs it; the second time changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Game
from catalog.tests.factories import GameFactory, category
from integrations.ecb import client as ecb
from integrations.errors import MarketError
from integrations.tcgcsv import client
from integrations.tests.marketplace import Marketplace
from integrations.tests.stand_in import stand_in
from pricing import ingest, tasks
from pricing.models import ExchangeRate, IngestRun, LatestPrice, MissedDay, PriceHistory, Source
from pricing.tests import dumps
from pricing.tests.bank import on
from pricing.tests.factories import RunFactory
from pricing.tests.market import DAY, Shop, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def game() -> Game:
    game = GameFactory.create(slug="known")
    category(game, source="tcgplayer", external_id="999")
    Source.objects.get_or_create(slug="tcgplayer", defaults={"name": "TCGplayer", "currency": "USD"})
    return game


@pytest.fixture
def market(
    game: Game, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Marketplace]:
    price = {"productId": 1, "marketPrice": 1.5, "subTypeName": "Normal"}
    one = dumps.group(604, name="Base Set", products=[{"productId": 1, "name": "Pikachu"}], prices=[price])
    root = dumps.write(tmp_path / "site", category="999", groups=[one], day=DAY)
    with Marketplace(root=root) as market:
        stand_in(market, settings=settings, monkeypatch=monkeypatch, spool=tmp_path / "spool")
        monkeypatch.setattr(client, "POLICY", replace(client.POLICY, deadline=10, attempts=1))
        yield market


def _sync(**options: bool) -> object:
    """As a worker runs it, retries included, only without waiting between them."""
    return tasks.sync.apply(args=("tcgcsv", "known"), kwargs=options).get()


def test_a_sync_brings_the_day_and_the_second_changes_nothing(market: Marketplace) -> None:
    assert [_sync(), _sync()] == ["done", "unchanged"]
    assert LatestPrice.objects.get().market == 150


def test_a_source_that_may_recover_is_asked_again_five_times_after_ever_longer_waits(
    market: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    retry = tasks.sync.retry

    def noted(*, exc: Exception, countdown: int) -> Exception:
        waits.append(countdown)
        return retry(exc=exc, countdown=countdown)

    monkeypatch.setattr(tasks.sync, "retry", noted)
    market.misbehave("*", "status")
    with pytest.raises(MarketError):
        _sync()
    assert IngestRun.objects.filter(status="failed").count() == 6
    assert waits == [60, 120, 240, 480, 900, 900]  # the last one is one too many and gives up


def test_a_source_that_recovers_in_between_brings_the_day(market: Marketplace) -> None:
    market.misbehave("*", "status", times=2)
    assert _sync() == "done"
    assert sorted(IngestRun.objects.values_list("status", flat=True)) == ["done", "failed", "failed"]


def test_what_no_repetition_can_help_is_not_repeated(market: Marketplace, game: Game) -> None:
    game.external_ids.all().delete()
    with pytest.raises(MarketError, match="has no id at tcgplayer"):
        _sync()
    assert IngestRun.objects.count() == 1


def test_a_held_file_is_taken_when_told(market: Marketplace, game: Game) -> None:
    source = Source.objects.get(slug="tcgplayer")
    Shop(source=source, game=game).says({str(place): 100 for place in range(50)}, day=later(-1))
    assert _sync() == "held"
    assert _sync(accept_collapse=True) == "done"


def test_a_sync_beside_another_leaves_it_the_field(
    market: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise ingest.BusyError("it is being synced already")

    monkeypatch.setattr(ingest, "sync", busy)
    assert _sync() == "it is being synced already"


def test_the_watch_notices_missed_days_and_dead_runs_once(shop: Shop) -> None:
    shop.says({"1": 100})
    RunFactory.create(source=shop.source, game=shop.game, status="running", day=None, finished_at=None)
    with time_machine.travel(timezone.now().replace(year=2026, month=3, day=4, hour=6)):
        assert [tasks.watch(), tasks.watch()] == ["1 missed days, 1 dead runs", "0 missed days, 0 dead runs"]
    assert MissedDay.objects.get().day == later(1)


def test_upkeep_packs_closed_months_and_drops_old_vectors(shop: Shop) -> None:
    for day, market in ((date(2025, 1, 1), 90), (DAY, 100)):
        shop.says({"1": market}, day=day)
    with time_machine.travel(timezone.now().replace(year=2026, month=3, day=20)):
        said = [tasks.pack(), tasks.pack()]
    assert said == ["1 changes packed, 1 day vectors dropped", "0 changes packed, 0 day vectors dropped"]
    assert PriceHistory.objects.get().through == date(2025, 1, 1)


def test_exchange_rates_are_brought_once(bank: Marketplace) -> None:
    with on("2026-11-23"):
        said = [tasks.rates.apply().get() for _ in range(2)]
    assert said == ["14 exchange rates written", "0 exchange rates written"]


def test_a_bank_that_recovers_is_asked_again(bank: Marketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecb, "POLICY", replace(ecb.POLICY, attempts=1))
    bank.misbehave("*", "status", times=2)
    with on("2026-11-23"):
        assert tasks.rates.apply().get() == "4 exchange rates written"
    assert ExchangeRate.objects.count() == 14


def test_a_bank_that_talks_nonsense_is_not_asked_again(bank: Marketplace) -> None:
    bank.misbehave("*", "html")
    with on("2026-11-23"), pytest.raises(MarketError, match="has no rates"):
        tasks.rates.apply().get()
    assert bank.hits.total() == 1
