"""The forms of collections: amounts to the cent, days that were, and complaints beside the right field."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app.forms import (
    BulkForm,
    EditLotForm,
    ExplainForm,
    FilterForm,
    LotForm,
    SellForm,
    lot_facts,
)
from collections_app.lots import today
from collections_app.models import Collection, Lot
from collections_app.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def printing() -> Printing:
    return PrintingFactory.create()


def lot_form(printing: Printing, /, **said: Any) -> LotForm:
    plain = {
        "printing": printing.pk,
        "quantity": 1,
        "condition": "NM",
        "language": "en",
        "currency": "USD",
        "acquired_on": "2026-03-02",
    }
    return LotForm(plain | said, currency="USD", printings=[printing])


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("12.34", "USD", 1_234), ("0", "EUR", 0), ("1234", "JPY", 1_234), ("9999999999.99", "USD", 10**12 - 1)],
)
def test_an_amount_becomes_minor_units_of_its_currency(
    printing: Printing, typed: str, currency: str, minor: int
) -> None:
    form = lot_form(printing, unit_cost=typed, currency=currency)
    assert form.is_valid()
    assert form.facts().unit_cost == minor


def test_no_amount_is_unknown(printing: Printing) -> None:
    form = lot_form(printing, unit_cost="")
    assert form.is_valid()
    assert form.facts().unit_cost is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"unit_cost": "12.345"}, "unit_cost"),
        ({"unit_cost": "-1"}, "unit_cost"),
        ({"unit_cost": "cheap"}, "unit_cost"),
        ({"unit_cost": "NaN"}, "unit_cost"),
        ({"unit_cost": "12.5", "currency": "JPY"}, "unit_cost"),
        ({"currency": "XXX"}, "currency"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1000001"}, "quantity"),
        ({"acquired_on": "1989-12-31"}, "acquired_on"),
        ({"acquired_on": "2026-02-30"}, "acquired_on"),
        ({"condition": ""}, "condition"),
        ({"grader": "PSA"}, "grade"),
        ({"grade": "10"}, "grader"),
        ({"language": "xx"}, "language"),
        ({"printing": "0"}, "printing"),
        ({"notes": "x" * 2_001}, "notes"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(printing: Printing, said: dict[str, str], field: str) -> None:
    assert list(lot_form(printing, **said).errors) == [field]


def test_nothing_is_acquired_tomorrow(printing: Printing) -> None:
    form = lot_form(printing, acquired_on=today() + timedelta(days=1))
    assert form.errors["acquired_on"] == ["This day is still to come."]
    assert lot_form(printing, acquired_on=today()).is_valid()


def test_a_graded_card_has_no_condition(printing: Printing) -> None:
    form = lot_form(printing, condition="NM", grader="PSA", grade="10")
    assert form.is_valid()
    assert (form.facts().condition, form.facts().grader, form.facts().grade) == ("", "PSA", "10")


def test_a_lot_is_shown_as_it_was_typed(alice: User, printing: Printing) -> None:
    lot = factories.lot(factories.collection(alice), printing, unit_cost=1_250)
    assert lot_facts(lot)["unit_cost"] == Decimal("12.50")
    in_yen = factories.lot(lot.collection, printing, unit_cost=1_250, currency="JPY")
    assert lot_facts(in_yen)["unit_cost"] == Decimal(1_250)


def test_a_lot_in_a_currency_nobody_quotes_keeps_it(alice: User, printing: Printing) -> None:
    lot = factories.lot(factories.collection(alice), printing, unit_cost=100, currency="DEM")
    said = {name: value for name, value in lot_facts(lot).items() if value is not None}
    form = EditLotForm(said, lot=lot, printings=[printing])
    assert form.is_valid()
    assert form.facts().currency == "DEM"


def test_only_a_lot_that_was_sold_from_may_be_empty(alice: User, printing: Printing) -> None:
    lot = factories.lot(factories.collection(alice), printing)
    said = lot_facts(lot) | {"quantity": 0, "unit_cost": ""}
    assert "quantity" in EditLotForm(said, lot=lot, printings=[printing]).errors
    lot.disposed = 1
    assert EditLotForm(said, lot=lot, printings=[printing]).is_valid()


def test_a_sale_without_a_price_has_fees_all_the_same() -> None:
    form = SellForm(
        {"quantity": 2, "fees": "1.20", "sold_on": "2026-03-02", "currency": "EUR", "method": "fifo"},
        currency="USD",
    )
    assert form.is_valid()
    terms = form.terms()
    assert (terms.quantity, terms.unit_price, terms.fees, terms.currency) == (2, None, 120, "EUR")


def bulk_form(collection: Collection, query: str) -> BulkForm:
    return BulkForm(
        QueryDict(f"currency=USD&{query}"),
        currency="USD",
        held=Lot.objects.filter(collection=collection),
        others=Collection.objects.exclude(pk=collection.pk),
    )


def test_many_lots_get_only_what_is_filled_in(alice: User, printing: Printing) -> None:
    lot = factories.lot(factories.collection(alice), printing)
    form = bulk_form(lot.collection, f"lot={lot.pk}&action=edit&condition=LP")
    assert form.is_valid()
    assert form.changes() == {"condition": "LP"}
    form = bulk_form(lot.collection, f"lot={lot.pk}&action=edit&unit_cost=0")
    assert form.is_valid()
    assert form.changes() == {"unit_cost": 0, "currency": "USD"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("action=edit&condition=LP", "lot"),
        ("lot={lot}&action=edit", "action"),
        ("lot={lot}&action=move", "to"),
        ("lot={lot}&action=burn", "action"),
        ("lot=999999&action=delete", "lot"),
    ],
)
def test_a_bulk_change_without_rows_or_values_is_refused(
    alice: User, printing: Printing, query: str, field: str
) -> None:
    lot = factories.lot(factories.collection(alice), printing)
    assert list(bulk_form(lot.collection, query.format(lot=lot.pk)).errors) == [field]


def test_a_wrong_filter_is_named_and_not_used() -> None:
    form = FilterForm({"set": "fossil", "search": "x"}, games=[], sets=[("base-set", "Base Set")])
    assert form.errors["set"] == ["This collection has nothing of the set “fossil”."]
    assert form.criteria()["search"] == ""
    assert form.is_filtered


def test_without_days_the_last_thirty_are_explained() -> None:
    form = ExplainForm({})
    assert form.is_valid()
    assert form.cleaned_data == {"since": today() - timedelta(days=30), "until": today()}


def test_days_in_the_wrong_order_are_refused() -> None:
    form = ExplainForm({"since": "2026-03-02", "until": "2026-03-02"})
    assert form.errors["until"] == ["The second day lies after the first."]
