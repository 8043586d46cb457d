"""Our own CSV, which says everything: what other formats cannot is in `Entry.own`."""

import json
from collections.abc import Mapping
from typing import Any

from collections_app.exports import kept, own
from collections_app.exports.cells import unsafe
from collections_app.imports.entries import Entry, RowError
from collections_app.imports.formats.layout import Format
from collections_app.imports.sheets import column
from collections_app.models import Collection

COUNTS = ("printing_id", "quantity", "disposed")


def read(cells: Mapping[str, str]) -> Entry:
    """Raises RowError."""
    try:
        said = _said({column(name): text for name, text in cells.items()})
        lot = kept.lot(said)
    except ValueError as error:
        raise RowError(str(error)) from None
    return Entry(
        wanted=lot.wanted,
        quantity=lot.quantity,
        condition=lot.condition,
        grader=lot.grader,
        grade=lot.grade,
        language=lot.language,
        unit_cost=lot.unit_cost,
        currency=lot.currency,
        acquired_on=lot.acquired_on,
        notes=lot.notes,
        is_wish=said["collection_kind"] == Collection.Kind.WISH,
        own=said,
    )


def _said(cells: Mapping[str, str]) -> dict[str, Any]:
    """The lot as the JSON file would say it. Raises ValueError and RowError."""
    said: dict[str, Any] = {key: unsafe(cells.get(column(name), "")) for key, name in own.COLUMNS.items()}
    for key in COUNTS:
        said[key] = int(said[key]) if said[key].isdecimal() else said[key]
    return said | _beside(cells.get(column(own.MARK), ""))


def _beside(text: str) -> dict[str, Any]:
    """What is no single cell. Raises RowError."""
    try:
        beside = json.loads(text or "{}")
    except (ValueError, RecursionError):
        beside = None
    if not isinstance(beside, dict):
        raise RowError(f"The column “{own.MARK}” is not as this site wrote it.")
    return beside


OWN = Format(
    slug="own",
    label="TCG Price Tracker",
    read=read,
    signature=frozenset(map(column, (own.MARK, "Printing ID", "Acquired On", "Disposed"))),
)
