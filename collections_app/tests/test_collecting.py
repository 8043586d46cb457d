"""Collections are made, renamed and deleted; names are an owner's own."""

import pytest

from accounts.models import User
from collections_app import collecting
from collections_app.collecting import Facts, NameTakenError
from collections_app.models import Collection
from collections_app.tests import factories

pytestmark = pytest.mark.django_db


def test_a_name_is_taken_whatever_its_letters(alice: User) -> None:
    factories.collection(alice, "Binder")
    with pytest.raises(NameTakenError, match="“BINDER”"):
        collecting.create(alice, Facts(name="BINDER"))


def test_another_person_may_use_the_name(alice: User, bob: User) -> None:
    factories.collection(alice, "Binder")
    assert collecting.create(bob, Facts(name="Binder")).pk


def test_a_rename_to_a_taken_name_changes_nothing(alice: User) -> None:
    factories.collection(alice, "Binder")
    box = factories.collection(alice, "Box")
    with pytest.raises(NameTakenError):
        collecting.edit(box, Facts(name="Binder"))
    assert Collection.objects.get(pk=box.pk).name == "Box"


def test_what_has_no_place_goes_into_the_oldest_collection(alice: User) -> None:
    oldest = factories.collection(alice)
    factories.collection(alice)
    assert collecting.first(alice) == oldest


def test_who_has_no_collection_gets_one(alice: User) -> None:
    assert collecting.first(alice).name == "My collection"
    assert collecting.first(alice, kind="wish").name == "Wish list"
    assert Collection.objects.count() == 2


def test_a_name_that_another_kind_uses_is_avoided(alice: User) -> None:
    factories.collection(alice, "Wish list")
    assert collecting.first(alice, kind="wish").name == "Wish list 2"


def test_tokens_cannot_be_guessed_from_each_other(alice: User) -> None:
    tokens = {factories.collection(alice).token for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 20
