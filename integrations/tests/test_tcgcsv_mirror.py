import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from integrations import breaker
from integrations.errors import MarketError
from integrations.quotes import GroupEntry
from integrations.registry import ADAPTERS
from integrations.tcgcsv import client
from integrations.tcgcsv.capture import CapturedFiles
from integrations.tcgcsv.client import Client
from integrations.tcgcsv.mirror import MirroredFiles, open_capture
from integrations.tests.conftest import FIXTURES
from integrations.tests.marketplace import Marketplace

BASE = GroupEntry(external_id="604", name="Base & Set", code="BS", released_on=date(1999, 1, 9))
GROUPS, PRODUCTS, PRICES = "/tcgplayer/3/groups", "/tcgplayer/3/604/products", "/tcgplayer/3/604/prices"


def _publish(market: Marketplace, day: str) -> None:
    market.files["/last-updated.txt"] = f"{day}T20:05:11+0000\n".encode()


def test_opening_asks_for_the_day_and_nothing_else(marketplaces: Marketplace) -> None:
    assert open_capture("3").day == date(2026, 11, 20)
    assert marketplaces.hits == Counter({"/last-updated.txt": 1})


def test_what_the_mirror_says_is_what_its_files_say(marketplaces: Marketplace) -> None:
    mirrored, files = open_capture("3"), CapturedFiles(FIXTURES / "tcgcsv", category_id="3")
    assert mirrored.groups() == files.groups()
    for group in files.groups():
        assert mirrored.products(group) == files.products(group)
        assert mirrored.quotes(group) == files.quotes(group)
    assert marketplaces.hits.total() == 6
    assert set(marketplaces.hits.values()) == {1}


def test_a_sync_that_was_killed_goes_on_without_asking_again(marketplaces: Marketplace) -> None:
    first = open_capture("3")
    first.groups()
    first.products(BASE)
    second = open_capture("3")
    assert len(second.groups()) == 2
    assert len(second.products(BASE)) == 3
    assert len(second.quotes(BASE)) == 4
    assert marketplaces.hits == Counter({"/last-updated.txt": 2, GROUPS: 1, PRODUCTS: 1, PRICES: 1})


def test_the_spool_is_itself_a_dump(marketplaces: Marketplace, settings: Settings) -> None:
    quotes = open_capture("3").quotes(BASE)
    spooled = CapturedFiles(settings.SPOOL_DIR / "tcgcsv" / "2026-11-20", category_id="3")
    assert spooled.day == date(2026, 11, 20)
    assert spooled.quotes(BASE) == quotes


def test_products_that_did_not_change_are_not_sent_again(marketplaces: Marketplace) -> None:
    first = open_capture("3").products(BASE)
    for day in ("2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"):
        _publish(marketplaces, day)
        assert open_capture("3").products(BASE) == first
    asked = [request for request in marketplaces.requests if request.path == PRODUCTS]
    assert ["If-None-Match" in request.headers for request in asked] == [False, True, True, True, True]


def test_products_that_changed_are_read_anew(marketplaces: Marketplace) -> None:
    assert len(open_capture("3").products(BASE)) == 3
    _publish(marketplaces, "2026-11-21")
    marketplaces.files[PRODUCTS] = (
        b'{"success": true, "errors": [], "results": [{"productId": 9, "name": "New"}]}'
    )
    assert [product.name for product in open_capture("3").products(BASE)] == ["New"]


def test_a_spoiled_copy_of_yesterday_is_not_built_upon(marketplaces: Marketplace, settings: Settings) -> None:
    first = open_capture("3").products(BASE)
    (settings.SPOOL_DIR / "tcgcsv/2026-11-20/3/604/products").write_text("spoiled")
    _publish(marketplaces, "2026-11-21")
    assert open_capture("3").products(BASE) == first
    assert "If-None-Match" not in marketplaces.requests[-1].headers


def test_unreadable_validators_are_no_validators(marketplaces: Marketplace, settings: Settings) -> None:
    first = open_capture("3").products(BASE)
    (settings.SPOOL_DIR / "tcgcsv/2026-11-20/3/604/products.validators").write_text("[]x")
    _publish(marketplaces, "2026-11-21")
    assert open_capture("3").products(BASE) == first


def test_three_days_are_kept(marketplaces: Marketplace, settings: Settings) -> None:
    spool = settings.SPOOL_DIR / "tcgcsv"
    (spool / "notes").mkdir(parents=True)
    for day in range(20, 26):
        _publish(marketplaces, f"2026-11-{day}")
        open_capture("3")
    kept = sorted(entry.name for entry in spool.iterdir())
    assert kept == ["2026-11-23", "2026-11-24", "2026-11-25", "notes"]


def test_a_group_that_was_removed_is_empty_and_not_asked_for_again(marketplaces: Marketplace) -> None:
    gone = GroupEntry(external_id="999", name="Gone", code="", released_on=None)
    for _ in range(2):
        capture = open_capture("3")
        assert (capture.products(gone), capture.quotes(gone)) == ([], [])
    assert marketplaces.hits["/tcgplayer/3/999/products"] == 1
    assert marketplaces.hits["/tcgplayer/3/999/prices"] == 1


def test_a_category_that_is_not_there_is_a_permanent_error(marketplaces: Marketplace) -> None:
    with pytest.raises(MarketError, match="TCGCSV has no category 77") as caught:
        open_capture("77").groups()
    assert caught.value.permanent is True


@pytest.mark.parametrize("status", [401, 403])
def test_being_shut_out_stops_everything_for_a_quarter_of_an_hour(
    marketplaces: Marketplace, status: int
) -> None:
    capture = open_capture("3")
    marketplaces.misbehave("*", "status", status=status)
    with pytest.raises(MarketError, match=f"status {status}") as caught:
        capture.groups()
    assert caught.value.permanent is True
    with pytest.raises(MarketError, match="paused after failures; next try in 900 s"):
        capture.quotes(BASE)
    assert breaker.state(client.POLICY.slug).state == "open"
    assert marketplaces.hits.total() == 2


@pytest.mark.parametrize("kind", ["garbage", "nan", "html", "truncate", "status"])
def test_a_bad_file_never_reaches_the_spool(
    marketplaces: Marketplace, settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    capture = open_capture("3")
    marketplaces.misbehave(PRICES, kind)
    with pytest.raises(MarketError):
        capture.quotes(BASE)
    assert not list((settings.SPOOL_DIR / "tcgcsv").rglob("prices"))
    marketplaces.behave()
    assert len(capture.quotes(BASE)) == 4


def test_a_run_does_not_mix_two_days(marketplaces: Marketplace, settings: Settings) -> None:
    seconds = [0.0]
    spool = settings.SPOOL_DIR / "tcgcsv"
    capture = MirroredFiles(
        Client(), category_id="3", day=date(2026, 11, 20), spool=spool, clock=lambda: seconds[0]
    )
    seconds[0] = 61.0
    _publish(marketplaces, "2026-11-21")
    with pytest.raises(MarketError, match="went on to another day while the files of 2026-11-20") as caught:
        capture.quotes(BASE)
    assert caught.value.permanent is False
    _publish(marketplaces, "2026-11-20")
    assert len(capture.quotes(BASE)) == 4


def test_a_spool_that_cannot_be_written_is_said_to_be_so(
    marketplaces: Marketplace, settings: Settings, tmp_path: Path
) -> None:
    settings.SPOOL_DIR = tmp_path / "file"
    settings.SPOOL_DIR.write_text("in the way")
    with pytest.raises(MarketError, match="The spool folder cannot be written") as caught:
        open_capture("3")
    assert caught.value.permanent is False


def test_the_etiquette_of_the_mirror_is_kept() -> None:
    policy = client.POLICY
    assert policy.min_interval >= 0.1
    assert 0 < policy.daily_quota < 10_000
    assert policy.trip_on == {401, 403}
    assert policy.trip_pause >= 600


def test_the_registry_opens_it(marketplaces: Marketplace) -> None:
    capture = ADAPTERS["tcgcsv"].open("3")
    assert capture.day == date(2026, 11, 20)
    assert json.loads((FIXTURES / "tcgcsv/tcgplayer/3/groups").read_bytes())["totalItems"] == len(
        capture.groups()
    )
