"""Reads files of the TCGCSV layout from a folder: an operator's dump, or what `mirror` has downloaded."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from integrations.errors import MarketError
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.tcgcsv import parse

_Parsed = TypeVar("_Parsed")

LAST_UPDATED = "last-updated.txt"


def categories_in(root: Path) -> list[str]:
    """The ids of the categories (games) that the folder holds, in numeric order."""
    folder = _top(root)
    try:
        return sorted((entry.name for entry in folder.iterdir() if _is_id(entry.name)), key=int)
    except OSError as error:
        raise _unreadable(folder, error) from error


class CapturedFiles:
    """A Capture over `<category>/groups`, `<category>/<group>/products` and `.../prices`.

    A leading `tcgplayer` folder and a `.json` ending are optional. The day comes from last-updated.txt unless
    it is given. Every error names the file.
    """

    def __init__(self, root: Path, *, category_id: str, day: date | None = None) -> None:
        if not _is_id(category_id):
            raise MarketError(f"{category_id!r:.40} is not the id of a category", permanent=True)
        self.day = day or _recorded_day(root)
        self._root = root
        self._folder = _top(root) / category_id

    def groups(self) -> list[GroupEntry]:
        """The groups of the category; their file must be there."""
        return self._read("groups", parse=parse.groups, required=True)

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        return self._read(f"{group.external_id}/products", parse=parse.products)

    def quotes(self, group: GroupEntry) -> list[Quote]:
        return self._read(f"{group.external_id}/prices", parse=parse.quotes)

    def _read(
        self, name: str, *, parse: Callable[[bytes], list[_Parsed]], required: bool = False
    ) -> list[_Parsed]:
        path = self._folder / name
        body = _content(path)
        if body is None:
            body = _content(path.with_name(f"{path.name}.json"))
        if body is None and required:
            raise MarketError(f"{path} is missing", permanent=True)
        try:
            return parse(body) if body is not None else []
        except MarketError as error:
            raise MarketError(f"{path}: {error}", permanent=True) from error


def _top(root: Path) -> Path:
    nested = root / "tcgplayer"
    return nested if nested.is_dir() else root


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit()


def _recorded_day(root: Path) -> date:
    path = root / LAST_UPDATED
    body = _content(path)
    if body is None:
        raise MarketError(f"{path} is missing: say which day the prices are of", permanent=True)
    return parse.updated_at(body).date()


def _content(path: Path) -> bytes | None:
    """None when there is no such file."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> MarketError:
    return MarketError(f"{path} cannot be read: {error.strerror}", permanent=True)
