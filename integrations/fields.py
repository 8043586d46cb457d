"""Reads typed fields out of a source's record and refuses what is not of that type.

Records come from JSON read by `payload.parse_json`, so a fraction is a Decimal and never a float.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from integrations.errors import MarketError
from integrations.text import plain

Row = Mapping[str, Any]

# Wide enough for every number an IEEE double can hold (309 digits), the widest that JSON carries reliably.
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)
_MOST_DIGITS = 309
# "4.08", or as some write it, "1,299.00".
_WRITTEN = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)
_LINK = re.compile(r"https?://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
# .NET's smallest date stands for "no date" in TCGplayer's records.
_FIRST_YEAR = 1900
# What a record is called by, for messages.
_NAMING = ("productId", "groupId", "skuId", "set_code", "card_set_id", "id")


def identifier(row: Row, name: str) -> str:
    """A positive whole number, as text."""
    value = row.get(name)
    if type(value) is not int or value <= 0:
        raise _unfit(row, name, "a positive whole number")
    return str(value)


def text(row: Row, name: str, *, limit: int) -> str:
    """Plain text; absent and null are empty. Numbers are taken as their digits."""
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _unfit(row, name, "a text")
    return plain(str(value), limit=limit)


def cents(row: Row, name: str) -> int | None:
    """An amount in minor units, rounded half up; null, absent and 0 are unknown (None)."""
    value = row.get(name)
    if value is None:
        return None
    if type(value) is int:
        return value * 100 or None
    if not isinstance(value, Decimal) or not value.is_finite() or value.adjusted() >= _MOST_DIGITS:
        raise _unfit(row, name, "an amount")
    return int(_WIDE.multiply(value, 100).to_integral_value(ROUND_HALF_UP)) or None


def written_cents(row: Row, name: str) -> int | None:
    """An amount that may be written as text, such as "4.08"; empty, null, absent and 0 are unknown (None)."""
    value = row.get(name)
    if not isinstance(value, str):
        return cents(row, name)
    written = value.strip()
    if not written:
        return None
    if len(written) > _MOST_DIGITS or not _WRITTEN.fullmatch(written):
        raise _unfit(row, name, "an amount")
    return cents({name: Decimal(written.replace(",", ""))}, name)


def day(row: Row, name: str) -> date | None:
    """The date part of a timestamp that has no zone; None when there is no usable date."""
    value = row.get(name)
    try:
        found = date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and found.year >= _FIRST_YEAR else None


def link(row: Row, name: str, *, limit: int = 500) -> str:
    """A web address that is safe in an href; anything else is empty."""
    value = row.get(name)
    fits = isinstance(value, str) and len(value) <= limit and value.isprintable() and _LINK.fullmatch(value)
    return str(value) if fits else ""


def rows(row: Row, name: str) -> list[Row]:
    """A list of records; absent and null are empty."""
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise _unfit(row, name, "a list of records")
    return value


def _unfit(row: Row, name: str, expected: str) -> MarketError:
    identity = next((f" of {key} {row[key]!r:.40}" for key in _NAMING if key in row), "")
    return MarketError(f"{name}{identity} is {row.get(name)!r:.40}, not {expected}", permanent=True)
