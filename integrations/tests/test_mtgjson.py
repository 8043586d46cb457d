import gzip
import hashlib
from collections.abc import Generator, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from integrations.errors import MarketError
from integrations.mtgjson import parse
from integrations.mtgjson.capture import PastDay, open_capture, open_history
from integrations.quotes import Capture, GroupEntry
from integrations.registry import ADAPTERS
from integrations.tests.bulk_market import MTGJSON, fixture, left, publish_file, publish_mtgjson
from integrations.tests.marketplace import Marketplace

TODAY, CARDS, SETS, HISTORY = (
    MTGJSON.format(name) for name in ("AllPricesToday", "AllIdentifiers", "SetList", "AllPrices")
)
ID = "00000000-0000-4000-8000-00000000000{}".format
Priced = dict[tuple[str, str], int | None]


@pytest.fixture(autouse=True)
def evening() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 20, 20, 30, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def market(marketplaces: Marketplace) -> Marketplace:
    publish_mtgjson(marketplaces)
    return marketplaces


@pytest.fixture
def folder(settings: Settings, market: Marketplace) -> Path:
    return Path(settings.SPOOL_DIR) / "mtgjson"


def _priced(capture: Capture) -> Priced:
    quotes = [quote for group in capture.groups() for quote in capture.quotes(group)]
    assert {quote.currency for quote in quotes} <= {"USD"}
    return {(quote.product_id[-1], quote.finish): quote.market for quote in quotes}


def test_a_shops_prices_are_read_to_the_cent(market: Marketplace) -> None:
    capture = open_capture("magic", shop="cardkingdom")
    assert capture.day == date(2026, 11, 20)
    assert _priced(capture) == {
        ("1", "Normal"): 35,
        ("1", "Foil"): 149,
        ("2", "Normal"): 200,
        ("5", "Etched"): 2200,
    }


def test_a_shop_that_is_a_day_behind_is_of_its_own_day(market: Marketplace) -> None:
    capture = open_capture("magic", shop="manapool")
    assert capture.day == date(2026, 11, 19)
    assert _priced(capture) == {("1", "Normal"): 30, ("5", "Etched"): 2000}


def test_two_shops_share_the_files_of_a_day(market: Marketplace, folder: Path) -> None:
    for shop in ("cardkingdom", "manapool"):
        assert ADAPTERS[shop].open("magic").groups()
        assert ADAPTERS[shop].links is True
    files = {TODAY: 1, CARDS: 1, SETS: 1}
    assert market.hits == files | {f"{name}.sha256": 1 for name in files}
    assert market.hits.total() == ADAPTERS["manapool"].cost.requests(sets=900)
    assert left(folder) == ["2026-11-20"]


def test_cards_of_paper_stand_in_their_sets_each_once(market: Marketplace) -> None:
    capture = open_capture("magic", shop="cardkingdom")
    inv = GroupEntry(external_id="INV", name="Invented Tempest", code="INV", released_on=date(2026, 2, 6))
    con = GroupEntry(external_id="CON", name="CON", code="CON", released_on=None)
    assert capture.groups() == [inv, con]
    first, second = capture.products(inv)
    assert (first.external_id, first.name, first.number, first.rarity) == (
        ID(1),
        "Invented Card 1",
        "1",
        "rare",
    )
    scryfall = "00000000-0000-4000-8000-00000000010{}".format
    assert first.ids == (("tcgplayer", "4101"), ("scryfall", scryfall(1)), ("cardmarket", "7101"))
    assert (second.name, second.ids) == ("Front Half // Back Half", (("scryfall", scryfall(2)),))
    assert [card.ids for card in capture.products(con)] == [(("tcgplayer", "4104"),)]


def test_a_day_that_is_here_costs_no_request_and_the_night_one(
    market: Marketplace, evening: time_machine.Traveller
) -> None:
    expected = _priced(open_capture("magic", shop="cardkingdom"))
    asked = market.hits.total()
    assert _priced(open_capture("magic", shop="cardkingdom")) == expected
    assert market.hits.total() == asked
    evening.move_to(datetime(2026, 11, 21, 2, 30, tzinfo=UTC))
    assert _priced(open_capture("magic", shop="cardkingdom")) == expected
    assert market.hits.total() == asked + 1


def test_a_file_with_another_digest_is_not_taken(
    market: Marketplace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.files[f"{CARDS}.sha256"] = hashlib.sha256(b"another").hexdigest().encode()
    with pytest.raises(MarketError, match="has not the SHA-256 that is said of it") as caught:
        open_capture("magic", shop="cardkingdom")
    assert caught.value.permanent is False
    assert left(folder) == ["AllPricesToday.json.gz"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"abc", b"g" * 64, b"\xff" * 70])
def test_what_is_no_digest_is_refused(market: Marketplace, body: bytes) -> None:
    market.files[f"{TODAY}.sha256"] = body
    with pytest.raises(MarketError, match="is no SHA-256"):
        open_capture("magic", shop="cardkingdom")


def test_a_run_that_was_killed_goes_on_from_the_files_that_had_come(
    market: Marketplace, folder: Path
) -> None:
    expected = _priced(open_capture("magic", shop="cardkingdom"))
    (folder / "2026-11-20").rename(folder / ".2026-11-20.half")
    (folder / "AllPricesToday.json.gz").write_bytes(market.files[TODAY])
    (folder / "AllIdentifiers.json.gz").write_bytes(market.files[CARDS][:-9])  # spoilt, so fetched anew
    assert _priced(open_capture("magic", shop="cardkingdom")) == expected
    assert [market.hits[name] for name in (TODAY, CARDS, SETS)] == [1, 2, 2]
    assert left(folder) == ["2026-11-20"]


def test_the_history_is_one_capture_a_day_oldest_first(market: Marketplace) -> None:
    history = ADAPTERS["cardkingdom"].open_history("magic")
    found = {capture.day.isoformat(): _priced(capture) for capture in history}
    assert list(found.items()) == [
        ("2026-11-18", {("1", "Normal"): 30}),
        ("2026-11-19", {("1", "Normal"): 31, ("2", "Normal"): 175}),
        ("2026-11-20", {("1", "Normal"): 35, ("1", "Foil"): 149, ("2", "Normal"): 200}),
    ]
    assert market.hits[HISTORY] == 1


def test_the_last_day_of_the_history_says_what_today_says(market: Marketplace) -> None:
    prices = fixture("mtgjson/AllPricesToday.json")
    publish_mtgjson(market, AllPrices=prices)
    *_, last = open_history("magic", shop="cardkingdom")
    today = open_capture("magic", shop="cardkingdom")
    [group, *_] = today.groups()
    assert (last.day, last.groups(), last.products(group)) == (
        today.day,
        today.groups(),
        today.products(group),
    )


def test_a_history_that_was_read_leaves_nothing_and_one_that_was_not_costs_no_second_download(
    market: Marketplace, folder: Path
) -> None:
    history = open_history("magic", shop="cardkingdom")
    next(history)
    assert isinstance(history, Generator)
    history.close()
    assert left(folder) == ["2026-11-20", "history-cardkingdom"]
    assert len(list(open_history("magic", shop="cardkingdom"))) == 3
    assert market.hits[HISTORY] == 1
    assert left(folder) == ["2026-11-20"]


def test_a_shop_without_a_history_has_no_days(market: Marketplace) -> None:
    assert list(open_history("magic", shop="manapool")) == []


def test_a_history_that_was_spoilt_on_disk_is_an_error(market: Marketplace, folder: Path) -> None:
    first = next(open_history("magic", shop="cardkingdom"))
    assert isinstance(first, PastDay)
    for spoilt in ("{", "7", '["INV"]', '["INV", "x", 7]'):
        (folder / "history-cardkingdom" / "2026-11-18.jsonl").write_text(spoilt)
        with pytest.raises(MarketError, match="cannot be read"):
            first.quotes(first.groups()[0])


def _retail(**prices: object) -> dict[str, Any]:
    return {"paper": {"cardkingdom": {"currency": "USD", "retail": prices}}}


@pytest.mark.parametrize(
    "row",
    [
        {"paper": 7},
        {"paper": {"cardkingdom": []}},
        {"paper": {"cardkingdom": {"currency": "EUR", "retail": {}}}},
        {"paper": {"cardkingdom": {"currency": 7}}},
        _retail(normal=7),
        _retail(normal={"soon": Decimal("1.5")}),
        _retail(normal={"2026-11-20": "1.5"}),
        _retail(normal={"2026-11-20": [1]}),
        _retail(foil={"../x": 1}),
    ],
)
def test_prices_of_another_shape_are_refused(market: Marketplace, folder: Path, row: Any) -> None:
    with pytest.raises(MarketError):
        parse.retail(row, shop="cardkingdom")


@pytest.mark.parametrize("row", [{}, {"paper": None}, {"paper": {}}, {"paper": {"cardkingdom": None}}])
def test_a_card_that_a_shop_does_not_sell_has_no_prices(row: dict[str, Any]) -> None:
    assert parse.retail(row, shop="cardkingdom") == {}


@given(
    prices=st.dictionaries(
        st.sampled_from(["normal", "foil", "etched", "glossy"]),
        st.dictionaries(
            st.dates(date(2026, 1, 1), date(2026, 1, 9)).map(date.isoformat),
            st.decimals(0, 10**6, places=2) | st.integers(0, 10**6),
        ),
    )
)
def test_every_known_price_is_found_once(prices: dict[str, dict[str, Decimal | int]]) -> None:
    said = {
        (date.fromisoformat(day), parse.FINISHES[finish]): round(amount * 100)
        for finish, days in prices.items()
        for day, amount in days.items()
        if finish in parse.FINISHES and amount
    }
    found = parse.retail(_retail(**prices), shop="cardkingdom")
    assert {(day, finish): cents for day, one in found.items() for finish, cents in one.items()} == said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("AllPricesToday", {"meta": {"date": "2026-11-20"}, "data": {}}),
        ("AllPricesToday", {"meta": {"date": "soon"}, "data": {ID(1): {}}}),
        ("AllPricesToday", {"data": {ID(1): {}}}),
        ("AllPricesToday", {"meta": {"date": "2026-11-20"}, "data": {ID(1): _retail(normal=[])}}),
        ("AllPricesToday", []),
        ("AllIdentifiers", {"data": {"x": {"availability": ["paper"], "setCode": "INV"}}}),
        ("AllIdentifiers", {"data": {ID(1): {"availability": ["paper"], "setCode": "../x"}}}),
        ("AllIdentifiers", {"data": {ID(1): {"availability": ["paper"]}}}),
        ("AllIdentifiers", {"data": {ID(1): 7}}),
        ("SetList", {"data": [7]}),
        ("SetList", {"data": [{"code": ["x"]}]}),
    ],
)
def test_a_file_of_another_shape_leaves_no_day(
    market: Marketplace, folder: Path, name: str, content: Any
) -> None:
    publish_file(market, name, content)
    with pytest.raises(MarketError) as caught:
        open_capture("magic", shop="cardkingdom")
    assert caught.value.permanent is True
    assert "2026-11-20" not in left(folder)


@pytest.mark.parametrize(
    "ids", [{"tcgplayerProductId": "x"}, {"mcmId": "-1"}, {"scryfallId": "1"}, {"mcmId": [1]}]
)
def test_an_id_of_another_shape_is_refused(ids: dict[str, object]) -> None:
    with pytest.raises(MarketError, match="is no id of"):
        parse.product_entry(ID(1), {"name": "A", "identifiers": ids})


@pytest.mark.parametrize("path", [TODAY, CARDS, SETS, f"{TODAY}.sha256"])
@pytest.mark.parametrize("kind", ["garbage", "html", "truncate", "reset", "status"])
def test_a_source_that_misbehaves_is_a_market_error_and_leaves_no_day(
    market: Marketplace, folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.misbehave(path, kind)
    with pytest.raises(MarketError):
        open_capture("magic", shop="cardkingdom")
    assert "2026-11-20" not in left(folder)


def test_a_file_that_breaks_off_and_is_said_to_be_whole_is_refused(market: Marketplace) -> None:
    body = gzip.compress(b'{"meta": {"date": "2026-11-20"}, "data": {"a": {}')
    market.files[TODAY] = body
    market.files[f"{TODAY}.sha256"] = hashlib.sha256(body).hexdigest().encode()
    with pytest.raises(MarketError, match="not JSON"):
        open_capture("magic", shop="cardkingdom")


def test_mtgjson_knows_magic_alone(market: Marketplace) -> None:
    with pytest.raises(MarketError, match="MTGJSON has no category '1', only magic"):
        open_capture("1", shop="cardkingdom")
    with pytest.raises(MarketError, match="MTGJSON has no category '1', only magic"):
        list(open_history("1", shop="cardkingdom"))
    assert market.hits.total() == 0
