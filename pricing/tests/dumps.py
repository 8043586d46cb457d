"""Writes folders of the TCGCSV layout, as an operator would keep them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Group:
    """A set as the source lists it; `row` is its entry in the list of groups."""

    row: Row
    products: Sequence[Row]
    prices: Sequence[Row]


def group(key: int, *, name: str, products: Sequence[Row], prices: Sequence[Row]) -> Group:
    return Group(row={"groupId": key, "name": name}, products=products, prices=prices)


def write(root: Path, *, category: str, groups: Iterable[Group], day: date | None = None) -> Path:
    """One category below `root`; the day is written down when it is given."""
    listed = list(groups)
    for one in listed:
        folder = root / category / str(one.row["groupId"])
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "products", one.products)
        _write(folder / "prices", one.prices)
    (root / category).mkdir(parents=True, exist_ok=True)
    _write(root / category / "groups", [one.row for one in listed])
    if day:
        (root / "last-updated.txt").write_text(f"{day}T20:04:45+0000\n")
    return root


def _write(path: Path, rows: Sequence[Row]) -> None:
    # A Decimal of the source file is written with the digits it came with.
    body = json.dumps({"success": True, "errors": [], "results": rows}, default=_number)
    path.write_text(body.replace('"<', "").replace('>"', ""))


def _number(value: object) -> str:
    return f"<{value}>"
