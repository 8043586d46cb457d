"""A preview tells of every row what it is; whatever breaks off in between goes on where it stopped."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog.matching import Wanted
from catalog.models import Printing
from collections_app.imports import desk, queries, reading
from collections_app.imports.entries import Entry, RowError
from collections_app.models import Collection, ImportBatch, ImportRow, Lot
from collections_app.tests.imports.uploads import (
    BROKEN,
    ELEMENTAL,
    ISLAND,
    LOTUS,
    PLAIN,
    STRANGER,
    dies_at,
    fresh,
    held,
    imported,
    magic,
    manabox,
    previewed,
    printed,
    received,
    verdicts,
)

pytestmark = pytest.mark.django_db
Alpha = dict[str, Printing]
ALL_KINDS = manabox(LOTUS, ISLAND, STRANGER, BROKEN, ELEMENTAL)
FIVE = manabox(LOTUS, ELEMENTAL, STRANGER, LOTUS, ELEMENTAL)


def _line(batch: ImportBatch) -> str:
    return Path(batch.file.path).read_text().splitlines()[1]


def test_a_preview_tells_of_every_row_what_it_is_and_why(binder: Collection) -> None:
    batch = previewed(binder, ALL_KINDS)
    assert (batch.status, batch.format, batch.total, batch.progress) == ("preview", "manabox", 5, 5)
    assert verdicts(batch) == ["exact", "ambiguous", "unmatched", "unreadable", "exact"]
    assert list(batch.rows.order_by("line").values_list("line", flat=True)) == [2, 3, 4, 5, 6]
    reasons = list(batch.rows.order_by("line").values_list("reason", flat=True))
    assert [bool(reason) for reason in reasons] == [False, True, True, True, False]
    assert not Lot.objects.exists()


def test_the_raw_row_is_kept_as_the_file_had_it(binder: Collection) -> None:
    batch = previewed(binder, manabox(STRANGER))
    shown = queries.shown(batch.rows.all())[0]
    assert shown.cells[0] == ("Name", "Nobody Knows Me")
    assert shown.row.raw == dict(zip(batch.header, next(csv.reader([_line(batch)])), strict=True))


def test_a_row_that_does_not_fit_its_columns_is_kept_too(binder: Collection) -> None:
    batch = previewed(binder, manabox(LOTUS) + b"too,many" + b",cells" * 40 + b"\n")
    row = batch.rows.get(verdict="unreadable")
    assert row.raw[""].startswith("too,many,cells")
    assert "columns" in row.reason


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"grader": "A grader of many words", "grade": "10"}, "longer than 12"),
        ({"grader": "PSA", "grade": "10 or more"}, "longer than 7"),
        ({"language": "tlh"}, "“tlh” is not known"),
        ({"currency": "euro"}, "“euro” is no currency"),
        ({"unit_cost": -1}, "negative"),
        ({"unit_cost": 10**13}, "beyond all measure"),
        ({"acquired_on": date(2999, 1, 1)}, "still to come"),
        ({"acquired_on": date(1890, 1, 1)}, "long before"),
    ],
)
def test_what_no_lot_could_keep_is_no_entry(said: dict[str, Any], reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        reading._fitting(Entry(wanted=Wanted(name="Island"), quantity=1, **said))


def test_a_day_to_come_makes_a_row_unreadable(binder: Collection) -> None:
    batch = previewed(binder, b"Karte,Tag,Ort\nBlack Lotus,2999-01-01,x\n")
    columns = {"name": "Karte", "acquired_on": "Tag"}
    desk.proceed(desk.map_columns(batch, columns, game=magic(), currency=""))
    assert "still to come" in batch.rows.get(verdict="unreadable").reason


def test_reading_that_was_broken_off_goes_on_behind_the_last_row_written(
    binder: Collection, by_two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = received(binder, FIVE)
    dies_at(3, "_write", of=reading, monkeypatch=monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        reading.read(batch.pk)
    assert (fresh(batch).status, fresh(batch).progress, batch.rows.count()) == ("reading", 4, 4)
    reading.read(batch.pk)
    assert (fresh(batch).status, fresh(batch).progress) == ("preview", 5)
    assert list(batch.rows.order_by("line").values_list("line", flat=True)) == [2, 3, 4, 5, 6]
    reading.read(batch.pk)
    assert batch.rows.count() == 5


def test_a_second_reader_steps_back(
    binder: Collection, by_two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = received(binder, FIVE)
    real = reading._write

    def overtaken(*args: object, **options: object) -> bool:
        monkeypatch.setattr(reading, "_write", real)
        reading.read(batch.pk)
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "_write", overtaken)
    reading.read(batch.pk)
    assert (fresh(batch).status, batch.rows.count()) == ("preview", 5)


def test_an_import_discarded_while_it_is_read_stays_discarded(
    binder: Collection, by_two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = received(binder, FIVE)
    real = reading._write

    def discarded(*args: object, **options: object) -> bool:
        desk.discard(batch)
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "_write", discarded)
    reading.read(batch.pk)
    assert not ImportBatch.objects.exists()
    assert not ImportRow.objects.exists()


def test_a_file_unreadable_midway_shows_what_was_read(
    binder: Collection, by_two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "SMALL", 2)
    huge = manabox(LOTUS, ELEMENTAL, LOTUS, LOTUS) + b'"' + b"x" * 200_000 + b'",1\n'
    batch = received(binder, huge)
    reading.read(batch.pk)
    batch = fresh(batch)
    assert batch.status == "failed"
    assert "longer than" in batch.error
    assert batch.total == batch.rows.count() == 4


def test_a_lost_file_fails_with_advice(binder: Collection) -> None:
    batch = received(binder, manabox(LOTUS))
    batch.file.storage.delete(batch.file.name or "")
    desk.proceed(batch)
    assert fresh(batch).status == "failed"
    assert "Upload it again" in fresh(batch).error


def test_unpublished_sets_match_all_the_same(binder: Collection, alpha: Alpha) -> None:
    hidden = alpha["232 Normal"].card.card_set
    hidden.is_published = False
    hidden.save()
    printed(hidden, "Mox Ruby", number="266")
    imported(binder, manabox(PLAIN | {"Name": "Mox Ruby", "Collector number": "266"}))
    assert held(binder) == [("Mox Ruby", 1)]
