"""Reads JSON files too large for memory, entry by entry, whatever they are compressed with.

How a file is compressed is told by its first bytes: servers and names disagree about it.
"""

import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import ijson

from integrations.errors import MarketError
from integrations.fields import Row

# What gzip and lzma raise for a file that is not theirs or ends too soon.
_BROKEN: Final = (EOFError, OSError, lzma.LZMAError, zlib.error)
_MAGIC: Final[dict[bytes, Callable[[BinaryIO], Any]]] = {b"\x1f\x8b": gzip.open, b"\xfd7": lzma.open}


def items(path: Path, prefix: str, *, limit: int) -> Iterator[Any]:
    """The values at an ijson prefix ("item", "data.item"); fractions are Decimal.

    `limit` bounds the bytes after decompression. A permanent MarketError for what is not JSON.
    """
    with _opened(path, limit=limit) as file:
        yield from ijson.items(file, prefix)


def rows(path: Path, prefix: str, *, limit: int) -> Iterator[Row]:
    """The same, of records. A permanent MarketError when there are none, or something else."""
    number = 0
    for number, row in enumerate(items(path, prefix, limit=limit), start=1):  # noqa: B007 - counted
        yield _record(row, path=path)
    if not number:
        raise MarketError(f"{path.name} holds no records at {prefix}", permanent=True)


def pairs(path: Path, prefix: str, *, limit: int) -> Iterator[tuple[str, Row]]:
    """The records of the object at an ijson prefix with their keys, bounded and judged as in `rows`."""
    number = 0
    with _opened(path, limit=limit) as file:
        for number, (key, row) in enumerate(ijson.kvitems(file, prefix), start=1):  # noqa: B007 - counted
            yield key, _record(row, path=path)
    if not number:
        raise MarketError(f"{path.name} holds no records at {prefix}", permanent=True)


def value(path: Path, prefix: str, *, limit: int) -> Any:
    """The first value at an ijson prefix, read no further than needed; None when there is none."""
    with _opened(path, limit=limit) as file:
        return next(ijson.items(file, prefix), None)


def _record(row: Any, *, path: Path) -> Row:
    if not isinstance(row, dict):
        raise MarketError(f"{path.name} holds {row!r:.40} among its records", permanent=True)
    return row


@contextmanager
def _opened(path: Path, *, limit: int) -> Iterator["_Bounded"]:
    try:
        with path.open("rb") as raw:
            unfold = _MAGIC.get(raw.peek(2)[:2])
            with unfold(raw) if unfold else raw as file:
                yield _Bounded(file, limit=limit)
    except _BROKEN as error:
        raise MarketError(f"{path.name} cannot be unpacked: {_reason(error)}", permanent=True) from error
    except (ijson.JSONError, ValueError, ArithmeticError) as error:
        raise MarketError(f"{path.name} is not JSON: {_reason(error)}", permanent=True) from error


class _Bounded:
    """What is read of a file, and no more than `limit` bytes of it."""

    def __init__(self, file: BinaryIO, *, limit: int) -> None:
        self._file = file
        self._left = limit

    def read(self, size: int) -> bytes:
        found = self._file.read(size)
        self._left -= len(found)
        if self._left < 0:
            raise MarketError("The file unfolds to more bytes than allowed", permanent=True)
        return found


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0][:100] or type(error).__name__
