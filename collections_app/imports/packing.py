"""Entries as an import row keeps them: JSON without what is not said."""

from dataclasses import Field, fields
from datetime import date
from typing import Any

from catalog.matching import Wanted
from collections_app.imports.entries import Entry

Json = dict[str, Any]
ENTRY, WANTED = fields(Entry), fields(Wanted)


def packed(entry: Entry) -> Json:
    kept = _said(entry, of=ENTRY) | {"wanted": _said(entry.wanted, of=WANTED)}
    return kept | ({"acquired_on": entry.acquired_on.isoformat()} if entry.acquired_on else {})


def unpacked(said: Json) -> Entry:
    wanted = said["wanted"]
    ids = tuple((source, key) for source, key in wanted.get("ids", ()))
    acquired_on = date.fromisoformat(said["acquired_on"]) if "acquired_on" in said else None
    plain = said | {
        "wanted": Wanted(**wanted | {"ids": ids}),
        "warnings": tuple(said.get("warnings", ())),
        "acquired_on": acquired_on,
    }
    return Entry(**plain)


def _said(row: Entry | Wanted, *, of: tuple[Field[Any], ...]) -> Json:
    values = {field.name: getattr(row, field.name) for field in of}
    return {field.name: values[field.name] for field in of if values[field.name] != field.default}
