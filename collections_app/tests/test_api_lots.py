"""Lots by API. Amounts are exact, a patch changes what it names, and many are written all or none."""

from datetime import date
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import TOMORROW, Api, errors, usd
from catalog.models import Printing
from catalog.tests.factories import GameFactory, PrintingFactory
from catalog.words import index_all
from collections_app import lots
from collections_app.models import Collection, Lot
from collections_app.tests import sets
from collections_app.tests.factories import BOUGHT, collection, lot
from pricing import bodies
from pricing.tests.market import DAY
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries


@pytest.fixture
def binder(alice: User) -> Collection:
    return collection(alice, "Binder")


@pytest.fixture
def printing(db: None) -> Printing:
    made = PrintingFactory.create(card__name="Charizard", card__number="4/102", finish__name="Holofoil")
    sets.costs(made, 150)
    return made


def new(printing: Printing, **said: Any) -> dict[str, Any]:
    return {"printing_id": printing.pk, "quantity": 2} | said


def test_a_lot_is_added_with_what_was_said(api: Api, binder: Collection, printing: Printing) -> None:
    said = {"condition": "LP", "language": "de", "unit_cost": "12.34", "currency": "EUR"}
    said |= {"acquired_on": "2026-03-02", "notes": "From the fair"}
    answer = api.post(f"collections/{binder.pk}/lots/", new(printing, **said))
    assert answer.status_code == 201
    known = Lot.objects.get(collection=binder)
    assert (known.unit_cost, known.currency, known.acquired_on) == (1234, "EUR", BOUGHT)
    found = answer.json()
    card = printing.card
    assert {name: found[name] for name in ("id", "name", "number", "finish", "condition", "language")} == {
        "id": known.pk,
        "name": "Charizard",
        "number": "4/102",
        "finish": "Holofoil",
        "condition": "LP",
        "language": "de",
    }
    assert found["game"] == {"slug": card.game.slug, "name": card.game.name}
    assert found["unit_cost"] == {"amount": "12.34", "currency": "EUR"}
    assert (found["cost"], found["gain"], found["notes"]) == (None, None, "From the fair")


def test_what_is_not_said_is_as_usual(api: Api, alice: User, binder: Collection) -> None:
    User.objects.filter(pk=alice.pk).update(currency="EUR")
    japanese = PrintingFactory.create(card__card_set__game=GameFactory.create(language="ja"))
    api.post(f"collections/{binder.pk}/lots/", new(japanese))
    known = Lot.objects.get()
    assert (known.condition, known.language, known.currency, known.unit_cost) == ("NM", "ja", "EUR", None)
    assert known.acquired_on == lots.today()


def test_a_graded_card_has_no_condition(api: Api, binder: Collection, printing: Printing) -> None:
    answer = api.post(f"collections/{binder.pk}/lots/", new(printing, grader="PSA", grade="10"))
    found = answer.json()
    assert (found["condition"], found["grader"], found["grade"]) == ("", "PSA", "10")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"quantity": 0}, {"quantity"}),
        ({"quantity": -1}, {"quantity"}),
        ({"quantity": 1_000_001}, {"quantity"}),
        ({"quantity": 1.5}, {"quantity"}),
        ({"quantity": True}, {"quantity"}),
        ({"quantity": None}, {"quantity"}),
        ({"printing_id": 2_000_000_000}, {"printing_id"}),
        ({"printing_id": 10**30}, {"printing_id"}),
        ({"printing_id": "x"}, {"printing_id"}),
        ({"unit_cost": 12.34}, {"unit_cost"}),
        ({"unit_cost": 12}, {"unit_cost"}),
        ({"unit_cost": "12.345"}, {"unit_cost"}),
        ({"unit_cost": "-1"}, {"unit_cost"}),
        ({"unit_cost": "1e3"}, {"unit_cost"}),
        ({"unit_cost": "NaN"}, {"unit_cost"}),
        ({"unit_cost": "1,50"}, {"unit_cost"}),
        ({"unit_cost": "٣"}, {"unit_cost"}),
        ({"unit_cost": "99999999999"}, {"unit_cost"}),
        ({"unit_cost": "100.5", "currency": "JPY"}, {"unit_cost"}),
        ({"currency": "usd"}, {"currency"}),
        ({"currency": ["USD"]}, {"currency"}),
        ({"currency": "UDS"}, {"currency"}),
        ({"condition": "GOOD", "language": "xx"}, {"condition", "language"}),
        ({"condition": ""}, {"condition"}),
        ({"grader": "PSA"}, {"grade"}),
        ({"grade": "10"}, {"grader"}),
        ({"condition": "LP", "grader": "PSA", "grade": "10"}, {"condition"}),
        ({"acquired_on": "02.03.2026"}, {"acquired_on"}),
        ({"acquired_on": TOMORROW}, {"acquired_on"}),
        ({"acquired_on": "0001-01-01"}, {"acquired_on"}),
        ({"notes": "x" * 2001}, {"notes"}),
        ({"notes": "\x00"}, {"notes"}),
        ({"notes": {}}, {"notes"}),
        ({"value": "1", "id": 3}, {"value", "id"}),
    ],
)
def test_each_wrong_value_is_a_400_that_names_it(
    api: Api, binder: Collection, printing: Printing, said: dict[str, Any], wrong: set[str]
) -> None:
    assert set(errors(api.post(f"collections/{binder.pk}/lots/", new(printing, **said)))) == wrong
    assert not Lot.objects.exists()


def test_trailing_zeros_are_digits_of_no_value(api: Api, binder: Collection, printing: Printing) -> None:
    api.post(f"collections/{binder.pk}/lots/", new(printing, unit_cost="12.3400"))
    api.post(f"collections/{binder.pk}/lots/", new(printing, unit_cost="500.0", currency="JPY"))
    assert list(Lot.objects.values_list("unit_cost", flat=True)) == [1234, 500]


def test_a_currency_the_ecb_quoted_once_may_be_what_something_cost(
    api: Api, binder: Collection, printing: Printing
) -> None:
    said = new(printing, unit_cost="10", currency="HRK")
    assert set(errors(api.post(f"collections/{binder.pk}/lots/", said))) == {"currency"}
    says(DAY, HRK="7.5345")
    assert api.post(f"collections/{binder.pk}/lots/", said).status_code == 201


def test_several_lots_are_added_all_or_none(api: Api, binder: Collection, printing: Printing) -> None:
    wrong = [new(printing), new(printing, quantity="many", colour="red"), new(printing, unit_cost="1.234")]
    assert set(errors(api.post(f"collections/{binder.pk}/lots/", wrong))) == {"1.quantity", "1.colour"}
    late = [new(printing), new(printing, unit_cost="1.234"), {"printing_id": 99_999_999, "quantity": 1}]
    assert set(errors(api.post(f"collections/{binder.pk}/lots/", late))) == {"1.unit_cost", "2.printing_id"}
    assert not Lot.objects.exists()
    answer = api.post(f"collections/{binder.pk}/lots/", [new(printing), new(printing, quantity=5)])
    assert answer.status_code == 201
    assert list(Lot.objects.order_by("id").values_list("id", "quantity")) == list(
        zip(answer.json()["ids"], [2, 5], strict=True)
    )


@pytest.mark.parametrize("body", [[], [3], None, [[]], [None]])
def test_a_body_that_holds_no_lot_is_a_400(api: Api, binder: Collection, body: Any) -> None:
    assert errors(api.post(f"collections/{binder.pk}/lots/", body))


def test_too_many_lots_at_once_are_refused(api: Api, binder: Collection, printing: Printing) -> None:
    many = [new(printing)] * (bodies.MOST_AT_ONCE + 1)
    assert set(errors(api.post(f"collections/{binder.pk}/lots/", many))) == {"body"}


@pytest.mark.parametrize("rows", [1, 3])
def test_adding_many_costs_fourteen_queries(
    api: Api, binder: Collection, printing: Printing, rows: int, django_assert_num_queries: Queries
) -> None:
    with django_assert_num_queries(14):
        assert api.post(f"collections/{binder.pk}/lots/", [new(printing)] * rows).status_code == 201


def test_a_printing_of_a_hidden_set_cannot_be_added(api: Api, binder: Collection) -> None:
    hidden = PrintingFactory.create(card__card_set__is_published=False)
    assert set(errors(api.post(f"collections/{binder.pk}/lots/", new(hidden)))) == {"printing_id"}


def test_lots_are_listed_filtered_and_sorted(api: Api, binder: Collection, printing: Printing) -> None:
    lot(binder, printing, quantity=2, unit_cost=100)
    other = lot(binder, PrintingFactory.create(card__name="Abra"), quantity=7)
    index_all()
    address = f"collections/{binder.pk}/lots/"
    found = api.get(address).json()
    assert (found["count"], found["pages"], found["next"]) == (2, 1, None)
    assert [row["name"] for row in found["results"]] == ["Abra", "Charizard"]
    charizard = found["results"][1]
    assert (charizard["price"], charizard["value"]) == (usd("1.50"), usd("3.00"))
    assert (charizard["cost"], charizard["gain"], charizard["gain_percent"]) == (
        usd("2.00"),
        usd("1.00"),
        "50.00",
    )
    assert (charizard["basis"], charizard["percent"]) == ("own", "100.00") or charizard[
        "basis"
    ] == "multiplier"

    def names(**query: str) -> list[str]:
        return [row["name"] for row in api.get(address, **query).json()["results"]]

    assert names(sort="-value") == ["Charizard", "Abra"]
    assert names(search="chari") == ["Charizard"]
    assert names(basis="missing") == ["Abra"]
    assert names(game=other.printing.card.game.slug) == ["Abra"]
    assert names(set=other.printing.card.card_set.slug) == ["Abra"]
    assert names(condition="LP") == []


@pytest.mark.parametrize("name", ["game", "set", "condition", "basis", "sort", "page", "currency"])
def test_a_wrong_filter_is_a_400_that_names_it(api: Api, binder: Collection, name: str) -> None:
    assert set(errors(api.get(f"collections/{binder.pk}/lots/", **{name: "wrong"}))) == {name}


def test_a_page_behind_the_last_is_not_found(api: Api, binder: Collection) -> None:
    assert api.get(f"collections/{binder.pk}/lots/", page=2).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_five_queries(
    api: Api, binder: Collection, printing: Printing, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows):
        lot(binder, printing)
    with django_assert_num_queries(5):  # user, collection, games and sets, number of lots, lots
        assert len(api.get(f"collections/{binder.pk}/lots/").json()["results"]) == rows


# One lot.


@pytest.fixture
def held(binder: Collection, printing: Printing) -> Lot:
    return lot(binder, printing, quantity=4, unit_cost=1_000, notes="Kept")


def facts(held: Lot) -> dict[str, Any]:
    known = Lot.objects.get(pk=held.pk)
    return {name: getattr(known, name) for name in ("printing_id", "quantity", *lots.SHARED_FACTS)}


def test_a_lot_is_shown_in_the_currency_asked_for(api: Api, held: Lot) -> None:
    says(DAY, USD="2")
    found = api.get(f"lots/{held.pk}/", currency="EUR").json()
    assert found["value"] == {"amount": "3.00", "currency": "EUR"}
    assert found["unit_cost"] == usd("10.00")
    assert set(errors(api.get(f"lots/{held.pk}/", currency="gold"))) == {"currency"}


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ({}, {}),
        ({"quantity": 3}, {"quantity": 3}),
        ({"notes": ""}, {"notes": ""}),
        ({"unit_cost": "0"}, {"unit_cost": 0}),
        ({"unit_cost": None}, {"unit_cost": None}),
        ({"unit_cost": "500", "currency": "JPY"}, {"unit_cost": 500, "currency": "JPY"}),
        ({"acquired_on": "2026-03-01"}, {"acquired_on": date(2026, 3, 1)}),
        ({"condition": "MP"}, {"condition": "MP"}),
        ({"grader": "BGS", "grade": "9.5"}, {"condition": "", "grader": "BGS", "grade": "9.5"}),
    ],
)
def test_a_patch_changes_only_what_was_sent(
    api: Api, held: Lot, said: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = facts(held)
    assert api.patch(f"lots/{held.pk}/", **said).status_code == 200
    assert facts(held) == before | changed


def test_a_graded_card_that_gets_a_condition_is_raw_again(
    api: Api, binder: Collection, printing: Printing
) -> None:
    slab = lot(binder, printing, condition="", grader="PSA", grade="9")
    assert api.patch(f"lots/{slab.pk}/", grade="10").json()["grade"] == "10"
    found = api.patch(f"lots/{slab.pk}/", condition="NM").json()
    assert (found["condition"], found["grader"], found["grade"]) == ("NM", "", "")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"currency": "EUR"}, {"unit_cost"}),
        ({"unit_cost": "1.001"}, {"unit_cost"}),
        ({"grade": "10"}, {"grader"}),
        ({"condition": ""}, {"condition"}),
        ({"quantity": 0}, {"quantity"}),
        ({"printing_id": 99_999_999}, {"printing_id"}),
        ({"collection": 1}, {"collection"}),
    ],
)
def test_a_wrong_patch_changes_nothing(api: Api, held: Lot, said: dict[str, Any], wrong: set[str]) -> None:
    before = facts(held)
    assert set(errors(api.patch(f"lots/{held.pk}/", **said))) == wrong
    assert facts(held) == before


def test_a_lot_cannot_be_acquired_after_copies_of_it_were_sold(api: Api, held: Lot) -> None:
    api.post(f"lots/{held.pk}/sell/", {"quantity": 4, "sold_on": "2026-03-05"})
    assert set(errors(api.patch(f"lots/{held.pk}/", acquired_on="2026-03-06"))) == {"acquired_on"}
    assert api.patch(f"lots/{held.pk}/", quantity=0, notes="all sold").status_code == 200


def test_a_lot_is_deleted(api: Api, held: Lot) -> None:
    assert api.delete(f"lots/{held.pk}/").status_code == 204
    assert api.get(f"lots/{held.pk}/").status_code == 404


def test_a_lot_is_split(api: Api, held: Lot) -> None:
    answer = api.post(f"lots/{held.pk}/split/", {"quantity": 1})
    assert (answer.status_code, answer.json()["quantity"]) == (201, 1)
    assert facts(held)["quantity"] == 3
    for wrong in ({"quantity": 3}, {"quantity": 0}, {}, {"quantity": 1, "to": 2}):
        assert errors(api.post(f"lots/{held.pk}/split/", wrong))
    assert facts(held)["quantity"] == 3


def test_copies_are_added_with_one_touch(api: Api, binder: Collection, printing: Printing) -> None:
    address = f"collections/{binder.pk}/quick-add/"
    assert api.post(address, {"printing_id": printing.pk}).json()["quantity"] == 1
    assert api.post(address, {"printing_id": printing.pk, "quantity": 2}).json()["quantity"] == 3
    assert set(errors(api.post(address, {"printing_id": 99_999_999}))) == {"printing_id"}
    assert set(errors(api.post(address, {"quantity": 0}))) == {"printing_id", "quantity"}
