"""Apps for several games, or for one that is not Magic.

Sources: Dragon Shield's official sample and real exports (StepKie/MtgCsvHelper); Collectr, TCG Collector,
Cardmarket, YGOPRODeck and Dreamborn as quoted in the tests of tools that read their exports.
"""

import re

from collections_app.imports import vocabulary
from collections_app.imports.formats.layout import Layout, Remarks, Said

# Cardmarket's numbers; those of languages from its API, those of conditions nowhere official.
MARKET_LANGUAGES = ["en", "fr", "de", "es", "it", "zh-CN", "ja", "pt", "ru", "ko", "zh-TW"]
MARKET_LANGUAGES += ["nl", "pl", "cs", "hu", "id", "th"]
MARKET_CONDITIONS = ["Mint", "Near Mint", "Excellent", "Good", "Light Played", "Played", "Poor"]
PLAYSET = 4
COUNTRY = re.compile(r" \((?P<country>JP|CN|KR)\)$")


def _product(said: Said, _: Remarks) -> None:
    """Neither number nor rarity: a sealed product. “Deoxys (JP)” is a card of the Japanese releases."""
    said["kind"] = "single" if said["number"] else "" if said["rarity"] else "sealed"
    if found := COUNTRY.search(said["name"]):
        said["language"] = said["language"] or found["country"]
        said["name"] = said["name"][: found.start()]
    language = vocabulary.language(said["language"])
    said["game"] = vocabulary.regional(vocabulary.game(said["game"]), language=language)


def _region(said: Said, _: Remarks) -> None:
    """TCG Collector is for Pokémon; a region other than International is a release of its own."""
    said["game"] = vocabulary.regional("pokemon", language=vocabulary.language(said["region"]))


def _article(said: Said, remarks: Remarks) -> None:
    said["language"] = _numbered(MARKET_LANGUAGES, place=said["language"])
    said["condition"] = _numbered(MARKET_CONDITIONS, place=said["condition"])
    finishes = {"first": "1st Edition", "reverse": "Reverse Holofoil", "foil": "Foil"}
    said["finish"] = next((name for key, name in finishes.items() if vocabulary.is_yes(said[key])), "")
    if vocabulary.is_yes(said["playset"]) and said["quantity"].isdecimal():
        said["quantity"] = str(int(said["quantity"][:6]) * PLAYSET)
        paid = said.pop("unit_cost", "-")
        remarks.doubt("A playset: counted as 4 copies.", label="Paid for the playset", text=paid)


def _numbered(words: list[str], *, place: str) -> str:
    return words[int(place) - 1] if place.isdecimal() and 0 < int(place[:3]) <= len(words) else place


COLLECTR = Layout(
    fields={
        "folder": "portfolio name",
        "game": "category",
        "set_name": "set",
        "name": "product name",
        "number": "card number",
        "rarity": "rarity",
        "finish": "variance",
        "grade": "grade",
        "condition": "card condition",
        "unit_cost": "average cost paid",
        "quantity": "quantity",
        "is_wish": "watchlist",
        "acquired_on": "date added",
        "notes": "notes",
        "language": "language",
    },
    is_month_first=True,
    is_zero_unsaid=True,
    adjust=_product,
).format("collectr", label="Collectr", signature="portfolio name,product name,variance")

DRAGON_SHIELD = Layout(
    fields={
        "folder": "folder name",
        "quantity": "quantity",
        "name": "card name",
        "set_code": "set code",
        "set_name": "set name",
        "number": "card number",
        "condition": "condition",
        "finish": "printing",
        "language": "language",
        "unit_cost": "price bought",
        "acquired_on": "date bought",
    },
    is_seven_steps=True,
    is_month_first=True,
    is_zero_unsaid=True,
).format("dragon-shield", label="Dragon Shield", signature="folder name,trade quantity,card name")

TCG_COLLECTOR = Layout(
    fields={
        "region": "tcg region",
        "name": "card name",
        "number": "card number",
        "set_name": "expansion",
        "rarity": "rarity",
        "finish": "card variant",
        "language": "card language",
        "condition": "card condition",
        "quantity": "quantity",
        "notes": "note",
    },
    is_seven_steps=True,
    adjust=_region,
).format("tcg-collector", label="TCG Collector", signature="tcg region,card name,expansion")

CARDMARKET = Layout(
    fields={
        "quantity": "groupcount",
        "unit_cost": "price",
        "language": "idlanguage",
        "condition": "condition",
        "foil": "isfoil",
        "reverse": "isreverseholo",
        "first": "isfirsted",
        "playset": "isplayset",
    },
    ids={"cardmarket": "idproduct"},
    flags={"issigned": "Signed", "isaltered": "Altered"},
    always={"currency": "EUR"},
    is_seven_steps=True,
    adjust=_article,
).format("cardmarket", label="Cardmarket", signature="idproduct,idlanguage,condition")

YGOPRODECK = Layout(
    fields={
        "name": "cardname",
        "quantity": "cardq",
        "rarity": "cardrarity",
        "finish": "card edition",
        "set_name": "cardset",
        "number": "cardcode",
        "condition": "cardcondition",
    },
    always={"game": "yugioh"},
).format("ygoprodeck", label="YGOPRODeck", signature="cardname,cardq,cardcode")

DREAMBORN = Layout(
    fields={
        "set_code": "set number",
        "number": "card number",
        "finish": "variant",
        "quantity": "count",
        "name": "name",
        "rarity": "rarity",
    },
    always={"game": "lorcana"},
).format("dreamborn", label="Dreamborn", signature="set number,card number,variant,count")

FORMATS = (COLLECTR, DRAGON_SHIELD, TCG_COLLECTOR, CARDMARKET, YGOPRODECK, DREAMBORN)
