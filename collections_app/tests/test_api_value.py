"""Value, history and explanation by API: the reads of the pages, over one collection or all that is owned."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import Api, errors, usd
from catalog.tests.factories import PrintingFactory
from collections_app import lots, snapshots
from collections_app.models import Collection
from collections_app.tests import sets
from collections_app.tests.factories import collection, lot

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
PARTS = ("price", "additions", "removals", "exchange", "corrections")


@pytest.fixture
def binder(alice: User) -> Collection:
    """Three dollar cards bought for half of that ten days ago, one bought for two."""
    made = collection(alice, "Binder")
    held(made, quantity=3, unit_cost=50)
    held(made, quantity=1, unit_cost=200)
    return made


def held(into: Collection, **facts: Any) -> None:
    printing = PrintingFactory.create()
    sets.costs(printing, 100)
    lot(into, printing, acquired_on=lots.today() - timedelta(days=10), **facts)


def minor(amount: dict[str, str]) -> int:
    return int(Decimal(amount["amount"]) * 100)


def test_a_value_has_totals_shares_and_what_gained_or_lost_most(api: Api, binder: Collection) -> None:
    found = api.get(f"collections/{binder.pk}/value/").json()
    totals = found["totals"]
    assert (totals["value"], totals["cost"], totals["unrealised"]) == (usd("4.00"), usd("3.50"), usd("0.50"))
    assert (totals["lots"], totals["quantity"], totals["missing"], totals["is_open"]) == (2, 4, 0, False)
    assert (totals["ceiling"], totals["missing_cost"], totals["costless"]) == (usd("4.00"), usd("0.00"), 0)
    (near_mint,) = found["allocation"]["condition"]
    assert (near_mint["quantity"], near_mint["value"], near_mint["percent"]) == (4, usd("4.00"), "100.0")
    assert set(found["allocation"]) == {"game", "set", "rarity", "condition"}
    assert [row["gain"] for row in found["best"]] == [usd("1.50")]
    assert [row["gain"] for row in found["worst"]] == [usd("-1.00")]


def test_the_portfolio_is_all_that_is_owned_and_no_wish(
    api: Api, alice: User, bob: User, binder: Collection
) -> None:
    held(collection(alice))
    held(collection(alice, kind="wish"))
    held(collection(bob))
    assert api.get("portfolio/value/").json()["totals"]["value"] == usd("5.00")


def test_a_portfolio_of_nothing_is_no_error(api: Api) -> None:
    assert api.get("portfolio/value/").json()["totals"]["quantity"] == 0
    assert api.get("portfolio/value/history/").json()["results"] == []
    assert api.get("portfolio/value/explanation/").json()["change"] == usd("0.00")


@pytest.mark.parametrize("of", ["collections/{pk}", "portfolio"])
def test_a_history_has_a_row_for_each_day(api: Api, binder: Collection, of: str) -> None:
    snapshots.fill(binder.pk)
    address = f"{of.format(pk=binder.pk)}/value/history/"
    found = api.get(address).json()
    first = (lots.today() - timedelta(days=10)).isoformat()
    assert (found["results"][0]["day"], found["results"][0]["quantity"]) == (first, 4)
    since = (lots.today() - timedelta(days=3)).isoformat()
    few = api.get(address, since=since, until=since).json()["results"]
    assert [row["day"] for row in few] == [since]


@pytest.mark.parametrize("of", ["collections/{pk}", "portfolio"])
def test_an_explanation_sums_up(api: Api, binder: Collection, of: str) -> None:
    found = api.get(f"{of.format(pk=binder.pk)}/value/explanation/").json()
    assert (found["after"], found["change"]) == (usd("4.00"), usd("4.00"))
    assert sum(minor(found[part]) for part in PARTS) == minor(found["change"])
    assert minor(found["edited"]) + minor(found["coverage"]) == minor(found["corrections"])


@pytest.mark.parametrize(
    ("address", "query", "wrong"),
    [
        ("value/", {"currency": "gold"}, "currency"),
        ("value/history/", {"since": "yesterday"}, "since"),
        ("value/history/", {"until": "2026-13-01"}, "until"),
        ("value/history/", {"since": "2026-03-02", "until": "2026-03-01"}, "until"),
        ("value/explanation/", {"since": "x"}, "since"),
        ("value/explanation/", {"since": "2026-03-02", "until": "2026-03-02"}, "until"),
        ("value/explanation/", {"currency": "x"}, "currency"),
    ],
)
def test_a_wrong_day_or_currency_is_named(
    api: Api, binder: Collection, address: str, query: dict[str, str], wrong: str
) -> None:
    for of in (f"collections/{binder.pk}", "portfolio"):
        assert set(errors(api.get(f"{of}/{address}", **query))) == {wrong}


@pytest.mark.parametrize("rows", [1, 3])
def test_a_history_costs_three_queries(
    api: Api, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows):
        held(made := collection(alice))
        snapshots.fill(made.pk)
    with django_assert_num_queries(3):  # user, collections, days
        assert api.get("portfolio/value/history/").json()["results"]
