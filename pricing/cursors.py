"""Opaque marks of a place in a list: signed, and bound to the list they were made for."""

from collections.abc import Sequence
from typing import Any

from django.core import signing

LONGEST = 2_000


class BadCursor(ValueError):  # noqa: N818 -- what it is, not that it is an error
    """The cursor was tampered with, or belongs to another list."""


def make(keys: Sequence[Any], *, of: str) -> str:
    """The cursor of the row with these sort keys in the list named by `of`."""
    return _signer(of).sign_object(list(keys))


def read(cursor: str, *, of: str) -> tuple[Any, ...]:
    """The keys a cursor was made from, none of an empty one. Raises BadCursor."""
    if not cursor:
        return ()
    try:
        return tuple(_signer(of).unsign_object(cursor[:LONGEST]))
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor("This page is not part of this list.") from error


def _signer(of: str) -> signing.Signer:
    return signing.Signer(salt="pricing.cursors:" + of)
