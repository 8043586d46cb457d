import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from integrations.errors import MarketError
from integrations.optcgapi import client, parse
from integrations.optcgapi.capture import DailyLists
from integrations.optcgapi.client import Client
from integrations.quotes import GroupEntry, ProductEntry
from integrations.registry import ADAPTERS
from integrations.tests.conftest import FIXTURES
from integrations.tests.marketplace import Marketplace

TODAY = date(2026, 11, 20)
LISTS = [f"/api/{name}/" for name in parse.LISTS]
SEAS = GroupEntry(external_id="OP-91", name="Invented Seas", code="OP-91", released_on=None)
PROMOS = GroupEntry(external_id="promos", name="One Piece Promotion Cards", code="P", released_on=None)


@pytest.fixture
def market(marketplaces: Marketplace) -> Marketplace:
    for name in parse.LISTS:
        marketplaces.files[f"/api/{name}/"] = (FIXTURES / f"optcgapi/{name}.json").read_bytes()
    return marketplaces


@pytest.fixture
def folder(settings: Settings, market: Marketplace) -> Path:
    return Path(settings.SPOOL_DIR) / "optcgapi"


def _on(day: date, *, folder: Path) -> DailyLists:
    return DailyLists(Client(), day=day, folder=folder)


def _prices(capture: DailyLists, group: GroupEntry) -> dict[str, int | None]:
    return {quote.product_id: quote.market for quote in capture.quotes(group)}


def test_the_three_lists_are_one_catalogue(folder: Path) -> None:
    capture = _on(TODAY, folder=folder)
    assert [group.external_id for group in capture.groups()] == ["OP-91", "ST-91", "promos"]
    assert (capture.groups()[0], capture.groups()[2]) == (SEAS, PROMOS)
    assert capture.products(SEAS)[1] == ProductEntry(
        external_id="OP-91|OP91-001_p1|Parallel",
        name="Captain Example (001) (Parallel)",
        kind="single",
        number="OP91-001",
        rarity="L",
        image_url="",
        url="",
        is_presale=False,
        details={"Card Type": "Leader", "Color": "Red Green"},
    )


def test_prints_of_one_number_stay_apart(folder: Path) -> None:
    capture = _on(TODAY, folder=folder)
    ids = {product.external_id for group in capture.groups() for product in capture.products(group)}
    assert {one for one in ids if "OP91-001" in one} == {
        "OP-91|OP91-001",
        "OP-91|OP91-001_p1|Parallel",
        "ST-91|OP91-001",
        "promos|OP91-001|Winter Cup 2026",
        "promos|OP91-001|Winter Cup 2026|Winner",
    }


def test_the_market_price_is_read_and_no_guess_at_the_other(folder: Path) -> None:
    capture = _on(TODAY, folder=folder)
    assert _prices(capture, SEAS) == {"OP-91|OP91-001": 208, "OP-91|OP91-001_p1|Parallel": 11050}
    assert _prices(capture, PROMOS) == {
        "promos|OP91-001|Winter Cup 2026|Winner": 2500,
        "promos|OP91-001|Winter Cup 2026": 250,
    }
    quotes = [quote for group in capture.groups() for quote in capture.quotes(group)]
    assert {(quote.low, quote.finish, quote.currency) for quote in quotes} == {(None, "", "USD")}


def test_a_print_that_is_listed_twice_is_read_once(folder: Path) -> None:
    ids = [product.external_id for product in _on(TODAY, folder=folder).products(SEAS)]
    assert ids.count("OP-91|OP91-002") == 1
    assert "OP-91|OP91-003" in ids  # its image id is "NULL"


def test_a_price_of_long_ago_is_not_todays(folder: Path) -> None:
    assert "OP-91|OP91-003" not in _prices(_on(TODAY, folder=folder), SEAS)
    earlier = _on(date(2026, 10, 4), folder=folder)
    assert _prices(earlier, SEAS)["OP-91|OP91-003"] == 950


def test_a_day_costs_three_requests(market: Marketplace) -> None:
    for _ in range(2):
        capture = ADAPTERS["optcgapi"].open("one-piece")
        for group in capture.groups():
            assert capture.products(group)
            capture.quotes(group)
    assert market.hits == dict.fromkeys(LISTS, 1)


def test_opening_asks_nothing(market: Marketplace) -> None:
    ADAPTERS["optcgapi"].open("one-piece")
    assert not market.hits


def test_promos_that_are_not_offered_any_more_are_none(market: Marketplace, folder: Path) -> None:
    del market.files[LISTS[2]]
    for _ in range(2):
        assert len(_on(TODAY, folder=folder).groups()) == 2
    assert market.hits[LISTS[2]] == 1


@pytest.mark.parametrize("path", LISTS[:2])
def test_the_other_lists_must_be_there(market: Marketplace, folder: Path, path: str) -> None:
    del market.files[path]
    with pytest.raises(MarketError, match="status 404") as caught:
        _on(TODAY, folder=folder).groups()
    assert caught.value.permanent is True


def test_a_set_it_does_not_have_is_empty(folder: Path) -> None:
    gone = GroupEntry(external_id="OP-99", name="Gone", code="", released_on=None)
    capture = _on(TODAY, folder=folder)
    assert (capture.products(gone), capture.quotes(gone)) == ([], [])


def test_three_days_are_kept(folder: Path) -> None:
    for day in (18, 19, 20, 21):
        _on(date(2026, 11, day), folder=folder).groups()
    assert sorted(path.name for path in folder.iterdir()) == ["2026-11-19", "2026-11-20", "2026-11-21"]


@pytest.mark.parametrize("kind", ["garbage", "nan", "html", "truncate", "status"])
@pytest.mark.parametrize("path", LISTS)
def test_a_bad_answer_never_reaches_the_spool(
    market: Marketplace, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, path: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.misbehave(path, kind)
    capture = _on(TODAY, folder=folder)
    with pytest.raises(MarketError):
        capture.groups()
    assert not list(folder.rglob(f"{path.split('/')[2]}.json"))
    market.behave()
    assert len(capture.groups()) == 3


def test_it_is_asked_once_a_second() -> None:
    assert client.POLICY.min_interval >= 1
    assert 0 < client.POLICY.daily_quota <= 100


@pytest.mark.parametrize("category", ["", "68", "pokemon", "../one-piece"])
def test_it_has_one_game(market: Marketplace, category: str) -> None:
    with pytest.raises(MarketError, match="only 'one-piece'") as caught:
        ADAPTERS["optcgapi"].open(category)
    assert (caught.value.permanent, caught.value.source) == (True, "optcgapi")


def _list(**changes: Any) -> bytes:
    card = {"card_name": "Deckhand", "card_set_id": "OP91-002", "set_id": "OP-91", "market_price": 1}
    return json.dumps([card | changes]).encode()


@pytest.mark.parametrize(
    ("price", "market"),
    [(2, 200), (2.08, 208), ("2.08", 208), (0, None), ("0", None), ("", None), ("NULL", None), (None, None)],
)
def test_amounts_come_in_several_spellings(price: Any, market: int | None) -> None:
    [card_set] = parse.card_sets(_list(market_price=price), is_promo=False)
    assert [one.market for one in card_set.prints.values()] == [market]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"{}", "top level is a dict"),
        (b"[1]", "1 is not a card"),
        (_list(card_name="NULL"), "has no card_name"),
        (_list(card_set_id=None), "has no card_set_id"),
        (_list(set_id=""), "has no set_id"),
        (_list(rarity=[]), "not a text"),
        (_list(market_price="cheap"), "market_price of card_set_id 'OP91-002' is 'cheap', not an amount"),
        (_list(market_price={}), "not an amount"),
    ],
)
def test_a_malformed_list_is_a_permanent_error(body: bytes, complaint: str) -> None:
    with pytest.raises(MarketError, match=complaint) as caught:
        parse.card_sets(body, is_promo=False)
    assert caught.value.permanent is True
