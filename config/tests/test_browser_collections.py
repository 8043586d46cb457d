"""A collector moves in, looks, trades, shares and leaves: in a real browser, as anyone would."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from catalog.models import Game, Printing
from catalog.tests.two_days import TODAY, market
from catalog.words import index_all
from collections_app import lots, reports, sales, snapshots
from collections_app.models import Collection, Lot
from collections_app.sales import Terms
from collections_app.tests import factories
from config.tests.chromium import faults, opened, signed_in
from conftest import PASSWORD
from pricing.models import Source
from pricing.tests.market import Shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
THEIRS = """\
Quantity,Name,Simple Name,Set,Card Number,Set Code,Printing,Condition,Language,Rarity,Product ID,SKU
2,Charizard,Charizard,Base Set,4/102,BS,Holofoil,Near Mint,English,Holo Rare,,
1,Pikachu,Pikachu,Base Set,58/102,BS,Holofoil,Lightly Played,English,Common,,
1,Missingno,Missingno,Base Set,152/102,BS,Normal,Near Mint,English,Common,,
"""


@pytest.fixture
def printings(live_server: LiveServer) -> dict[str, Printing]:
    """Charizard at $330.00, $300.00 yesterday; Pikachu at $9.00; a box at $500.00."""
    shop = Shop(source=Source.objects.get(slug="demo"), game=Game.objects.get(slug="pokemon"))
    market(shop, first=(30_000, 1_000, 50_000), then=(33_000, 900, 50_000))
    index_all()
    return {row.card.name: row for row in Printing.objects.select_related("card__card_set__game")}


@pytest.fixture
def binder(alice: User, printings: dict[str, Printing]) -> Collection:
    """Alice's: two Charizards, of which one was sold, and a graded Pikachu nobody prices."""
    binder = factories.collection(alice, "Binder", visibility=Collection.Visibility.UNLISTED)
    charizard = factories.lot(binder, printings["Charizard"], quantity=2, unit_cost=10_000)
    facts = factories.facts(printings["Pikachu"], condition="", grader="BGS", grade="3", notes="from Anna")
    lots.add(binder, facts)
    sold = Terms(quantity=1, sold_on=TODAY - timedelta(days=1), currency="USD", unit_price=31_000)
    sales.sell(charizard, sold)
    factories.lot(factories.collection(alice, "Wishes", kind="wish"), printings["Booster Box"])
    snapshots.fill(binder.pk)
    return binder


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = opened(browser, live_server, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def at_home(page: Page, alice: User, live_server: LiveServer) -> Page:
    signed_in(page.context, alice, live_server)
    return page


def test_a_collector_signs_up_moves_in_trades_shares_and_leaves(
    browser: Browser, page: Page, live_server: LiveServer, printings: dict[str, Printing], tmp_path: Path
) -> None:
    sign_up(page, live_server)
    move_in(page, tmp_path)
    page.get_by_role("link", name="Cards", exact=True).click()
    expect(page.locator("main")).to_contain_text("$667.65")  # 2 x $330.00 + 85 % of $9.00
    add_by_hand(page, printings["Booster Box"])
    sell(page)
    link = share(page)
    stranger = opened(browser, live_server).new_page()
    stranger.goto(link)
    expect(stranger.locator("main")).to_contain_text("Charizard")
    expect(stranger.locator("main")).not_to_contain_text("$310.00")
    stranger.context.close()
    export(page)
    leave(page)
    assert stranger_sees(browser, live_server, link) == 404
    assert not User.objects.filter(email="dora@example.org").exists()


def sign_up(page: Page, live_server: LiveServer) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill("dora@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label(re.compile("again")).fill(PASSWORD)
    page.get_by_role("button", name=re.compile("Create|Sign up")).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    letter = str(mail.outbox[-1].body)
    address = re.search(r"/accounts/confirm-email/\S+", letter)
    assert address, letter
    page.goto(address.group())
    page.get_by_role("button", name="Confirm").click()
    if "login" in page.url:
        page.get_by_label("Email").fill("dora@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Collection", exact=True)).to_be_visible()


def move_in(page: Page, folder: Path) -> None:
    """By the ways the empty page offers."""
    page.get_by_role("link", name="Collection", exact=True).click()
    page.get_by_role("link", name="Make a collection for it").click()
    page.get_by_label("Name", exact=True).fill("Everything")
    page.get_by_role("button", name="Make the collection").click()
    page.get_by_role("link", name="Import", exact=True).click()
    page.locator("input[type=file]").set_input_files(written(folder))
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("main")).to_contain_text("TCGplayer app")
    expect(page.locator("main")).to_contain_text("Missingno")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("main")).to_contain_text("1 row waits in the tray")
    page.locator(".import-facts").get_by_role("link").click()


def written(folder: Path) -> Path:
    (folder / "cards.csv").write_text(THEIRS, encoding="utf-16")
    return folder / "cards.csv"


def add_by_hand(page: Page, printing: Printing) -> None:
    page.goto("/search/?q=booster")
    page.get_by_role("link", name=re.compile("^Add Booster Box")).click()
    expect(page.get_by_role("status").filter(has_text="Added")).to_contain_text("1 owned")
    page.goto("/collections/")
    expect(page.locator("main")).to_contain_text("$1,167.65")


def sell(page: Page) -> None:
    lot = Lot.objects.get(printing__card__name="Charizard")
    page.goto(lot.get_absolute_url())
    page.get_by_role("link", name=re.compile("Sell")).click()
    page.get_by_label("Received for one copy").fill("310.00")
    page.get_by_role("button", name="Record the sale").click()
    expect(page.locator("main")).to_contain_text("$310.00")
    assert Lot.objects.get(pk=lot.pk).quantity == 1


def share(page: Page) -> str:
    collection = Collection.objects.get(owner__email="dora@example.org", kind="owned")
    page.goto(f"{collection.get_absolute_url()}edit/")
    page.locator("[name=visibility]").select_option("unlisted")
    page.get_by_role("button", name="Save").click()
    return f"/shared/{collection.token}/"


def export(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Export")).click()
    with page.expect_download() as download:
        page.locator("a[href$='/export/csv/']").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert sum("Charizard" in line for line in text.splitlines()) == 1


def leave(page: Page) -> None:
    page.goto("/account/data/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download everything").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    page.get_by_role("link", name=re.compile("Delete the account")).click()
    if page.get_by_role("button", name="Confirm").count():  # signed in a while ago
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    page.get_by_role("textbox").last.fill("dora@example.org")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def stranger_sees(browser: Browser, live_server: LiveServer, link: str) -> int:
    context = opened(browser, live_server)
    answer = context.new_page().goto(link)
    context.close()
    assert answer
    return answer.status


def addresses(binder: Collection) -> list[str]:
    """Every page of a collector, found as the links of the first ones lead to them."""
    lot = binder.lots.earliest("id")
    here, there = binder.get_absolute_url(), lot.get_absolute_url()
    report = reports.make(binder, currency="USD")
    return [
        "/collections/",
        "/collections/new/",
        "/collections/value/",
        "/collections/sales/",
        "/collections/sets/",
        "/collections/sets/pokemon/base-set/",
        "/collections/enter/pokemon/base-set/",
        "/collections/public/",
        "/collections/imports/",
        "/collections/tray/",
        "/collections/reports/",
        "/collections/restore/",
        *(here + part for part in ("", "value/", "add/", "edit/", "delete/", "sales/", "import/", "export/")),
        *(there + part for part in ("", "edit/", "sell/", "move/", "delete/")),
        report.get_absolute_url(),
        f"/verify/{report.code}/",
        f"/shared/{binder.token}/",
        f"/collections/quick-add/?printing={lot.printing_id}",
        "/account/data/",
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_collectors_pages_are_accessible_and_within_the_policy(
    browser: Browser, live_server: LiveServer, binder: Collection, theme: Any, width: int
) -> None:
    context = opened(browser, live_server, viewport={"width": width, "height": 800}, color_scheme=theme)
    signed_in(context, binder.owner, live_server)
    page = context.new_page()
    found = {}
    for each in addresses(binder):
        answer = page.goto(each)
        assert answer
        found[each] = faults(page) if answer.ok else [str(answer.status)]
    context.close()
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_a_whole_set_is_entered_without_a_mouse(at_home: Page, binder: Collection) -> None:
    at_home.goto("/collections/enter/pokemon/base-set/")
    first = at_home.locator("main input[inputmode=numeric], main input[type=number]").first
    first.focus()
    for key in ("3", "ArrowDown", "+", "+", "Enter"):
        at_home.keyboard.press(key)
    at_home.get_by_role("button", name="Save").press("Enter")
    expect(at_home.get_by_role("status").first).to_contain_text("2 printings")
    held = {lot.printing.card.name: lot.quantity for lot in binder.lots.filter(grader="", acquired_on=TODAY)}
    assert held == {"Charizard": 2, "Pikachu": 2}


def test_a_touch_too_many_is_taken_back(at_home: Page, printings: dict[str, Printing], alice: User) -> None:
    at_home.goto(printings["Charizard"].card.card_set.get_absolute_url())
    at_home.get_by_role("link", name=re.compile("^Add Charizard")).focus()
    at_home.keyboard.press("a")
    expect(at_home.locator(".toast")).to_contain_text("Added Charizard")
    at_home.get_by_role("button", name=re.compile("Undo")).click()
    expect(at_home.locator(".toast")).not_to_contain_text("Added")
    at_home.wait_for_timeout(200)
    assert not Lot.objects.filter(collection__owner=alice).exists()


def test_a_visitor_who_adds_a_card_is_asked_to_sign_in_first(
    page: Page, printings: dict[str, Printing]
) -> None:
    page.goto("/search/?q=charizard")
    page.get_by_role("link", name=re.compile("^Add Charizard")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_collection_is_kept_without_javascript(
    browser: Browser, live_server: LiveServer, binder: Collection, printings: dict[str, Printing]
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    signed_in(context, binder.owner, live_server)
    page = context.new_page()
    page.goto("/search/?q=booster")
    page.get_by_role("link", name=re.compile("^Add Booster Box")).click()
    page.get_by_role("button", name=re.compile("Add")).click()
    expect(page.get_by_role("status").first).to_contain_text("Booster Box")
    page.goto(f"{binder.get_absolute_url()}value/")
    expect(page.get_by_role("heading", name="Explain my change")).to_be_visible()
    page.goto(f"/collections/{binder.pk}/import/")
    page.get_by_label(re.compile("paste")).fill(THEIRS)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("main")).to_contain_text("2 lots are in your collections")
    context.close()
