"""TCGplayer's answers beyond the records it shares with its mirrors: emptiness, SKUs, names of ids.

Shapes: https://docs.tcgplayer.com (v1.39.0).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from integrations import fields, records
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.payload import parse_json
from integrations.quotes import Quote
from integrations.records import Envelope

MULTI_STATUS: Final = 207
NOT_FOUND: Final = 404
_NAME = 60
# "No products were found.", "No categories found." - but not "URL not found."
_NOTHING = re.compile(r"no .*\bfound\b", re.IGNORECASE)

CONDITIONS = {
    "Near Mint": "NM",
    "Lightly Played": "LP",
    "Moderately Played": "MP",
    "Heavily Played": "HP",
    "Damaged": "DMG",
    "Unopened": "",
}
# BCP 47.
LANGUAGES = {
    "English": "en",
    "Chinese (S)": "zh-CN",
    "Chinese (T)": "zh-TW",
    "French": "fr",
    "German": "de",
    "Italian": "it",
    "Japanese": "ja",
    "Korean": "ko",
    "Portuguese": "pt",
    "Russian": "ru",
    "Spanish": "es",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sku:
    """One thing a seller can list: a product in one printing, condition and language (still as ids)."""

    sku_id: str
    product_id: str
    printing_id: str
    condition_id: str
    language_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the ids in one category's SKUs mean: finish, condition code, language code."""

    finishes: Mapping[str, str]
    conditions: Mapping[str, str]
    languages: Mapping[str, str]

    def know(self, sku: Sku) -> bool:
        return (
            sku.printing_id in self.finishes
            and sku.condition_id in self.conditions
            and sku.language_id in self.languages
        )


def answer(body: bytes, *, status: int) -> Envelope:
    """The envelope of an answer with status 200, 207 or 404.

    207 is a partial success: results, and errors for the ids that TCGplayer does not know. 404 is an empty
    list when it says that nothing was found, and an error otherwise.
    """
    found = records.envelope(parse_json(body, expect=dict))
    reasons = "; ".join(found.errors) or "no reason given"
    if status == NOT_FOUND:
        if not any(_NOTHING.match(error) for error in found.errors):
            raise MarketError(f"Not found: {reasons}", permanent=True)
        return Envelope(results=[], errors=[], succeeded=True, total=0)
    if not found.succeeded and status != MULTI_STATUS:
        raise MarketError(f"The source reports: {reasons}", permanent=True)
    return found


def sku(row: Row) -> Sku:
    return Sku(
        sku_id=fields.identifier(row, "skuId"),
        product_id=fields.identifier(row, "productId"),
        printing_id=fields.identifier(row, "printingId"),
        condition_id=fields.identifier(row, "conditionId"),
        language_id=fields.identifier(row, "languageId"),
    )


def skus(product: Row) -> list[Sku]:
    return [sku(row) for row in fields.rows(product, "skus")]


def sku_quote(row: Row, *, sku: Sku, names: Names) -> Quote:
    """A SKU's prices. TCGplayer has no mid and no high at this level."""
    return Quote(
        product_id=sku.product_id,
        finish=names.finishes[sku.printing_id],
        currency=records.CURRENCY,
        market=fields.cents(row, "marketPrice"),
        low=fields.cents(row, "lowPrice"),
        mid=None,
        high=None,
        direct_low=fields.cents(row, "directLowPrice"),
        condition=names.conditions[sku.condition_id],
        language=names.languages[sku.language_id],
    )


def finishes(rows: Iterable[Row]) -> dict[str, str]:
    return {fields.identifier(row, "printingId"): fields.text(row, "name", limit=_NAME) for row in rows}


def conditions(rows: Iterable[Row]) -> dict[str, str]:
    return _codes(rows, "conditionId", codes=CONDITIONS)


def languages(rows: Iterable[Row]) -> dict[str, str]:
    return _codes(rows, "languageId", codes=LANGUAGES)


def _codes(rows: Iterable[Row], key: str, *, codes: Mapping[str, str]) -> dict[str, str]:
    """Ids with their codes; a name that has no code is left out, and so are its SKUs."""
    named = ((fields.identifier(row, key), fields.text(row, "name", limit=_NAME)) for row in rows)
    return {identifier: codes[name] for identifier, name in named if name in codes}
