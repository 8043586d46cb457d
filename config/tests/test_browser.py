"""The public pages in a real browser: accessible in both themes at three widths, within the content security
policy, usable by keyboard, and without JavaScript.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Card, Game
from catalog.tests.factories import CardFactory
from catalog.tests.two_days import market
from catalog.words import index_all
from config.tests.chromium import address, faults, opened
from pricing.models import PriceChange, Source
from pricing.tests.market import Shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

PAGES = [
    "/",
    "/search/",
    "/search/?q=charizard&layout=list",
    "/search/?q=zzzzzz",
    "/search/?game=digimon&min=9&max=3",
    "/games/pokemon/",
    "/games/lorcana/",
    "/games/pokemon/base-set/",
    "/movers/?window=1",
    "/methodology/",
    "/games/digimon/",
]


@pytest.fixture
def charizard(live_server: LiveServer) -> Card:
    """A card with two days of demonstration prices, in a set of sixty."""
    shop = Shop(source=Source.objects.get(slug="demo"), game=Game.objects.get(slug="pokemon"))
    market(shop, first=(30_000, 1_000, 50_000), then=(33_000, 900, 50_000))
    card = Card.objects.get(name="Charizard")
    for place in range(57):
        CardFactory.create(card_set=card.card_set, name=f"Unown {place:02}", number=f"{place}")
    index_all()
    return card


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_pages_are_accessible_and_within_the_policy(
    browser: Browser, live_server: LiveServer, charizard: Card, theme: Any, width: int
) -> None:
    context = opened(browser, live_server, viewport={"width": width, "height": 800}, color_scheme=theme)
    page = context.new_page()
    addresses = [*PAGES, charizard.get_absolute_url(), "/accounts/login/"]
    found = {}
    for each in addresses:
        page.goto(each)
        found[each] = faults(page)
    context.close()
    assert found == {each: [] for each in addresses}


def test_a_policy_violation_would_be_noticed(page: Page, live_server: LiveServer) -> None:
    page.goto("/methodology/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">red</p>')")
    page.wait_for_function("window.refused.length")
    assert page.evaluate("window.refused") == ["style-src-attr inline"]


def test_everything_is_reached_without_javascript(
    browser: Browser, live_server: LiveServer, charizard: Card
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Search cards").last.fill("charzard")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Showing charizard")).to_be_visible()
    page.get_by_role("link", name="Charizard Base Set").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Charizard")
    page.get_by_role("link", name="1Y").click()
    expect(page.get_by_role("link", name="1Y")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("img", name=re.compile("Market price of Charizard"))).to_be_visible()
    page.get_by_text("The same prices as a table").click()
    expect(page.get_by_role("cell", name="$330.00").last).to_be_visible()
    context.close()


def test_menus_and_theme_work_without_javascript(
    browser: Browser, live_server: LiveServer, charizard: Card
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/methodology/")
    page.locator("summary", has_text="Appearance").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("heading", level=1)).to_have_text("What the prices mean")
    context.close()


def test_the_search_box_suggests_and_obeys_the_keyboard(page: Page, charizard: Card) -> None:
    page.goto("/methodology/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    box.press_sequentially("char")
    expect(page.get_by_role("option", name="Charizard")).to_be_visible()
    assert box.get_attribute("aria-expanded") == "true"
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press_sequentially("i")
    expect(page.get_by_role("option", name="Charizard")).to_be_visible()
    box.press("ArrowDown")
    expect(page.get_by_role("option", name="Charizard")).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    page.wait_for_url(f"**{charizard.get_absolute_url()}")


def test_a_slash_in_a_field_is_a_letter(page: Page, charizard: Card) -> None:
    page.goto("/search/")
    field = page.get_by_label("Words or number")
    field.press_sequentially("4/102")
    expect(field).to_have_value("4/102")


def test_a_filter_swaps_the_results_and_keeps_the_focus(page: Page, charizard: Card) -> None:
    page.goto("/search/")
    page.evaluate("window.stayed = true")
    page.get_by_label("Kind").focus()
    page.get_by_label("Kind").select_option("sealed")
    expect(page.get_by_text("1 card on this page")).to_have_count(2)  # shown, and said to a screen reader
    assert page.evaluate("window.stayed")
    assert "kind=sealed" in address(page)
    assert page.evaluate("document.activeElement.name") == "kind"
    assert page.evaluate("window.refused") == []


def test_a_wrong_filter_says_so_in_place(page: Page, charizard: Card) -> None:
    page.goto("/search/")
    page.locator("[name=min]").fill("cheap")
    page.locator("[name=min]").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter a number.")
    expect(page.locator("[name=min]")).to_have_value("cheap")


def test_more_cards_follow_below(page: Page, charizard: Card) -> None:
    page.goto("/search/")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="More cards").click()
    expect(page.locator(".tile")).to_have_count(60)
    expect(page.get_by_role("link", name="More cards")).to_have_count(0)
    assert page.evaluate("window.stayed")


def test_the_chart_has_a_cursor_for_the_keyboard_and_ranges_in_the_address(
    page: Page, charizard: Card
) -> None:
    page.goto(charizard.get_absolute_url())
    cursor = page.get_by_role("slider", name="Market price of Charizard")
    expect(cursor).to_have_attribute("aria-valuetext", re.compile(r"Holofoil \$330\.00$"))
    cursor.press("ArrowLeft")
    expect(cursor).to_have_attribute("aria-valuetext", re.compile(r"Holofoil \$300\.00$"))
    page.get_by_role("link", name="6M").click()
    expect(page.get_by_text("Over six months")).to_be_visible()
    assert address(page) == f"{charizard.get_absolute_url()}?range=6m"
    expect(cursor).to_have_attribute("aria-valuemax", "182")
    assert page.evaluate("window.refused") == []


def test_a_gap_is_no_price(page: Page, charizard: Card) -> None:
    PriceChange.objects.filter(series__printing__card=charizard, market=30_000).update(market=None)
    page.goto(charizard.get_absolute_url())
    page.get_by_role("slider").press("ArrowLeft")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile("Holofoil –$"))


def test_the_theme_changes_at_once_and_is_remembered(page: Page, charizard: Card) -> None:
    page.goto("/")
    page.evaluate("window.stayed = true")
    page.locator("summary", has_text="Appearance").click()
    with page.expect_response("**/preferences/theme/"):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate("window.stayed")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 18, 26)"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_escape_closes_a_menu_and_gives_the_focus_back(page: Page, charizard: Card) -> None:
    page.goto("/")
    page.get_by_text("Games", exact=True).first.press("Enter")
    expect(page.get_by_role("link", name="Disney Lorcana").first).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Games"
    assert page.locator("details.menu[open]").count() == 0
