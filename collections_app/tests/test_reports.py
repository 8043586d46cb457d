"""A report says once and for all what a collection was worth, and anybody can verify that it was said."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import GameFactory
from collections_app import reports
from collections_app.models import Collection, Report
from collections_app.tests import factories
from pricing.models import Source
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop(source=SourceFactory.create(), game=GameFactory.create())


@pytest.fixture
def printings(shop: Shop) -> list[Printing]:
    """Three cards: of 5.00, 7.50 and without a price."""
    shop.says({"1": 500, "2": 750, "3": None}, day=YESTERDAY)
    return [shop.series(key).printing for key in ("1", "2", "3")]


@pytest.fixture
def binder(alice: User, printings: list[Printing]) -> Collection:
    collection = factories.collection(alice, "Alice's cellar")
    for printing in printings:
        factories.lot(collection, printing, quantity=2, unit_cost=100)
    return collection


def test_a_report_freezes_every_line_and_the_totals(binder: Collection, shop: Shop) -> None:
    report = reports.make(binder, currency="USD")
    shop.says({"1": 900, "2": 900}, day=TODAY)
    assert reports.make(binder, currency="USD").value == 3600
    binder.lots.all().delete()
    report.refresh_from_db()
    assert (report.value, report.quantity, report.missing, report.currency) == (2500, 6, 2, "USD")
    lines = {line["number"]: line for line in report.content["lines"]}
    assert {key: (line["quantity"], line["price"], line["value"]) for key, line in lines.items()} == {
        "1": (2, 500, 1000),
        "2": (2, 750, 1500),
        "3": (2, None, None),
    }
    first = lines["1"]
    assert (first["name"], first["set"], first["finish"]) == ("Card 1", "Base Set", "Normal")
    assert (first["grading"], first["language"], first["basis"]) == ("NM", "en", "own")
    assert (first["source"], first["as_of"]) == (shop.source.name, YESTERDAY.isoformat())
    assert (first["is_stale"], first["is_demo"]) == (False, False)


def test_what_was_paid_is_told_only_when_asked(binder: Collection) -> None:
    silent, open_ = reports.make(binder, currency="USD"), reports.make(binder, currency="USD", with_cost=True)
    assert "cost" not in str(silent.content["lines"]) + str(silent.content["totals"])
    assert open_.content["totals"]["cost"] == 600
    assert [line["cost"] for line in open_.content["lines"]] == [200, 200, 200]


def test_the_rates_used_are_named(binder: Collection) -> None:
    says(date(2026, 3, 2), USD="1.25", JPY="150")
    report = reports.make(binder, currency="JPY")
    assert report.content["rates"] == [{"currency": "USD", "rate": "120.000000", "as_of": "2026-03-02"}]
    assert report.value == 3000
    assert reports.rates(report)[0]["as_of"] == date(2026, 3, 2)


def test_demonstration_prices_are_called_that(binder: Collection, shop: Shop) -> None:
    assert not reports.make(binder, currency="USD").content["is_demo"]
    Source.objects.update(is_demo=True)
    report = reports.make(binder, currency="USD")
    assert report.content["is_demo"]
    assert reports.verify(report.code).is_demo


def test_every_lot_is_in_it_not_a_page(alice: User, printings: list[Printing]) -> None:
    collection = factories.collection(alice)
    for _ in range(60):
        factories.lot(collection, printings[0])
    assert len(reports.make(collection, currency="USD").content["lines"]) == 60


def test_a_certificate_says_what_was_certified(binder: Collection) -> None:
    report = reports.make(binder, currency="USD")
    found = reports.verify(report.code)
    assert (found.value, found.quantity, found.missing, found.currency) == (2500, 6, 2, "USD")
    assert (found.made_on, found.digest, found.holds) == (TODAY, report.digest, True)


@pytest.mark.parametrize(
    "change", [{"value": 1}, {"quantity": 1}, {"missing": 0}, {"currency": "EUR"}, {"digest": "0" * 64}]
)
def test_what_was_altered_does_not_hold(change: dict[str, object], binder: Collection) -> None:
    report = reports.make(binder, currency="USD")
    Report.objects.update(**change)
    assert not reports.verify(report.code).holds


def test_an_altered_line_does_not_hold(binder: Collection) -> None:
    report = reports.make(binder, currency="USD")
    report.content["lines"][0]["quantity"] = 3
    report.save()
    assert not reports.verify(report.code).holds


def test_the_digest_does_not_depend_on_the_order_of_names() -> None:
    assert reports.digest({"a": 1, "b": "é"}) == reports.digest({"b": "é", "a": 1})
    # printf '{"a":1,"b":"é"}' | sha256sum
    assert reports.digest({"a": 1, "b": "é"}) == DIGEST


DIGEST = "09ad9fd2fb648cb2f62141215828ea00a62c299db05d20aa9ade2f527a301cc6"


def test_a_deleted_report_is_unknown(binder: Collection) -> None:
    report = reports.make(binder, currency="USD")
    reports.remove(report)
    with pytest.raises(Report.DoesNotExist):
        reports.verify(report.code)


@pytest.mark.parametrize("count", [1, 3])
def test_a_report_costs_the_same_however_many_lots(
    count: int, alice: User, printings: list[Printing], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    collection = factories.collection(alice)
    for printing in printings[:count]:
        factories.lot(collection, printing)
    with django_assert_num_queries(5):
        reports.make(collection, currency="USD")
