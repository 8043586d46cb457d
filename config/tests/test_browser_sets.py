"""A whole set typed in by keyboard alone, in a real browser; and the pages of sets looked at with axe."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from catalog.models import CardSet
from collections_app import entering
from collections_app.models import Collection
from collections_app.tests import sets
from collections_app.tests.factories import collection, lot
from config.tests.chromium import faults, opened, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def jungle(db: None) -> CardSet:
    """Three cards in two finishes, but the second has no Normal."""
    of = sets.of_cards(3, finishes=("Holofoil", "Normal"), name="Jungle", slug="jungle")
    sets.costs(sets.printing(of, 1), 100)
    sets.printing(of, 2).delete()
    return of


@pytest.fixture
def binder(alice: User, jungle: CardSet) -> Collection:
    made = collection(alice, "Binder", visibility="public", shows_cost=True)
    lot(made, sets.printing(jungle, 1), quantity=2)
    return made


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, alice: User) -> Iterator[Page]:
    context = opened(browser, live_server, viewport={"width": 360, "height": 800})
    signed_in(context, alice, live_server)
    yield context.new_page()
    context.close()


def focused(page: Page) -> str:
    return page.evaluate("`${document.activeElement.ariaLabel} = ${document.activeElement.value}`")  # type: ignore[no-any-return]


def test_a_set_is_typed_in_without_a_mouse(page: Page, binder: Collection, jungle: CardSet) -> None:
    page.goto(f"/collections/enter/{jungle.game.slug}/jungle/")
    save = page.locator("[data-save]")
    page.get_by_label("Card 1 1, Normal").focus()
    page.keyboard.press("+")
    assert focused(page) == "Card 1 1, Normal = 3"
    expect(save).to_have_text("Save 1 change")
    page.keyboard.press("Enter")  # over the card that has no Normal
    page.keyboard.press("4")
    assert focused(page) == "Card 3 3, Normal = 4"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("-")
    assert focused(page) == "Card 3 3, Holofoil = 0"
    expect(save).to_have_text("Save 2 changes")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("2 printings changed in “Binder”.")).to_be_visible()
    held = {sets.printing(jungle, 1).pk: 3, sets.printing(jungle, 3).pk: 4}
    assert entering.held(binder, jungle) == held


def test_pages_of_sets_are_accessible_and_within_the_policy(
    page: Page, binder: Collection, jungle: CardSet
) -> None:
    of = f"{jungle.game.slug}/jungle/"
    addresses = ["/collections/sets/", f"/collections/sets/{of}", f"/collections/enter/{of}"]
    addresses += ["/collections/public/", f"/shared/{binder.token}/"]
    found = {}
    for each in addresses:
        page.goto(each)
        found[each] = faults(page)
    assert found == {each: [] for each in addresses}
