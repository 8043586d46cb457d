"""The daily files: whole, true, of one moment."""

import csv
import gzip
import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from catalog import revisions
from catalog.models import Card, ExternalId
from collections_app.exports import cells
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


@pytest.mark.parametrize("name", ["=1", "+1", "-1", "@a", "  =1", "\ta", "\ra", "'a", "a=1", "", "é", "1-2"])
def test_cells_are_defused_as_those_of_collections(name: str, shop: Shop) -> None:
    Card.objects.update(name=name)
    writing.write()
    assert {row["name"] for row in cells_of("cards")} == {cells.safe(name)}
    assert {row["name"] for row in lines("cards")} == {name}


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


def test_a_second_run_writes_nothing_unless_something_changed(shop: Shop, folder: Path) -> None:
    first = writing.write()
    assert writing.write() == first
    shop.says({"1": 1200})
    assert writing.write() != first
    assert len(os.listdir(folder)) == 2


def test_a_run_that_is_killed_leaves_the_older_files_whole(
    shop: Shop, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = writing.write()
    shop.says({"1": 1200})
    pid = os.fork()
    if pid == 0:  # the process that is killed half-way
        monkeypatch.setattr(writing, "_place", lambda *_, **__: os.kill(os.getpid(), 9))
        from django.db import connection

        connection.connection = None  # the parent's stays the parent's
        writing.write()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 9
    assert files.newest() == first
    assert [row["market"]["amount"] for row in lines("prices") if row["market"]] == ["10.00"]
    assert len(os.listdir(folder)) == 2
    second = writing.write()
    assert files.newest() == second != first
    assert sorted(os.listdir(folder)) == [first.name, second.name]
