"""The pages of the import desk and of the tray."""

import re
from collections.abc import Callable, Mapping
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog import words
from catalog.models import Printing
from collections_app.imports import desk
from collections_app.models import Collection, ImportBatch, ImportRow
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
    received,
)
from pricing.tests.queue import own_queue, unreachable_queue

pytestmark = pytest.mark.django_db
Alpha = dict[str, Printing]
GERMAN = "Karte,Ausgabe,Nr,Anzahl\nBlack Lotus,LEA,232,2\n"
MAPPED = {"map_name": "Karte", "map_set_code": "Ausgabe", "map_number": "Nr", "map_quantity": "Anzahl"}
MAPPED |= {"game": "magic"}


@pytest.fixture
def signed_in(client_for: Callable[[User], Client], alice: User) -> Client:
    return client_for(alice)


def body(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return unescape(response.content.decode())


def posted(
    client: Client, address: str, data: Mapping[str, object] | None = None, *, status: int = 302
) -> str:
    """The page after it, or the page with its errors."""
    response = client.post(address, dict(data or {}), follow=status == 302)
    assert response.status_code == (200 if status == 302 else status), response.content.decode()
    return unescape(response.content.decode())


def upload(client: Client, into: Collection, content: bytes, **fields: object) -> str:
    file = SimpleUploadedFile("cards.csv", content, content_type="text/csv")
    return posted(client, f"/collections/{into.pk}/import/", {"file": file, **fields})


def at(batch: ImportBatch, verb: str = "") -> str:
    return f"/collections/imports/{batch.pk}/{verb}"


# ---- upload ----


def test_an_upload_leads_to_its_preview_and_from_there_into_the_collection(
    signed_in: Client, binder: Collection
) -> None:
    page = upload(signed_in, binder, manabox(LOTUS, ISLAND, STRANGER, BROKEN))
    assert "Ready to look at" in page
    assert "1 row will become lots" in re.sub(r"</?b>", "", page)
    for tab in ("All 4", "Matched 1", "Ambiguous 1", "Not found 1", "Not readable 1"):
        assert tab in page
    page = posted(signed_in, at(ImportBatch.objects.get(), "bring/"))
    assert "1 lot is in your collections" in page
    assert "3 rows wait" in page
    assert binder.lots.count() == 1


def test_pasted_text_is_a_file_too(signed_in: Client, binder: Collection) -> None:
    text = manabox(LOTUS).decode().replace(",", "\t")
    page = posted(signed_in, f"/collections/{binder.pk}/import/", {"text": text, "currency": "EUR"})
    assert "Pasted text" in page
    assert ImportBatch.objects.get().currency == "EUR"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "Choose a file, or paste its text."),
        ({"text": "Name,Quantity\n"}, "has no rows"),
        ({"text": "hello"}, "Only one column"),
        ({"text": GERMAN, "currency": "XXX"}, "XXX"),
        ({"file": SimpleUploadedFile("a.csv", GERMAN.encode()), "text": GERMAN}, "not both"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04" + bytes(99))}, "save the sheet as CSV"),
        ({"file": SimpleUploadedFile("a.csv", b"")}, "empty"),
    ],
    ids=["nothing", "no rows", "one column", "currency", "both", "workbook", "empty"],
)
def test_a_bad_upload_keeps_the_page_with_the_reason_and_what_was_typed(
    signed_in: Client, binder: Collection, data: dict[str, object], reason: str
) -> None:
    page = posted(signed_in, f"/collections/{binder.pk}/import/", data, status=400)
    assert reason in page
    assert 'aria-invalid="true"' in page
    if "text" in data:
        assert str(data["text"]).splitlines()[0] in page
    assert not ImportBatch.objects.exists()


def test_the_upload_page_names_the_apps_it_knows(signed_in: Client, binder: Collection) -> None:
    page = body(signed_in, f"/collections/{binder.pk}/import/")
    assert "ManaBox" in page
    assert "Collectr" in page
    assert "multipart/form-data" in page


# ---- columns ----


def test_unknown_columns_are_named_on_a_page_with_the_first_rows(
    signed_in: Client, binder: Collection
) -> None:
    page = upload(signed_in, binder, GERMAN.encode())
    assert "Which column is which?" in page
    assert "Black Lotus" in page
    batch = ImportBatch.objects.get()
    page = posted(signed_in, at(batch, "map/"), MAPPED)
    assert "Ready to look at" in page
    assert batch.rows.get().verdict == "exact"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"map_name": ""}, "Choose the column of the name."),
        ({"map_name": "Kartei"}, "The file has no such column."),
        ({"game": "chess"}, "chess"),
    ],
)
def test_wrong_columns_keep_the_page(
    signed_in: Client, binder: Collection, changes: dict[str, str], reason: str
) -> None:
    batch = received(binder, GERMAN.encode())
    page = posted(signed_in, at(batch, "map/"), MAPPED | changes, status=400)
    assert reason in page
    assert '<option value="Anzahl" selected>' in page


def test_columns_that_are_easily_guessed_are_chosen_already(signed_in: Client, binder: Collection) -> None:
    batch = received(binder, b"Card Name,Qty,Farbe\nBlack Lotus,1,x\n")
    page = body(signed_in, at(batch, "map/"))
    assert '<option value="Card Name" selected>' in page
    assert '<option value="Qty" selected>' in page


# ---- preview, import, undo ----


def test_rows_are_filtered_and_paged(signed_in: Client, binder: Collection) -> None:
    batch = previewed(binder, manabox(*[LOTUS] * 51, STRANGER))
    page = body(signed_in, at(batch, "?verdict=exact&page=2"))
    assert "Page 2 of 2" in page
    assert page.count('class="is-exact"') == 1
    assert "Nobody Knows Me" in body(signed_in, at(batch, "?verdict=unmatched"))
    assert "There are no such rows" in body(signed_in, at(batch, "?verdict=ambiguous"))
    assert body(signed_in, at(batch, "?verdict=nonsense&page=x"))


def test_a_printing_is_chosen_beside_its_row(signed_in: Client, binder: Collection, alpha: Alpha) -> None:
    batch = previewed(binder, manabox(ISLAND))
    page = body(signed_in, at(batch))
    row = batch.rows.get()
    assert f'action="/collections/tray/{row.pk}/"' in page
    chosen = {"printing": alpha["289 Normal"].pk, "next": at(batch)}
    page = posted(signed_in, f"/collections/tray/{row.pk}/", chosen)
    assert "1 row will become lots" in re.sub(r"</?b>", "", page)


def test_the_same_file_asks_for_confirmation(signed_in: Client, binder: Collection) -> None:
    imported(binder, manabox(LOTUS))
    page = upload(signed_in, binder, manabox(LOTUS))
    assert "You imported this very file on" in page
    batch = ImportBatch.objects.all()[0]
    assert "Confirm that you want it" in posted(signed_in, at(batch, "bring/"), status=400)
    assert binder.lots.count() == 1
    posted(signed_in, at(batch, "bring/"), {"again": "1"})
    assert binder.lots.count() == 2


def test_folders_become_collections_when_ticked(signed_in: Client, binder: Collection) -> None:
    batch = previewed(binder, manabox(LOTUS | {"Binder Name": "Trade"}))
    assert "A collection for its folder" in body(signed_in, at(batch))
    posted(signed_in, at(batch, "bring/"), {"by_folder": "1"})
    assert Collection.objects.get(name="Trade").lots.count() == 1


def test_undo_says_what_goes_and_the_rows_stay(signed_in: Client, binder: Collection) -> None:
    batch = imported(binder, manabox(LOTUS, ELEMENTAL))
    assert "2 lots will be removed" in body(signed_in, at(batch))
    page = posted(signed_in, at(batch, "undo/"))
    assert "Import again" in page
    assert not binder.lots.exists()
    assert "not possible now" in posted(signed_in, at(batch, "undo/"), status=400)


def test_an_upload_is_discarded(signed_in: Client, binder: Collection) -> None:
    batch = previewed(binder, manabox(LOTUS))
    assert "was discarded" in posted(signed_in, at(batch, "discard/"))
    kept = imported(binder, manabox(LOTUS))
    assert "not possible now" in posted(signed_in, at(kept, "discard/"), status=400)


# ---- the worker ----


def test_a_long_file_shows_its_progress_until_it_is_read(
    signed_in: Client, binder: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "SMALL", 1)
    with own_queue("default") as sent:
        page = upload(signed_in, binder, manabox(LOTUS, ELEMENTAL))
        assert len(sent()) == 1
    batch = ImportBatch.objects.get()
    assert f'hx-get="{at(batch, "progress/")}"' in page
    ImportBatch.objects.update(progress=1, total=2)
    fragment = signed_in.get(at(batch, "progress/"))
    assert 'max="2" value="1"' in fragment.content.decode()
    assert "HX-Refresh" not in fragment
    ImportBatch.objects.update(status="preview")
    fragment = signed_in.get(at(batch, "progress/"))
    assert fragment["HX-Refresh"] == "true"
    assert "hx-get" not in fragment.content.decode()


def test_without_a_queue_the_page_says_so_and_continues_later(
    signed_in: Client, binder: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "SMALL", 1)
    with unreachable_queue():
        page = upload(signed_in, binder, manabox(LOTUS, ELEMENTAL))
    assert "The queue cannot be reached" in page
    batch = ImportBatch.objects.get()
    with own_queue("default") as sent:
        posted(signed_in, at(batch, "continue/"))
        assert [one.args for one in sent()] == [[batch.pk]]


def test_a_failed_import_says_why(signed_in: Client, binder: Collection) -> None:
    batch = previewed(binder, manabox(LOTUS))
    ImportBatch.objects.update(status="failed", error="A cell is longer than the file.")
    page = body(signed_in, at(batch))
    assert "A cell is longer than the file." in page
    assert "What was read before (1) is shown below" in page


# ---- tray ----


def test_the_tray_groups_rows_by_their_reason(signed_in: Client, binder: Collection) -> None:
    assert "Nothing waits" in body(signed_in, "/collections/tray/")
    imported(binder, manabox(STRANGER, ISLAND, BROKEN))
    page = body(signed_in, "/collections/tray/")
    reasons = list(ImportRow.objects.values_list("reason", flat=True))
    assert all(reason in page for reason in reasons)
    page = posted(signed_in, "/collections/tray/", {"reason": reasons[0]})
    assert "1 row was put aside" in page
    assert "Put aside" in body(signed_in, "/collections/tray/?aside=1")
    assert "Nothing waits for this reason" in body(signed_in, "/collections/tray/?reason=another")


def test_a_card_is_searched_for_and_added(signed_in: Client, binder: Collection, alpha: Alpha) -> None:
    words.index_cards([one.card_id for one in alpha.values()])
    row = imported(binder, manabox(STRANGER)).rows.get()
    assert "No card fits" in body(signed_in, f"/collections/tray/{row.pk}/")
    page = body(signed_in, f"/collections/tray/{row.pk}/?q=air+elemental")
    assert signed_in.get(f"/collections/tray/{row.pk}/", {"q": '"air\x00'}).status_code == 200
    assert f'value="{alpha["46 Foil"].pk}"' in page
    posted(signed_in, f"/collections/tray/{row.pk}/", {"printing": alpha["46 Foil"].pk, "into": binder.pk})
    assert binder.lots.get().printing == alpha["46 Foil"]
    assert "is <a" in body(signed_in, f"/collections/tray/{row.pk}/")


def test_an_unreadable_row_is_completed_by_hand(signed_in: Client, binder: Collection, alpha: Alpha) -> None:
    row = imported(binder, manabox(BROKEN)).rows.get()
    address = f"/collections/tray/{row.pk}/"
    given = {"printing": alpha["232 Normal"].pk, "into": binder.pk}
    assert "how many copies" in posted(signed_in, address, given, status=400)
    posted(signed_in, address, given | {"quantity": 2, "condition": "LP"})
    assert list(binder.lots.values_list("quantity", "condition")) == [(2, "LP")]


def test_without_a_printing_nothing_is_decided(signed_in: Client, binder: Collection) -> None:
    row = imported(binder, manabox(ISLAND)).rows.get()
    address = f"/collections/tray/{row.pk}/"
    assert "Choose a printing." in posted(signed_in, address, status=400)
    assert "no such printing" in posted(signed_in, address, {"printing": 999_999}, status=400)


def test_a_row_is_put_aside_and_taken_back(signed_in: Client, binder: Collection) -> None:
    row = imported(binder, manabox(STRANGER)).rows.get()
    for action, aside in (("dismiss", True), ("restore", False)):
        posted(signed_in, f"/collections/tray/{row.pk}/", {"action": action})
        row.refresh_from_db()
        assert row.is_dismissed is aside


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(signed_in: Client, binder: Collection, address: str) -> None:
    row = imported(binder, manabox(STRANGER)).rows.get()
    where = f"/collections/tray/{row.pk}/"
    page = body(signed_in, f"{where}?next={address}")
    assert f'href="{address}"' not in page
    assert '<input type="hidden" name="next" value="">' in page
    response = signed_in.post(where, {"action": "dismiss", "next": address})
    assert response["Location"] == "/collections/tray/"


def test_what_waits_is_downloaded_as_the_file_had_it_without_formulas(
    signed_in: Client, binder: Collection
) -> None:
    strange = STRANGER | {"Name": "=1+1"}
    batch = imported(binder, manabox(LOTUS, strange) + b"too,many" + b",cells" * 40 + b"\n")
    response = signed_in.get(at(batch, "tray.csv"))
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    header, first, second = lines
    assert header == ",".join(batch.header)
    assert first.startswith("'=1+1,LEA,")
    assert second.startswith('"too,many,cells')


# ---- who may see it, and what it costs ----


def test_bob_finds_nothing_of_alices(
    client_for: Callable[[User], Client], bob: User, binder: Collection
) -> None:
    batch = imported(binder, manabox(STRANGER))
    row = batch.rows.get()
    client = client_for(bob)
    verbs = ["", "map/", "progress/", "tray.csv"]
    read = [
        f"/collections/{binder.pk}/import/",
        f"/collections/tray/{row.pk}/",
        *(at(batch, verb) for verb in verbs),
    ]
    for address in read:
        assert client.get(address).status_code == 404
    for verb in ("map/", "bring/", "undo/", "continue/", "discard/"):
        assert client.post(at(batch, verb)).status_code == 404
    assert client.post(read[0]).status_code == client.post(read[1]).status_code == 404
    for address in ("/collections/imports/", "/collections/tray/"):
        assert "cards.csv" not in body(client, address)
    assert fresh(batch).status == "done"


def test_strangers_sign_in_first(client: Client, binder: Collection) -> None:
    for address in ("/collections/imports/", "/collections/tray/", f"/collections/{binder.pk}/import/"):
        assert client.get(address)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_with_one_row_and_three(
    signed_in: Client,
    binder: Collection,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    signed_in.get("/collections/imports/")  # fills the cache of the menu
    for number in range(rows):
        imported(binder, manabox(*[ISLAND | {"Quantity": str(number + 1)}] * rows))
    ready = previewed(binder, manabox(*[LOTUS, ISLAND, STRANGER][:rows]))
    done = ImportBatch.objects.filter(status="done")[0]
    row = done.rows.all()[0]
    counts = {
        "/collections/imports/": 5,
        at(ready): 9,
        at(done): 8,
        at(ready, "progress/"): 2,
        "/collections/tray/": 6,
        f"/collections/tray/{row.pk}/": 5,
    }
    for address, count in counts.items():
        with django_assert_num_queries(count):
            body(signed_in, address)
