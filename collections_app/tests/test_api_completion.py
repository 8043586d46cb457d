"""How complete sets are by API, and wish lists of what is missing."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import Api, errors, usd
from catalog.models import CardSet
from collections_app.models import Lot
from collections_app.tests import sets
from collections_app.tests.factories import collection, lot

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
TWO = ("Holofoil", "Normal")


@pytest.fixture
def jungle(alice: User) -> CardSet:
    """Two cards in two finishes; the first is owned, the second costs a dollar, its Holofoil nobody knows."""
    of = sets.of_cards(2, finishes=TWO, name="Jungle", slug="jungle")
    lot(collection(alice), sets.printing(of, 1), quantity=3)
    sets.costs(sets.printing(of, 2), 100)
    return of


def where(of: CardSet) -> str:
    return f"completion/{of.game.slug}/{of.slug}/"


def test_a_set_has_its_goals(api: Api, jungle: CardSet) -> None:
    (found,) = api.get("completion/").json()["results"]
    base = {"owned": 1, "total": 2, "percent": 50, "cost_to_complete": usd("1.00"), "unpriced": 0}
    assert found == {
        "game": {"slug": jungle.game.slug, "name": jungle.game.name},
        "set": {"slug": "jungle", "name": "Jungle", "code": "", "released_on": None},
        "base": base,
        "master": base | {"total": 4, "percent": 25, "unpriced": 2},
        "finishes": [
            base
            | {
                "finish": "Holofoil",
                "owned": 0,
                "percent": 0,
                "cost_to_complete": usd("0.00"),
                "unpriced": 2,
            },
            base | {"finish": "Normal"},
        ],
    }


def test_a_checklist_says_what_is_owned_and_who_says_the_price(api: Api, jungle: CardSet) -> None:
    found = api.get(where(jungle)).json()
    assert found["base"]["owned"] == 1
    first, second = (row for row in found["results"] if row["finish"] == "Normal")
    assert (first["owned"], first["wished"], first["market"], first["source"]) == (3, 0, None, None)
    assert (second["owned"], second["market"], second["source"]) == (0, usd("1.00"), "in-usd")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_four_queries(
    api: Api, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    binder = collection(alice)
    for _ in range(rows):
        lot(binder, sets.printing(sets.of_cards(1), 1))
    with django_assert_num_queries(4):  # user, currencies, rates, sets
        assert len(api.get("completion/").json()["results"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_checklist_costs_seven_queries(api: Api, rows: int, django_assert_num_queries: Queries) -> None:
    of = sets.of_cards(rows)
    with django_assert_num_queries(7):  # user, set, checklist, provenance, currencies, rates, progress
        assert len(api.get(where(of)).json()["results"]) == rows


def test_wrong_filters_are_named(api: Api, jungle: CardSet) -> None:
    assert set(errors(api.get("completion/", sort="colour", currency="gold"))) == {"sort", "currency"}
    assert set(errors(api.get(where(jungle), currency="gold"))) == {"currency"}


def test_unknown_sets_are_not_found(api: Api, jungle: CardSet) -> None:
    for path in ("completion/pokemon/nothing/", f"completion/magic/{jungle.slug}/"):
        assert api.get(path).status_code == 404
        assert api.post(f"{path}wish/", {"goal": "base"}).status_code == 404


def test_the_missing_are_wished_for(api: Api, alice: User, jungle: CardSet) -> None:
    answer = api.post(f"{where(jungle)}wish/", {"goal": "base"})
    wish = Lot.objects.get(collection__kind="wish").collection
    assert (answer.status_code, answer.json()) == (201, {"collection_id": wish.pk, "count": 1})
    again = api.post(f"{where(jungle)}wish/", {"goal": "Holofoil", "collection": wish.pk})
    assert again.json() == {"collection_id": wish.pk, "count": 2}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [({}, {"goal"}), ({"goal": "gold"}, {"goal"}), ({"goal": "base", "all": 1}, {"all"})],
)
def test_a_wrong_wish_is_named(api: Api, jungle: CardSet, said: dict[str, Any], wrong: set[str]) -> None:
    assert set(errors(api.post(f"{where(jungle)}wish/", said))) == wrong
    assert not Lot.objects.filter(collection__kind="wish").exists()


def test_only_a_wish_list_of_ones_own_takes_wishes(api: Api, alice: User, bob: User, jungle: CardSet) -> None:
    for other in (collection(alice), collection(bob, kind="wish")):
        said = {"goal": "base", "collection": other.pk}
        assert set(errors(api.post(f"{where(jungle)}wish/", said))) == {"collection"}
