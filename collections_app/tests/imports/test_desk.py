"""A file comes in: kept or refused, recognised or mapped, handed on to the worker, forgotten."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from celery import current_app
from django.db import IntegrityError

from accounts.models import User
from catalog.models import Printing
from collections_app.imports import bringing, desk, reading
from collections_app.imports.errors import DeskError, QueueError, SameFileError
from collections_app.imports.sheets import SheetError
from collections_app.models import Collection, ColumnMapping, ImportBatch
from collections_app.tests import factories
from collections_app.tests.imports.uploads import (
    BROKEN,
    ELEMENTAL,
    ISLAND,
    LOTUS,
    STRANGER,
    UNKNOWN,
    fresh,
    held,
    imported,
    magic,
    manabox,
    previewed,
    received,
    verdicts,
)
from pricing.tests.queue import own_queue, unreachable_queue

pytestmark = pytest.mark.django_db
Alpha = dict[str, Printing]
ALL_KINDS = manabox(LOTUS, ISLAND, STRANGER, BROKEN, ELEMENTAL)
GERMAN = f"{UNKNOWN}\nBlack Lotus,LEA,232,2\nAir Elemental,LEA,46,1\n".encode()
COLUMNS = {"name": "Karte", "set_code": "Ausgabe", "number": "Nr", "quantity": "Anzahl"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"PK\x03\x04" + bytes(100), "workbook"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"\x1f\x8b\x08" + bytes(100), "compressed"),
        (b"Name,Quantity\nBlack\0Lotus,1\n", "not text"),
        (b"Name,Quantity\n" + b"x" * 1_000_000 + b",1\n", "longer than"),
        (b",".join(b"c%d" % n for n in range(300)) + b"\n", "more than 200 columns"),
        (b"Name\nBlack Lotus\n", "one column"),
        (manabox(), "no rows"),
        (b"Name,Quantity\n" + b"Black Lotus,1\n" * 2_000_000, "larger than 25 MB"),
    ],
    ids=["empty", "zip", "picture", "gzip", "nul", "huge cell", "columns", "one column", "no rows", "size"],
)
def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_kept(
    binder: Collection, own_files: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(SheetError, match=reason):
        received(binder, content)
    assert not ImportBatch.objects.exists()
    assert not list(own_files.rglob("*.csv"))


def test_formulas_are_text(binder: Collection) -> None:
    batch = imported(binder, manabox({"Name": '=cmd|"/c calc"!A1'}, LOTUS | {"Binder Name": "=1+1"}))
    assert batch.rows.get(verdict="unmatched").raw["Name"] == '=cmd|"/c calc"!A1'
    assert binder.lots.get().notes == "Folder: =1+1"


def test_a_file_is_stored_under_a_name_of_ours(binder: Collection, own_files: Path) -> None:
    batch = received(binder, manabox(LOTUS), name="../../etc/passwd.csv")
    assert batch.filename == "../../etc/passwd.csv"
    stored = Path(batch.file.path)
    assert stored.parent == own_files / "imports"
    assert stored.read_bytes() == manabox(LOTUS)


def test_a_failing_database_leaves_no_file_behind(binder: Collection, own_files: Path) -> None:
    binder.pk = None
    with pytest.raises((IntegrityError, ValueError)):
        received(binder, manabox(LOTUS))
    assert not list(own_files.rglob("*.csv"))


def test_twenty_imports_may_be_open_at_once(binder: Collection) -> None:
    for number in range(20):
        received(binder, manabox(LOTUS | {"Quantity": str(number + 1)}))
    with pytest.raises(DeskError, match="20 imports are open"):
        received(binder, manabox(LOTUS))
    desk.discard(ImportBatch.objects.all()[0])
    received(binder, manabox(LOTUS))


def test_a_file_of_no_known_app_waits_for_its_columns(binder: Collection) -> None:
    batch = previewed(binder, GERMAN)
    assert (batch.status, batch.format) == ("unmapped", "")
    assert not batch.rows.exists()
    assert desk.sample(batch)[0] == {"Karte": "Black Lotus", "Ausgabe": "LEA", "Nr": "232", "Anzahl": "2"}


def test_columns_once_named_are_remembered_for_the_next_file(binder: Collection) -> None:
    batch = previewed(binder, GERMAN)
    desk.proceed(desk.map_columns(batch, COLUMNS, game=magic(), currency="EUR"))
    assert verdicts(fresh(batch)) == ["exact", "exact"]
    second = previewed(binder, GERMAN.replace(b"46,1", b"46,3"))
    assert (second.status, second.currency, second.game) == ("preview", "EUR", magic())
    assert verdicts(second) == ["exact", "exact"]


def test_columns_of_one_person_are_not_anothers(binder: Collection, bob: User) -> None:
    desk.map_columns(received(binder, GERMAN), COLUMNS, game=magic(), currency="")
    assert received(factories.collection(bob), GERMAN).status == "unmapped"


def test_columns_named_anew_are_read_from_the_start(binder: Collection) -> None:
    batch = previewed(binder, GERMAN)
    wrong = COLUMNS | {"name": "Ausgabe"}
    desk.proceed(desk.map_columns(batch, wrong, game=magic(), currency=""))
    assert "exact" not in verdicts(fresh(batch))
    desk.proceed(desk.map_columns(fresh(batch), COLUMNS, game=magic(), currency=""))
    assert verdicts(fresh(batch)) == ["exact", "exact"]
    assert ColumnMapping.objects.get().columns == COLUMNS


@pytest.mark.parametrize(
    ("columns", "reason"),
    [({"number": "Nr"}, "Name"), (COLUMNS | {"notes": "Notiz"}, "“Notiz”"), ({"colour": "Nr"}, "Name")],
)
def test_wrong_columns_are_refused(binder: Collection, columns: dict[str, str], reason: str) -> None:
    batch = previewed(binder, GERMAN)
    with pytest.raises(DeskError, match=reason):
        desk.map_columns(batch, columns, game=None, currency="")
    assert not ColumnMapping.objects.exists()


def test_too_many_folders_are_refused_before_anything_is_brought(
    binder: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST_FOLDERS", 1)
    batch = previewed(binder, manabox(*(LOTUS | {"Binder Name": name} for name in "ab")))
    with pytest.raises(DeskError, match="2 folders"):
        desk.bring(batch, by_folder=True)
    assert fresh(batch).status == "preview"


def test_the_same_file_is_noticed_in_whatever_collection_and_brought_when_confirmed(
    binder: Collection, alice: User
) -> None:
    with time_machine.travel(datetime(2026, 5, 6, 12, tzinfo=UTC)):
        imported(binder, manabox(LOTUS))
    other = factories.collection(alice, "Box")
    batch = previewed(other, manabox(LOTUS), name="renamed.csv")
    with pytest.raises(SameFileError, match="imported this very file on 6 May 2026 into “Binder”"):
        desk.bring(batch)
    assert fresh(batch).status == "preview"
    desk.proceed(desk.bring(batch, again=True))
    assert held(other) == [("Black Lotus", 1)]


def test_a_file_that_was_undone_or_is_somebody_elses_is_not_noticed(binder: Collection, bob: User) -> None:
    imported(factories.collection(bob), manabox(LOTUS))
    first = imported(binder, manabox(LOTUS))
    desk.proceed(desk.undo(first))
    assert imported(binder, manabox(LOTUS)).status == "done"


def test_long_files_are_the_workers(binder: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SMALL", 2)
    current_app.loader.import_default_modules()
    with own_queue("default") as sent:
        batch = received(binder, manabox(*[LOTUS] * 3))
        desk.proceed(batch)
        assert [(one.task, one.args, one.kwargs) for one in sent()] == [
            ("collections_app.read_import", [batch.pk], {})
        ]
        reading.read(batch.pk)
        desk.proceed(desk.bring(fresh(batch), by_folder=True), by_folder=True)
        assert [(one.task, one.kwargs) for one in sent()] == [
            ("collections_app.bring_import", {"by_folder": True})
        ]
        bringing.bring(batch.pk)
        desk.proceed(desk.undo(fresh(batch)))
        assert [one.task for one in sent()] == ["collections_app.undo_import"]
    assert set(desk.TASKS.values()) <= set(current_app.tasks)


def test_without_a_queue_the_import_stays_and_is_continued_later(
    binder: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "SMALL", 2)
    batch = received(binder, manabox(*[LOTUS] * 3))
    with unreachable_queue(), pytest.raises(QueueError, match="Nothing is lost"):
        desk.proceed(batch)
    assert fresh(batch).status == "reading"
    with own_queue("default") as sent:
        desk.proceed(batch)
        assert len(sent()) == 1


def test_files_of_closed_imports_are_forgotten_after_thirty_days(binder: Collection, own_files: Path) -> None:
    with time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=UTC)):
        done = imported(binder, manabox(LOTUS))
        previewed(binder, manabox(ELEMENTAL))
    assert desk.forget_files(date(2026, 5, 31)) == 0
    assert desk.forget_files(date(2026, 6, 1)) == 1
    assert desk.forget_files(date(2026, 6, 1)) == 0
    assert len(list(own_files.rglob("*.csv"))) == 1
    assert fresh(done).rows.count() == 1
    desk.proceed(desk.undo(fresh(done)))
    desk.proceed(desk.bring(fresh(done)))
    assert held(binder) == [("Black Lotus", 1)]


def test_an_upload_is_discarded_with_its_file(
    binder: Collection, own_files: Path, django_capture_on_commit_callbacks: object
) -> None:
    batch = previewed(binder, manabox(LOTUS))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        desk.discard(batch)
    assert not ImportBatch.objects.exists()
    assert not list(own_files.rglob("*.csv"))
    with pytest.raises(DeskError, match="discarded meanwhile"):
        desk.bring(batch)


def test_what_is_imported_cannot_be_discarded(binder: Collection) -> None:
    batch = imported(binder, manabox(LOTUS))
    with pytest.raises(DeskError, match="not possible now"):
        desk.discard(batch)
