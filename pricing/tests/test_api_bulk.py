"""The daily files as the API hands them out."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from pricing.bulk import files, writing
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.BULK_DIR = tmp_path / "bulk"
    return tmp_path / "bulk"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_files_are_handed_out_whole_in_parts_and_once(shop: Shop, client: Client, folder: Path) -> None:
    answer = client.get("/api/v1/bulk/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    shop.says({"1": 1000, "2": 200})
    made = writing.write()

    answer = client.get("/api/v1/bulk/")
    said = answer.json()
    assert (said["version"], said["cursor"], said["made_at"]) == (1, made.cursor, made.made_at.isoformat())
    assert len(said["files"]) == 10
    assert answer["Cache-Control"] == "public, max-age=300"
    assert client.get("/api/v1/bulk/", headers={"If-None-Match": answer["ETag"]}).status_code == 304

    (file,) = (one for one in said["files"] if one["name"] == "prices.jsonl.gz")
    whole = client.get(file["url"], headers={"Accept": "application/gzip"})
    packed = body(whole)
    assert (len(packed), hashlib.sha256(packed).hexdigest()) == (file["size"], file["sha256"])
    assert (whole["Content-Type"], int(whole["Content-Length"])) == ("application/gzip", file["size"])
    assert whole["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in whole
    etag = whole["ETag"]
    assert client.get(file["url"], headers={"If-None-Match": etag}).status_code == 304

    size = file["size"]
    for asked, part in {
        "bytes=0-9": packed[:10],
        "bytes=10-": packed[10:],
        "bytes=-5": packed[-5:],
        f"bytes=5-{size + 9}": packed[5:],
        f"bytes=-{size + 9}": packed,
    }.items():
        found = client.get(file["url"], headers={"Range": asked, "If-Range": etag})
        assert (found.status_code, body(found)) == (206, part)
        assert int(found["Content-Length"]) == len(part)
        start = packed.index(part)
        assert found["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{size}"
    for asked in (f"bytes={size}-", "bytes=9-5", "bytes=-0"):
        found = client.get(file["url"], headers={"Range": asked})
        assert (found.status_code, found["Content-Type"]) == (416, "application/problem+json")
        assert found["Content-Range"] == f"bytes */{size}"
    for headers in (
        {"Range": "lines=1-2"},
        {"Range": "bytes=0-1,3-4"},
        {"Range": "bytes=0-1", "If-Range": '"x"'},
    ):
        assert body(client.get(file["url"], headers=headers)) == packed


@pytest.mark.parametrize(
    "path",
    [
        "20260101T000000000000Z/cards.csv.gz",
        "x/cards.csv.gz",
        "{made}/manifest.json",
        "{made}/..",
        "{made}/x",
    ],
)
def test_nothing_else_is_handed_out(path: str, shop: Shop, client: Client) -> None:
    made = writing.write()
    answer = client.get(f"/api/v1/bulk/{path.format(made=made.name)}", headers={"Accept": "application/gzip"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert files.manifest("../x") is None
