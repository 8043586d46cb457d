"""A page that is open changes when the price does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from catalog.models import Game, Printing
from catalog.tests.two_days import TODAY, says
from collections_app.tests import factories as holdings
from collections_app.tests.live_server import LiveServer as Sockets
from config.tests.chromium import faults, opened, signed_in
from pricing.models import Source
from pricing.tests.market import Shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def shop(live_server: LiveServer) -> Shop:
    shop = Shop(source=Source.objects.get(slug="demo"), game=Game.objects.get(slug="pokemon"))
    says(shop, 320_00, 9_00, 500_00, day=TODAY - timedelta(days=1))
    return shop


@pytest.fixture
def charizard(shop: Shop) -> Printing:
    return Printing.objects.select_related("card__card_set__game").get(card__name="Charizard")


@pytest.fixture
def sockets(settings: Settings) -> Iterator[Sockets]:
    server = Sockets()
    server.start()
    # The page's own host: a browser keeps the cookie for it.
    settings.LIVE_URL = server.address.removesuffix("/live/").replace("127.0.0.1", "localhost")
    policy = settings.CONTENT_SECURITY_POLICY
    sources = [*policy["DIRECTIVES"]["connect-src"], settings.LIVE_URL]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy["DIRECTIVES"] | {"connect-src": sources}}
    yield server
    server.stop()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, alice: User) -> Iterator[Page]:
    context = opened(browser, live_server, viewport={"width": 1280, "height": 900})
    signed_in(context, alice, live_server)
    yield context.new_page()
    context.close()


def open_followed(page: Page, address: str) -> None:
    """Opens a page and waits until its socket follows the prices."""
    page.goto(address)
    expect(page.locator("html[data-live=following]")).to_be_attached()


def test_a_card_that_is_open_shows_the_new_price(
    sockets: Sockets, page: Page, shop: Shop, charizard: Printing
) -> None:
    open_followed(page, charizard.card.get_absolute_url())
    expect(page.locator("#live-prices")).to_contain_text("$320.00")
    says(shop, 333_00, 9_00, 500_00, day=TODAY)
    expect(page.locator("#live-prices")).to_contain_text("$333.00")
    expect(page.locator("#live-printings")).to_contain_text("$333.00")
    expect(page.locator("#announcer")).to_have_text("Prices on this page were updated.")
    assert faults(page) == []


def test_a_collection_that_is_open_shows_what_it_is_worth_now(
    sockets: Sockets, page: Page, shop: Shop, charizard: Printing, alice: User
) -> None:
    binder = holdings.collection(alice, "Binder")
    holdings.lot(binder, charizard, quantity=2)
    open_followed(page, binder.get_absolute_url())
    expect(page.locator("#live-figures")).to_contain_text("$640.00")
    page.get_by_label("All on this page").check()  # what is ticked stays as it is
    says(shop, 333_00, 9_00, 500_00, day=TODAY)
    expect(page.locator("#live-figures")).to_contain_text("$666.00")
    expect(page.locator("#live-lots")).to_contain_text("$320.00")
    assert faults(page) == []


def test_where_sockets_are_blocked_the_page_asks_by_itself(
    page: Page, shop: Shop, charizard: Printing
) -> None:
    page.clock.install()
    page.goto(charizard.card.get_absolute_url())
    expect(page.locator("#live-prices")).to_contain_text("$320.00")
    says(shop, 333_00, 9_00, 500_00, day=TODAY)
    page.clock.run_for(61_000)
    expect(page.locator("#live-prices")).to_contain_text("$333.00")
