"""Our own files lose nothing: what they say comes back as it was."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app import lots, sales
from collections_app.exports import FORMATS, restore
from collections_app.exports.own import HEADER, MARK
from collections_app.imports.formats import FORMATS as READ
from collections_app.imports.formats import recognise
from collections_app.imports.sheets import Row, open_sheet
from collections_app.models import Collection
from collections_app.sales import Terms
from collections_app.tests import factories
from collections_app.tests.exports import wholes

pytestmark = pytest.mark.django_db
ROUND_TRIPS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def as_csv(collection: Collection) -> str:
    return "".join(FORMATS["csv"].write(collection))


def as_json(collection: Collection) -> dict[str, Any]:
    document: dict[str, Any] = json.loads("".join(FORMATS["json"].write(collection)))
    return document


def imported(collection: Collection, text: str) -> Collection:
    """A copy made of the rows of our CSV, as an import makes it."""
    rows = list(open_sheet(io.BytesIO(text.encode())).rows()) if text.count("\n") > 1 else []
    entries = [READ["own"].read(row.cells) for row in rows if isinstance(row, Row)]
    assert len(entries) == len(rows)
    copy = factories.collection(collection.owner)
    facts = [
        lots.Facts(
            printing_id=entry.own["printing_id"] if entry.own else 0,
            **{name: getattr(entry, name) for name in FACTS},
        )
        for entry in entries
    ]
    restore.sell_again(zip(lots.add_many(copy, facts), (entry.own for entry in entries), strict=True))
    return copy


FACTS = (
    "quantity",
    "language",
    "currency",
    "acquired_on",
    "condition",
    "grader",
    "grade",
    "unit_cost",
    "notes",
)


@pytest.fixture
def printings() -> list[Printing]:
    return PrintingFactory.create_batch(3)


def assert_same(copy: Collection, original: Collection) -> None:
    assert wholes.lots_of(copy) == wholes.lots_of(original)
    assert wholes.sales_of(copy) == wholes.sales_of(original)


@ROUND_TRIPS
@given(said=wholes.COLLECTIONS)
def test_a_csv_brings_every_lot_and_sale_back(
    said: Sequence[Any], alice: User, printings: list[Printing]
) -> None:
    with transaction.atomic():
        original = wholes.built(alice, said, printings=printings)
        assert_same(imported(original, as_csv(original)), original)
        transaction.set_rollback(True)


@ROUND_TRIPS
@given(said=wholes.COLLECTIONS)
def test_json_brings_every_lot_and_sale_back(
    said: Sequence[Any], alice: User, printings: list[Printing]
) -> None:
    with transaction.atomic():
        original = wholes.built(alice, said, printings=printings)
        assert_same(restore.restore(alice, as_json(original)), original)
        transaction.set_rollback(True)


def test_no_cell_is_a_formula_and_none_is_lost(alice: User, printings: list[Printing]) -> None:
    collection = factories.collection(alice, "=cmd()")
    factories.lot(collection, printings[0], notes="-1\n+2")
    header, row = csv.reader(io.StringIO(as_csv(collection), newline=""))
    cells = dict(zip(header, row, strict=True))
    assert (cells["Collection"], cells["Notes"]) == ("'=cmd()", "'-1\n+2")
    assert as_json(collection)["collection"]["name"] == "=cmd()"


def test_the_header_names_the_format_and_its_version(alice: User, printings: list[Printing]) -> None:
    collection = factories.collection(alice)
    assert as_csv(collection) == ",".join(HEADER) + "\r\n"
    assert MARK == "tcg-price-tracker 1"
    found = recognise(HEADER)
    assert found is not None
    assert found.slug == "own"
    document = as_json(collection)
    assert (document["format"], document["version"], document["lots"]) == ("tcg-price-tracker", 1, [])


def test_a_sale_of_two_lots_comes_back_as_one_though_they_are_brought_apart(
    alice: User, printings: list[Printing]
) -> None:
    collection = factories.collection(alice)
    first, _ = (factories.lot(collection, printings[0], quantity=2) for _ in range(2))
    terms = Terms(quantity=3, sold_on=date(2026, 4, 1), currency="USD", unit_price=500, fees=120)
    sales.sell(first, terms, method="fifo")
    said = as_json(collection)["lots"]
    batch = collection.imports.create(filename="a.csv", size=1, digest="0" * 64)
    lots.remove(collection.lots.all())
    for one in said:
        [lot] = lots.add_many(collection, [factories.facts(printings[0], quantity=2)], batch=batch)
        restore.sell_again([(lot, one)])
    assert [(sale[2], sale[-1]) for sale in wholes.sales_of(collection)] == [(120, [(0, 2), (1, 1)])]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("slug", ["csv", "json"])
def test_a_file_costs_one_statement_however_long(
    slug: str,
    count: int,
    alice: User,
    printings: list[Printing],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    collection = factories.collection(alice)
    for printing in printings[:count]:
        sales.sell(
            factories.lot(collection, printing, quantity=2),
            Terms(quantity=1, sold_on=factories.BOUGHT, currency="USD"),
        )
    with django_assert_num_queries(1):
        text = "".join(FORMATS[slug].write(collection))
    assert text.count("sold_on") == count


def test_restoring_costs_the_same_however_much(alice: User, printings: list[Printing]) -> None:
    def cost(count: int) -> int:
        collection = factories.collection(alice)
        for printing in printings[:count]:
            sales.sell(
                factories.lot(collection, printing, quantity=2),
                Terms(quantity=1, sold_on=factories.BOUGHT, currency="USD"),
            )
        document = as_json(collection)
        with CaptureQueriesContext(connection) as asked:
            restore.restore(alice, document)
        return len(asked)

    assert cost(1) == cost(3)
