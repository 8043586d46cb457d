"""The ECB's files, from bytes to rates.

eurofxref-daily.xml and eurofxref-hist-90d.xml: Envelope / Cube / Cube[@time] / Cube[@currency][@rate].
eurofxref-hist.zip: one CSV file with a column for each currency and a row for each day, the newest first;
N/A where a currency was not quoted. Both say how many units of the currency a euro costs.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree

from integrations.errors import MarketError
from integrations.quotes import Rate

_CUBE: Final = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_CURRENCY = re.compile(r"[A-Z]{3}")
# What pricing.models.ExchangeRate can hold.
_RATE = re.compile(r"[0-9]{1,10}(\.[0-9]{1,8})?")
_EMPTY = {"", "N/A"}
_MOST_BYTES = 50_000_000


def feed(body: bytes) -> list[Rate]:
    """One of the XML files. Refuses a document type, which theirs have not and attacks on parsers need."""
    days = _envelope(body).iterfind(f"{_CUBE}/{_CUBE}")
    return _some(
        rate
        for day in days
        for rate in _rates(
            day.get("time", ""), [(cube.get("currency", ""), cube.get("rate", "")) for cube in day]
        )
    )


def history(body: bytes) -> list[Rate]:
    """The archive of all days."""
    header, *rows = _table(body)
    quoted = (
        (row[0], [(currency, cell) for currency, cell in zip(header, row, strict=True) if cell not in _EMPTY])
        for row in rows
    )
    return _some(rate for day, cells in quoted for rate in _rates(day, cells[1:]))


def newest_day(body: bytes) -> date:
    """The first day of the archive."""
    return _day(_table(body)[1][0])


def _envelope(body: bytes) -> Element:
    try:
        envelope: Element = ElementTree.fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError) as error:  # defusedxml derives its refusals from ValueError
        raise _unfit(f"is not XML that we read: {error!s:.100}") from error
    return envelope


def _table(body: bytes) -> list[list[str]]:
    """A header and at least one row, all as long as the header."""
    try:
        rows = list(csv.reader(io.StringIO(_only_file(body))))
    except csv.Error as error:
        raise _unfit(f"is not CSV: {error!s:.100}") from error
    if len(rows) < 2 or {len(row) for row in rows} != {len(rows[0])}:
        raise _unfit("is not a table")
    return rows


def _only_file(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            [entry] = archive.infolist()
            if entry.file_size <= _MOST_BYTES:
                return archive.read(entry).decode("utf-8-sig")
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError) as error:
        raise _unfit(f"is not an archive of one text ({type(error).__name__})") from error
    raise _unfit(f"would have {entry.file_size} bytes")


def _some(rates: Iterable[Rate]) -> list[Rate]:
    found = list(rates)
    if not found:
        raise _unfit("has no rates")
    return found


def _rates(day: str, cells: Iterable[tuple[str, str]]) -> Iterator[Rate]:
    of_day = _day(day)
    for currency, per_euro in cells:
        if not _CURRENCY.fullmatch(currency):
            raise _unfit(f"has a rate of {currency!r:.20}, which is no currency")
        if not _RATE.fullmatch(per_euro) or not (amount := Decimal(per_euro)):
            raise _unfit(f"has {per_euro!r:.20} as the rate of {currency} on {day}")
        yield Rate(currency=currency, day=of_day, per_euro=amount)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _unfit(f"has {text!r:.20} as a day") from error


def _unfit(what: str) -> MarketError:
    return MarketError(f"The ECB's file {what}", permanent=True)
