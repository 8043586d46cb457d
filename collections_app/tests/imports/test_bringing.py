"""Rows become lots and are taken away again, whole, once, and however often that is broken off."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.models import User
from catalog.models import Card, Printing
from collections_app import lots, sales
from collections_app.exports import FORMATS
from collections_app.imports import bringing, desk, queries
from collections_app.imports.errors import DeskError
from collections_app.models import Collection, Lot
from collections_app.tests import factories
from collections_app.tests.imports.uploads import (
    BROKEN,
    ELEMENTAL,
    ISLAND,
    LOTUS,
    STRANGER,
    dies_at,
    fresh,
    held,
    imported,
    magic,
    manabox,
    previewed,
    verdicts,
)

pytestmark = pytest.mark.django_db
Alpha = dict[str, Printing]
ALL_KINDS = manabox(LOTUS, ISLAND, STRANGER, BROKEN, ELEMENTAL)
FIVE = manabox(LOTUS, ELEMENTAL, STRANGER, LOTUS, ELEMENTAL)


def test_matched_rows_become_lots_and_no_row_is_lost(binder: Collection) -> None:
    batch = imported(binder, ALL_KINDS)
    assert batch.status == "done"
    assert batch.imported_at
    assert held(binder) == [("Black Lotus", 1), ("Air Elemental", 1)]
    counts = queries.counts([batch.pk])[batch.pk]
    assert (counts.lots, counts.waiting, counts.total) == (2, 3, 5)
    assert queries.waiting(binder.owner).count() == 3


def test_a_lot_says_what_the_row_said(binder: Collection, alpha: Alpha) -> None:
    said = {"Foil": "foil", "Quantity": "3", "Condition": "played", "Language": "de"}
    said |= {"Purchase price": "12.50", "Purchase price currency": "EUR", "Binder Name": "Blue"}
    imported(binder, manabox(ELEMENTAL | said))
    lot = binder.lots.get()
    assert lot.printing == alpha["46 Foil"]
    assert (lot.quantity, lot.condition, lot.language) == (3, "HP", "de")
    assert (lot.unit_cost, lot.currency, lot.notes) == (1250, "EUR", "Condition: played\nFolder: Blue")


def test_what_the_row_leaves_out_is_the_games_language_the_uploads_day_and_the_owners_currency(
    binder: Collection,
) -> None:
    User.objects.update(currency="GBP")
    binder.refresh_from_db()
    with time_machine.travel(datetime(2026, 5, 6, 12, tzinfo=UTC)):
        batch = previewed(binder, manabox(LOTUS | {"Language": "", "Purchase price": "7"}))
    desk.proceed(desk.bring(batch))
    lot = binder.lots.get()
    assert (lot.language, lot.acquired_on) == ("en", date(2026, 5, 6))
    assert (lot.unit_cost, lot.currency) == (700, "GBP")


def test_a_price_without_currency_is_in_the_uploads_and_rounded_where_that_has_no_cents(
    binder: Collection,
) -> None:
    batch = previewed(binder, manabox(LOTUS | {"Purchase price": "12.50"}), currency="JPY")
    desk.proceed(desk.bring(batch))
    assert list(binder.lots.values_list("unit_cost", "currency")) == [(13, "JPY")]


def test_long_notes_are_cut_in_the_lot_and_whole_in_the_row(binder: Collection) -> None:
    batch = previewed(binder, f"Karte,Notiz\nBlack Lotus,{'x' * 3000}\n".encode())
    columns = {"name": "Karte", "notes": "Notiz"}
    desk.proceed(desk.map_columns(batch, columns, game=magic(), currency=""))
    desk.proceed(desk.bring(fresh(batch)))
    assert binder.lots.get().notes == "x" * 1999 + "…"
    assert batch.rows.get().raw["Notiz"] == "x" * 3000


def test_importing_twice_makes_no_lot_twice(binder: Collection) -> None:
    batch = imported(binder, ALL_KINDS)
    bringing.bring(batch.pk)
    with pytest.raises(DeskError, match="Imported"):
        desk.bring(batch)
    assert len(held(binder)) == 2


def test_each_folder_becomes_a_collection_when_asked(binder: Collection, alice: User) -> None:
    trade = factories.collection(alice, "trade")
    factories.collection(alice, "Dream", kind="wish")
    rows = [LOTUS | {"Binder Name": "Trade"}, ELEMENTAL | {"Binder Name": "Dream"}, LOTUS, ELEMENTAL]
    rows[3] = rows[3] | {"Binder Name": "Best"}
    imported(binder, manabox(*rows), by_folder=True)
    assert held(trade) == [("Black Lotus", 1)]
    assert held(binder) == [("Black Lotus", 1)]
    made = Collection.objects.exclude(pk__in=[trade.pk, binder.pk]).order_by("name")
    assert [(one.name, one.kind, len(held(one))) for one in made] == [
        ("Best", "owned", 1),
        ("Dream", "wish", 0),
        ("Dream 2", "owned", 1),
    ]
    assert not Lot.objects.exclude(notes="").exists()


def test_folders_of_a_second_file_go_into_the_same_collections(binder: Collection) -> None:
    for name in ("Dream", "dream"):
        imported(binder, manabox(LOTUS | {"Binder Name": name}), by_folder=True)
    assert list(Collection.objects.values_list("name", flat=True)) == ["Binder", "Dream"]


def test_a_watchlist_entry_waits_for_a_wish_list(binder: Collection) -> None:
    wish = {"Binder Type": "list", "Binder Name": "Dreams"}
    batch = imported(binder, manabox(LOTUS | wish, ELEMENTAL))
    row = batch.rows.get(line=2)
    assert (row.verdict, row.lot) == ("ambiguous", None)
    assert "wish list" in row.reason
    assert held(binder) == [("Air Elemental", 1)]


def test_into_a_wish_list_watchlist_entries_go_straight(alice: User, alpha: Alpha) -> None:
    wishes = factories.collection(alice, kind="wish")
    imported(wishes, manabox(LOTUS | {"Binder Type": "list"}))
    assert held(wishes) == [("Black Lotus", 1)]


def test_a_card_that_left_the_catalogue_before_the_import_waits_in_the_tray(
    binder: Collection, alpha: Alpha
) -> None:
    batch = previewed(binder, manabox(LOTUS, ELEMENTAL))
    alpha["232 Normal"].delete()
    desk.proceed(desk.bring(batch))
    row = batch.rows.get(line=2)
    assert (row.verdict, row.reason) == ("unmatched", bringing.GONE)
    assert fresh(batch).status == "done"


def test_an_import_is_undone_and_can_be_brought_again(binder: Collection) -> None:
    batch = imported(binder, ALL_KINDS)
    desk.proceed(desk.undo(batch))
    batch = fresh(batch)
    assert batch.status == "undone"
    assert batch.undone_at
    assert held(binder) == []
    assert not queries.waiting(binder.owner).exists()
    desk.proceed(desk.bring(batch))
    assert held(binder) == [("Black Lotus", 1), ("Air Elemental", 1)]


def test_undo_says_first_what_was_sold_and_edited_since(binder: Collection, alpha: Alpha) -> None:
    own = factories.lot(binder, alpha["288 Normal"])
    rows = [LOTUS | {"Quantity": "4"}, ELEMENTAL, ELEMENTAL]
    batch = imported(binder, manabox(*rows))
    sold, edited, _ = binder.lots.exclude(pk=own.pk).order_by("id")
    terms = sales.Terms(quantity=1, sold_on=lots.today(), currency="USD", unit_price=100)
    sales.sell(sold, terms)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        lots.edit(edited, factories.facts(alpha["46 Normal"], quantity=9))
    assert queries.undoing(batch) == queries.Undoing(lots=3, sold=1, edited=1)
    desk.proceed(desk.undo(batch))
    assert list(binder.lots.all()) == [own]
    assert not binder.sales.exists()


def test_lots_that_were_moved_are_undone_too(binder: Collection, alice: User) -> None:
    batch = imported(binder, manabox(LOTUS))
    lots.move(binder.lots.all(), to=factories.collection(alice))
    desk.proceed(desk.undo(batch))
    assert not Lot.objects.exists()


def test_a_lot_deleted_by_its_owner_does_not_come_back_into_the_tray(binder: Collection) -> None:
    imported(binder, manabox(LOTUS))
    lots.remove(binder.lots.all())
    assert not queries.waiting(binder.owner).exists()


def test_an_import_that_was_broken_off_goes_on_and_makes_no_lot_twice(
    binder: Collection, by_two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = desk.bring(previewed(binder, FIVE))
    dies_at(2, "_make_lots", of=bringing, monkeypatch=monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        bringing.bring(batch.pk)
    assert (fresh(batch).status, len(held(binder))) == ("importing", 2)
    bringing.bring(batch.pk)
    assert fresh(batch).status == "done"
    assert [name for name, _ in held(binder)] == ["Black Lotus", "Air Elemental"] * 2


def test_an_undo_that_was_broken_off_goes_on(
    binder: Collection, by_two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = desk.undo(imported(binder, FIVE))
    dies_at(2, "remove", of=lots, monkeypatch=monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        bringing.undo(batch.pk)
    assert (fresh(batch).status, len(held(binder))) == ("undoing", 2)
    bringing.undo(batch.pk)
    assert (fresh(batch).status, held(binder)) == ("undone", [])


def test_our_own_file_gives_the_same_lots_and_sales_and_finds_what_a_name_alone_does_not(
    binder: Collection, alpha: Alpha
) -> None:
    Card.objects.filter(name="Island").update(number="")
    sold = factories.lot(binder, alpha["289 Foil"], quantity=3, unit_cost=500, notes="=1+1\nfoil")
    factories.lot(binder, alpha["46 Normal"], condition="", grader="PSA", grade="9.5", language="de")
    terms = sales.Terms(quantity=2, sold_on=lots.today(), currency="EUR", unit_price=900, fees=30)
    sales.sell(sold, terms)
    content = "".join(FORMATS["csv"].write(binder)).encode()
    copy = factories.collection(binder.owner)
    batch = imported(copy, content)
    assert (batch.format, verdicts(batch)) == ("own", ["exact", "exact"])
    same = [*lots.IDENTITY, "quantity", "disposed", "unit_cost", "currency", "acquired_on", "notes"]
    assert list(copy.lots.order_by("id").values(*same)) == list(binder.lots.order_by("id").values(*same))
    names = ["sold_on", "unit_price", "fees", "currency", "disposals__quantity"]
    assert list(copy.sales.values(*names)) == list(binder.sales.values(*names))
    desk.proceed(desk.undo(batch))
    assert not copy.sales.exists()
