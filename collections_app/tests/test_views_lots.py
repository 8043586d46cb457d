"""The pages of one lot: what they show, what their forms do, and what they refuse."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import FinishFactory, PrintingFactory
from collections_app import sales
from collections_app.lots import today
from collections_app.models import Lot, Sale
from collections_app.tests import factories, pages
from collections_app.tests.pages import body, posted
from collections_app.tests.test_photos import picture
from pricing.tests.market import Shop

Queries = DjangoAssertNumQueries


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def shop(db: None) -> Shop:
    return pages.shop()


@pytest.fixture
def printing(shop: Shop) -> Printing:
    return pages.priced(shop, 1_000)[0]


@pytest.fixture
def lot(alice: User, printing: Printing) -> Lot:
    binder = factories.collection(alice, "Binder")
    return factories.lot(binder, printing, quantity=4, unit_cost=400, notes="From <Misty>")


def page_of(lot: Lot, deed: str = "") -> str:
    return f"/collections/lots/{lot.pk}/{deed}"


def test_a_lot_says_everything_that_is_known_of_it(client: Client, lot: Lot) -> None:
    page = body(client, page_of(lot))
    for text in ("Value of 4 copies", "$40.00", "$10.00", "Card Shop", "+$24.00", "+150% on $16.00"):
        assert text in page
    for text in ("Near Mint", "English", "2 Mar 2026", "$4.00", "From <Misty>", "The source's price"):
        assert text in page
    for deed in ("edit", "sell", "split", "move", "delete"):
        assert f'href="{page_of(lot, deed)}/"' in page
    assert f'href="{lot.printing.card.get_absolute_url()}"' in page


def test_notes_bring_no_markup(client: Client, lot: Lot) -> None:
    assert b"From &lt;Misty&gt;" in client.get(page_of(lot)).content


def test_a_single_copy_cannot_be_split(client: Client, lot: Lot) -> None:
    Lot.objects.update(quantity=1)
    assert page_of(lot, "split/") not in body(client, page_of(lot))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_lot_costs_five_queries(
    client: Client, lot: Lot, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows):
        sales.sell(lot, sales.Terms(quantity=1, sold_on=today(), currency="USD", unit_price=900))
    body(client, "/collections/new/")  # the visitor is seen, and the games of the header are known
    with django_assert_num_queries(5):  # visitor, lot, its row, sales, unread
        assert body(client, page_of(lot)).count("Undo the sale of") == rows


def test_a_lot_is_edited(client: Client, lot: Lot) -> None:
    foil = PrintingFactory.create(
        card=lot.printing.card, finish=FinishFactory.create(game=lot.printing.card.game, name="Holofoil")
    )
    page = body(client, page_of(lot, "edit/"))
    assert 'value="4.00"' in page
    assert ">Holofoil</option>" in page
    said: dict[str, Any] = {
        "printing": foil.pk,
        "quantity": 5,
        "condition": "LP",
        "language": "ja",
        "unit_cost": "1.50",
    }
    leads_to = posted(client, page_of(lot, "edit/"), currency="EUR", acquired_on="2026-03-03", **said)
    assert leads_to == page_of(lot)
    lot.refresh_from_db()
    assert (lot.printing, lot.quantity, lot.condition, lot.language) == (foil, 5, "LP", "ja")
    assert (lot.unit_cost, lot.currency, lot.notes) == (150, "EUR", "")


def test_a_wrong_edit_keeps_what_was_typed(client: Client, lot: Lot) -> None:
    said: dict[str, Any] = {"printing": lot.printing_id, "quantity": 7, "condition": "NM", "language": "en"}
    page = posted(
        client,
        page_of(lot, "edit/"),
        status=400,
        unit_cost="cheap",
        currency="USD",
        acquired_on="2026-03-02",
        **said,
    )
    assert "Enter a number." in page
    assert 'value="cheap"' in page
    assert 'value="7"' in page
    assert 'aria-invalid="true"' in page
    lot.refresh_from_db()
    assert lot.quantity == 4


def test_copies_cannot_be_acquired_after_they_were_sold(client: Client, lot: Lot) -> None:
    sales.sell(lot, sales.Terms(quantity=1, sold_on=factories.BOUGHT, currency="USD"))
    said: dict[str, Any] = {"printing": lot.printing_id, "quantity": 3, "condition": "NM", "language": "en"}
    page = posted(client, page_of(lot, "edit/"), status=400, currency="USD", acquired_on=today(), **said)
    assert "they cannot have been acquired later" in page


def test_a_lot_is_deleted(client: Client, lot: Lot) -> None:
    assert "Delete Card 1?" in body(client, page_of(lot, "delete/"))
    assert posted(client, page_of(lot, "delete/")) == lot.collection.get_absolute_url()
    assert not Lot.objects.exists()


def test_a_lot_is_split(client: Client, lot: Lot) -> None:
    assert posted(client, page_of(lot, "split/"), quantity=1) == lot.collection.get_absolute_url()
    assert sorted(Lot.objects.values_list("quantity", flat=True)) == [1, 3]


@pytest.mark.parametrize("quantity", ["0", "4", "x"])
def test_a_lot_is_not_split_into_nothing(client: Client, lot: Lot, quantity: str) -> None:
    page = posted(client, page_of(lot, "split/"), status=400, quantity=quantity)
    assert 'class="errorlist"' in page
    assert Lot.objects.count() == 1


def test_a_lot_is_moved(client: Client, lot: Lot) -> None:
    assert "There is nowhere to move it" in body(client, page_of(lot, "move/"))
    box = factories.collection(lot.collection.owner, "Box")
    assert posted(client, page_of(lot, "move/"), to=box.pk) == box.get_absolute_url()
    lot.refresh_from_db()
    assert lot.collection == box


def test_a_lot_is_not_moved_to_somebody_else(client: Client, lot: Lot, bob: User) -> None:
    posted(client, page_of(lot, "move/"), status=400, to=factories.collection(bob).pk)


def test_a_sale_says_what_it_gained(client: Client, lot: Lot) -> None:
    factories.lot(lot.collection, lot.printing, quantity=2)
    assert "You hold 4 copies in this row, 6 like them in all of “Binder”." in body(
        client, page_of(lot, "sell/")
    )
    said: dict[str, Any] = {
        "quantity": 2,
        "unit_price": "9.00",
        "fees": "1.00",
        "currency": "USD",
        "method": "lot",
    }
    leads_to = posted(client, page_of(lot, "sell/"), sold_on=today(), **said)
    assert leads_to == f"/collections/{lot.collection_id}/sales/"
    assert "Card 1 (Normal) is sold with a gain of $9.00." in body(client, leads_to)
    lot.refresh_from_db()
    assert (lot.quantity, lot.disposed) == (2, 2)


def test_a_sale_at_a_loss_says_so(client: Client, lot: Lot) -> None:
    said: dict[str, Any] = {
        "quantity": 1,
        "unit_price": "1.00",
        "currency": "USD",
        "method": "lot",
        "sold_on": today(),
    }
    assert "with a loss of $3.00" in body(client, posted(client, page_of(lot, "sell/"), **said))


def test_a_gift_has_no_gain(client: Client, lot: Lot) -> None:
    said: dict[str, Any] = {"quantity": 1, "currency": "USD", "method": "fifo", "sold_on": today()}
    page = body(client, posted(client, page_of(lot, "sell/"), **said))
    assert "was taken out without a price" in page
    assert Sale.objects.get().unit_price is None


def test_what_cost_nobody_knows_has_an_unknown_gain(client: Client, lot: Lot) -> None:
    Lot.objects.update(unit_cost=None)
    said: dict[str, Any] = {
        "quantity": 1,
        "unit_price": "5",
        "currency": "USD",
        "method": "lot",
        "sold_on": today(),
    }
    assert "The gain is unknown" in body(client, posted(client, page_of(lot, "sell/"), **said))


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"quantity": 5}, "4 copies were held"),
        ({"sold_on": factories.BOUGHT - timedelta(days=1)}, "0 copies were held"),
        ({"sold_on": today() + timedelta(days=1)}, "still to come"),
        ({"unit_price": "-1"}, "greater than or equal to 0"),
        ({"method": "magic"}, "Select a valid choice"),
    ],
)
def test_an_impossible_sale_is_refused_and_kept_as_typed(
    client: Client, lot: Lot, said: dict[str, Any], complaint: str
) -> None:
    usual: dict[str, Any] = {
        "quantity": 1,
        "unit_price": "5.75",
        "currency": "USD",
        "method": "lot",
        "sold_on": today(),
    }
    page = posted(client, page_of(lot, "sell/"), status=400, **usual | said)
    assert complaint in page
    assert "unit_price" in said or 'value="5.75"' in page
    assert not Sale.objects.exists()


def photo(content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile("mine.jpg", content or picture(), content_type="image/jpeg")


def test_a_photo_is_shown_to_its_owner_alone(client: Client, lot: Lot, bob: User, own_files: Path) -> None:
    assert posted(client, page_of(lot, "photo/"), photo=photo()) == page_of(lot)
    assert f'src="{page_of(lot, "photo/")}' in body(client, page_of(lot))
    response = client.get(page_of(lot, "photo/"))
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue().startswith(b"RIFF")
    client.force_login(bob)
    body(client, page_of(lot, "photo/"), status=404)


def test_a_photo_is_removed(client: Client, lot: Lot) -> None:
    posted(client, page_of(lot, "photo/"), photo=photo())
    posted(client, page_of(lot, "photo/"), remove="yes")
    body(client, page_of(lot, "photo/"), status=404)


def test_a_lost_file_is_no_error_of_ours(client: Client, lot: Lot, own_files: Path) -> None:
    posted(client, page_of(lot, "photo/"), photo=photo())
    for path in own_files.rglob("*.webp"):
        path.unlink()
    assert "is lost" in body(client, page_of(lot, "photo/"), status=404)


@pytest.mark.parametrize("content", [b"text", None])
def test_what_is_no_photo_is_refused_on_the_page_of_the_lot(
    client: Client, lot: Lot, content: bytes | None
) -> None:
    said: dict[str, Any] = {"photo": photo(content)} if content else {}
    page = posted(client, page_of(lot, "photo/"), status=400, **said)
    assert 'class="errorlist"' in page
    assert "Value of 4 copies" in page


DEEDS = ["", "edit/", "delete/", "split/", "move/", "sell/", "photo/"]


@pytest.mark.parametrize("deed", DEEDS)
def test_somebody_else_finds_nothing(lot: Lot, bob: User, deed: str) -> None:
    his = Client()
    his.force_login(bob)
    body(his, page_of(lot, deed), status=404)
    if deed:
        posted(his, page_of(lot, deed), status=404)


@pytest.mark.parametrize("deed", DEEDS)
def test_visitors_sign_in_first(lot: Lot, deed: str) -> None:
    assert Client().get(page_of(lot, deed)).headers["Location"].startswith("/accounts/login/")
