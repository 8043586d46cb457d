import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from integrations.errors import MarketError
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.registry import ADAPTERS
from integrations.tests.conftest import FIXTURES
from integrations.tests.marketplace import Marketplace
from integrations.ygoprodeck import client, parse
from integrations.ygoprodeck.capture import DailyCards, open_capture
from integrations.ygoprodeck.client import Client

VERSION, CARDS = "/api/v7/checkDBVer.php", "/api/v7/cardinfo.php"
DAWN = GroupEntry(external_id="Invented Dawn", name="Invented Dawn", code="IND", released_on=None)
SILVER = "Invented Dawn (Silver Edition)"
TODAY = date(2026, 11, 20)
BODY = (FIXTURES / "ygoprodeck/cardinfo.json").read_bytes()


@pytest.fixture
def market(marketplaces: Marketplace) -> Marketplace:
    marketplaces.files[VERSION] = (FIXTURES / "ygoprodeck/checkDBVer.json").read_bytes()
    marketplaces.files[CARDS] = BODY
    return marketplaces


@pytest.fixture
def folder(settings: Settings, market: Marketplace) -> Path:
    return Path(settings.SPOOL_DIR) / "ygoprodeck"


def _on(day: date, *, folder: Path) -> DailyCards:
    return DailyCards(Client(), day=day, folder=folder)


def _quote(product_id: str, market: int) -> Quote:
    return Quote(
        product_id=product_id,
        finish="",
        currency="USD",
        market=market,
        low=None,
        mid=None,
        high=None,
        direct_low=None,
    )


def test_every_set_code_in_a_rarity_is_a_product_of_its_set(folder: Path) -> None:
    capture = _on(TODAY, folder=folder)
    assert [group.name for group in capture.groups()] == ["Invented Dawn", SILVER, "Tin of Tests"]
    assert capture.groups()[0] == DAWN
    products = {product.external_id: product for product in capture.products(DAWN)}
    assert list(products) == ["IND-EN001|UR", "IND-EN001|ScR", "IND-EN002|C|Invented Dawn"]
    assert products["IND-EN001|ScR"] == ProductEntry(
        external_id="IND-EN001|ScR",
        name="Clockwork Heron",
        kind="single",
        number="IND-EN001",
        rarity="Secret Rare",
        image_url="",
        url="https://cards.example.com/card/clockwork-heron-1",
        is_presale=False,
        details={"Passcode": "90000001", "Card Type": "Effect Monster"},
    )
    assert products["IND-EN002|C|Invented Dawn"].name == 'Paper "Dragon"'


def test_the_price_is_that_of_the_printing_and_zero_is_unknown(folder: Path) -> None:
    capture = _on(TODAY, folder=folder)
    assert {quote for group in capture.groups() for quote in capture.quotes(group)} == {
        _quote("IND-EN001|UR", 408),
        _quote("IND-EN001|ScR", 129950),
        _quote("IND-EN002|C|Invented Dawn", 25),
        _quote(f"IND-EN002|C|{SILVER}", 75),
    }


def test_the_same_number_in_the_reprint_of_a_set_is_another_product(folder: Path) -> None:
    capture = _on(TODAY, folder=folder)
    [group] = [group for group in capture.groups() if group.name == SILVER]
    assert [product.external_id for product in capture.products(group)] == [f"IND-EN002|C|{SILVER}"]


def test_a_printing_without_a_code_for_its_rarity_is_named_by_the_rarity(folder: Path) -> None:
    capture = _on(TODAY, folder=folder)
    tin = capture.groups()[-1]
    assert [product.external_id for product in capture.products(tin)] == ["TIN-EN007|Starfoil", "TIN-EN008|C"]
    assert capture.quotes(tin) == []


def test_a_set_it_does_not_have_is_empty(folder: Path) -> None:
    gone = GroupEntry(external_id="Gone", name="Gone", code="", released_on=None)
    capture = _on(TODAY, folder=folder)
    assert (capture.products(gone), capture.quotes(gone)) == ([], [])


def test_opening_asks_nothing_and_a_day_costs_two_requests(market: Marketplace) -> None:
    for _ in range(2):
        capture = open_capture("yugioh")
        before = market.hits.total()
        assert before in {0, 2}
        for group in capture.groups():
            assert capture.products(group)
            capture.quotes(group)
    assert market.hits == {VERSION: 1, CARDS: 1}
    assert [request.path for request in market.requests] == [VERSION, CARDS]


def test_an_unchanged_version_saves_the_download_for_one_day(market: Marketplace, folder: Path) -> None:
    said = [_on(date(2026, 11, day), folder=folder).quotes(DAWN) for day in (20, 21, 22, 23)]
    assert said == [said[0]] * 4
    assert market.hits == {VERSION: 4, CARDS: 2}


def test_a_new_version_is_downloaded(market: Marketplace, folder: Path) -> None:
    _on(TODAY, folder=folder).groups()
    market.files[VERSION] = b'[{"database_version": "901.08"}]'
    market.files[CARDS] = BODY.replace(b'"4.08"', b'"5.00"')
    assert _quote("IND-EN001|UR", 500) in _on(date(2026, 11, 21), folder=folder).quotes(DAWN)


def test_a_download_of_two_days_ago_is_not_todays(market: Marketplace, folder: Path) -> None:
    _on(TODAY, folder=folder).groups()
    _on(date(2026, 11, 22), folder=folder).groups()
    assert market.hits[CARDS] == 2


def test_a_spoiled_download_of_yesterday_is_not_built_upon(market: Marketplace, folder: Path) -> None:
    _on(TODAY, folder=folder).groups()
    (folder / "2026-11-20/cardinfo.json").write_text("spoiled")
    assert len(_on(date(2026, 11, 21), folder=folder).groups()) == 3
    assert market.hits[CARDS] == 2


def test_three_days_are_kept(folder: Path) -> None:
    for day in (18, 19, 20, 21):
        _on(date(2026, 11, day), folder=folder).groups()
    assert sorted(path.name for path in folder.iterdir()) == ["2026-11-19", "2026-11-20", "2026-11-21"]


@pytest.mark.parametrize("kind", ["garbage", "nan", "html", "truncate", "status"])
@pytest.mark.parametrize("path", [VERSION, CARDS])
def test_a_bad_answer_never_reaches_the_spool(
    market: Marketplace, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, path: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.misbehave(path, kind)
    capture = _on(TODAY, folder=folder)
    with pytest.raises(MarketError):
        capture.groups()
    assert not list(folder.rglob("*.json"))
    market.behave()
    assert len(capture.groups()) == 3


@pytest.mark.parametrize("status", [403, 429])
def test_a_block_is_not_made_worse(market: Marketplace, folder: Path, status: int) -> None:
    market.misbehave(VERSION, "status", status=status)
    capture = _on(TODAY, folder=folder)
    for _ in range(2):
        with pytest.raises(MarketError):
            capture.groups()
    assert market.hits == {VERSION: 1}


def test_its_etiquette_is_kept() -> None:
    assert client.POLICY.min_interval >= 1 / 20
    assert client.POLICY.trip_on == {403, 429}
    assert client.POLICY.trip_pause >= 3600


@pytest.mark.parametrize("category", ["", "2", "pokemon", "../yugioh"])
def test_it_has_one_game(market: Marketplace, category: str) -> None:
    with pytest.raises(MarketError, match="only 'yugioh'") as caught:
        ADAPTERS["ygoprodeck"].open(category)
    assert (caught.value.permanent, caught.value.source) == (True, "ygoprodeck")


def _cards(**changes: Any) -> bytes:
    row = {"set_name": "Dawn", "set_code": "D-1", "set_rarity": "Rare", "set_price": "1.00"} | changes
    return json.dumps({"data": [{"id": 1, "name": "Heron", "card_sets": [row]}]}).encode()


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"[]", "top level is a list"),
        (b'{"data": []}', "has no cards: no reason given"),
        (b'{"error": "No card matching your query was found in the database."}', "No card matching"),
        (b'{"data": [1]}', "not a list of records"),
        (b'{"data": [{"id": 1, "name": "Heron", "card_sets": "none"}]}', "not a list of records"),
        (_cards(set_name=""), "has no set_name"),
        (_cards(set_code=None), "has no set_code"),
        (_cards(set_code=["D-1"]), "not a text"),
        (_cards(set_price="cheap"), "set_price of set_code 'D-1' is 'cheap', not an amount"),
        (_cards(set_price="1.00.00"), "not an amount"),
        (_cards(set_price="1,00"), "not an amount"),
        (_cards(set_price=True), "not an amount"),
        (_cards(set_price="9" * 400), "not an amount"),
        (_cards().replace(b'"Heron"', b"null"), "has no name"),
    ],
)
def test_malformed_cards_are_a_permanent_error(body: bytes, complaint: str) -> None:
    with pytest.raises(MarketError, match=complaint) as caught:
        parse.card_sets(body)
    assert caught.value.permanent is True


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"[1]", b'[{"database_version": ""}]', b'[{"database_version": {}}]']
)
def test_a_malformed_version_is_a_permanent_error(body: bytes) -> None:
    with pytest.raises(MarketError) as caught:
        parse.version(body)
    assert caught.value.permanent is True


def test_an_id_too_long_to_keep_still_tells_printings_apart() -> None:
    names = [f"{'Long' * 30} {number}" for number in (1, 2)]
    found = [parse.card_sets(_cards(set_name=name)) for name in names]
    ids = [card_set.entry.external_id for sets in found for card_set in sets.values()]
    assert len(set(ids)) == 2
    assert {len(one) for one in ids} == {80}
