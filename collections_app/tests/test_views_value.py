"""The value page: history, returns, the explanation of a change, and where the value lies."""

from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from collections_app import snapshots
from collections_app.lots import today
from collections_app.models import Collection, Lot
from collections_app.tests import factories, pages
from collections_app.tests.pages import body
from pricing import formats
from pricing.tests.market import Shop
from pricing.tests.rates import says

Queries = DjangoAssertNumQueries


def ago(days: int) -> date:
    return today() - timedelta(days=days)


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def shop(db: None) -> Shop:
    return pages.shop()


@pytest.fixture
def binder(alice: User, shop: Shop) -> Collection:
    """Two copies at 10.00 ten days ago, 12.00 now; another came three days ago."""
    shop.says({"1": 1_000, "2": 100}, day=ago(20))
    shop.says({"1": 1_200, "2": 100}, day=today())
    printing = shop.series("1").printing
    binder = factories.collection(alice, "Binder")
    factories.lot(binder, printing, quantity=2, unit_cost=500, acquired_on=ago(10))
    factories.lot(binder, printing, unit_cost=1_500, acquired_on=ago(3))
    snapshots.fill(binder.pk)
    return binder


def value(collection: Collection, query: str = "") -> str:
    return f"/collections/{collection.pk}/value/{query}"


def test_an_empty_collection_has_nothing_to_value(client: Client, alice: User) -> None:
    assert "Nothing to value yet" in body(client, value(factories.collection(alice)))
    assert "Nothing to value yet" in body(client, "/collections/value/")


def test_the_history_is_drawn_told_and_listed(client: Client, binder: Collection) -> None:
    for address in (value(binder), "/collections/value/"):
        page = body(client, address)
        assert '<path class="line line-1" d="M' in page
        assert '<path class="line line-2" d="M' in page
        assert "<b>Value</b>: from $20.00 to <b>$36.00</b>" in page
        assert "<b>Paid</b> for what was held: from $10.00 to <b>$25.00</b>" in page
        assert f'<th scope="row">{formats.day(today())}</th><td>$36.00</td><td>$25.00</td><td>3</td>' in page
        assert f'<th scope="row">{formats.day(ago(10))}</th><td>$20.00</td>' in page
        assert "style=" not in page


def test_returns_are_told_with_and_without_deposits(client: Client, binder: Collection) -> None:
    page = body(client, value(binder, "?range=1w"))
    assert "+$16.00 <small>+80.0%</small>" in page  # 20.00 to 36.00
    assert '<dt>Without deposits</dt><dd><span class="up">+20.0%</span>' in page  # 10.00 to 12.00


def test_what_came_today_is_no_gain_of_its_price(client: Client, binder: Collection) -> None:
    lot = Lot.objects.filter(collection=binder).first()
    assert lot
    factories.lot(binder, lot.printing, quantity=5, acquired_on=today())
    snapshots.fill(binder.pk)
    page = body(client, value(binder, "?range=1w"))
    assert '<dt>Without deposits</dt><dd><span class="up">+20.0%</span>' in page


def test_the_range_stands_in_the_address_and_keeps_the_days_asked_for(
    client: Client, binder: Collection
) -> None:
    page = body(client, value(binder, f"?range=1m&since={ago(5)}&until={ago(1)}"))
    assert 'aria-current="true">1M</a>' in page
    assert f'href="?since={ago(5)}&until={ago(1)}&range=1y#history"' in page


def test_a_change_is_explained_by_parts_that_sum_up(client: Client, binder: Collection) -> None:
    page = body(client, value(binder, f"?since={ago(5)}&until={today()}"))
    assert f"Value on {formats.day(ago(5))}" in page
    for text in ("<b>$20.00</b>", "<b>$36.00</b>", "+$10.00", "+$6.00", "Change in all", "+$16.00"):
        assert text in page
    assert page.count('class="fall-part"') == 6


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("since=2026-03-02&until=2026-03-01", "The second day lies after the first."),
        ("since=yesterday", "Enter a valid date."),
        ("until=2999-01-01", "This day is still to come."),
    ],
)
def test_days_that_make_no_sense_are_refused_in_place(
    client: Client, binder: Collection, query: str, complaint: str
) -> None:
    page = body(client, value(binder, f"?{query}"), status=400)
    assert complaint in page
    assert '<path class="line line-1"' in page
    assert "Change in all" not in page


def test_a_wrong_range_is_the_usual_one(client: Client, binder: Collection) -> None:
    assert 'aria-current="true">3M</a>' in body(client, value(binder, "?range=9z"))


def test_best_and_worst_are_told(client: Client, binder: Collection, shop: Shop) -> None:
    factories.lot(binder, shop.series("2").printing, unit_cost=5_000)
    page = body(client, value(binder))
    best, worst = page.split("Lost most")
    assert "+$11.00" in best
    assert "−$49.00" in worst


def test_the_value_is_divided_by_game_set_rarity_and_condition(client: Client, binder: Collection) -> None:
    page = body(client, value(binder))
    for title in ("By game", "By set", "By rarity", "By condition"):
        assert title in page
    assert '<span class="share-name">Pokémon</span> <span class="share-percent">100.0%</span>' in page


def test_the_rates_are_named_with_their_day(client: Client, alice: User, binder: Collection) -> None:
    says(date(2026, 3, 2), USD="2.00")
    User.objects.filter(pk=alice.pk).update(currency="EUR")
    assert "In EUR, converted with the ECB rates of 2 Mar 2026, carried forward to today." in body(
        client, value(binder)
    )


def test_a_history_in_the_making_says_so(client: Client, binder: Collection) -> None:
    assert "reckoned anew" not in body(client, value(binder))
    Collection.objects.update(stale_from=date(2026, 3, 2))
    for address in (value(binder), "/collections/value/"):
        assert "being reckoned anew from 2 Mar 2026 on" in body(client, address)


def test_wish_lists_are_no_part_of_the_portfolio(client: Client, binder: Collection) -> None:
    Collection.objects.update(kind=Collection.Kind.WISH)
    assert "Nothing to value yet" in body(client, "/collections/value/")
    assert "$36.00" in body(client, value(binder))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_value_page_costs_nineteen_queries(
    client: Client, binder: Collection, rows: int, django_assert_num_queries: Queries
) -> None:
    printing = Lot.objects.all()[0].printing
    for _ in range(rows):
        other = factories.collection(binder.owner)
        factories.lot(other, printing, unit_cost=100, acquired_on=ago(5))
        snapshots.fill(other.pk)
    body(client, "/collections/new/")  # the visitor is seen, and the games of the header are known
    # visitor, collections, totals (2), best and worst (3), demonstration prices, allocation, history,
    # what explains today (3) and the days asked for (4), unread
    with django_assert_num_queries(19):
        body(client, "/collections/value/")
