"""Adding cards: by search and form, with one touch, and by script."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Card, CardSet, Printing
from catalog.tests.factories import CardFactory, FinishFactory, PrintingFactory
from catalog.words import index_all
from collections_app.lots import today
from collections_app.models import Collection, Lot
from collections_app.tests import factories, pages
from collections_app.tests.pages import body, posted
from pricing.tests.market import Shop

Queries = DjangoAssertNumQueries
QUICK = "/collections/quick-add/"


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def shop(db: None) -> Shop:
    return pages.shop()


@pytest.fixture
def printing(shop: Shop) -> Printing:
    return pages.priced(shop, 1_000)[0]


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice, "Binder")


def add(binder: Collection, query: str = "") -> str:
    return f"/collections/{binder.pk}/add/{query}"


def test_a_card_is_found_and_its_finishes_offered(
    client: Client, binder: Collection, printing: Printing
) -> None:
    foil = PrintingFactory.create(
        card=printing.card, finish=FinishFactory.create(game=printing.card.game, name="Holofoil")
    )
    index_all()
    assert "Choose the finish" not in body(client, add(binder))
    page = body(client, add(binder, "?q=card"))
    assert "1 card fits. Choose the finish you have." in page
    assert f'href="?printing={printing.pk}"' in page
    assert f'href="?printing={foil.pk}"' in page
    assert "No card fits" in body(client, add(binder, "?q=zzzz"))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_for_cards_to_add_costs_nine_queries(
    client: Client, binder: Collection, rows: int, django_assert_num_queries: Queries
) -> None:
    for place in range(rows):
        PrintingFactory.create(card=CardFactory.create(name=f"Unown {place}"))
    index_all()
    body(client, "/collections/new/")  # the visitor is seen, and the games of the header are known
    # visitor, collection, the search with other spellings (4), printings, cards, unread
    with django_assert_num_queries(9):
        assert body(client, add(binder, "?q=unown")).count('class="pick"') == rows


def test_a_card_is_added_with_all_that_is_known(
    client: Client, binder: Collection, printing: Printing
) -> None:
    page = body(client, add(binder, f"?printing={printing.pk}"))
    assert f'value="{today().isoformat()}"' in page
    said: dict[str, Any] = {
        "printing": printing.pk,
        "quantity": 2,
        "grader": "PSA",
        "grade": "9.5",
        "language": "de",
    }
    more: dict[str, Any] = {
        "unit_cost": "12.50",
        "currency": "EUR",
        "acquired_on": "2026-03-02",
        "notes": "A gift",
    }
    assert posted(client, add(binder), condition="NM", **said, **more) == binder.get_absolute_url()
    lot = Lot.objects.get()
    assert (lot.collection, lot.printing, lot.quantity) == (binder, printing, 2)
    assert (lot.condition, lot.grader, lot.grade, lot.language) == ("", "PSA", "9.5", "de")
    assert (lot.unit_cost, lot.currency, lot.notes) == (1_250, "EUR", "A gift")


def test_another_card_follows_if_wanted(client: Client, binder: Collection, printing: Printing) -> None:
    said: dict[str, Any] = {"printing": printing.pk, "quantity": 1, "condition": "NM", "language": "en"}
    leads_to = posted(client, add(binder), currency="USD", acquired_on=today(), again="yes", **said)
    assert leads_to == add(binder)


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, binder: Collection, printing: Printing
) -> None:
    said: dict[str, Any] = {
        "printing": printing.pk,
        "quantity": 0,
        "condition": "NM",
        "language": "en",
        "notes": "Mine",
    }
    page = posted(client, add(binder), status=400, currency="USD", acquired_on="soon", **said)
    assert "Enter a valid date." in page
    assert "greater than or equal to 1" in page
    assert 'value="soon"' in page
    assert ">\nMine</textarea>" in page
    assert not Lot.objects.exists()


@pytest.mark.parametrize("asked", ["0", "999999", "x", "²", "9" * 30])
def test_a_printing_that_is_none_is_not_found(client: Client, binder: Collection, asked: str) -> None:
    body(client, add(binder, f"?printing={asked}"), status=404)
    body(client, f"{QUICK}?printing={asked}", status=404)


def test_a_card_of_a_hidden_set_cannot_be_added(client: Client, printing: Printing) -> None:
    CardSet.objects.update(is_published=False)
    body(client, f"{QUICK}?printing={printing.pk}", status=404)


def test_a_link_asks_first_and_leads_back(client: Client, binder: Collection, printing: Printing) -> None:
    response = client.get(f"{QUICK}?printing={printing.pk}", HTTP_REFERER="http://testserver/search/?q=card")
    page = response.content.decode()
    assert "Add Card 1 (Normal)?" in page
    assert 'name="next" value="http://testserver/search/?q=card"' in page
    said: dict[str, Any] = {
        "printing": printing.pk,
        "collection": binder.pk,
        "quantity": 2,
        "next": "/search/?q=card",
    }
    assert posted(client, QUICK, **said) == "/search/?q=card"
    assert Lot.objects.get().quantity == 2
    assert "Added Card 1 (Normal) to Binder · 2 owned" in body(client, "/search/?q=card")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/accounts/login/?next=/"])
def test_nobody_is_led_elsewhere(client: Client, printing: Printing, elsewhere: str) -> None:
    leads_to = posted(client, QUICK, printing=printing.pk, quantity=1, next=elsewhere)
    assert leads_to == printing.card.get_absolute_url()


def script(client: Client, **said: object) -> tuple[int, dict[str, object]]:
    response = client.post(QUICK, said, HTTP_ACCEPT="application/json")
    return response.status_code, response.json()


def test_one_touch_adds_and_says_how_many_are_owned(client: Client, printing: Printing) -> None:
    status, said = script(client, printing=printing.pk)
    lot = Lot.objects.get()
    assert status == 200
    assert said == {
        "message": "Added Card 1 (Normal) to My collection · 1 owned",
        "name": "Card 1 (Normal)",
        "owned": 1,
        "undo": {"undo": lot.pk, "quantity": 1},
    }
    status, said = script(client, undo=lot.pk, quantity=1)
    assert (status, said) == (200, {"message": "Took Card 1 back"})
    assert not Lot.objects.exists()


def test_a_script_hears_what_is_wrong(client: Client, printing: Printing) -> None:
    assert script(client, printing=printing.pk, quantity=0)[0] == 400
    script(client, printing=printing.pk)
    status, said = script(client, undo=Lot.objects.get().pk, quantity=5)
    assert (status, said["message"]) == (400, "1 copies are held; 5 cannot be taken back.")


def test_taking_back_works_without_a_script(client: Client, printing: Printing) -> None:
    script(client, printing=printing.pk)
    assert posted(client, QUICK, undo=Lot.objects.get().pk, quantity=1) == "/collections/"
    assert "Took Card 1 back" in body(client, "/collections/")


def test_visitors_are_led_to_sign_in_and_back(printing: Printing) -> None:
    response = Client().get(f"{QUICK}?printing={printing.pk}")
    assert response.headers["Location"].endswith(f"?next=/collections/quick-add/%3Fprinting%3D{printing.pk}")


def test_a_post_needs_its_token(alice: User, printing: Printing) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(QUICK, {"printing": printing.pk}).status_code == 403
    page = body(strict, "/search/")
    token = strict.cookies["csrftoken"]
    assert not token["httponly"]  # static/js/collect.js reads it
    assert "csrfmiddlewaretoken" in page
    headers: dict[str, Any] = {"HTTP_X_CSRFTOKEN": token.value, "HTTP_ACCEPT": "application/json"}
    assert strict.post(QUICK, {"printing": printing.pk}, **headers).status_code == 200


def test_somebody_elses_collection_and_lot_are_out_of_reach(
    client: Client, bob: User, printing: Printing
) -> None:
    his = factories.lot(factories.collection(bob), printing)
    posted(client, QUICK, status=400, printing=printing.pk, quantity=1, collection=his.collection_id)
    posted(client, QUICK, status=404, undo=his.pk, quantity=1)
    posted(client, f"/collections/{his.collection_id}/add/", status=404, printing=printing.pk)
    assert list(Lot.objects.all()) == [his]


def test_every_card_in_sight_can_be_added(shop: Shop, printing: Printing) -> None:
    index_all()
    card, visitor = printing.card, Client()
    assert isinstance(card, Card)
    for address in ("/search/?q=card", card.get_absolute_url(), card.card_set.get_absolute_url()):
        page = body(visitor, address)
        assert re.findall(r'class="add" href="([^"]+)"', page)[0] == f"{QUICK}?printing={printing.pk}"
        assert "Add Card 1 (Normal) to your collection" in page
