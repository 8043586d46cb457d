"""A real HTTP source, good and bad: the fake marketplace stands in for TCGCSV."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from catalog.models import Card, Game
from catalog.tests.factories import GameFactory, category
from integrations import breaker
from integrations.errors import MarketError
from integrations.tcgcsv import client
from integrations.tests.marketplace import Marketplace
from integrations.tests.stand_in import stand_in
from pricing import queries, sources
from pricing.models import IngestRun, LatestPrice, PriceChange, PriceDay, Source
from pricing.tests.factories import RunFactory

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2026, 10, 6), date(2026, 10, 7)
PRICES = "/tcgplayer/999/604/prices"


def _envelope(*rows: dict[str, object]) -> bytes:
    return json.dumps({"success": True, "errors": [], "results": rows}).encode()


def _publish(market: Marketplace, *, day: date, price: float) -> None:
    market.files = {
        "/last-updated.txt": f"{day}T20:04:45+0000".encode(),
        "/tcgplayer/999/groups": _envelope(
            {"groupId": 604, "name": "Base Set", "abbreviation": "BS", "publishedOn": "1999-01-09T00:00:00"}
        ),
        "/tcgplayer/999/604/products": _envelope(
            {
                "productId": 1,
                "name": "<b>Charizard</b><script>alert('x')</script> &amp; <i>Friends</i>",
                "extendedData": [{"name": "Number", "value": "4/102"}, {"name": "Rarity", "value": "Rare"}],
            }
        ),
        PRICES: _envelope({"productId": 1, "marketPrice": price, "subTypeName": "Holofoil"}),
    }


@pytest.fixture
def market(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Marketplace]:
    with Marketplace() as market:
        stand_in(market, settings=settings, monkeypatch=monkeypatch, spool=tmp_path)
        policy = replace(client.POLICY, deadline=10, attempts=1, max_bytes=1_000_000)
        monkeypatch.setattr(client, "POLICY", policy)
        _publish(market, day=FIRST, price=200.5)
        yield market


@pytest.fixture
def game(market: Marketplace) -> Game:
    game = GameFactory.create(slug="known")
    category(game, source="tcgplayer", external_id="999")
    Source.objects.get_or_create(slug="tcgplayer", defaults={"name": "TCGplayer", "currency": "USD"})
    return game


def test_a_sync_brings_catalogue_and_prices(market: Marketplace, game: Game) -> None:
    told: list[str] = []
    run = sources.sync("tcgcsv", game="known", report=told.append)
    assert (run.status, run.day, run.adapter, run.changed) == ("done", FIRST, "tcgcsv", 1)
    assert LatestPrice.objects.get().market == 20050
    assert len(told) == 1


def test_markup_in_a_name_is_text_without_markup(market: Marketplace, game: Game) -> None:
    sources.sync("tcgcsv", game="known")
    assert Card.objects.get().name == "Charizardalert('x') & Friends"


def test_the_same_day_again_asks_for_nothing_but_the_day(market: Marketplace, game: Game) -> None:
    sources.sync("tcgcsv", game="known")
    market.hits.clear()
    assert sources.sync("tcgcsv", game="known").status == "unchanged"
    assert dict(market.hits) == {"/last-updated.txt": 1}


BAD = {
    "status": "status 500",
    "hang": "no complete answer within 0.4 s",
    "drip": "no complete answer within 0.4 s",
    "garbage": "The answer is not JSON: byte 0 is not UTF-8",
    "nan": "The answer is not JSON: NaN is not a JSON number",
    "html": "The answer is not JSON: Expecting value: line 1 column 1 (char 0)",
    "huge": "the body exceeds 1000000 bytes",
    "bomb": "the body exceeds 1000000 bytes",
    "reset": "the connection failed (ConnectionError)",
    "truncate": "the connection failed (ChunkedEncodingError)",
}


def _turn_bad(market: Marketplace, kind: str, *, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where waiting is the point is the deadline short: elsewhere a busy machine would miss it."""
    market.misbehave(path, kind)
    if kind in {"hang", "drip"}:
        monkeypatch.setattr(client, "POLICY", replace(client.POLICY, deadline=0.4))


@pytest.mark.parametrize(("kind", "message"), BAD.items())
def test_one_bad_file_fails_the_run_and_leaves_old_prices_with_their_age(
    market: Marketplace, game: Game, monkeypatch: pytest.MonkeyPatch, kind: str, message: str
) -> None:
    sources.sync("tcgcsv", game="known")
    _publish(market, day=SECOND, price=300)
    _turn_bad(market, kind, path=PRICES, monkeypatch=monkeypatch)
    with pytest.raises(MarketError):
        sources.sync("tcgcsv", game="known")
    run = IngestRun.objects.get(status="failed")
    assert (run.error, run.day, run.changed) == (f"GET {market.url}{PRICES}: {message}", SECOND, 0)
    assert _written() == [1, 1, 1]
    _assert_old_price_shows_its_age()


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_source_opens_the_breaker_and_is_left_alone(
    market: Marketplace, game: Game, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    sources.sync("tcgcsv", game="known")
    _publish(market, day=SECOND, price=300)
    _turn_bad(market, kind, path="*", monkeypatch=monkeypatch)
    for _ in range(5):
        with pytest.raises(MarketError, match=r"GET .*/last-updated.txt: "):
            sources.sync("tcgcsv", game="known")
    assert breaker.state(client.POLICY.slug).state == "open"
    market.hits.clear()
    with pytest.raises(MarketError, match="paused after failures; next try in"):
        sources.sync("tcgcsv", game="known")
    assert not market.hits
    assert "paused after failures" in IngestRun.objects.order_by("-id")[0].error
    assert (_written(), LatestPrice.objects.get().market) == ([1, 1, 1], 20050)


def _written() -> list[int]:
    return [model.objects.count() for model in (LatestPrice, PriceChange, PriceDay)]


def _assert_old_price_shows_its_age() -> None:
    card = Card.objects.get()
    for clock, age, is_stale in (((8, 23), 2, False), ((9, 1), 3, True), ((20, 1), 14, True)):
        with time_machine.travel(datetime(2026, 10, *clock, 0, 30, tzinfo=UTC), tick=False):
            (price,) = queries.printings(card.pk)
            (line,) = queries.checklist(card.card_set_id)
        assert (price.market, price.as_of, line.market) == (20050, FIRST, 20050)
        assert (price.age, price.is_stale, line.is_stale) == (age, is_stale, is_stale)


def test_a_source_that_recovers_brings_the_day_after_all(market: Marketplace, game: Game) -> None:
    sources.sync("tcgcsv", game="known")
    _publish(market, day=SECOND, price=300)
    market.misbehave(PRICES, "status", times=1)
    with pytest.raises(MarketError) as caught:
        sources.sync("tcgcsv", game="known")
    assert not caught.value.permanent
    run = sources.sync("tcgcsv", game="known")
    assert (run.status, run.day, LatestPrice.objects.get().market) == ("done", SECOND, 30000)
    (change,) = queries.printings(Card.objects.get().pk)[0].changes[:1]
    assert (change.old, change.percent) == (20050, Decimal("49.63"))


def test_an_adapter_nobody_wrote_is_named_with_those_there_are(game: Game) -> None:
    with pytest.raises(
        MarketError, match=r"no adapter 'fax'; there are cardkingdom, .*, tcgplayer"
    ) as caught:
        sources.sync("fax", game="known")
    assert caught.value.permanent


def test_an_adapter_without_its_settings_says_which(game: Game, settings: Settings) -> None:
    settings.TCGPLAYER_PUBLIC_KEY = ""
    with pytest.raises(MarketError, match="TCGplayer API needs TCGPLAYER_PUBLIC_KEY"):
        sources.sync("tcgplayer", game="known")


def test_an_unknown_game_is_refused_with_the_games_there_are(game: Game) -> None:
    Game.objects.exclude(pk=game.pk).delete()
    with pytest.raises(MarketError, match="no game 'chess'; there are known"):
        sources.sync("tcgcsv", game="chess")


def test_a_game_the_source_does_not_know_fails_and_says_what_to_do(market: Marketplace, game: Game) -> None:
    game.external_ids.all().delete()
    with pytest.raises(MarketError, match="has no id at tcgplayer: add one to the game"):
        sources.sync("tcgcsv", game="known")
    assert IngestRun.objects.get().status == "failed"
    assert not market.hits


def test_runs_whose_process_is_gone_are_marked_as_failed(game: Game) -> None:
    for _ in range(2):
        RunFactory.create(status="running", day=None, finished_at=None)
    RunFactory.create()
    assert sources.fail_dead_runs() == 2
    assert sources.fail_dead_runs() == 0
    assert sorted(IngestRun.objects.values_list("status", flat=True)) == ["done", "failed", "failed"]
