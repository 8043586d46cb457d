"""The pages of saved searches, and the button that saves one."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from pricing import saving
from pricing.models import SavedSearch
from pricing.saving import Facts

pytestmark = pytest.mark.django_db
NEW = {"name": "Foils", "q": "mew -promo", "game": "pokemon", "kind": "single"}


@pytest.fixture
def hers(alice: User, client_for: Callable[[User], Client]) -> Client:
    client = client_for(alice)
    client.get("/methodology/")  # notes that she was seen
    return client


def body(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_page_of_results_offers_to_save_what_is_searched(hers: Client, client: Client) -> None:
    page = body(hers, "/search/?q=mew&kind=single&layout=list")
    assert '<input type="hidden" name="kind" value="single">' in page
    assert 'action="/searches/"' in page
    assert 'action="/searches/"' not in body(hers, "/search/")
    assert 'action="/searches/"' not in body(client, "/search/?q=mew")


def test_a_saved_search_is_listed_and_runs(hers: Client) -> None:
    assert hers.post("/searches/", NEW, follow=True).status_code == 200

    page = body(hers, "/searches/")
    assert '<a href="/search/?q=mew+-promo&amp;game=pokemon&amp;kind=single">Foils</a>' in page
    assert "<code>mew -promo</code>" in page
    assert hers.get(SavedSearch.objects.get().get_absolute_url()).status_code == 200


def test_what_could_not_be_saved_comes_back_with_all_that_was_asked(hers: Client) -> None:
    hers.post("/searches/", NEW)
    for change, said in (
        ({}, "already"),
        ({"name": ""}, "required"),
        ({"q": "rarty:x"}, "Did you mean rarity?"),
    ):
        refused = hers.post("/searches/", NEW | change)
        page = refused.content.decode()
        assert refused.status_code == 400
        assert said in page
        assert '<input type="hidden" name="kind" value="single">' in page
    assert SavedSearch.objects.count() == 1
    assert hers.post("/searches/", NEW | {"kind": "box"}).status_code == 400


def test_a_search_is_renamed_and_deleted(hers: Client, alice: User) -> None:
    kept = saving.save(alice, Facts(name="Foils", q="mew"))
    saving.save(alice, Facts(name="Taken"))

    taken = hers.post(f"/searches/{kept.pk}/", {"name": "taken"})
    assert (taken.status_code, "Rename “Foils”" in taken.content.decode()) == (400, True)
    assert hers.post(f"/searches/{kept.pk}/", {"name": "Shiny"}).status_code == 302
    assert "Delete “Shiny”?" in body(hers, f"/searches/{kept.pk}/delete/")
    hers.post(f"/searches/{kept.pk}/delete/")
    assert [search.name for search in saving.of(alice)] == ["Taken"]


def test_nobody_reaches_somebody_elses(alice: User, bob: User, client_for: Callable[[User], Client]) -> None:
    kept = saving.save(alice, Facts(name="Foils", q="mew"))
    his = client_for(bob)

    for address in (f"/searches/{kept.pk}/", f"/searches/{kept.pk}/delete/"):
        assert his.get(address).status_code == his.post(address, {"name": "x"}).status_code == 404
    assert "Foils" not in body(his, "/searches/")
    kept.refresh_from_db()
    assert kept.name == "Foils"


def test_the_list_is_behind_the_door(client: Client) -> None:
    assert client.get("/searches/")["Location"].startswith("/accounts/login/")


def test_the_list_costs_the_same_with_three(
    hers: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    body(hers, "/searches/")
    for count in (1, 3):
        for place in range(count):
            SavedSearch.objects.get_or_create(owner=alice, name=str(place))
        with django_assert_num_queries(3):
            assert body(hers, "/searches/").count("<h2><a") == count
