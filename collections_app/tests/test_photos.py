"""A photo keeps its pixels and nothing else; what is no photo is refused before it is decoded."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from catalog.tests.factories import PrintingFactory
from collections_app import photos
from collections_app.models import Lot
from collections_app.photos import PhotoError
from collections_app.tests import factories

OnCommit = DjangoCaptureOnCommitCallbacks
LATITUDE = (52.0, 31.0, 12.5)


@pytest.fixture
def lot(alice: User) -> Lot:
    return factories.lot(factories.collection(alice), PrintingFactory.create())


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def picture(size: tuple[int, int] = (60, 40), *, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    """With a place, a maker, a comment, and the word that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[2] = LATITUDE
    out = BytesIO()
    Image.new(mode, size, "red").save(out, kind, exif=exif, comment=b"my address")
    return out.getvalue()


def kept(lot: Lot) -> tuple[bytes, Image.Image]:
    lot.refresh_from_db()
    content = lot.photo.read()
    lot.photo.close()
    return content, Image.open(BytesIO(content))


def test_a_photo_is_turned_upright_and_says_nothing_of_where_it_was_taken(lot: Lot) -> None:
    content = picture()
    assert b"Secret Camera" in content
    assert Image.open(BytesIO(content)).getexif().get_ifd(0x8825)
    photos.keep(lot, upload(content))
    content, shown = kept(lot)
    assert shown.format == "WEBP"
    assert shown.size == (40, 60)
    assert not dict(shown.getexif())
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(shown.info)
    assert b"Secret Camera" not in content


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("JPEG", "CMYK")])
def test_every_kind_of_picture_becomes_one_of_ours(lot: Lot, kind: str, mode: str) -> None:
    photos.keep(lot, upload(picture(kind=kind, mode=mode)))
    assert kept(lot)[1].format == "WEBP"


def test_a_large_photo_is_made_smaller(lot: Lot) -> None:
    photos.keep(lot, upload(picture((4_000, 1_000))))
    assert kept(lot)[1].size == (400, 1_600)


def test_a_new_photo_takes_the_place_of_the_old(
    lot: Lot, own_files: Path, django_capture_on_commit_callbacks: OnCommit
) -> None:
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            photos.keep(lot, upload(picture()))
    assert len(list(own_files.rglob("*.webp"))) == 1
    kept(lot)
    with django_capture_on_commit_callbacks(execute=True):
        photos.remove(lot)
    lot.refresh_from_db()
    assert not lot.photo
    assert list(own_files.rglob("*.webp")) == []


def png(width: int, height: int) -> bytes:
    """A header that promises so many pixels, and a handful of bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7_100, 12_000, 60_000])
def test_a_bomb_is_refused_by_its_header(lot: Lot, side: int) -> None:
    with pytest.raises(PhotoError, match="too many pixels"):
        photos.keep(lot, upload(png(side, side)))
    assert not lot.photo


@pytest.mark.parametrize(
    "content",
    [
        b"just text",
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 50,
        picture()[:200],
        png(60, 40),
    ],
)
def test_what_is_no_picture_is_refused(lot: Lot, content: bytes) -> None:
    with pytest.raises(PhotoError, match="no picture we can read"):
        photos.keep(lot, upload(content))


def test_a_file_over_ten_megabytes_is_refused(lot: Lot) -> None:
    with pytest.raises(PhotoError, match="10 MB"):
        photos.keep(lot, upload(b"x" * (photos.LARGEST_FILE + 1)))


def test_a_file_is_named_by_us_alone(lot: Lot, own_files: Path) -> None:
    photos.keep(lot, upload(picture(), "../../evil.html"))
    assert [path.suffix for path in own_files.rglob("*") if path.is_file()] == [".webp"]
    lot.refresh_from_db()
    assert "evil" not in (lot.photo.name or "")
