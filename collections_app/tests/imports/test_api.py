"""The import desk by API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from collections_app.imports import desk
from collections_app.models import Collection, ImportBatch
from collections_app.tests.imports.uploads import (
    BROKEN,
    ELEMENTAL,
    ISLAND,
    LOTUS,
    STRANGER,
    imported,
    manabox,
    previewed,
)
from pricing.tests.queue import unreachable_queue

pytestmark = pytest.mark.django_db
Alpha = dict[str, Printing]
API = "/api/v1"
GERMAN = "Karte,Ausgabe,Nr,Anzahl\nBlack Lotus,LEA,232,2\n"


@pytest.fixture
def signed_in(client_for: Callable[[User], Client], alice: User) -> Client:
    return client_for(alice)


def sent(
    client: Client, method: str, address: str, data: dict[str, Any] | None = None, *, status: int = 200
) -> Any:
    """A JSON request and the answer to it."""
    verb = getattr(client, method)
    response = verb(
        f"{API}/{address}", data or {}, **({} if method == "get" else {"content_type": "application/json"})
    )
    assert response.status_code == status, response.content.decode()
    return response.json() if response.content else None


def upload(client: Client, into: Collection, content: bytes, *, status: int = 201, **fields: str) -> Any:
    file = SimpleUploadedFile("cards.csv", content, content_type="text/csv")
    response = client.post(f"{API}/collections/{into.pk}/imports/", {"file": file, **fields})
    assert response.status_code == status, response.content.decode()
    return response.json()


def test_a_file_is_uploaded_previewed_brought_and_undone(signed_in: Client, binder: Collection) -> None:
    batch = upload(signed_in, binder, manabox(LOTUS, ISLAND, STRANGER, BROKEN), currency="EUR")
    assert (batch["status"], batch["format"], batch["currency"]) == ("preview", "manabox", "EUR")
    assert batch["rows"] == {"exact": 1, "ambiguous": 1, "unmatched": 1, "unreadable": 1}
    where = f"imports/{batch['id']}/"
    done = sent(signed_in, "post", f"{where}bring/")
    assert (done["status"], done["lots"], done["in_tray"]) == ("done", 1, 3)
    assert binder.lots.count() == 1
    assert sent(signed_in, "post", f"{where}undo/")["status"] == "undone"
    assert sent(signed_in, "get", where)["lots"] == 0
    sent(signed_in, "delete", where, status=204)
    assert not ImportBatch.objects.exists()


def test_text_is_uploaded_as_json(signed_in: Client, binder: Collection) -> None:
    said = {"text": manabox(LOTUS).decode()}
    assert sent(signed_in, "post", f"collections/{binder.pk}/imports/", said, status=201)["total"] == 1


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [(b"PK\x03\x04" + bytes(99), "file", "workbook"), (b"Name,Quantity\n", "file", "no rows")],
)
def test_a_bad_file_is_a_problem_that_says_why(
    signed_in: Client, binder: Collection, content: bytes, field: str, reason: str
) -> None:
    problem = upload(signed_in, binder, content, status=400)
    assert problem["errors"][0]["field"] == field
    assert reason in problem["errors"][0]["detail"]


@pytest.mark.parametrize("body", [[], {}, {"text": GERMAN, "currency": "XXX"}])
def test_a_body_without_a_file_is_a_problem(signed_in: Client, binder: Collection, body: Any) -> None:
    address = f"{API}/collections/{binder.pk}/imports/"
    response = signed_in.post(address, body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"]


def test_columns_are_named(signed_in: Client, binder: Collection) -> None:
    batch = upload(signed_in, binder, GERMAN.encode())
    assert (batch["status"], batch["header"]) == ("unmapped", ["Karte", "Ausgabe", "Nr", "Anzahl"])
    columns = {"name": "Karte", "set_code": "Ausgabe", "number": "Nr", "quantity": "Anzahl"}
    where = f"imports/{batch['id']}/mapping/"
    read = sent(signed_in, "post", where, {"columns": columns, "game": "magic"})
    assert (read["status"], read["rows"]["exact"], read["columns"]) == ("preview", 1, columns)
    for wrong in ({"name": "Kartei"}, {"number": "Nr"}, {"name": "Karte", "colour": "Nr"}):
        problem = sent(signed_in, "post", where, {"columns": wrong}, status=400)
        assert problem["errors"]


def test_the_same_file_needs_again(signed_in: Client, binder: Collection) -> None:
    first = imported(binder, manabox(LOTUS))
    batch = upload(signed_in, binder, manabox(LOTUS))
    assert batch["same_file"] == {"id": first.pk, "collection_id": binder.pk, "status": "done"}
    where = f"imports/{batch['id']}/bring/"
    assert "very file" in sent(signed_in, "post", where, status=400)["errors"][0]["detail"]
    assert sent(signed_in, "post", where, {"again": True})["status"] == "done"


def test_folders_become_collections(signed_in: Client, binder: Collection) -> None:
    batch = previewed(binder, manabox(LOTUS | {"Binder Name": "Trade"}))
    sent(signed_in, "post", f"imports/{batch.pk}/bring/", {"by_folder": True})
    assert Collection.objects.get(name="Trade").lots.count() == 1


def test_without_a_queue_the_import_is_kept_and_says_so(
    signed_in: Client, binder: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "SMALL", 1)
    with unreachable_queue():
        batch = upload(signed_in, binder, manabox(LOTUS, ELEMENTAL))
    assert (batch["status"], batch["is_queued"]) == ("reading", False)
    monkeypatch.setattr(desk, "SMALL", 2)
    ImportBatch.objects.update(total=2)
    assert sent(signed_in, "post", f"imports/{batch['id']}/continue/")["status"] == "preview"


def test_rows_are_listed_by_verdict(signed_in: Client, binder: Collection, alpha: Alpha) -> None:
    batch = previewed(binder, manabox(LOTUS, ISLAND, STRANGER))
    listed = sent(signed_in, "get", f"imports/{batch.pk}/rows/?verdict=exact")
    assert (listed["count"], listed["page"], listed["pages"], listed["next"]) == (1, 1, 1, None)
    (row,) = listed["results"]
    assert (row["line"], row["verdict"], row["reason"], row["lot_id"]) == (2, "exact", None, None)
    assert row["raw"]["Name"] == "Black Lotus"
    assert row["printing"] == {
        "printing_id": alpha["232 Normal"].pk,
        "card_id": alpha["232 Normal"].card_id,
        "name": "Black Lotus",
        "number": "232",
        "finish": "Normal",
        "set": {"slug": "alpha", "name": "Limited Edition Alpha"},
        "game": {"slug": "magic", "name": "Magic: The Gathering"},
    }
    assert sent(signed_in, "get", f"imports/{batch.pk}/rows/?verdict=lost", status=400)["errors"]


def test_a_row_is_chosen_resolved_and_put_aside(signed_in: Client, binder: Collection, alpha: Alpha) -> None:
    batch = previewed(binder, manabox(ISLAND, STRANGER, BROKEN))
    island, stranger, broken = batch.rows.order_by("line")
    chosen = sent(signed_in, "patch", f"import-rows/{island.pk}/", {"printing_id": alpha["288 Foil"].pk})
    assert (chosen["verdict"], chosen["lot_id"]) == ("exact", None)
    sent(signed_in, "post", f"imports/{batch.pk}/bring/")
    where = f"import-rows/{stranger.pk}/"
    assert sent(signed_in, "patch", where, {"dismissed": True})["dismissed"] is True
    resolved = sent(signed_in, "patch", where, {"printing_id": alpha["46 Normal"].pk})
    assert resolved["dismissed"] is False
    assert binder.lots.get(pk=resolved["lot_id"]).printing == alpha["46 Normal"]
    where, printing = f"import-rows/{broken.pk}/", {"printing_id": alpha["232 Normal"].pk}
    assert sent(signed_in, "patch", where, printing, status=400)["errors"]
    assert sent(signed_in, "patch", where, printing | {"quantity": 2, "condition": "LP"})["lot_id"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"printing_id": 999_999},
        {"printing_id": 1, "dismissed": True},
        {"colour": 1},
        {"dismissed": "maybe"},
    ],
)
def test_a_decision_that_says_nothing_is_refused(
    signed_in: Client, binder: Collection, said: dict[str, Any]
) -> None:
    row = imported(binder, manabox(STRANGER)).rows.get()
    assert sent(signed_in, "patch", f"import-rows/{row.pk}/", said, status=400)["errors"]


def test_bob_finds_nothing_of_alices(
    client_for: Callable[[User], Client], bob: User, binder: Collection, alpha: Alpha
) -> None:
    batch = imported(binder, manabox(STRANGER))
    row = batch.rows.get()
    client = client_for(bob)
    for address in (
        f"collections/{binder.pk}/imports/",
        f"imports/{batch.pk}/",
        f"imports/{batch.pk}/rows/",
        f"import-rows/{row.pk}/",
    ):
        sent(client, "get", address, status=404)
    for verb in ("mapping", "bring", "undo", "continue"):
        sent(client, "post", f"imports/{batch.pk}/{verb}/", status=404)
    sent(client, "patch", f"import-rows/{row.pk}/", {"printing_id": alpha["46 Foil"].pk}, status=404)
    sent(client, "delete", f"imports/{batch.pk}/", status=404)
    upload(client, binder, manabox(LOTUS), status=404)
    assert sent(client, "get", "imports/")["results"] == []


def test_nobody_reads_imports_without_signing_in(client: Client, binder: Collection) -> None:
    sent(client, "get", "imports/", status=401)


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_with_one_row_and_three(
    signed_in: Client,
    binder: Collection,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    sent(signed_in, "get", "imports/")  # notes when she was last seen
    for number in range(rows):
        imported(binder, manabox(*[ISLAND | {"Quantity": str(number + 1)}] * rows))
    batch = ImportBatch.objects.all()[0]
    counts = {"imports/": 4, f"collections/{binder.pk}/imports/": 5, f"imports/{batch.pk}/rows/": 5}
    for address, count in counts.items():
        with django_assert_num_queries(count):
            assert len(sent(signed_in, "get", address)["results"]) == rows
