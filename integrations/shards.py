"""What one bulk file says, spread over small files: one a set, so that a set is read without the rest.

A folder holds, for each name of a list of products, `<products>.json` with the groups and
`<products>/<group>.jsonl` with their entries, and for each name of a list of quotes `<quotes>/<group>.jsonl`.
Everything was read and judged before it was written; a file that is spoilt afterwards is a MarketError.
"""

import dataclasses
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from integrations.errors import MarketError
from integrations.quotes import GroupEntry, ProductEntry, Quote

_Entry = TypeVar("_Entry")
_AT_ONCE = 20_000
_SAFE = re.compile(r"[0-9A-Za-z_-]{1,40}")


class Shards:
    """Writes entries to the files of a folder, some thousands at a time, so that memory stays flat."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[str, list[str]] = defaultdict(list)
        self._size = 0

    def groups(self, products: str, entries: Iterable[GroupEntry]) -> None:
        self.flush()
        rows = [_row(entry) for entry in entries]
        (self._folder / f"{products}.json").write_text(json.dumps(rows, default=str), "utf-8")

    def product(self, entry: ProductEntry, *, products: str, group: str) -> None:
        self.add(f"{products}/{safe(group)}", _row(entry))

    def quote(self, entry: Quote, *, quotes: str, group: str) -> None:
        self.add(f"{quotes}/{safe(group)}", _row(entry))

    def add(self, name: str, row: Any) -> None:
        """One line for a file of JSON lines."""
        self._waiting[name].append(json.dumps(row, default=str, separators=(",", ":")) + "\n")
        self._size += 1
        if self._size >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        for name, lines in self._waiting.items():
            path = self._folder / f"{name}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.writelines(lines)
        self._waiting.clear()
        self._size = 0


class ShardedCapture:
    """A Capture over such a folder."""

    def __init__(self, folder: Path, *, day: date, products: str, quotes: str) -> None:
        self.day = day
        self._folder = folder
        self._products = products
        self._quotes = quotes

    def groups(self) -> list[GroupEntry]:
        path = self._folder / f"{self._products}.json"
        with reading(path):
            return [_group(row) for row in json.loads(path.read_text("utf-8"))]

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        return _entries(self._folder / self._products, group=group, of=_product)

    def quotes(self, group: GroupEntry) -> list[Quote]:
        return _entries(self._folder / self._quotes, group=group, of=_quote)


def safe(group: str) -> str:
    """A group's id, which must do as the name of a file."""
    if not _SAFE.fullmatch(group):
        raise MarketError(f"{group!r:.60} is not the code of a set", permanent=True)
    return group


def lines(path: Path) -> Iterator[Any]:
    """The rows of a file of JSON lines; none when there is no such file. Raises MarketError."""
    with reading(path):
        if not path.exists():
            return
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


def _entries(folder: Path, *, group: GroupEntry, of: Callable[[Any], _Entry]) -> list[_Entry]:
    path = folder / f"{safe(group.external_id)}.jsonl"
    with reading(path):
        return [of(row) for row in lines(path)]


def _row(entry: GroupEntry | ProductEntry | Quote) -> dict[str, Any]:
    """Shallow, unlike dataclasses.asdict: there are hundreds of thousands."""
    return {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry)}


def _group(row: Any) -> GroupEntry:
    released_on = row["released_on"] and date.fromisoformat(row["released_on"])
    return GroupEntry(**{**row, "released_on": released_on})


def _product(row: Any) -> ProductEntry:
    return ProductEntry(**{**row, "ids": tuple((source, key) for source, key in row["ids"])})


def _quote(row: Any) -> Quote:
    return Quote(**row)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        message = f"The spooled file {path.name} cannot be read ({type(error).__name__})"
        raise MarketError(message, permanent=False) from error
