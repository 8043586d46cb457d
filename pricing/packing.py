"""How history is packed: a series' changes into one small blob, a day of a game into two arrays.

Format of a series (`pack`): zlib over the byte-shuffled 32-bit little-endian differences of four
columns: day (since 1970-01-01), market, low, mid. Unknown is stored as 0, which no price can be.
Shuffling puts all high bytes side by side; they are nearly all zero and cost next to nothing.
"""

import zlib
from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

EPOCH = date(1970, 1, 1)
COLUMNS = 4
Ints = NDArray[np.int32]
Change = tuple[date, int | None, int | None, int | None]


def pack(changes: Iterable[Change]) -> bytes:
    """`changes` are (day, market, low, mid), oldest first; prices in minor units, None unknown."""
    rows = [((day - EPOCH).days, market or 0, low or 0, mid or 0) for day, market, low, mid in changes]
    return _shrink(np.array(rows, dtype=np.int32).reshape(-1, COLUMNS).T, effort=9)


def unpack(data: bytes) -> list[Change]:
    days, *prices = _grow(data, columns=COLUMNS).tolist()
    return [
        (EPOCH + timedelta(days=day), market or None, low or None, mid or None)
        for day, market, low, mid in zip(days, *prices, strict=True)
    ]


def unpack_market(data: bytes) -> Ints:
    """Two rows only, days since EPOCH and market prices, 0 unknown: for reading thousands of series."""
    return _grow(data, columns=COLUMNS, kept=2)


def holding(data: bytes, *, day: date) -> Change | None:
    """The last change of a packed series up to a day; None before its first."""
    columns = _grow(data, columns=COLUMNS)
    place = int(np.searchsorted(columns[0], (day - EPOCH).days, side="right")) - 1
    if place < 0:
        return None
    number, market, low, mid = columns[:, place].tolist()
    return EPOCH + timedelta(days=number), market or None, low or None, mid or None


def pack_day(series: Ints, market: Ints) -> bytes:
    """`series` must be sorted; an unknown market price is 0."""
    return _shrink(np.stack([series, market]), effort=1)


def unpack_day(data: bytes) -> tuple[Ints, Ints]:
    series, market = _grow(data, columns=2)
    return series, market


def pack_rows(rows: Ints) -> bytes:
    """Rows of a series, its market, low and mid price, 0 unknown: what one revision says."""
    return _shrink(rows.T, effort=1)


def unpack_rows(data: bytes) -> Ints:
    return _grow(data, columns=COLUMNS).T


def _shrink(columns: Ints, *, effort: int) -> bytes:
    steps = np.ascontiguousarray(np.diff(columns, axis=1, prepend=np.int32(0)), dtype="<i4")
    return zlib.compress(steps.view(np.uint8).reshape(-1, 4).T.tobytes(), effort)


def _grow(data: bytes, *, columns: int, kept: int | None = None) -> Ints:
    raw = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(4, -1)
    kept = kept or columns
    steps = np.ascontiguousarray(raw[:, : raw.shape[1] // columns * kept].T).view("<i4").reshape(kept, -1)
    return np.cumsum(steps, axis=1, dtype=np.int32)
