"""The desk of unmatched items: one at a time, the best guess first, for staff alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog import deciding, words
from catalog.models import ExternalId, UnmatchedItem
from catalog.tests.test_deciding import waits
from pricing import desk
from pricing.desk import Filters
from pricing.models import PriceSeries
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
DESK = "/admin/workbench/unmatched/"


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # its statements are not the desk's
    return client_for(carla)


@pytest.fixture
def series(shop: Shop) -> PriceSeries:
    """Card 1 at $1.00, and a second card."""
    shop.says({"1": 100, "2": 900})
    return shop.series("1")


def guessed(shop: Shop, name: str, *products: str, **facts: Any) -> UnmatchedItem:
    """An item that may be any of these cards."""
    candidates = [shop.series(product).printing_id for product in products]
    return waits(shop.game, name, **{"title": f"Item {name}", "candidates": candidates} | facts)


def titles(answer: Any) -> list[str]:
    """The one that is shown, and those after it."""
    shown = answer.context["item"]
    return [one.title for one in (*([shown] if shown else []), *answer.context["queue"])]


def test_visitors_and_collectors_are_asked_to_sign_in_as_staff(
    shop: Shop, series: PriceSeries, client: Client, alice: User, client_for: ClientFor
) -> None:
    item = guessed(shop, "7", "1")
    for who in (client, client_for(alice)):
        for address in (DESK, f"{DESK}{item.pk}/"):
            answer = who.get(address)
            assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={address}")
        for act in ("link", "ignore", "reopen"):
            answer = who.post(f"{DESK}{item.pk}/{act}/", {"printing": series.printing_id})
            assert answer["Location"].startswith("/admin/login/")
    item.refresh_from_db()
    assert (item.status, LogEntry.objects.count()) == ("open", 0)


def test_staff_without_the_permission_are_refused_and_who_may_look_decides_nothing(
    shop: Shop, series: PriceSeries, bob: User, client_for: ClientFor
) -> None:
    item = guessed(shop, "7", "1")
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert client_for(bob).get(DESK).status_code == 403
    bob.user_permissions.add(Permission.objects.get(codename="view_unmatcheditem"))
    page = client_for(bob).get(DESK)
    assert "Item 7" in page.content.decode()
    assert "This one" not in page.content.decode()
    answer = client_for(bob).post(f"{DESK}{item.pk}/link/", {"printing": series.printing_id})
    assert answer.status_code == 403
    item.refresh_from_db()
    assert item.status == "open"


def test_the_best_guess_comes_first_then_the_dearest(shop: Shop, series: PriceSeries, staff: Client) -> None:
    for name, score, market in (("a", 40, 100), ("b", 90, None), ("c", 90, 700), ("d", 90, 700), ("e", 0, 9)):
        guessed(shop, name, "1", score=score, market=market, currency="USD" if market else "")
    deciding.ignore(guessed(shop, "gone", "1", score=100), by=User.objects.get(name="Carla"))
    assert titles(staff.get(DESK)) == ["Item c", "Item d", "Item b", "Item a", "Item e"]
    after = [item.pk for item in desk.queue(Filters())]
    seen = [titles(staff.get(DESK, {"after": key}))[:1] for key in after]
    assert seen == [["Item d"], ["Item b"], ["Item a"], ["Item e"], []]


def test_the_desk_is_filtered_by_game_and_source(shop: Shop, series: PriceSeries, staff: Client) -> None:
    guessed(shop, "here", "1")
    guessed(shop, "there", "1", source="other")
    assert titles(staff.get(DESK, {"source": "other"})) == ["Item there"]
    assert len(titles(staff.get(DESK, {"game": shop.game.slug}))) == 2
    assert titles(staff.get(DESK, {"game": "chess"})) == []


def test_a_candidate_says_what_it_is_what_it_costs_and_what_agrees(
    shop: Shop, series: PriceSeries, staff: Client
) -> None:
    title = "Card 1 No 1 Base Set Normal"
    guessed(shop, "7", "1", "2", title=title, market=150, currency="USD", said={"note": "mint"})
    first, second = staff.get(DESK).context["candidates"]
    assert (first.key, str(first.printing), first.printing.set_name) == ("1", "Card 1 1", "Base Set")
    assert (first.price, first.printing.finish) == ("$1.00", "Normal")
    assert first.agrees == ["name", "number", "set", "finish", "price"]
    assert (second.key, second.agrees) == ("2", ["set", "finish"])


def test_a_choice_links_notes_it_and_goes_on(
    shop: Shop, series: PriceSeries, staff: Client, carla: User
) -> None:
    first, second = guessed(shop, "7", "1", score=90), guessed(shop, "8", "2", score=10)
    form = {"printing": series.printing_id, "game": shop.game.slug}
    answer = staff.post(f"{DESK}{first.pk}/link/", form, follow=True)
    assert answer.redirect_chain == [(f"{DESK}?after={first.pk}&undo={first.pk}&game={shop.game.slug}", 302)]
    assert (answer.context["item"], answer.context["last"]) == (second, first)
    assert "Undo" in answer.content.decode()
    first.refresh_from_db()
    assert (first.status, first.printing_id, first.decided_by) == ("linked", series.printing_id, carla)
    assert ExternalId.objects.get(source="shop", external_id="7").card == series.printing.card
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (carla, str(first.pk))
    assert entry.change_message == "Linked to card 1 1 (normal), by carla@example.org."


def test_what_is_ignored_can_be_undone(shop: Shop, series: PriceSeries, staff: Client) -> None:
    item = guessed(shop, "7", "1")
    page = staff.post(f"{DESK}{item.pk}/ignore/", follow=True)
    assert "Nothing waits here." in page.content.decode()
    item.refresh_from_db()
    assert item.status == "ignored"
    answer = staff.post(f"{DESK}{item.pk}/reopen/", follow=True)
    assert answer.context["item"] == item
    item.refresh_from_db()
    assert (item.status, LogEntry.objects.count()) == ("open", 2)


def test_the_second_at_one_item_is_told_and_goes_on(
    shop: Shop, series: PriceSeries, staff: Client, bob: User
) -> None:
    item = guessed(shop, "7", "1")
    deciding.ignore(item, by=bob)
    answer = staff.post(f"{DESK}{item.pk}/link/", {"printing": series.printing_id}, follow=True)
    (said,) = map(str, answer.context["messages"])
    assert said == "“Item 7” is decided already: not ours, by bob@example.org."
    assert not LogEntry.objects.exists()
    page = staff.get(f"{DESK}{item.pk}/").content.decode()
    assert "Decided already: not ours, by bob@example.org." in page
    assert "This one" not in page


def test_a_link_that_prices_hang_on_cannot_be_undone(shop: Shop, series: PriceSeries, staff: Client) -> None:
    item = guessed(shop, "7", "1", source=shop.source.slug)
    staff.post(f"{DESK}{item.pk}/link/", {"printing": series.printing_id})
    answer = staff.post(f"{DESK}{item.pk}/reopen/", follow=True)
    (said,) = map(str, answer.context["messages"])
    assert "by now, so its link stays" in said


def test_another_card_is_found_by_its_words(shop: Shop, series: PriceSeries, staff: Client) -> None:
    words.index_all()
    item = guessed(shop, "7", "1")
    found = staff.get(f"{DESK}{item.pk}/", {"q": "card 2"}).context["candidates"]
    assert [str(one.printing) for one in found] == ["Card 2 2"]
    nothing = staff.get(f"{DESK}{item.pk}/", {"q": "pikachu"}).content.decode()
    assert "No card of this game is found by “pikachu”." in nothing


@pytest.mark.parametrize("printing", ["", "0", "x", "²", "9" * 30])
def test_a_choice_that_is_none_is_no_page(
    printing: str, shop: Shop, series: PriceSeries, staff: Client
) -> None:
    item = guessed(shop, "7", "1")
    assert staff.post(f"{DESK}{item.pk}/link/", {"printing": printing}).status_code == 404
    assert staff.get(f"{DESK}?after={printing}&undo={printing}").status_code == 200


def test_the_desk_costs_the_same_with_one_item_and_with_three(
    shop: Shop, series: PriceSeries, staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    guessed(shop, "7", "1")
    staff.get(DESK)
    with django_assert_num_queries(6):
        assert len(titles(staff.get(DESK))) == 1
    guessed(shop, "8", "1", "2")
    guessed(shop, "9", "2", "1")
    with django_assert_num_queries(6):
        assert len(titles(staff.get(DESK))) == 3


def test_the_list_of_all_items_leads_to_the_desk_and_changes_nothing(
    shop: Shop, series: PriceSeries, staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = "/admin/catalog/unmatcheditem/"
    guessed(shop, "7", "1")
    staff.get(address)
    with django_assert_num_queries(5):
        assert DESK in staff.get(address).content.decode()
    guessed(shop, "8", "1", "2")
    deciding.ignore(guessed(shop, "9", "2", "1"), by=User.objects.get(name="Carla"))
    with django_assert_num_queries(5):
        assert len(staff.get(address).context["cl"].result_list) == 3
    assert staff.get(address + "add/").status_code == 403
