from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from integrations import breaker
from integrations.errors import MarketError
from integrations.quotes import GroupEntry
from integrations.registry import ADAPTERS
from integrations.scryfall import client, parse
from integrations.scryfall.capture import open_capture
from integrations.scryfall.client import Client
from integrations.tests.bulk_market import BULK_LIST, CARDS_FILE, fixture, left, publish_scryfall
from integrations.tests.marketplace import Marketplace

FIRST = "00000000-0000-4000-8000-000000000001"
INV = GroupEntry(external_id="inv", name="Invented Tempest", code="INV", released_on=date(2026, 2, 1))
Priced = dict[tuple[str, str], int | None]


@pytest.fixture(autouse=True)
def evening() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 20, 20, 30, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def market(marketplaces: Marketplace) -> Marketplace:
    publish_scryfall(marketplaces)
    return marketplaces


@pytest.fixture
def folder(settings: Settings, market: Marketplace) -> Path:
    return Path(settings.SPOOL_DIR) / "scryfall"


def _priced(currency: str) -> Priced:
    capture = open_capture("magic", currency=currency)
    quotes = [quote for group in capture.groups() for quote in capture.quotes(group)]
    assert {quote.currency for quote in quotes} == {currency}
    return {(quote.product_id[-1], quote.finish): quote.market for quote in quotes}


def _cards(**facts: object) -> list[dict[str, Any]]:
    """The fixture's cards, the first one with other facts."""
    first, *rest = fixture("scryfall/default_cards.json")
    return [{**first, **facts}, *rest]


def test_each_currency_has_the_prices_of_its_finishes(market: Marketplace) -> None:
    dollars = {("1", "Normal"): 380, ("1", "Foil"): 406, ("1", "Etched"): 1200, ("3", "Etched"): 2150}
    assert _priced("USD") == dollars
    assert _priced("EUR") == {("1", "Normal"): 332, ("1", "Foil"): 582, ("2", "Normal"): 11}
    assert _priced("TIX") == {("1", "Normal"): 2, ("6", "Normal"): 150}


def test_three_adapters_share_one_download_a_day(market: Marketplace) -> None:
    for slug in ("scryfall-usd", "scryfall-eur", "scryfall-tix"):
        capture = ADAPTERS[slug].open("magic")
        assert capture.day == date(2026, 11, 20)
        assert ADAPTERS[slug].links is True
    assert market.hits == {BULK_LIST: 1, CARDS_FILE: 1}
    assert market.hits.total() == ADAPTERS["scryfall-usd"].cost.requests(sets=900)


def test_a_set_is_read_with_the_earliest_day_of_its_cards(market: Marketplace) -> None:
    capture = open_capture("magic", currency="USD")
    promos = GroupEntry(
        external_id="pinv", name="Invented Tempest Promos", code="PINV", released_on=date(2026, 2, 6)
    )
    assert capture.groups() == [INV, promos]
    online = open_capture("magic", currency="TIX").groups()
    assert [(group.code, group.released_on) for group in online] == [
        ("INV", date(2026, 2, 6)),
        ("MOI", date(2025, 11, 30)),
    ]


def test_cards_carry_what_other_sources_call_them(market: Marketplace) -> None:
    capture = open_capture("magic", currency="EUR")
    found = {card.external_id[-1]: card for group in capture.groups() for card in capture.products(group)}
    assert sorted(found) == ["1", "2", "3"]
    assert found["1"].ids == (("tcgplayer", "4101"), ("cardmarket", "7101"))
    assert found["3"].ids == (("tcgplayer", "4104"),)
    first = found["1"]
    assert (first.external_id, first.name, first.number, first.rarity, first.kind, first.language) == (
        FIRST,
        "Invented Card 1",
        "280a",
        "rare",
        "single",
        "en",
    )
    assert (first.image_url, first.url) == (
        "https://img.example.com/1.jpg",
        "https://scryfall.example/card/inv/1",
    )
    assert found["2"].image_url == "https://img.example.com/2-front.jpg"


def test_cards_in_other_languages_are_left_out_and_counted(
    market: Marketplace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    _priced("USD")
    assert "scryfall: 1 cards in other languages are left out: {'ja': 1}" in caplog.text


def test_what_is_asked_says_who_asks_and_what_it_takes(market: Marketplace, settings: Settings) -> None:
    settings.HTTP_USER_AGENT = "TCGPriceTracker/9.9"
    open_capture("magic", currency="USD")
    for request in market.requests:
        assert request.headers["User-Agent"] == "TCGPriceTracker/9.9"
        assert "application/json" in request.headers["Accept"]


def test_a_day_that_is_here_costs_no_request_and_the_next_one_two(
    market: Marketplace, evening: time_machine.Traveller
) -> None:
    _priced("USD")
    _priced("USD")
    assert market.hits.total() == 2
    evening.move_to(datetime(2026, 11, 21, 2, 30, tzinfo=UTC))
    assert _priced("EUR")
    assert market.hits == {BULK_LIST: 2, CARDS_FILE: 1}
    publish_scryfall(market, day="2026-11-21")
    assert open_capture("magic", currency="EUR").day == date(2026, 11, 21)
    assert market.hits == {BULK_LIST: 3, CARDS_FILE: 2}


def test_two_days_are_kept_and_no_large_file(
    market: Marketplace, folder: Path, evening: time_machine.Traveller
) -> None:
    for number in range(17, 21):
        evening.move_to(datetime(2026, 11, number, 20, 30, tzinfo=UTC))
        publish_scryfall(market, day=f"2026-11-{number}")
        open_capture("magic", currency="USD")
    assert left(folder) == ["2026-11-19", "2026-11-20"]


def test_a_run_that_was_killed_while_reading_goes_on_from_the_file(market: Marketplace, folder: Path) -> None:
    expected = _priced("USD")
    (folder / "2026-11-20").rename(folder / ".2026-11-20.half")
    (folder / ".2026-11-20.half" / "usd" / "inv.jsonl").write_text('{"product_id": ')
    (folder / "2026-11-20.json").write_bytes(market.files[CARDS_FILE])
    assert _priced("USD") == expected
    assert market.hits[CARDS_FILE] == 1
    assert left(folder) == ["2026-11-20"]


@pytest.mark.parametrize(
    "facts",
    [
        {"id": None},
        {"id": "../../etc"},
        {"set": "../x"},
        {"set": None},
        {"games": "paper"},
        {"games": [1]},
        {"prices": None},
        {"prices": {"usd": 3.8}},
        {"prices": {"usd": "free"}},
        {"prices": {"usd": "NaN"}},
        {"prices": {"usd": "1e400"}},
        {"tcgplayer_id": "4101"},
        {"name": ["x"]},
        {"card_faces": 7},
    ],
)
def test_a_card_of_another_shape_leaves_no_day_and_no_file(
    market: Marketplace, folder: Path, facts: dict[str, Any]
) -> None:
    publish_scryfall(market, cards=_cards(**facts))
    with pytest.raises(MarketError) as caught:
        open_capture("magic", currency="USD")
    assert caught.value.permanent is True
    assert left(folder) == []


@pytest.mark.parametrize("cards", [[], {}, [1], {"object": "error", "status": 404}, "x"])
def test_a_file_of_another_shape_is_refused(market: Marketplace, folder: Path, cards: Any) -> None:
    publish_scryfall(market, cards=cards)
    with pytest.raises(MarketError):
        open_capture("magic", currency="USD")
    assert left(folder) == []


@pytest.mark.parametrize("path", [BULK_LIST, CARDS_FILE])
@pytest.mark.parametrize("kind", ["garbage", "html", "truncate", "reset", "status", "redirect"])
def test_a_source_that_misbehaves_is_a_market_error_and_leaves_no_day(
    market: Marketplace, folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.misbehave(path, kind)
    with pytest.raises(MarketError):
        open_capture("magic", currency="USD")
    assert left(folder) == []
    market.behave()
    assert len(_priced("USD")) == 4


def test_a_request_too_many_silences_us_for_a_minute(market: Marketplace) -> None:
    market.misbehave(BULK_LIST, "rate-limit", retry_after="0")
    with pytest.raises(MarketError, match="paused after failures; next try in 60 s") as caught:
        open_capture("magic", currency="USD")
    assert caught.value.permanent is False
    assert breaker.state(client.POLICY.slug).state == "open"
    assert market.hits[BULK_LIST] == 1


@pytest.mark.parametrize(
    ("address", "is_trusted"),
    [
        ("https://data.scryfall.io/default-cards/default-cards-2026.json", True),
        ("https://api.scryfall.com/bulk-data/1/download", True),
        ("https://scryfall.com/file", True),
        ("http://data.scryfall.io/file", False),
        ("https://scryfall.io.evil.example/file", False),
        ("https://evilscryfall.io/file", False),
        ("https://alice:secret@data.scryfall.io/file", False),
        ("https://data.scryfall.io:8443/file", False),
        ("https://127.0.0.1/file", False),
        ("https://[::1/file", False),
        ("https://data.scryfall.io:x/file", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_files_are_fetched_from_scryfall_alone(market: Marketplace, address: str, is_trusted: bool) -> None:
    assert Client()._is_trusted(address) is is_trusted


def test_an_address_elsewhere_is_not_called(market: Marketplace) -> None:
    market.files[BULK_LIST] = market.files[BULK_LIST].replace(market.url.encode(), b"https://evil.example")
    with pytest.raises(MarketError, match=r"The bulk file is at a strange address: https://evil\.example"):
        open_capture("magic", currency="USD")
    assert market.hits == {BULK_LIST: 1}


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"data": [{"type": "rulings"}]}',
        b'{"data": [{"type": "default_cards", "updated_at": "2026-11-20T09:00:00+00:00"}]}',
        b'{"data": [{"type": "default_cards", "download_uri": "https://scryfall.com/x"}]}',
        b'{"data": [{"type": "default_cards", "download_uri": "x", "updated_at": "2026-11-20"}]}',
        b'{"data": [{"type": "default_cards", "download_uri": "x", "updated_at": "soon"}]}',
        b'{"data": 7}',
        b"[]",
    ],
)
def test_a_list_without_the_file_is_refused(body: bytes) -> None:
    with pytest.raises(MarketError) as caught:
        parse.default_cards(body)
    assert caught.value.permanent is True


def test_scryfall_knows_magic_alone(market: Marketplace) -> None:
    with pytest.raises(MarketError, match="Scryfall has no category '3', only magic"):
        open_capture("3", currency="USD")
    assert market.hits.total() == 0
