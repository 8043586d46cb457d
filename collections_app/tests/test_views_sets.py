"""The pages of sets: the index, one set with its checklist, and typing a set in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import CardSet
from catalog.tests.factories import CardFactory, CardSetFactory, PrintingFactory
from collections_app.models import Collection, Lot
from collections_app.tests import sets
from collections_app.tests.factories import collection, lot
from pricing.models import Source

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
TWO = ("Holofoil", "Normal")


@pytest.fixture
def page(alice: User, client_for: Callable[[User], Client]) -> Client:
    client = client_for(alice)
    client.get("/methodology/")  # notes that she was seen, and keeps the games of the header
    return client


@pytest.fixture
def jungle(db: None) -> CardSet:
    """Three cards in two finishes at a dollar each; of the last Normal no price is known."""
    of = sets.of_cards(3, finishes=TWO, name="Jungle", slug="jungle")
    for number in (1, 2, 3):
        sets.costs(sets.printing(of, number, finish="Holofoil"), 100 if number < 3 else None)
        sets.costs(sets.printing(of, number), 100 if number < 3 else None)
    return of


def where(of: CardSet, *, kind: str = "sets") -> str:
    return f"/collections/{kind}/{of.game.slug}/{of.slug}/"


def body(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.parametrize(
    "address", ["/collections/sets/", "/collections/sets/a/b/", "/collections/enter/a/b/"]
)
def test_strangers_are_led_to_the_login(client: Client, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("address", ["/collections/sets/a/b/", "/collections/enter/a/b/"])
def test_unknown_and_hidden_sets_are_not_found(page: Client, address: str) -> None:
    body(page, address, status=404)
    hidden = sets.of_cards(1, is_published=False)
    body(page, where(hidden, kind=address.split("/")[2]), status=404)


def test_an_index_without_sets_says_how_to_begin(page: Client) -> None:
    assert "No set begun yet" in body(page, "/collections/sets/")


def test_the_index_shows_progress_in_words_and_bars(page: Client, alice: User, jungle: CardSet) -> None:
    lot(collection(alice), sets.printing(jungle, 1))
    found = body(page, "/collections/sets/")
    assert f'href="{where(jungle)}">Jungle<' in found
    assert "<b>1</b> of 3 · 33 %" in found
    assert '<progress max="6" value="1" aria-label="Master set of Jungle">' in found
    assert "At least <b>$1.00</b> to complete" in found
    assert "1 without a price" in found


def test_the_index_is_sorted_and_a_wrong_sort_is_a_400(page: Client, alice: User) -> None:
    binder = collection(alice)
    for name, cards in (("Alpha", 2), ("Beta", 1)):
        lot(binder, sets.printing(sets.of_cards(cards, name=name), 1))
    by_name, by_percent = body(page, "/collections/sets/"), body(page, "/collections/sets/?sort=-percent")
    assert by_name.index(">Alpha<") < by_name.index(">Beta<")
    assert by_percent.index(">Beta<") < by_percent.index(">Alpha<")
    assert "not one of the available choices" in body(page, "/collections/sets/?sort=colour", status=400)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_index_costs_six_queries(
    page: Client, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    binder = collection(alice)
    for _ in range(rows):
        of = sets.of_cards(2)
        sets.costs(sets.printing(of, 1), 100)
        lot(binder, sets.printing(of, 2))
    with django_assert_num_queries(6):  # user, currencies, rates, sets, freshness, unread
        body(page, "/collections/sets/")


def test_a_set_shows_its_goals_and_its_checklist(page: Client, alice: User, jungle: CardSet) -> None:
    lot(collection(alice), sets.printing(jungle, 1), quantity=4)
    lot(collection(alice, kind="wish"), sets.printing(jungle, 2), quantity=2)
    found = body(page, where(jungle))
    for name in ("Cards, any finish", "Holofoil", "Normal", "Master set, every printing"):
        assert f'aria-label="{name} of Jungle"' in found
    assert "<td>$1.00</td><td>4</td><td>0</td>" in found
    assert "<td>$1.00</td><td>0</td><td>2</td>" in found
    assert where(jungle, kind="enter") in found


def test_a_complete_set_says_so(page: Client, alice: User) -> None:
    of = sets.of_cards(1)
    lot(collection(alice), sets.printing(of, 1))
    found = body(page, where(of))
    assert "Complete</b>" in found
    assert "No card of this set is missing" in body(page, where(of) + "?show=missing")


def test_a_set_of_which_no_missing_card_has_a_price_names_no_cost(page: Client) -> None:
    found = body(page, where(sets.of_cards(1)))
    assert "No price is known of what is missing" in found
    assert "$0.00" not in found


@pytest.mark.parametrize(("show", "cards"), [("", "112233"), ("missing", "12233"), ("owned", "1")])
def test_a_checklist_is_filtered(page: Client, alice: User, jungle: CardSet, show: str, cards: str) -> None:
    lot(collection(alice), sets.printing(jungle, 1))
    shown = re.findall(r">Card (\d)<", body(page, where(jungle) + f"?show={show}"))
    assert "".join(shown) == cards


def test_a_wrong_filter_is_a_400_that_shows_everything(page: Client, jungle: CardSet) -> None:
    assert "Card 3<" in body(page, where(jungle) + "?show=half", status=400)


def test_a_set_without_cards_says_so(page: Client) -> None:
    empty = CardSetFactory.create()
    assert "No cards yet" in body(page, where(empty))
    assert "No cards yet" in body(page, where(empty, kind="enter"))


def test_demonstration_prices_are_labelled(page: Client, jungle: CardSet) -> None:
    assert "Demonstration prices" not in body(page, where(jungle))
    Source.objects.update(is_demo=True)
    assert "Demonstration prices" in body(page, where(jungle))


def test_sealed_products_have_a_list_of_their_own(page: Client, jungle: CardSet) -> None:
    PrintingFactory.create(card=CardFactory.create(card_set=jungle, kind="sealed", name="Booster Box"))
    found = body(page, where(jungle))
    assert found.index("Sealed products") < found.index("Booster Box")
    assert "Booster Box" not in body(page, where(jungle, kind="enter"))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_set_costs_nine_queries(page: Client, rows: int, django_assert_num_queries: Queries) -> None:
    of = sets.of_cards(rows)
    sets.costs(sets.printing(of, 1), 100)
    with django_assert_num_queries(9):
        # user, set, currencies, progress, wish lists, checklist, provenance, unread
        body(page, where(of))


def test_the_missing_are_put_on_a_new_wish_list(page: Client, alice: User, jungle: CardSet) -> None:
    response = page.post(where(jungle), {"goal": "base", "wish": ""}, follow=True)
    assert "3 missing printings put on “Wish list”." in response.content.decode()
    assert Lot.objects.filter(collection__owner=alice, collection__kind="wish").count() == 3
    again = page.post(where(jungle), {"goal": "base", "wish": ""}, follow=True).content.decode()
    assert "Select a valid choice" not in again


def test_the_missing_are_put_on_the_list_that_was_chosen(page: Client, alice: User, jungle: CardSet) -> None:
    collection(alice, kind="wish")
    chosen = collection(alice, kind="wish")
    page.post(where(jungle), {"goal": "Holofoil", "wish": str(chosen.pk)})
    assert set(chosen.lots.values_list("printing__finish__name", flat=True)) == {"Holofoil"}


@pytest.mark.parametrize("wrong", [{"goal": "gold"}, {"goal": ""}, {"goal": "base", "wish": "999999"}])
def test_a_wrong_wish_is_a_400(page: Client, alice: User, jungle: CardSet, wrong: dict[str, str]) -> None:
    collection(alice, kind="wish")
    assert page.post(where(jungle), wrong).status_code == 400
    assert not Lot.objects.exists()


def test_nobody_wishes_onto_a_list_of_somebody_else(
    bob: User, alice: User, client_for: Callable[[User], Client], jungle: CardSet
) -> None:
    hers = collection(alice, kind="wish")
    answer = client_for(bob).post(where(jungle), {"goal": "base", "wish": str(hers.pk)})
    assert answer.status_code == 400
    assert not Lot.objects.exists()


# Typing a set in.


def field(of: CardSet, number: int, *, finish: str = "Normal") -> str:
    return f"p{sets.printing(of, number, finish=finish).pk}"


def value(found: str, name: str) -> str:
    shown = re.search(rf'name="{name}" value="([^"]*)"', found)
    assert shown, f"no field {name}"
    return shown[1]


@pytest.fixture
def binder(alice: User) -> Collection:
    return collection(alice, "Binder")


def entered(page: Client, of: CardSet, binder: Collection, **sent: Any) -> Any:
    return page.post(f"{where(of, kind='enter')}?collection={binder.pk}", sent)


def test_fields_show_what_the_chosen_collection_holds(
    page: Client, alice: User, binder: Collection, jungle: CardSet
) -> None:
    lot(binder, sets.printing(jungle, 1), quantity=3)
    lot(collection(alice), sets.printing(jungle, 2), quantity=9)
    found = body(page, f"{where(jungle, kind='enter')}?collection={binder.pk}")
    assert (value(found, field(jungle, 1)), value(found, field(jungle, 2))) == ("3", "")
    assert value(found, "was") == f"{sets.printing(jungle, 1).pk}:3"
    assert found.count('inputmode="numeric"') == 6


def test_one_form_changes_what_was_changed(page: Client, binder: Collection, jungle: CardSet) -> None:
    lot(binder, sets.printing(jungle, 1), quantity=3)
    was = f"{sets.printing(jungle, 1).pk}:3"
    sent = {field(jungle, 1): "3", field(jungle, 2): " 2 ", field(jungle, 3): ""}
    response = entered(page, jungle, binder, was=was, **sent)
    assert response.status_code == 302
    found = page.get(response["Location"]).content.decode()
    assert "1 printing changed in “Binder”." in found
    assert [value(found, field(jungle, number)) for number in (1, 2, 3)] == ["3", "2", ""]


def test_an_emptied_field_is_nought(page: Client, binder: Collection, jungle: CardSet) -> None:
    lot(binder, sets.printing(jungle, 1), quantity=3)
    entered(page, jungle, binder, was=f"{sets.printing(jungle, 1).pk}:3", **{field(jungle, 1): ""})
    assert not binder.lots.exists()


def test_a_field_that_was_not_sent_is_left_alone(page: Client, binder: Collection, jungle: CardSet) -> None:
    lot(binder, sets.printing(jungle, 1), quantity=3)
    response = entered(page, jungle, binder, was=f"{sets.printing(jungle, 1).pk}:3")
    assert "Nothing was changed." in page.get(response["Location"]).content.decode()
    assert binder.lots.get().quantity == 3


@pytest.mark.parametrize("wrong", ["x", "-1", "1.5", "1000001", "²", "99999999"])
def test_a_wrong_number_is_a_400_that_keeps_what_was_typed(
    page: Client, binder: Collection, jungle: CardSet, wrong: str
) -> None:
    response = entered(page, jungle, binder, was="", **{field(jungle, 1): wrong, field(jungle, 2): "2"})
    found = response.content.decode()
    assert response.status_code == 400
    assert (value(found, field(jungle, 1)), value(found, field(jungle, 2))) == (wrong, "2")
    assert f"“{wrong}” is no number from 0 to 1,000,000." in found
    assert not binder.lots.exists()


def test_what_changed_meanwhile_is_said_and_can_be_sent_again(
    page: Client, binder: Collection, jungle: CardSet
) -> None:
    lot(binder, sets.printing(jungle, 1), quantity=3)
    sent = {field(jungle, 1): "5", field(jungle, 2): "1"}
    response = entered(page, jungle, binder, was="", **sent)
    found = response.content.decode()
    assert response.status_code == 409
    assert "Meanwhile changed: 3 held now." in found
    assert "1 printing changed" in found
    assert value(found, field(jungle, 1)) == "5"
    assert entered(page, jungle, binder, was=value(found, "was"), **sent).status_code == 302
    assert value(body(page, response.request["PATH_INFO"]), field(jungle, 1)) == "5"


def test_without_a_collection_the_first_one_is_made(page: Client, alice: User, jungle: CardSet) -> None:
    assert "your new collection" in body(page, where(jungle, kind="enter"))
    page.post(where(jungle, kind="enter"), {"was": "", field(jungle, 1): "1"})
    assert Lot.objects.get().collection.name == "My collection"


def test_collections_of_others_and_wish_lists_are_not_there(
    page: Client, alice: User, bob: User, jungle: CardSet
) -> None:
    for other in (collection(bob), collection(alice, kind="wish")):
        address = f"{where(jungle, kind='enter')}?collection={other.pk}"
        body(page, address, status=404)
        assert page.post(address, {field(jungle, 1): "1"}).status_code == 404
    assert not Lot.objects.exists()


@pytest.mark.parametrize("number", ["0", "2", "x", "²"])
def test_a_page_there_is_not_is_not_found(page: Client, jungle: CardSet, number: str) -> None:
    body(page, f"{where(jungle, kind='enter')}?page={number}", status=404)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_costs_six_queries(
    page: Client, binder: Collection, rows: int, django_assert_num_queries: Queries
) -> None:
    of = sets.of_cards(rows)
    with django_assert_num_queries(6):  # user, set, collections, checklist, held, unread
        body(page, where(of, kind="enter"))


def test_a_set_of_the_catalogue_leads_to_its_form(client: Client, jungle: CardSet) -> None:
    assert f'href="{where(jungle, kind="enter")}"' in body(client, jungle.get_absolute_url())


@pytest.mark.parametrize("kind", ["sets", "enter"])
def test_a_post_needs_its_token(alice: User, jungle: CardSet, kind: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(where(jungle, kind=kind), {"goal": "base"}).status_code == 403
