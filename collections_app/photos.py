"""Keeps a photo of a lot: a picture of ours, made anew from what was uploaded.

Nothing of the uploaded file is kept but its pixels. So neither the place where it was taken nor anything else
hidden in it can leave with it, and no decoder of a visitor ever meets what somebody crafted.
"""

import warnings
from functools import partial
from io import BytesIO
from secrets import token_hex
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps

from collections_app.models import Lot

LARGEST_FILE: Final = 10 * 1024 * 1024  # bytes
LARGEST_SIDE: Final = 1600  # pixels
MOST_PIXELS: Final = 50_000_000  # 50 megapixels, 150 MB once decoded: more than any phone takes
FORMATS: Final = ("JPEG", "PNG", "WEBP")
QUALITY: Final = 82
TOO_MANY_PIXELS: Final = "This picture has too many pixels; 50 megapixels are the limit."


class PhotoError(ValueError):
    """What was uploaded is no photo we take; str() tells its owner why."""


def keep(lot: Lot, upload: UploadedFile[Any]) -> None:
    """Makes the upload the photo of the lot in place of an older one. Raises PhotoError."""
    if (upload.size or 0) > LARGEST_FILE:
        raise PhotoError("A photo may have 10 MB at most.")
    content = ContentFile(_made_anew(upload))
    with transaction.atomic():
        known = Lot.objects.select_for_update().get(pk=lot.pk)
        _forget(known)
        known.photo.save(f"{token_hex(16)}.webp", content, save=False)
        known.save(update_fields=["photo", "updated_at"])


@transaction.atomic
def remove(lot: Lot) -> None:
    known = Lot.objects.select_for_update().get(pk=lot.pk)
    _forget(known)
    known.photo = ""
    known.save(update_fields=["photo", "updated_at"])


def _made_anew(upload: UploadedFile[Any]) -> bytes:
    """As WebP, turned upright, no side over LARGEST_SIDE, without metadata."""
    try:
        picture = ImageOps.exif_transpose(_opened(upload))
        picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except PhotoError:
        raise
    except (OSError, SyntaxError, ValueError):  # what Pillow raises for broken files, each format its own
        raise PhotoError("This file is no picture we can read. Send a JPEG, PNG or WebP.") from None
    plain.info.clear()
    out = BytesIO()
    plain.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()


def _opened(upload: UploadedFile[Any]) -> Image.Image:
    """Looks at the size in the header before a single pixel is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit follows
            picture = Image.open(upload, formats=FORMATS)
    except Image.DecompressionBombError:
        raise PhotoError(TOO_MANY_PIXELS) from None
    if picture.width * picture.height > MOST_PIXELS:
        raise PhotoError(TOO_MANY_PIXELS)
    return picture


def _forget(lot: Lot) -> None:
    """The older file goes once it is certain that nobody needs it."""
    if lot.photo:
        transaction.on_commit(partial(lot.photo.storage.delete, lot.photo.name or ""))
