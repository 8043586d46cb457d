"""The change feed: everything that changed, in the order of the commits, each change once.

A cursor says what its holder knows: `123` all of the revision at position 123 and before, `123.4` of that
revision only its entries up to the fifth. A position is given when a transaction commits, and no smaller one
is given later: following cursors neither misses a change nor repeats one, whatever runs beside it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from catalog import revisions
from catalog.models import Revision
from pricing import packing, queries
from pricing.packing import Ints
from pricing.telling import CORRECTION, NO_ROWS, PRICES

KEPT: Final = timedelta(days=31)
MOST: Final = 500  # entries on a page
AT_ONCE: Final = 20  # revisions read at a time
WHOLE: Final = 2**31 - 1  # an index behind every entry
LISTED: Final = ("card", "printing", "set", "game")
PRICED: Final = (PRICES, CORRECTION)
KINDS: Final = (*PRICED, *LISTED)
CURSOR: Final = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,9}))?")

SERIES = """
SELECT s.id, s.printing_id, p.card_id, c.card_set_id AS set_id, s.condition, s.grade, s.language, s.currency
FROM pricing_priceseries s JOIN catalog_printing p ON p.id = s.printing_id
JOIN catalog_card c ON c.id = p.card_id WHERE s.id = ANY(%s)"""


class BadCursor(ValueError):  # noqa: N818 -- what it is, not that it is an error
    """Such a text is no cursor."""


class GoneError(Exception):
    """The feed no longer holds what came after the cursor: begin anew from the bulk files."""


class Cursor(NamedTuple):
    position: int
    index: int = WHOLE  # type: ignore[assignment]  # a tuple has a method of that name, which nobody needs

    def __str__(self) -> str:
        return str(self.position) if self.index == WHOLE else f"{self.position}.{self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Whose price an entry says."""

    id: int
    printing_id: int
    card_id: int
    set_id: int
    condition: str
    grade: str
    language: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change. `key` is the id of what changed, of a price and of a correction its series.

    Prices are in minor units of the series' currency; None is unknown.
    """

    cursor: Cursor
    kind: str
    action: str
    game_id: int | None
    source: str
    day: date | None
    at: datetime
    key: int
    market: int | None = None
    low: int | None = None
    mid: int | None = None
    series: Series | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`after` is what is known once the entries are read; `has_more` says that more is there already."""

    entries: list[Entry]
    after: Cursor
    has_more: bool


def read(text: str) -> Cursor:
    """Raises BadCursor."""
    found = CURSOR.fullmatch(text)
    if not found:
        raise BadCursor(f"“{text[:40]}” is no cursor of this feed, such as 1234 or 1234.5.")
    position, index = found.groups()
    return Cursor(int(position), int(index) if index else WHOLE)


def newest() -> Cursor:
    return Cursor(revisions.position())


def oldest() -> Cursor:
    """From where on everything is kept."""
    first = Revision.objects.exclude(position=None).order_by("position")
    return Cursor((first.values_list("position", flat=True).first() or 1) - 1)


def page(
    since: Cursor,
    *,
    game_id: int | None = None,
    kinds: Sequence[str] = KINDS,
    series: Ints | None = None,
    limit: int = MOST,
) -> Page:
    """The next changes after `since`: of a game and of what concerns all games, of kinds, of some series.

    Raises GoneError where changes after `since` may have been forgotten, or where it lies ahead of the feed.
    """
    check_kept(since)
    found: list[Entry] = []
    after = since
    for revision in _after(since):
        known = since.index if revision.position == since.position else -1
        wanted = revision.kind in kinds and (game_id is None or revision.game_id in {None, game_id})
        for entry in _entries(revision, known=known, among=series) if wanted else ():
            if len(found) == limit:
                return Page(entries=_named(found), after=after, has_more=True)
            found.append(entry)
            after = entry.cursor
        after = Cursor(revision.position or 0)
    return Page(entries=_named(found), after=after, has_more=False)


def check_kept(since: Cursor) -> None:
    """Raises GoneError."""
    first, last = oldest(), newest()
    if not first <= since <= last:
        raise GoneError(
            f"The feed holds what came after {first}, up to {last}. Take the bulk files and go on from the "
            "cursor of their manifest."
        )


def _after(since: Cursor) -> Iterator[Revision]:
    """Revisions that may hold something unknown, a few at a time: one of a whole market is megabytes."""
    position = since.position - 1 if since.index != WHOLE else since.position
    while True:
        rows = Revision.objects.filter(position__gt=position).defer("data").order_by("position")
        some = list(rows[:AT_ONCE])
        yield from some
        if len(some) < AT_ONCE:
            return
        position = some[-1].position or 0


def _entries(revision: Revision, *, known: int, among: Ints | None) -> Iterator[Entry]:
    rows = _rows(revision)
    places = np.arange(len(rows)) if among is None else np.flatnonzero(np.isin(rows[:, 0], among))
    for place in places[places > known].tolist():
        key, market, low, mid = rows[place].tolist()
        yield Entry(
            cursor=Cursor(revision.position or 0, place),
            kind=revision.kind,
            action=revision.action,
            game_id=revision.game_id,
            source=revision.source,
            day=revision.day,
            at=revision.made_at,
            key=key,
            market=market or None,
            low=low or None,
            mid=mid or None,
        )


def _rows(revision: Revision) -> Ints:
    """Key, market, low and mid of each entry."""
    if revision.kind == PRICES:
        return _prices(revision.pk)
    rows = np.zeros((len(revision.ids), packing.COLUMNS), dtype=np.int32)
    rows[:, 0] = revision.ids
    return rows


@lru_cache(maxsize=8)
def _prices(pk: int) -> Ints:
    """A market's worth is megabytes, and all who follow read it at the same time."""
    data = bytes(Revision.objects.values_list("data", flat=True).get(pk=pk))
    return packing.unpack_rows(data) if data else NO_ROWS


def _named(entries: Iterable[Entry]) -> list[Entry]:
    """The entries with the series they are of. A series that is gone by now has nothing to say."""
    listed = list(entries)
    keys = [entry.key for entry in listed if entry.kind in PRICED]
    known = _series(keys) if keys else {}
    return [
        replace(entry, series=known.get(entry.key)) if entry.kind in PRICED else entry
        for entry in listed
        if entry.kind not in PRICED or entry.key in known
    ]


def _series(keys: Sequence[int]) -> dict[int, Series]:
    return {row.id: row for row in queries.rows(Series, SERIES, [list(keys)])}
