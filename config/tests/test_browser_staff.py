"""Staff at their workbench, in a real browser: by keyboard, without JavaScript, in both themes and widths."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from catalog.models import ExternalId, Game, Printing, UnmatchedItem
from catalog.tests.test_deciding import waits
from catalog.tests.two_days import TODAY, YESTERDAY, says
from catalog.words import index_all
from collections_app.tests.factories import collection, lot
from config.tests.chromium import address, faults, opened, signed_in
from pricing import disagreements
from pricing.models import LatestPrice, PriceReview, PriceSeries, Source
from pricing.tests.market import Shop
from pricing.tests.rates import says as quotes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
BENCH = "/admin/workbench/"


@pytest.fixture
def shop(live_server: LiveServer, alice: User) -> Shop:
    """Charizard at $330.00 that its source has at $4,400.00 today; Pikachu in doubt too, and a box.

    Alice holds a Charizard. Another source has it for €90.00.
    """
    shop = Shop(source=Source.objects.get(slug="tcgplayer"), game=Game.objects.get(slug="pokemon"))
    for back, price in ((40, 320_00), (20, 325_00), (1, 330_00)):
        says(shop, price, 9_00, 500_00, day=TODAY - timedelta(days=back), replay=True)
    quotes(YESTERDAY, USD="1.1")
    says(shop, 4_400_00, 150_00, 500_00, day=TODAY)
    index_all()
    lot(collection(alice, "Binder"), charizard())
    other = Source.objects.create(slug="other-shop", name="Other shop", currency="EUR")
    box = Printing.objects.get(card__name="Booster Box")
    series = PriceSeries.objects.create(
        printing=box, source=other, game=shop.game, language="en", currency="EUR"
    )
    LatestPrice.objects.create(series=series, source=other, game=shop.game, market=90_00, changed_on=TODAY)
    lot(collection(alice, "Boxes"), box)
    disagreements.find(shop.game)
    return shop


@pytest.fixture
def items(shop: Shop) -> list[UnmatchedItem]:
    """Two that wait, the better guess first."""
    guesses = [printing.pk for printing in Printing.objects.order_by("card__name")]  # the box is first
    facts: dict[str, Any] = {"candidates": guesses, "source": "other-shop", "currency": "EUR"}
    return [
        waits(shop.game, "71", title="Charizard 4/102 Holo", score=80, market=280_00, **facts),
        waits(shop.game, "72", title="A mug with Pikachu", score=20, **facts),
    ]


def charizard() -> Printing:
    return Printing.objects.select_related("card").get(card__name="Charizard")


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, carla: User) -> Iterator[Page]:
    context = opened(browser, live_server, viewport={"width": 1280, "height": 900})
    context.set_default_navigation_timeout(30_000)  # the first page of a cold server also loads the admin
    signed_in(context, carla, live_server)
    yield context.new_page()
    context.close()


def press(desk: Page, key: str) -> None:
    """A key, once the page that is shown has its scripts: one pressed before that is nobody's."""
    desk.wait_for_load_state()
    desk.keyboard.press(key)


def test_items_are_decided_without_a_mouse(desk: Page, items: list[UnmatchedItem]) -> None:
    desk.goto("/admin/")
    desk.get_by_role("navigation", name="Workbench").get_by_role("link", name="Unmatched items").click()
    expect(desk.get_by_role("heading", name="Charizard 4/102 Holo")).to_be_visible()
    expect(desk.get_by_role("listitem").filter(has_text="Agrees: name, number")).to_contain_text("Charizard")
    press(desk, "2")
    expect(desk.get_by_role("heading", name="A mug with Pikachu")).to_be_visible()
    assert ExternalId.objects.get(source="other-shop", external_id="71").card == charizard().card
    press(desk, "i")
    expect(desk.get_by_text("more waits").or_(desk.get_by_text("Nothing waits here."))).to_be_visible()
    press(desk, "u")
    expect(desk.get_by_role("heading", name="A mug with Pikachu")).to_be_visible()
    items[1].refresh_from_db()
    assert items[1].status == "open"
    press(desk, "/")
    desk.keyboard.type("pikachu")
    press(desk, "Enter")
    expect(desk.locator(".bench-candidates li")).to_have_count(1)
    press(desk, "1")
    expect(desk.get_by_text("Linked by staff, Pikachu")).to_be_visible()
    assert LogEntry.objects.count() == 4
    assert desk.evaluate("window.refused") == []


def test_a_key_does_nothing_in_a_field_and_nothing_once_switched_off(
    desk: Page, items: list[UnmatchedItem]
) -> None:
    desk.goto(f"{BENCH}unmatched/")
    desk.get_by_label("Another card").press_sequentially("i1s")
    expect(desk.get_by_label("Another card")).to_have_value("i1s")
    press(desk, "Escape")
    desk.get_by_label("Keyboard shortcuts").uncheck()
    press(desk, "i")
    desk.reload()
    expect(desk.get_by_label("Keyboard shortcuts")).not_to_be_checked()
    press(desk, "2")
    expect(desk.get_by_role("heading", name="Charizard 4/102 Holo")).to_be_visible()
    assert not UnmatchedItem.objects.exclude(status="open").exists()


def test_doubtful_prices_are_accepted_and_fixed_with_their_consequences_in_sight(
    desk: Page, shop: Shop
) -> None:
    desk.goto(f"{BENCH}doubts/")
    expect(desk.get_by_role("heading", name=re.compile("Pikachu"))).to_be_visible()
    press(desk, "s")
    expect(desk.get_by_role("heading", name=re.compile("Charizard"))).to_be_visible()
    expect(desk.get_by_text("1 copy in 1 collection: +$4,070.00 in value")).to_be_visible()
    press(desk, "f")
    desk.keyboard.type("335.50")
    press(desk, "Enter")
    expect(desk.get_by_text("1 copy in 1 collection: +$5.50 in value")).to_be_visible()
    press(desk, "c")
    expect(desk.get_by_text("Fixed: $335.50.")).to_be_visible()
    assert LatestPrice.objects.get(series__printing=charizard()).market == 335_50
    desk.get_by_role("link", name="Start again from the newest").click()
    expect(desk.get_by_role("heading", name=re.compile("Pikachu"))).to_be_visible()
    press(desk, "a")
    expect(desk.get_by_text("No price is in doubt.")).to_be_visible()
    assert set(PriceReview.objects.values_list("status", flat=True)) == {"accepted", "fixed"}
    assert desk.evaluate("window.refused") == []


def test_a_disagreement_is_looked_into_and_put_away(desk: Page, shop: Shop) -> None:
    desk.goto(f"{BENCH}board/")
    desk.get_by_role("link", name=re.compile("Booster Box")).click()
    expect(desk.get_by_role("heading", name="What sources say of this printing")).to_be_visible()
    expect(desk.get_by_role("cell", name="€90.00").first).to_be_visible()
    desk.get_by_role("link", name="Correct the price of Other shop").click()
    expect(desk.get_by_label("Reason")).to_be_visible()
    desk.goto(f"{BENCH}board/")
    desk.get_by_role("button", name=re.compile("Looked at until it changes")).click()
    expect(desk.get_by_text("The sources agree.")).to_be_visible()


def test_a_correction_is_confirmed_with_its_consequences_in_sight(desk: Page, shop: Shop) -> None:
    series = PriceSeries.objects.get(printing=charizard())
    desk.goto(f"/admin/pricing/pricecorrection/add/?series={series.pk}&day={YESTERDAY}")
    desk.get_by_label("Market price").fill("300")
    desk.get_by_label("Reason").fill("A slip")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("1 copy in 1 collection: −$30.00 in value")).to_be_visible()
    desk.get_by_role("button", name="Correct it").click()
    expect(desk.get_by_text("was added successfully")).to_be_visible()
    assert LatestPrice.objects.get(series=series).market == 300_00


def test_the_health_of_the_sources_is_on_one_page(desk: Page, shop: Shop) -> None:
    desk.goto(f"{BENCH}sources/")
    expect(desk.get_by_role("heading", name=re.compile("TCGCSV"))).to_be_visible()
    expect(desk.get_by_text("closed").first).to_be_visible()


def test_the_desk_works_without_javascript(
    browser: Browser, live_server: LiveServer, carla: User, items: list[UnmatchedItem]
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    signed_in(context, carla, live_server)
    page = context.new_page()
    page.goto(f"{BENCH}unmatched/")
    page.get_by_role("button", name=re.compile("This one ?: Charizard")).click()
    expect(page.get_by_role("heading", name="A mug with Pikachu")).to_be_visible()
    page.get_by_role("button", name=re.compile("Undo")).click()
    expect(page.get_by_role("heading", name="Charizard 4/102 Holo")).to_be_visible()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_workbench_is_accessible_and_within_the_policy(
    browser: Browser, live_server: LiveServer, carla: User, items: list[UnmatchedItem], theme: Any
) -> None:
    context = opened(browser, live_server, color_scheme=theme)
    signed_in(context, carla, live_server)
    page = context.new_page()
    pages = ["unmatched/", f"unmatched/{items[0].pk}/?q=pikachu", "doubts/", "board/", "sources/"]
    pages += [f"board/{charizard().pk}/", f"doubts/{PriceReview.objects.earliest('pk').pk}/?price=12"]
    found = {}
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for each in pages:
            page.goto(BENCH + each)
            assert address(page).startswith(BENCH)
            found[width, each] = faults(page)
    context.close()
    assert {each: wrong for each, wrong in found.items() if wrong} == {}


def test_a_collector_gets_nothing(browser: Browser, live_server: LiveServer, alice: User, shop: Shop) -> None:
    context = opened(browser, live_server)
    signed_in(context, alice, live_server)
    page = context.new_page()
    page.goto(f"{BENCH}doubts/")
    expect(page.get_by_role("heading", name="This page is someone else's")).to_be_visible()
    assert "Charizard" not in page.content()
    context.close()
