"""PriceCharting's collection export: a card is `Samurott [Reverse] #23` on the console `Pokemon White Flare`.

Source: rows of real exports quoted in the tests of several tools that read them.
"""

import re

from collections_app.imports import vocabulary
from collections_app.imports.formats.layout import Layout, Remarks, Said

PRODUCT = re.compile(r"(?P<name>[^\[#]*[^\[# ])(?P<variants>(?: *\[[^\]]*\])*)(?: *#(?P<number>\S+))?")
VARIANT = re.compile(r"\[([^\]]*)\]")
GAMES = ["Pokemon", "Magic: The Gathering", "Magic", "YuGiOh", "Yu-Gi-Oh!", "One Piece", "Disney Lorcana"]
GAMES += ["Lorcana"]
PRESET_CONDITION = "normal wear"  # nobody chose it: it says nothing
SHORTEST_LANGUAGE = 4  # letters: “Thai”, but not the “De” of a set's name


def _item(said: Said, remarks: Remarks) -> None:
    _product(said)
    _console(said)
    _included(said, remarks)
    _paid(said, remarks)
    said["acquired_on"] = said["acquired_on"] or said["entered"]


def _product(said: Said) -> None:
    """A variant that is no finish is part of the name: `Luffy [Alternate Art]` is `Luffy (Alternate Art)`."""
    found = PRODUCT.fullmatch(said["name"])
    if not found:
        return
    said["name"], said["number"] = found["name"], found["number"] or ""
    for variant in VARIANT.findall(found["variants"]):
        if vocabulary.is_finish(variant) and not said["finish"]:
            said["finish"] = variant
        else:
            said["name"] += f" ({variant})"


def _console(said: Said) -> None:
    """`Pokemon Japanese Nihil Zero`: a game, perhaps a language, a set."""
    console = said["console"]
    first = next((game for game in GAMES if console.lower().startswith(game.lower() + " ")), "")
    game = first or console.partition(" ")[0]
    said["game"], said["set_name"] = vocabulary.game(game), console[len(game) :].strip()
    word, _space, rest = said["set_name"].partition(" ")
    language = vocabulary.language(word) if len(word) >= SHORTEST_LANGUAGE else ""
    if language and rest:
        said["language"], said["set_name"] = language, rest
        said["game"] = vocabulary.regional(said["game"], language=language)


def _included(said: Said, remarks: Remarks) -> None:
    """`Ungraded`, `PSA 10`, `Graded 8` with the company beside it; `Item, Box, and Manual` is kept."""
    included = said["included"]
    said["condition"] = "" if said["condition"].lower() == PRESET_CONDITION else said["condition"]
    if included and not any(letter.isdigit() for letter in included) and included.lower() != "ungraded":
        remarks.keep("Includes", text=included)
    else:
        said["grade"] = included


def _paid(said: Said, remarks: Remarks) -> None:
    """The cost is in cents. Of several copies nobody says whether it is for each or for all."""
    cents = said["cents"]
    if not cents.isdecimal() or len(cents) > 14 or not int(cents):
        return
    paid = f"{int(cents) // 100}.{int(cents) % 100:02}"
    if said["quantity"] == "1":
        said["unit_cost"] = paid
    else:
        doubt = "The cost may be for each copy or for all: left empty."
        remarks.doubt(doubt, label="Cost basis", text=f"${paid}")


PRICECHARTING = Layout(
    fields={
        "name": "product name",
        "console": "console name",
        "included": "include string",
        "condition": "condition string",
        "notes": "notes",
        "cents": "cost basis in pennies",
        "quantity": "quantity",
        "acquired_on": "date purchased",
        "entered": "date entered",
        "grader": "grading company",
        "folder": "folder",
    },
    ids={"pricecharting": "id"},
    kept={"grading cert id": "Certificate", "sku": "SKU"},
    always={"currency": "USD"},
    adjust=_item,
).format("pricecharting", label="PriceCharting", signature="console name,product name,include string")
