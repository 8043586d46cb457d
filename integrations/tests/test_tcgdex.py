import json
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from pytest_django import Settings

from integrations.errors import MarketError
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.registry import ADAPTERS
from integrations.tcgdex import client, parse
from integrations.tcgdex.capture import FollowedSets
from integrations.tcgdex.client import Client
from integrations.tests.conftest import FIXTURES
from integrations.tests.marketplace import Marketplace

SKIES = GroupEntry(external_id="inv1", name="Invented Skies", code="ISK", released_on=date(2026, 8, 14))
TODAY = date(2026, 11, 20)
SET = "/v2/en/sets/inv1"
CARDS = {f"/v2/en/cards/inv1-{end}": file for end, file in (("1", "1"), ("2", "2"), ("%21", "!"))}


@pytest.fixture
def market(marketplaces: Marketplace, settings: Settings) -> Marketplace:
    settings.TCGDEX_SETS = ["inv1"]
    marketplaces.files[SET] = (FIXTURES / "tcgdex/sets/inv1.json").read_bytes()
    for path, name in CARDS.items():
        marketplaces.files[path] = (FIXTURES / f"tcgdex/cards/inv1-{name}.json").read_bytes()
    return marketplaces


def _followed(
    settings: Settings, *, currency: Literal["USD", "EUR"] = "USD", sets: tuple[str, ...] = ("inv1",)
) -> FollowedSets:
    return FollowedSets(
        Client("en"),
        language="en",
        currency=currency,
        set_ids=list(sets),
        day=TODAY,
        folder=Path(settings.SPOOL_DIR) / "tcgdex",
    )


def _quote(product_id: str, finish: str, *prices: int | None, currency: str = "USD") -> Quote:
    low, mid, high, market, direct_low = prices
    return Quote(
        product_id=product_id,
        finish=finish,
        currency=currency,
        market=market,
        low=low,
        mid=mid,
        high=high,
        direct_low=direct_low,
    )


def test_a_set_and_its_cards_are_read_with_what_both_markets_call_them(
    market: Marketplace, settings: Settings
) -> None:
    capture = _followed(settings)
    assert capture.groups() == [SKIES]
    sproutling, cinderkit, glyph = capture.products(SKIES)
    assert sproutling == ProductEntry(
        external_id="inv1-1",
        name="Sproutling",
        kind="single",
        number="1",
        rarity="Common",
        image_url="https://assets.example.com/en/inv/inv1/1/high.webp",
        url="",
        is_presale=False,
        details={"Card Type": "Pokemon", "HP": "70", "Stage": "Basic"},
        ids=(("tcgplayer", "500001"), ("cardmarket", "700001")),
    )
    assert cinderkit.ids == (
        ("cardmarket", "700002"),
    )  # TCGplayer has two products where TCGdex has one card
    assert (glyph.number, glyph.rarity, glyph.image_url) == ("!", "", "")


def test_the_prices_in_dollars_are_tcgplayers_by_finish(market: Marketplace, settings: Settings) -> None:
    assert _followed(settings).quotes(SKIES) == [
        _quote("inv1-1", "Normal", 2, 17, 2509, 9, 4),
        _quote("inv1-1", "Reverse Holofoil", 9, 26, 517, 23, None),
        _quote("inv1-2", "Unlimited Holofoil", 25000, 30050, 99999, 28050, None),
        _quote("inv1-2", "1st Edition Holofoil", None, None, None, 110001, None),
        _quote("inv1-2", "Cosmos Holofoil", 350, None, None, None, None),
    ]


def test_the_prices_in_euros_are_cardmarkets_for_the_card_and_its_foil(
    market: Marketplace, settings: Settings
) -> None:
    assert _followed(settings, currency="EUR").quotes(SKIES) == [
        _quote("inv1-1", "Normal", 2, 8, None, 9, None, currency="EUR"),
        _quote("inv1-1", "Reverse Holofoil", None, 27, None, 21, None, currency="EUR"),
        _quote("inv1-2", "Holofoil", 9900, 40279, None, 39758, None, currency="EUR"),
    ]


def test_both_currencies_share_one_download_a_day(market: Marketplace, settings: Settings) -> None:
    for slug in ("tcgdex-usd", "tcgdex-eur", "tcgdex-usd"):
        capture = ADAPTERS[slug].open("en")
        [group] = capture.groups()
        assert len(capture.products(group)) == 3
        capture.quotes(group)
    assert market.hits == {SET: 1, **dict.fromkeys(CARDS, 1), "/v2/en/cards/inv1-4": 1}


def test_opening_asks_nothing(market: Marketplace) -> None:
    ADAPTERS["tcgdex-usd"].open("en")
    assert not market.hits


def test_a_sync_that_was_killed_goes_on_where_it_was(
    market: Marketplace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.misbehave("/v2/en/cards/inv1-2", "status")
    with pytest.raises(MarketError, match="status 500"):
        _followed(settings).products(SKIES)
    market.behave()
    assert len(_followed(settings).products(SKIES)) == 3
    assert market.hits["/v2/en/cards/inv1-1"] == 1


def test_no_set_named_means_off(settings: Settings) -> None:
    settings.TCGDEX_SETS = []
    assert ADAPTERS["tcgdex-usd"].missing_settings() == ["TCGDEX_SETS"]
    with pytest.raises(MarketError, match="set TCGDEX_SETS"):
        ADAPTERS["tcgdex-eur"].open("en")


def test_a_set_named_twice_is_read_once(market: Marketplace, settings: Settings) -> None:
    assert _followed(settings, sets=("inv1", "inv1")).groups() == [SKIES]


def test_a_set_it_does_not_have_is_named(market: Marketplace, settings: Settings) -> None:
    with pytest.raises(MarketError, match="no set inv2: correct TCGDEX_SETS") as caught:
        _followed(settings, sets=("inv1", "inv2")).groups()
    assert caught.value.permanent is True


@pytest.mark.parametrize("set_id", ["", "..", "../en", "a/b", "-a", "a" * 81, "\u0663", "a b"])
def test_only_ids_are_followed(market: Marketplace, settings: Settings, set_id: str) -> None:
    with pytest.raises(MarketError, match="is not an id of TCGdex"):
        _followed(settings, sets=(set_id,))
    assert not market.hits


@pytest.mark.parametrize("language", ["", "3", "en/..", "EN", "english"])
def test_a_category_is_a_language(market: Marketplace, language: str) -> None:
    with pytest.raises(MarketError, match="is not a language of TCGdex") as caught:
        ADAPTERS["tcgdex-usd"].open(language)
    assert caught.value.permanent is True


def test_three_days_are_kept(market: Marketplace, settings: Settings) -> None:
    folder = Path(settings.SPOOL_DIR) / "tcgdex"
    for day in ("2026-11-17", "2026-11-18", "2026-11-19"):
        (folder / day).mkdir(parents=True)
    _followed(settings).groups()
    assert sorted(path.name for path in folder.iterdir()) == ["2026-11-18", "2026-11-19", "2026-11-20"]


@pytest.mark.parametrize("kind", ["garbage", "nan", "html", "truncate", "status"])
@pytest.mark.parametrize("path", [SET, "/v2/en/cards/inv1-1"])
def test_a_bad_answer_never_reaches_the_spool(
    market: Marketplace, settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str, path: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.misbehave(path, kind)
    with pytest.raises(MarketError):
        _followed(settings).products(SKIES)
    assert not list(Path(settings.SPOOL_DIR).rglob(f"{path.rsplit('/', 1)[1]}.json"))
    market.behave()
    assert len(_followed(settings).products(SKIES)) == 3


def test_it_is_asked_no_faster_than_twice_a_second() -> None:
    assert client.POLICY.min_interval >= 0.5
    assert client.POLICY.daily_quota > 0


def _card(**changes: Any) -> bytes:
    return json.dumps({"id": "inv1-1", "localId": "1", "name": "Sproutling"} | changes).encode()


@pytest.mark.parametrize(
    ("pricing", "usd", "eur"),
    [
        (None, 0, 0),
        ({}, 0, 0),
        ({"cardmarket": None, "tcgplayer": None}, 0, 0),
        ({"cardmarket": {"unit": "EUR", "trend": 1}}, 0, 1),
        ({"tcgplayer": {"unit": "USD", "normal": {"marketPrice": 1}, "holofoil": None}}, 1, 0),
        ({"tcgplayer": {"normal": {"marketPrice": 1}}, "cardmarket": {"trend": 0, "avg7": 3}}, 1, 0),
    ],
)
def test_a_market_may_be_absent(pricing: Any, usd: int, eur: int) -> None:
    card = parse.card(_card(pricing=pricing))
    assert len(parse.usd_quotes(card, day=TODAY)) == usd
    assert len(parse.eur_quotes(card, day=TODAY)) == eur


@pytest.mark.parametrize(
    ("has", "finishes"),
    [
        ({"normal": True, "reverse": True, "holo": True}, ["Normal", "Reverse Holofoil"]),
        ({"normal": True, "holo": True}, ["Normal", "Holofoil"]),
        ({"normal": True}, ["Normal"]),
        ({"holo": True, "reverse": True}, ["Holofoil", "Reverse Holofoil"]),
        ({"holo": True}, ["Holofoil"]),
        ({"reverse": True}, ["Reverse Holofoil"]),
        ({}, ["Normal"]),
        (None, ["Normal"]),
    ],
)
def test_which_print_cardmarkets_prices_are_of(has: Any, finishes: list[str]) -> None:
    card = parse.card(_card(variants=has, pricing={"cardmarket": {"trend": 1, "trend-holo": 2}}))
    assert [quote.finish for quote in parse.eur_quotes(card, day=TODAY)] == finishes


@pytest.mark.parametrize(
    ("word", "finish"),
    [
        ("reverse", "Reverse Holofoil"),
        ("reverseHolofoil", "Reverse Holofoil"),
        ("1st-edition", "1st Edition"),
        ("1st-edition-normal", "1st Edition"),
        ("unlimited", "Unlimited"),
        ("galaxy-foil", "Galaxy Foil"),
    ],
)
def test_finishes_are_spelled_as_tcgplayer_does(word: str, finish: str) -> None:
    card = parse.card(_card(pricing={"tcgplayer": {word: {"marketPrice": 1}}}))
    assert [quote.finish for quote in parse.usd_quotes(card, day=TODAY)] == [finish]


@pytest.mark.parametrize(
    ("updated", "count"),
    [
        ("2026-11-17T00:00:00.000Z", 1),
        ("2026-11-16T23:59:59.000Z", 0),
        ("2026-11-16T23:59:59-02:00", 1),
        ("2026-11-16T23:59:59", 0),
        ("2026-11-20", 1),
        ("lately", 1),
        (1763596800, 1),
        (None, 1),
    ],
)
def test_what_was_not_asked_for_lately_is_no_price_of_today(updated: Any, count: int) -> None:
    block = {"updated": updated, "normal": {"marketPrice": 1}}
    card = parse.card(_card(pricing={"tcgplayer": block}))
    assert len(parse.usd_quotes(card, day=TODAY)) == count


def test_another_unit_is_carried_for_others_to_judge() -> None:
    card = parse.card(_card(pricing={"cardmarket": {"unit": "GBP", "trend": 1}}))
    assert [quote.currency for quote in parse.eur_quotes(card, day=TODAY)] == ["GBP"]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"null", "top level is a NoneType"),
        (b"[]", "top level is a list"),
        (b'{"status": 500, "title": "Oops"}', "is not an id of TCGdex"),
        (_card(id="../inv1"), "is not an id of TCGdex"),
        (_card(name=["Sproutling"]), "not a text"),
        (_card(pricing=[1]), "not a record"),
        (_card(variants="all"), "not a record"),
        (_card(pricing={"tcgplayer": "none"}), "not a record"),
        (_card(pricing={"tcgplayer": {"normal": {"productId": "x"}}}), "not a positive whole number"),
        (_card(pricing={"cardmarket": {"idProduct": -1}}), "not a positive whole number"),
        (_card(pricing={"cardmarket": {"unit": 1, "trend": 1}}), "not a currency"),
        (_card(pricing={"cardmarket": {"trend": "1"}}), "not an amount"),
        (_card(pricing={"tcgplayer": {"normal": {"lowPrice": []}}}), "not an amount"),
    ],
)
def test_a_malformed_card_is_a_permanent_error(body: bytes, complaint: str) -> None:
    with pytest.raises(MarketError, match=complaint) as caught:
        _said(body)
    assert caught.value.permanent is True


def _said(body: bytes) -> list[Quote]:
    card = parse.card(body)
    return [*parse.usd_quotes(card, day=TODAY), *parse.eur_quotes(card, day=TODAY)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"id": "inv1", "cards": [1]}',
        b'{"id": "inv1", "cards": [{"id": "a/b"}]}',
        b'{"id": "inv1", "abbreviation": "INV"}',
        b'{"id": "inv1", "name": {}}',
    ],
)
def test_a_malformed_set_is_a_permanent_error(body: bytes) -> None:
    with pytest.raises(MarketError) as caught:
        parse.card_set(body)
    assert caught.value.permanent is True
