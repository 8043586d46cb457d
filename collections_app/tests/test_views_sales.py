"""What was sold: the list, its gains, and how a sale is undone."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from collections_app import sales
from collections_app.lots import today
from collections_app.models import Collection, Lot, Sale
from collections_app.tests import factories, pages
from collections_app.tests.pages import body, posted

Queries = DjangoAssertNumQueries


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def lot(alice: User) -> Lot:
    (printing,) = pages.priced(pages.shop(), 1_000)
    return factories.lot(factories.collection(alice, "Binder"), printing, quantity=60, unit_cost=400)


def sold(lot: Lot, *, price: int | None = 900) -> Sale:
    terms = sales.Terms(quantity=1, sold_on=today(), currency="USD", unit_price=price, fees=100)
    return sales.sell(lot, terms)


def test_without_sales_the_page_says_how_to_sell(client: Client, alice: User) -> None:
    collection = factories.collection(alice)
    assert "Nothing sold yet" in body(client, f"/collections/{collection.pk}/sales/")
    assert "Nothing sold yet" in body(client, "/collections/sales/")


def test_a_sale_says_what_came_of_it(client: Client, lot: Lot) -> None:
    sold(lot)
    for address in (f"/collections/{lot.collection_id}/sales/", "/collections/sales/"):
        page = body(client, address)
        for text in ("Card 1", "$9.00", "$1.00", "<b>$8.00</b>", "+$4.00", "Realised gain"):
            assert text in page


def test_a_sale_without_a_price_is_no_zero(client: Client, lot: Lot) -> None:
    sold(lot, price=None)
    page = body(client, "/collections/sales/")
    assert "no price" in page
    assert "<b>–</b>" in page


def test_wishes_are_not_sold_from_the_portfolio(client: Client, lot: Lot) -> None:
    sold(lot)
    Collection.objects.update(kind=Collection.Kind.WISH)
    assert "Nothing sold yet" in body(client, "/collections/sales/")


@pytest.mark.parametrize("page", ["", "?page=1", "?page=x", "?page=-1", "?page=²", "?page=99999999999"])
def test_a_page_that_never_was_is_the_first_or_last(client: Client, lot: Lot, page: str) -> None:
    sold(lot)
    assert "Card 1" in body(client, f"/collections/sales/{page}")


def test_a_long_list_has_pages(client: Client, lot: Lot) -> None:
    for _ in range(51):
        sold(lot)
    assert 'href="?page=2"' in body(client, "/collections/sales/")
    page = body(client, "/collections/sales/?page=2")
    assert "Page 2 of 2" in page
    assert page.count("Undo the sale of") == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_sales_cost_six_queries(
    client: Client, lot: Lot, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows):
        sold(lot)
    body(client, "/collections/new/")  # the visitor is seen, and the games of the header are known
    with django_assert_num_queries(6):  # visitor, collection, sales (2), what they brought, unread
        body(client, f"/collections/{lot.collection_id}/sales/")


def test_a_sale_is_undone_after_a_second_look(client: Client, lot: Lot) -> None:
    sale = sold(lot)
    address = f"/collections/sales/{sale.pk}/undo/"
    assert "1 copy of Card 1 (Normal)" in body(client, address)
    assert Sale.objects.exists()
    assert posted(client, address) == f"/collections/{lot.collection_id}/sales/"
    assert not Sale.objects.exists()
    lot.refresh_from_db()
    assert lot.quantity == 60


def test_somebody_else_undoes_nothing(lot: Lot, bob: User) -> None:
    sale, his = sold(lot), Client()
    his.force_login(bob)
    posted(his, f"/collections/sales/{sale.pk}/undo/", status=404)
    body(his, f"/collections/{lot.collection_id}/sales/", status=404)
    assert "Nothing sold yet" in body(his, "/collections/sales/")
    assert Sale.objects.exists()
