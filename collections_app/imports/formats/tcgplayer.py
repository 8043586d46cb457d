"""TCGplayer: the app's card list, and what the seller portal exports.

Sources: a real export of the app (StepKie/MtgCsvHelper), a real pricing export (captaintestyttv), and the
headers pinned in the tests of several sellers' tools. Prices in these files are market prices or asking
prices, never what was paid: they are not read.
"""

import re

from collections_app.imports import vocabulary
from collections_app.imports.formats.layout import Layout, Remarks, Said

CONDITIONS = ("Near Mint", "Lightly Played", "Moderately Played", "Heavily Played", "Damaged", "Unopened")
COPIES_OF_ORDER = re.compile(r":\s*(\d{1,6})\s*(?:\||$)")


def split_condition(said: Said, _: Remarks) -> None:
    """“Near Mint Holofoil - Japanese” is a condition, a finish and a language; no finish is Normal."""
    text, _dash, said["language"] = said["condition"].partition(" - ")
    for condition in CONDITIONS:
        if text.startswith(condition):
            said["condition"] = condition
            said["finish"] = text.removeprefix(condition).strip() or "Normal"
    if vocabulary.is_sealed(said["condition"]):
        said["kind"], said["condition"] = "sealed", ""


def _stock(said: Said, remarks: Remarks) -> None:
    """A seller's quantity is what is listed, or what is about to be listed when that is 0."""
    split_condition(said, remarks)
    if said["quantity"] in {"", "0"}:
        said["quantity"] = said["adding"] or said["quantity"]


def _pulled(said: Said, remarks: Remarks) -> None:
    """`Quantity` is one order's; `Order Quantity` lists all: `62955D06-A:2 | 62955D06-C:1`."""
    split_condition(said, remarks)
    orders = [int(copies) for copies in COPIES_OF_ORDER.findall(said["orders"])]
    said["quantity"] = str(sum(orders)) if orders else said["quantity"]


APP = Layout(
    fields={
        "quantity": "quantity",
        "name": "name",
        "set_name": "set",
        "number": "card number",
        "set_code": "set code",
        "finish": "printing",
        "condition": "condition",
        "language": "language",
        "rarity": "rarity",
    },
    ids={"tcgplayer": "product id"},
).format("tcgplayer-app", label="TCGplayer app", signature="quantity,simple name,product id")

SELLER = Layout(
    fields={
        "game": "product line",
        "set_name": "set name",
        "name": "product name",
        "number": "number",
        "rarity": "rarity",
        "condition": "condition",
        "quantity": "total quantity",
        "adding": "add to quantity",
    },
    adjust=_stock,
).format("tcgplayer-seller", label="TCGplayer seller", signature="tcgplayer id,product line,total quantity")

PULL_SHEET = Layout(
    fields={
        "game": "product line",
        "name": "product name",
        "condition": "condition",
        "number": "number",
        "set_name": "set",
        "rarity": "rarity",
        "quantity": "quantity",
        "orders": "order quantity",
    },
    adjust=_pulled,
).format("tcgplayer-pull-sheet", label="TCGplayer pull sheet", signature="product line,skuid,order quantity")
