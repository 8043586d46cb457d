"""Our own CSV comes back through the import desk as it was, and whatever was done to it is noticed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from catalog.models import Printing
from collections_app import sales
from collections_app.exports import FORMATS
from collections_app.exports.own import COLUMNS, MARK
from collections_app.imports import bringing
from collections_app.imports.entries import RowError
from collections_app.imports.formats import own
from collections_app.models import Collection, ImportBatch
from collections_app.sales import Terms
from collections_app.tests import factories
from collections_app.tests.exports import wholes
from collections_app.tests.imports.uploads import imported

ROW = {
    "name": "Black Lotus",
    "game": "magic",
    "printing_id": "7",
    "quantity": "2",
    "disposed": "0",
    "condition": "NM",
    "language": "en",
    "currency": "USD",
    "acquired_on": "2026-03-02",
    "collection_kind": "owned",
}


def cells(**changes: str) -> dict[str, str]:
    beside = changes.pop("beside", "")
    return {COLUMNS[key]: text for key, text in {**ROW, **changes}.items()} | {MARK: beside}


@pytest.mark.django_db
def test_a_collection_comes_back_through_the_desk(binder: Collection, alpha: Mapping[str, Printing]) -> None:
    lotus, foil = alpha["232 Normal"], alpha["232 Foil"]
    first = factories.lot(binder, lotus, quantity=2, unit_cost=1234, currency="EUR", notes="=1+1\n  ")
    factories.lot(binder, lotus, quantity=1, acquired_on=date(2026, 3, 5))
    factories.lot(binder, foil, condition="", grader="PSA", grade="10", language="ja", notes="“é”")
    sales.sell(
        first,
        Terms(quantity=3, sold_on=date(2026, 4, 1), currency="GBP", unit_price=999, fees=20, notes="'"),
        method="fifo",
    )
    content = "".join(FORMATS["csv"].write(binder)).encode()
    copy = factories.collection(binder.owner)
    batch = imported(copy, content)
    assert (batch.format, batch.status) == ("own", ImportBatch.Status.DONE)
    assert wholes.lots_of(copy) == wholes.lots_of(binder)
    assert wholes.sales_of(copy) == wholes.sales_of(binder)


@pytest.mark.django_db
def test_an_import_of_ours_is_undone_with_its_sales(
    binder: Collection, alpha: Mapping[str, Printing]
) -> None:
    lot = factories.lot(binder, alpha["232 Normal"], quantity=2)
    sales.sell(lot, Terms(quantity=2, sold_on=factories.BOUGHT, currency="USD"))
    copy = factories.collection(binder.owner)
    batch = imported(copy, "".join(FORMATS["csv"].write(binder)).encode())
    assert (copy.lots.count(), copy.sales.count()) == (1, 1)
    bringing.undo(batch.pk)
    assert (copy.lots.count(), copy.sales.count()) == (0, 0)


def test_a_wish_is_one() -> None:
    assert own.read(cells(collection_kind="wish")).is_wish
    assert not own.read(cells()).is_wish


def test_a_spreadsheet_that_dropped_the_last_column_costs_only_what_stood_there() -> None:
    entry = own.read(cells())
    assert (entry.wanted.name, entry.quantity, entry.notes) == ("Black Lotus", 2, "")


def test_whatever_was_marked_as_text_is_unmarked() -> None:
    assert own.read(cells(notes="'=1+1")).notes == "=1+1"
    assert own.read(cells(notes="1", beside='{"notes":" 1"}')).notes == " 1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quantity": "two"}, "Quantity is not a whole number"),
        ({"quantity": ""}, "Quantity is not a whole number"),
        ({"disposed": "1"}, "the sales do not add up"),
        ({"condition": "Mint"}, "none of DMG, HP, LP, MP, NM"),
        ({"acquired_on": "3/2/2026"}, "is not a day such as 2026-01-31"),
        ({"beside": "{"}, "not as this site wrote it"),
        ({"beside": "[]"}, "not as this site wrote it"),
        ({"beside": "[" * 100_000}, "not as this site wrote it"),
        ({"beside": '{"sales":[{}]}'}, "Quantity is not a whole number"),
    ],
)
def test_what_was_changed_so_that_it_cannot_be_is_named(changes: Any, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        own.read(cells(**changes))
