"""TCGCSV's files, from bytes to entries. They are TCGplayer's records, all pages of a list in one file.

The content decides what a file is: the mirror calls some of its JSON text/json.
Format: https://tcgcsv.com/docs
"""

from datetime import UTC, datetime

from integrations import records
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.payload import parse_json
from integrations.quotes import GroupEntry, ProductEntry, Quote

NO_RESULTS = b'{"success": true, "errors": [], "results": []}'


def groups(body: bytes) -> list[GroupEntry]:
    return [records.group_entry(row) for row in _rows(body)]


def products(body: bytes) -> list[ProductEntry]:
    return [records.product_entry(row) for row in _rows(body)]


def quotes(body: bytes) -> list[Quote]:
    return [records.quote(row) for row in _rows(body)]


def updated_at(body: bytes) -> datetime:
    """The moment in last-updated.txt, such as 2026-10-06T20:04:45+0000, in UTC."""
    line = body[:100].decode("ascii", errors="replace").strip()
    try:
        moment = datetime.fromisoformat(line)
    except ValueError as error:
        raise MarketError(f"last-updated.txt is no timestamp: {line!r:.60}", permanent=True) from error
    if moment.tzinfo is None:
        raise MarketError(f"last-updated.txt has no time zone: {line!r:.60}", permanent=True)
    return moment.astimezone(UTC)


def _rows(body: bytes) -> list[Row]:
    return records.results(parse_json(body, expect=dict))
