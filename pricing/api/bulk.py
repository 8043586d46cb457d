"""The daily files: what there is, and each file."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from rest_framework.decorators import renderer_classes
from rest_framework.exceptions import APIException, NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import BINARY, PACKED, describe
from catalog.api import reading
from pricing.api import shapes
from pricing.bulk import files
from pricing.bulk.files import File, Manifest

FOR_EVER: Final = "public, max-age=31536000, immutable"
A_WHILE: Final = "public, max-age=300"
RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
BLOCK: Final = 1 << 16


class AnyRenderer(JSONRenderer):
    """Errors are JSON also for whoever accepts nothing but compressed files."""

    media_type = "*/*"


class OutOfRange(APIException):
    status_code = 416
    default_code = "out-of-range"

    def __init__(self, *, size: int) -> None:
        super().__init__(f"The file has {size} bytes, none of which is asked for.")
        self.headers = {"Content-Range": f"bytes */{size}"}


@describe(
    "GET",
    "getBulkManifest",
    "The daily files of the catalogue and of all latest prices.",
    answer=shapes.Manifest,
    problems=[404],
)
@reading("GET")
def manifest(request: Request) -> HttpResponseBase:
    found = files.newest()
    if not found:
        raise NotFound("No files were written yet; they are every night.")
    etag = f'"{found.name}"'
    # Names of folders are unique, and what lies in them never changes.
    answer = get_conditional_response(request, etag=etag) or Response(_told(found, request=request))
    answer["ETag"], answer["Cache-Control"] = etag, A_WHILE
    return answer


def _told(found: Manifest, *, request: Request) -> dict[str, Any]:
    def address(file: File) -> str:
        return request.build_absolute_uri(reverse("prices_api:bulk_file", args=[found.name, file.name]))

    return {
        "made_at": found.made_at.isoformat(),
        "version": found.version,
        "cursor": found.cursor,
        "files": [{**asdict(file), "url": address(file)} for file in found.files],
    }


@describe(
    "GET",
    "getBulkFile",
    "One of the daily files, or a part of it.",
    answer={PACKED: BINARY},
    parts=True,
    problems=[416],
)
@reading("GET")
@renderer_classes([AnyRenderer])
def file(request: Request, folder: str, name: str) -> HttpResponseBase:
    found = files.manifest(folder)
    wanted = next((one for one in found.files if one.name == name), None) if found else None
    if not (found and wanted):
        raise NotFound(f"There is no such file; {reverse('prices_api:bulk')} names those there are.")
    etag = f'"{wanted.sha256}"'
    answer = get_conditional_response(request, etag=etag) or _sent(
        files.path_of(found, wanted), size=wanted.size, ranged=_range(request, etag=etag)
    )
    answer["ETag"], answer["Cache-Control"] = etag, FOR_EVER
    answer["Accept-Ranges"] = "bytes"
    return answer


def _range(request: Request, *, etag: str) -> str:
    """The part that is asked for; "" where the whole is, or a part of another file."""
    return request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""


def _sent(path: Path, *, size: int, ranged: str) -> HttpResponseBase:
    asked = RANGE.fullmatch(ranged)
    if not asked or asked.groups() == ("", ""):
        return FileResponse(path.open("rb"), content_type=PACKED)
    first, last = asked.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if not start <= end:
        raise OutOfRange(size=size)
    part = StreamingHttpResponse(_read(path, start=start, length=end - start + 1), content_type=PACKED)
    part.status_code = 206
    part["Content-Range"], part["Content-Length"] = f"bytes {start}-{end}/{size}", end - start + 1
    return part


def _read(path: Path, *, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as opened:
        opened.seek(start)
        while length > 0 and (block := opened.read(min(BLOCK, length))):
            length -= len(block)
            yield block
