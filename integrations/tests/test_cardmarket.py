from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from integrations.cardmarket import client, parse
from integrations.cardmarket.capture import open_capture
from integrations.errors import MarketError
from integrations.quotes import Quote
from integrations.registry import ADAPTERS
from integrations.tests.bulk_market import GUIDE, SEALED, SINGLES, fixture, left, publish_cardmarket
from integrations.tests.marketplace import Marketplace

FAMILY = ("avg", "low", "trend", "avg1", "avg7", "avg30")


@pytest.fixture(autouse=True)
def evening() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 20, 20, 30, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def market(marketplaces: Marketplace) -> Marketplace:
    publish_cardmarket(marketplaces)
    return marketplaces


@pytest.fixture
def folder(settings: Settings, market: Marketplace) -> Path:
    return Path(settings.SPOOL_DIR) / "cardmarket" / "1"


def _prices(quote: Quote) -> tuple[str, int | None, int | None, int | None]:
    return (quote.finish, quote.market, quote.low, quote.mid)


def _all() -> dict[str, list[tuple[str, int | None, int | None, int | None]]]:
    capture = open_capture("1")
    found: dict[str, list[tuple[str, int | None, int | None, int | None]]] = {}
    for group in capture.groups():
        for quote in capture.quotes(group):
            found.setdefault(quote.product_id, []).append(_prices(quote))
    return found


def _row(**facts: object) -> dict[str, Any]:
    return {"idProduct": 7, "idCategory": 1, **facts}


def test_the_guide_is_read_to_the_last_cent(market: Marketplace) -> None:
    assert _all() == {
        "7101": [("", 54, 2, 100), ("Foil", 307, 190, 350)],
        "7102": [("", 60, 5, 59)],
        "7103": [("Foil", 204, 50, 240)],
        "7104": [("Foil", 20919, 19000, None)],
        "7106": [("", 11001, 9999, 12000)],
        "7199": [("", 450, 400, 500)],
    }


def test_products_stand_in_the_expansions_that_the_lists_number(market: Marketplace) -> None:
    capture = open_capture("1")
    groups = capture.groups()
    assert [(group.external_id, group.name) for group in groups] == [
        ("0", "Expansion 0"),
        ("9", "Expansion 9"),
        ("46", "Expansion 46"),
    ]
    found = {group.external_id: capture.products(group) for group in groups}
    assert [(entry.external_id, entry.kind) for entry in found["46"]] == [
        ("7101", "single"),
        ("7102", "single"),
        ("7106", "sealed"),
    ]
    assert [entry.name for entry in found["0"]] == ["Plain Dice"]
    first = found["46"][0]
    assert (first.name, first.details, first.ids) == ("Invented & Card", {"Category": "Magic Single"}, ())


def test_prices_of_products_in_no_list_stand_apart(market: Marketplace) -> None:
    capture = open_capture("1")
    [nowhere, *_] = capture.groups()
    assert [quote.product_id for quote in capture.quotes(nowhere)] == ["7199"]


def test_the_day_is_that_in_utc(market: Marketplace) -> None:
    guide = fixture("cardmarket/price_guide_1.json")
    assert guide["createdAt"] == "2026-11-20T00:50:07+0100"
    assert open_capture("1").day == date(2026, 11, 19)


@pytest.mark.parametrize("said", [None, 7, "", "yesterday", "2026-11-20", "2026-11-20T02:50:07"])
def test_a_creation_that_names_no_moment_is_refused(said: object) -> None:
    with pytest.raises(MarketError, match="not a moment with its time zone"):
        parse.day(said)


def test_a_pokemon_in_holo_is_the_reverse_one() -> None:
    row = _row(trend=Decimal("1.5"), **{"trend-holo": Decimal("2.25"), "low-holo": 1})
    assert [_prices(quote) for quote in parse.quotes(row)] == [
        ("", 150, None, None),
        ("Reverse Holofoil", 225, 100, None),
    ]


def test_a_low_of_foils_alone_is_no_price_of_a_plain_card() -> None:
    echo = _row(low=190, trend=0, avg=None, **{"low-foil": 190, "trend-foil": 209})
    assert [quote.finish for quote in parse.quotes(echo)] == ["Foil"]
    own = _row(low=180, trend=0, avg=None, **{"low-foil": 190})
    assert [quote.finish for quote in parse.quotes(own)] == ["", "Foil"]
    sold = _row(low=190, trend=0, avg7=3, **{"low-foil": 190})
    assert [quote.finish for quote in parse.quotes(sold)] == ["", "Foil"]


@given(
    amounts=st.dictionaries(
        st.sampled_from([f"{name}{suffix}" for name in FAMILY for suffix in ("", "-foil", "-holo")]),
        st.none() | st.decimals(0, 10**6, places=2) | st.integers(0, 10**6),
    )
)
def test_every_price_is_positive_and_from_its_own_family(amounts: dict[str, Decimal | int | None]) -> None:
    suffixes = {"": "", "Foil": "-foil", "Reverse Holofoil": "-holo"}
    for quote in parse.quotes(_row(**amounts)):
        suffix = suffixes[quote.finish]
        for price, name in ((quote.market, "trend"), (quote.low, "low"), (quote.mid, "avg")):
            assert price == (round((amounts.get(f"{name}{suffix}") or 0) * 100) or None)
        assert any((quote.market, quote.low, quote.mid))


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"idProduct": "7", "trend": 1},
        {"idProduct": 0, "trend": 1},
        {"idProduct": True, "trend": 1},
        {"idProduct": 7, "trend": "1.00"},
        {"idProduct": 7, "trend": [1]},
        {"idProduct": 7, "low": [1], "low-foil": [1]},
        {"idProduct": 7, "trend": Decimal("1e400")},
    ],
)
def test_a_row_of_another_shape_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(MarketError):
        parse.quotes({"idProduct": None, "trend": 1} if row == {} else row)


def test_a_day_that_is_here_costs_no_request(market: Marketplace, evening: time_machine.Traveller) -> None:
    evening.move_to(datetime(2026, 11, 19, 20, 30, tzinfo=UTC))
    assert len(open_capture("1").groups()) == 3
    asked = market.hits.total()
    assert asked == ADAPTERS["cardmarket"].cost.requests(sets=1000) == 3
    assert len(open_capture("1").groups()) == 3
    assert market.hits.total() == asked


def test_a_guide_that_did_not_change_is_not_sent_again(market: Marketplace) -> None:
    first = _all()
    assert _all() == first
    assert market.hits == {GUIDE: 2, SINGLES: 1, SEALED: 1}
    assert "If-None-Match" in market.requests[-1].headers


def test_a_new_guide_is_a_new_day_and_two_days_are_kept(market: Marketplace, folder: Path) -> None:
    for number in range(17, 21):
        guide = fixture("cardmarket/price_guide_1.json") | {"createdAt": f"2026-11-{number}T02:50:07+0100"}
        publish_cardmarket(market, price_guide=guide)
        assert open_capture("1").day == date(2026, 11, number)
    kept = [name for name in left(folder) if name.startswith("2026")]
    assert kept == ["2026-11-19", "2026-11-20"]
    assert market.hits[SINGLES] == 4
    assert sum("If-None-Match" in one.headers for one in market.requests if one.path == SINGLES) == 3


def test_a_run_that_was_killed_builds_the_day_from_what_had_come(market: Marketplace, folder: Path) -> None:
    expected = _all()
    (folder / "2026-11-19").rename(folder / ".2026-11-19.half")
    (folder / ".2026-11-19.half" / "quotes" / "46.jsonl").write_text('{"product_id": ')
    assert _all() == expected
    assert [one.path for one in market.requests[3:] if "If-None-Match" not in one.headers] == []
    assert not any(name.startswith(".") for name in left(folder))


@pytest.mark.parametrize(
    "guide",
    [
        {"version": 1, "createdAt": "2026-11-20T02:50:07+0100", "priceGuides": []},
        {"version": 1, "createdAt": "2026-11-20T02:50:07+0100", "priceGuides": [7]},
        {"version": 1, "createdAt": "2026-11-20T02:50:07+0100", "priceGuides": [{"idProduct": "x"}]},
        {"version": 1, "createdAt": "2026-11-20T02:50:07+0100", "priceGuides": [_row(trend="1")]},
        {"version": 1, "priceGuides": [_row(trend=1)]},
        ["no", "guide"],
    ],
)
def test_a_guide_of_another_shape_leaves_no_day_and_is_asked_for_anew(
    market: Marketplace, folder: Path, guide: Any
) -> None:
    publish_cardmarket(market, price_guide=guide)
    with pytest.raises(MarketError) as caught:
        open_capture("1")
    assert caught.value.permanent is True
    assert left(folder) == []
    publish_cardmarket(market)
    assert open_capture("1").day == date(2026, 11, 19)


@pytest.mark.parametrize("path", [GUIDE, SINGLES, SEALED])
@pytest.mark.parametrize("kind", ["garbage", "html", "truncate", "reset", "bomb"])
def test_a_source_that_misbehaves_is_a_market_error_and_leaves_no_day(
    market: Marketplace, folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.misbehave(path, kind)
    with pytest.raises(MarketError):
        open_capture("1")
    assert not any(name.startswith("2026") for name in left(folder))
    market.behave()
    assert open_capture("1").day == date(2026, 11, 19)


def test_a_guide_that_breaks_off_between_two_rows_is_refused(market: Marketplace) -> None:
    market.files[GUIDE] = market.files[GUIDE][:-60]
    with pytest.raises(MarketError, match="not JSON"):
        open_capture("1")


@pytest.mark.parametrize("category_id", ["", "..", "magic", "1/2", "\u0663"])
def test_only_numbers_are_categories(market: Marketplace, category_id: str) -> None:
    with pytest.raises(MarketError, match="is not the id of a category"):
        open_capture(category_id)
    assert market.hits.total() == 0


def test_a_category_that_is_not_there_is_a_permanent_error(market: Marketplace) -> None:
    with pytest.raises(MarketError, match="status 404") as caught:
        open_capture("77")
    assert caught.value.permanent is True


def test_the_registry_opens_it_and_ties_its_products_to_known_cards(market: Marketplace) -> None:
    adapter = ADAPTERS["cardmarket"]
    assert adapter.open("1").day == date(2026, 11, 19)
    assert adapter.links is True
    assert client.POLICY.daily_quota > 0
