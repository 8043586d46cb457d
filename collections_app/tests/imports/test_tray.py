"""What did not match waits, and is chosen, resolved or put aside."""

import pytest

from accounts.models import User
from catalog.models import Printing
from collections_app.imports import desk, queries, tray
from collections_app.imports.errors import DeskError
from collections_app.imports.tray import Said
from collections_app.models import Collection, ImportBatch, ImportRow
from collections_app.tests import factories
from collections_app.tests.imports.uploads import (
    BROKEN,
    ELEMENTAL,
    ISLAND,
    LOTUS,
    STRANGER,
    fresh,
    imported,
    manabox,
    previewed,
)

pytestmark = pytest.mark.django_db
Alpha = dict[str, Printing]
WISH = ELEMENTAL | {"Binder Type": "list"}


def row_of(batch: ImportBatch, line: int = 2) -> ImportRow:
    return ImportRow.objects.select_related("batch__collection__owner").get(batch=batch, line=line)


def waiting(owner: User) -> list[int]:
    return list(queries.waiting(owner).order_by("line").values_list("line", flat=True))


def test_an_ambiguous_row_offers_its_printings(binder: Collection, alpha: Alpha) -> None:
    shown = queries.shown([row_of(previewed(binder, manabox(ISLAND)))])[0]
    assert {one.pk for one in shown.candidates} == {alpha["288 Normal"].pk, alpha["289 Normal"].pk}
    assert shown.printing is None


def test_a_printing_chosen_in_the_preview_is_imported(binder: Collection, alpha: Alpha) -> None:
    batch = previewed(binder, manabox(ISLAND))
    tray.choose(row_of(batch), alpha["289 Normal"])
    desk.proceed(desk.bring(batch))
    assert binder.lots.get().printing == alpha["289 Normal"]
    assert waiting(binder.owner) == []


def test_a_choice_can_be_changed_until_the_import(binder: Collection, alpha: Alpha) -> None:
    batch = previewed(binder, manabox(ISLAND))
    for key in ("289 Normal", "288 Normal"):
        tray.choose(row_of(batch), alpha[key])
    desk.proceed(desk.bring(batch))
    assert binder.lots.get().printing == alpha["288 Normal"]
    with pytest.raises(DeskError, match="before the import"):
        tray.choose(row_of(batch), alpha["289 Normal"])


@pytest.mark.parametrize(("row", "reason"), [(BROKEN, "could not be read"), (WISH, "wish list")])
def test_what_the_tray_alone_can_complete_is_not_chosen_before(
    binder: Collection, alpha: Alpha, row: dict[str, str], reason: str
) -> None:
    with pytest.raises(DeskError, match=reason):
        tray.choose(row_of(previewed(binder, manabox(row))), alpha["46 Normal"])


def test_a_resolved_row_is_a_lot_of_its_import(binder: Collection, alpha: Alpha) -> None:
    batch = imported(binder, manabox(STRANGER | {"Quantity": "3", "Binder Name": "Blue"}))
    lot = tray.resolve(row_of(batch), alpha["46 Foil"])
    assert (lot.collection, lot.printing, lot.quantity, lot.batch) == (binder, alpha["46 Foil"], 3, batch)
    assert lot.notes == "Folder: Blue"
    assert waiting(binder.owner) == []
    assert queries.counts([batch.pk])[batch.pk].lots == 1
    desk.proceed(desk.undo(batch))
    assert not binder.lots.exists()


def test_a_row_is_resolved_once(binder: Collection, alpha: Alpha) -> None:
    row = row_of(imported(binder, manabox(STRANGER)))
    tray.resolve(row, alpha["46 Normal"])
    with pytest.raises(DeskError, match="already"):
        tray.resolve(row, alpha["46 Normal"])
    assert binder.lots.count() == 1


def test_nothing_is_resolved_before_the_import(binder: Collection, alpha: Alpha) -> None:
    with pytest.raises(DeskError, match="Import the file first"):
        tray.resolve(row_of(previewed(binder, manabox(STRANGER))), alpha["46 Normal"])


def test_a_watchlist_entry_goes_into_the_list_that_is_named(
    binder: Collection, alice: User, alpha: Alpha
) -> None:
    wishes = factories.collection(alice, kind="wish")
    row = row_of(imported(binder, manabox(WISH)))
    with pytest.raises(DeskError, match="choose a wish list"):
        tray.resolve(row, alpha["46 Normal"])
    lot = tray.resolve(row, alpha["46 Normal"], into=wishes)
    assert lot.collection == wishes
    assert not binder.lots.exists()


def test_an_unreadable_row_needs_what_could_not_be_read(binder: Collection, alpha: Alpha) -> None:
    batch = imported(binder, manabox(BROKEN))
    with pytest.raises(DeskError, match="how many copies"):
        tray.resolve(row_of(batch), alpha["232 Normal"])
    lot = tray.resolve(row_of(batch), alpha["232 Normal"], said=Said(quantity=2, condition="HP"))
    assert (lot.quantity, lot.condition, lot.acquired_on) == (2, "HP", batch.created_at.date())
    desk.proceed(desk.undo(batch))
    desk.proceed(desk.bring(fresh(batch)))
    assert binder.lots.get().quantity == 2


def test_rows_put_aside_leave_the_tray_and_come_back(binder: Collection) -> None:
    batch = imported(binder, manabox(STRANGER, ISLAND))
    tray.dismiss(row_of(batch))
    assert waiting(binder.owner) == [3]
    assert list(queries.put_aside(binder.owner)) == [row_of(batch)]
    tray.restore(row_of(batch))
    assert waiting(binder.owner) == [2, 3]


def test_a_matched_row_put_aside_before_the_import_is_not_imported_but_not_lost(
    binder: Collection, alpha: Alpha
) -> None:
    batch = previewed(binder, manabox(LOTUS, ELEMENTAL))
    tray.dismiss(row_of(batch))
    desk.proceed(desk.bring(batch))
    assert [lot.printing for lot in binder.lots.all()] == [alpha["46 Normal"]]
    assert list(queries.put_aside(binder.owner)) == [row_of(batch)]
    tray.restore(row_of(batch))
    assert waiting(binder.owner) == [2]
    assert row_of(batch).candidates == [alpha["232 Normal"].pk]


def test_taken_back_before_the_import_a_row_is_imported(binder: Collection) -> None:
    batch = previewed(binder, manabox(LOTUS))
    tray.dismiss(row_of(batch))
    tray.restore(row_of(batch))
    desk.proceed(desk.bring(batch))
    assert binder.lots.count() == 1


def test_what_is_a_lot_cannot_be_put_aside(binder: Collection) -> None:
    with pytest.raises(DeskError, match="already"):
        tray.dismiss(row_of(imported(binder, manabox(LOTUS))))


def test_all_rows_with_one_reason_are_put_aside_at_once_and_only_ones_own(
    binder: Collection, bob: User
) -> None:
    content = manabox(STRANGER, STRANGER | {"Quantity": "2"}, ISLAND)
    imported(binder, content)
    imported(factories.collection(bob), content)
    (reason, count), *_ = queries.reasons(binder.owner)
    assert count == 2
    assert tray.dismiss_all(binder.owner, reason=reason) == 2
    assert waiting(binder.owner) == [4]
    assert waiting(bob) == [2, 3, 4]
