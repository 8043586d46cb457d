"""The daily files: whole, true, of one moment."""

import csv
import gzip
import hashlib
import io
import json
import os
import signal
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from catalog import revisions
from catalog.models import Card, ExternalId
from catalog.tests.factories import CardFactory
from collections_app.exports import cells
from pricing import tasks
from pricing.bulk import files, tables, writing
from pricing.models import Source
from pricing.tests.market import Shop, listing, quote

pytestmark = pytest.mark.django_db(transaction=True)
Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.BULK_DIR = tmp_path / "bulk"
    return tmp_path / "bulk"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """Two cards, one of them with a name that a spreadsheet would run."""
    shop.brings(listing([quote("1", (1000, 950, 1100)), quote("2", (None, 20))]))
    Card.objects.filter(external_ids__external_id="2").update(name='=1+"1", a\nb\\n')
    return shop


def unpacked(name: str) -> str:
    found = files.newest()
    assert found
    (file,) = (one for one in found.files if one.name == name)
    packed = files.path_of(found, file).read_bytes()
    assert (len(packed), hashlib.sha256(packed).hexdigest()) == (file.size, file.sha256)
    return gzip.decompress(packed).decode()


def lines(table: str) -> Rows:
    return [json.loads(line) for line in unpacked(f"{table}.jsonl.gz").splitlines()]


def cells_of(table: str) -> Rows:
    return list(csv.DictReader(io.StringIO(unpacked(f"{table}.csv.gz"), newline="")))


def test_the_files_say_what_the_api_says(shop: Shop, client: Client) -> None:
    writing.write()
    printed = client.get("/api/v1/printings/").json()["results"]
    assert [(row["printing_id"], row["card_id"], row["finish"]) for row in lines("printings")] == [
        (row["printing_id"], row["card_id"], row["finish"]) for row in printed
    ]
    told = {row["id"]: row for row in client.get("/api/v1/cards/").json()["results"]}
    for row in lines("cards"):
        said = told.pop(row["id"])
        assert (row["game"], row["set"]) == (said.pop("game")["slug"], said.pop("set")["slug"])
        assert said.items() <= row.items()
    assert not told
    ids = ",".join(str(row["printing_id"]) for row in printed)
    prices = {row["printing_id"]: row for row in lines("prices")}
    for row in client.get(f"/api/v1/prices/?ids={ids}").json()["results"]:
        same = {name: row[name] for name in ("condition", "grade", "language", "market", "low", "mid")}
        same |= {name: row[name] for name in ("source", "as_of", "is_demo")}
        assert same.items() <= prices.pop(row["printing_id"]).items()
    assert not prices
    assert [row["slug"] for row in lines("games")] == [
        row["slug"] for row in client.get("/api/v1/games/").json()["results"]
    ]


def test_cells_hold_what_lines_hold(shop: Shop) -> None:
    writing.write()
    for table in tables.TABLES:
        for line, row in zip(lines(table.name), cells_of(table.name), strict=True):
            assert row == {name: cell(value) for name, value in line.items()}


def cell(value: Any) -> str:
    """A value of JSON as the files of cells write it."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "t", False: "f"}[value]
    if isinstance(value, dict):
        return str(value["amount"])
    if isinstance(value, list):
        return json.dumps(value, separators=(", ", " : ")) if value else "[]"
    return cells.safe(str(value))


def test_cells_are_defused_as_those_of_collections(shop: Shop) -> None:
    names = ["=1", "+1", "-1", "@a", "  =1", "\ta", "\ra", "'a", "a=1", "é", "1-2", " a", "\n=1"]
    for name in names:
        CardFactory.create(name=name)
    writing.write()
    assert [row["name"] for row in cells_of("cards")][2:] == list(map(cells.safe, names))
    assert [row["name"] for row in lines("cards")][2:] == names


def test_ids_of_sources_are_in_the_files(shop: Shop) -> None:
    card = Card.objects.order_by("pk").first()
    assert card
    ExternalId.objects.create(source="elsewhere", kind=ExternalId.Kind.CARD, external_id='x"1', card=card)
    writing.write()
    assert lines("cards")[0]["external_ids"] == [
        {"source": "elsewhere", "id": 'x"1'},
        {"source": shop.source.slug, "id": "1"},
    ]
    assert lines("sets")[0]["external_ids"] == [{"source": shop.source.slug, "id": "604"}]


def test_only_prices_that_may_be_kept_are_in_the_files(shop: Shop) -> None:
    Source.objects.filter(pk=shop.source.pk).update(keeps_history=False)
    writing.write()
    assert lines("prices") == []
    Source.objects.filter(pk=shop.source.pk).update(keeps_history=True, shown_hours=6)
    writing.write()
    assert lines("prices") == []


def test_the_manifest_names_the_moment_in_the_change_feed(shop: Shop) -> None:
    made = writing.write()
    assert made.cursor == str(revisions.position()) != "0"
    assert {file.name: file.rows for file in made.files if file.table in {"cards", "prices"}} == {
        "cards.jsonl.gz": 2,
        "cards.csv.gz": 2,
        "prices.jsonl.gz": 2,
        "prices.csv.gz": 2,
    }


def test_a_second_run_writes_nothing_unless_something_changed(shop: Shop) -> None:
    first = writing.write()
    assert writing.write() == first
    shop.says({"1": 1200})
    assert writing.write() != first
    assert len(files.names()) == 2


def test_a_run_that_is_killed_leaves_the_older_files_whole(
    shop: Shop, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = writing.write()
    shop.says({"1": 1200})
    if (child := os.fork()) == 0:
        write_half(monkeypatch)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert files.newest() == first
    assert [row["market"]["amount"] for row in lines("prices") if row["market"]] == ["10.00"]
    (left,) = (path for path in folder.iterdir() if path.name != first.name)
    assert len(list(left.iterdir())) == 8  # of ten files and the manifest
    second = writing.write()
    assert files.newest() == second != first
    assert {path.name for path in folder.iterdir()} == {first.name, second.name}


def write_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is killed before the prices, in a process of its own that never comes back."""
    connection.connection = None  # the parent's stays the parent's
    pack = writing._pack

    def pack_or_die(path: Path, **rest: Any) -> None:
        if "prices" in path.name:
            os.kill(os.getpid(), signal.SIGKILL)
        pack(path, **rest)

    monkeypatch.setattr(writing, "_pack", pack_or_die)
    try:
        writing.write()
    finally:
        os._exit(1)


def test_of_two_runs_at_once_one_stands_back(shop: Shop) -> None:
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(writing.ALONE)
        with pytest.raises(writing.BusyError):
            writing.write()
        assert tasks.bulk() == "The files are being written already."
        with pytest.raises(CommandError, match="already"):
            call_command("bulk")
        cursor.execute("ROLLBACK")
    out = io.StringIO()
    call_command("bulk", stdout=out)
    assert "cards.jsonl.gz: 2 rows" in out.getvalue()


def test_old_files_go_but_never_the_newest(shop: Shop, folder: Path) -> None:
    with time_machine.travel(datetime(2026, 4, 1, tzinfo=UTC), tick=False):
        first = writing.write()
    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC), tick=False):
        assert writing.write() == first
        shop.says({"1": 1200})
        second = writing.write()
        assert files.names() == [second.name, first.name]  # who reads the manifest now still gets its files
        shop.says({"1": 1300})
    with time_machine.travel(datetime(2026, 5, 2, tzinfo=UTC), tick=False):
        third = writing.write()
    assert files.names() == [third.name, second.name]
