"""Searches kept under a name."""

import pytest
from django.db import IntegrityError

from accounts import personal
from accounts.models import User
from catalog.grammar import ParseError
from pricing import saving
from pricing.models import SavedSearch
from pricing.saving import Facts, SaveError

pytestmark = pytest.mark.django_db


def test_a_search_is_kept_as_its_page_is_addressed(alice: User) -> None:
    made = saving.save(
        alice, Facts(name="Foils", q="mew -promo", filters={"kind": "single", "min": "5", "max": ""})
    )

    assert made.chosen() == {"kind": "single", "min": "5"}
    assert made.get_absolute_url() == "/search/?q=mew+-promo&kind=single&min=5"
    assert list(saving.of(alice)) == [made]


def test_what_is_no_filter_is_not_kept(alice: User) -> None:
    made = saving.save(alice, Facts(name="All", filters={"after": "x", "layout": "list", "game": "magic"}))

    assert made.filters == "game=magic"
    assert made.get_absolute_url() == "/search/?game=magic"


def test_a_name_is_taken_once_whatever_its_case(alice: User, bob: User) -> None:
    kept = saving.save(alice, Facts(name="Foils", q="mew"))
    other = saving.save(alice, Facts(name="Others"))
    saving.save(bob, Facts(name="foils"))

    with pytest.raises(SaveError, match="“FOILS” already"):
        saving.save(alice, Facts(name="FOILS"))
    with pytest.raises(SaveError):
        saving.rename(other, "foils")
    assert saving.rename(kept, "FOILS").q == "mew"


def test_a_search_without_a_name_is_refused_by_the_database(alice: User) -> None:
    with pytest.raises(IntegrityError):
        SavedSearch.objects.create(owner=alice, name="")


def test_only_so_many_are_kept(alice: User, bob: User) -> None:
    SavedSearch.objects.bulk_create(SavedSearch(owner=alice, name=str(place)) for place in range(saving.MOST))

    with pytest.raises(SaveError, match="100 searches"):
        saving.save(alice, Facts(name="one more"))
    saving.save(bob, Facts(name="his first"))


def test_what_cannot_be_meant_is_not_kept(alice: User) -> None:
    with pytest.raises(ParseError):
        saving.save(alice, Facts(name="Wrong", q="rarty:rare"))
    assert not saving.of(alice).exists()


def test_a_search_whose_set_is_gone_is_still_renamed(alice: User) -> None:
    kept = SavedSearch.objects.create(owner=alice, name="Old", q="set:gone")

    assert saving.rename(kept, "Older").q == "set:gone"
    with pytest.raises(ParseError):
        saving.edit(kept, Facts(name="Older", q="set:gone mew"))


def test_searches_are_taken_along_and_forgotten_with_the_account(alice: User, bob: User) -> None:
    saving.save(alice, Facts(name="Foils", q="mew", filters={"game": "magic"}))
    saving.save(bob, Facts(name="His"))
    kept = personal.KEPT["searches.json"]

    (row,) = kept.lists(alice)["searches"]
    assert {name: row[name] for name in ("name", "q", "filters")} == {
        "name": "Foils",
        "q": "mew",
        "filters": "game=magic",
    }
    assert kept.count(alice) == 1
    alice.delete()
    assert [search.name for search in SavedSearch.objects.all()] == ["His"]
