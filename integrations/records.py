"""TCGplayer's records, which its mirrors pass on unchanged.

Shapes: https://docs.tcgplayer.com (v1.39.0) and https://tcgcsv.com/docs. Each function turns one record into
one entry and raises a permanent MarketError for a record that is not of its shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from integrations import fields
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.text import plain

CURRENCY = "USD"
_NAME, _SHORT, _LONG = 200, 60, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What every answer is wrapped in. `total` is None where the source does not count."""

    results: list[Row]
    errors: list[str]
    succeeded: bool
    total: int | None


def envelope(body: Mapping[str, Any]) -> Envelope:
    errors = body.get("errors") or []
    total = body.get("totalItems")
    if not isinstance(errors, list) or not isinstance(body.get("success"), bool):
        raise MarketError("The answer has no success flag or no list of errors", permanent=True)
    return Envelope(
        results=fields.rows(body, "results"),
        errors=[plain(str(error), limit=_NAME) for error in errors],
        succeeded=body["success"],
        total=total if type(total) is int else None,
    )


def results(body: Mapping[str, Any]) -> list[Row]:
    """The records of an answer that must have succeeded."""
    found = envelope(body)
    if not found.succeeded:
        raise MarketError(f"The source reports: {'; '.join(found.errors) or 'no success'}", permanent=True)
    return found.results


def group_entry(row: Row) -> GroupEntry:
    external_id = fields.identifier(row, "groupId")
    return GroupEntry(
        external_id=external_id,
        name=fields.text(row, "name", limit=_NAME) or f"Group {external_id}",
        code=fields.text(row, "abbreviation", limit=_SHORT),
        released_on=fields.day(row, "publishedOn"),
    )


def product_entry(row: Row) -> ProductEntry:
    external_id = fields.identifier(row, "productId")
    details = _details(row)
    kind: Literal["single", "sealed"] = "single" if {"Number", "Rarity"} & details.keys() else "sealed"
    number = _number(details.pop("Number", ""))
    return ProductEntry(
        external_id=external_id,
        name=_name(row, number=number) or f"Product {external_id}",
        kind=kind,
        number=number,
        rarity=details.pop("Rarity", "")[:_SHORT],
        image_url=fields.link(row, "imageUrl"),
        url=fields.link(row, "url"),
        is_presale=_is_presale(row),
        details=details,
    )


def quote(row: Row) -> Quote:
    return Quote(
        product_id=fields.identifier(row, "productId"),
        # A price without a printing is one of a product that has only the plain one.
        finish=fields.text(row, "subTypeName", limit=_SHORT) or "Normal",
        currency=CURRENCY,
        market=fields.cents(row, "marketPrice"),
        low=fields.cents(row, "lowPrice"),
        mid=fields.cents(row, "midPrice"),
        high=fields.cents(row, "highPrice"),
        direct_low=fields.cents(row, "directLowPrice"),
    )


def _details(row: Row) -> dict[str, str]:
    found = {
        fields.text(entry, "name", limit=_SHORT): fields.text(entry, "value", limit=_LONG)
        for entry in fields.rows(row, "extendedData")
    }
    return {name: value for name, value in found.items() if name}


def _number(value: str) -> str:
    """The collector number as collectors write it: "#4 / 102" is "4/102"."""
    return "/".join(part.strip() for part in value.removeprefix("#").split("/"))[:_SHORT]


def _name(row: Row, *, number: str) -> str:
    """The name without the number, which the marketplace appends to tell namesakes apart."""
    name = fields.text(row, "name", limit=_NAME) or fields.text(row, "cleanName", limit=_NAME)
    return (number and name.removesuffix(f" - {number}").rstrip()) or name


def _is_presale(row: Row) -> bool:
    info = row.get("presaleInfo")
    return isinstance(info, dict) and info.get("isPresale") is True
