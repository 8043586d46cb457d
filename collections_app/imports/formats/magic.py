"""Apps for Magic alone.

Sources: real exports and the round trips described in StepKie/MtgCsvHelper (SITE_BEHAVIOR.md, Apache-2.0).
Only what was paid is read as cost; market prices in these files are not.
"""

from collections_app.imports.entries import RowError
from collections_app.imports.formats.layout import Layout, Remarks, Said

MAGIC = {"game": "magic"}
PLAIN = {"game": "magic", "finish": "Normal"}  # an empty cell of the foil column is a plain card


def _no_proxy(said: Said, _: Remarks) -> None:
    if said["proxy"].lower() == "true":
        raise RowError("A proxy has no price.")


def _chinese(said: Said, _: Remarks) -> None:
    """Archidekt's CS and CT are simplified and traditional Chinese; CS is Czech everywhere else."""
    said["language"] = {"CS": "zh-CN", "CT": "zh-TW"}.get(said["language"].upper(), said["language"])


def _list_is_wish(said: Said, remarks: Remarks) -> None:
    """ManaBox keeps what is owned in binders and decks; its lists are no part of the collection."""
    if said["binder_type"].lower() in {"list", "wishlist"}:
        said["is_wish"] = "yes"
        remarks.warnings.append(f"“{said['folder']}” is a list in ManaBox, not a binder: read as a wish.")


MOXFIELD = Layout(
    fields={
        "quantity": "count",
        "name": "name",
        "set_code": "edition",
        "condition": "condition",
        "language": "language",
        "finish": "foil",
        "number": "collector number",
        "unit_cost": "purchase price",
        "notes": "notes",
        "proxy": "proxy",
    },
    kept={"tags": "Tags"},
    flags={"alter": "Altered"},
    always=PLAIN,
    adjust=_no_proxy,
).format("moxfield", label="Moxfield", signature="count,name,edition,collector number,foil")

ARCHIDEKT = Layout(
    fields={
        "quantity": "quantity",
        "name": "name",
        "finish": "finish",
        "condition": "condition",
        "acquired_on": "date added",
        "language": "language",
        "unit_cost": "purchase price",
        "set_name": "edition name",
        "set_code": "edition code",
        "number": "collector number",
        "rarity": "rarity",
    },
    ids={"scryfall": "scryfall id"},
    kept={"tags": "Tags"},
    always=MAGIC,
    adjust=_chinese,
).format("archidekt", label="Archidekt", signature="quantity,name,finish,edition code")

DECKBOX = Layout(
    fields={
        "quantity": "count",
        "name": "name",
        "set_name": "edition",
        "set_code": "edition code",
        "number": "card number",
        "condition": "condition",
        "language": "language",
        "finish": "foil",
        "unit_cost": "my price",
        "rarity": "rarity",
    },
    ids={"tcgplayer": "tcgplayer id", "scryfall": "scryfall id"},
    kept={"printing note": "Printing", "promo": "Marked", "textless": "Marked", "tags": "Tags"},
    flags={
        "signed": "Signed",
        "artist proof": "Artist proof",
        "altered art": "Altered",
        "misprint": "Misprint",
    },
    always=PLAIN,
    is_zero_unsaid=True,
).format("deckbox", label="Deckbox", signature="count,tradelist count,name,edition,card number")

MANABOX = Layout(
    fields={
        "folder": "binder name",
        "binder_type": "binder type",
        "name": "name",
        "set_code": "set code",
        "set_name": "set name",
        "number": "collector number",
        "finish": "foil",
        "rarity": "rarity",
        "quantity": "quantity",
        "unit_cost": "purchase price",
        "currency": "purchase price currency",
        "condition": "condition",
        "language": "language",
        "acquired_on": "added",
    },
    ids={"scryfall": "scryfall id"},
    flags={"misprint": "Misprint", "altered": "Altered"},
    always=MAGIC,
    is_seven_steps=True,
    adjust=_list_is_wish,
).format("manabox", label="ManaBox", signature="manabox id,scryfall id,quantity")

GOLDFISH = Layout(
    fields={
        "name": "card",
        "set_code": "set id",
        "set_name": "set name",
        "quantity": "quantity",
        "finish": "foil",
        "number": "collector number",
    },
    ids={"scryfall": "scryfall id"},
    kept={"variation": "Variation"},
    always=MAGIC,
).format("mtggoldfish", label="MTGGoldfish", signature="card,set id,set name,quantity,foil")

MTGO = Layout(
    fields={
        "name": "card name",
        "quantity": "quantity",
        "rarity": "rarity",
        "set_code": "set",
        "number": "collector #",
        "finish": "premium",
    },
    always=PLAIN,
).format("mtgo", label="Magic Online", signature="card name,quantity,id #,premium")

TOPDECKED = Layout(
    fields={
        "quantity": "quantity",
        "name": "name",
        "set_code": "setcode",
        "set_name": "setname",
        "number": "collector number",
        "finish": "finish",
        "rarity": "rarity",
        "acquired_on": "acquired date",
        "unit_cost": "acquired price",
        "language": "lang",
        "condition": "condition",
        "notes": "notes",
    },
    ids={"scryfall": "id"},
    kept={"tags": "Tags"},
    flags={"signing": "Signed", "alteration": "Altered"},
    always=MAGIC,
).format("topdecked", label="TopDecked", signature="quantity,name,setcode,setname,finish")

CARD_KINGDOM = Layout(
    fields={"name": "title", "set_name": "edition", "finish": "foil", "quantity": "quantity"},
    always=PLAIN,
).format("card-kingdom", label="Card Kingdom", signature="title,edition,foil,quantity")

FORMATS = (MOXFIELD, ARCHIDEKT, DECKBOX, MANABOX, GOLDFISH, MTGO, TOPDECKED, CARD_KINGDOM)
