"""Our own files: nothing that its owner entered is lost. docs/export-formats.md describes them.

Photos are not in them; the download of the whole account has those.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from collections_app.exports.amounts import written
from collections_app.exports.sheet import lines
from collections_app.models import Collection

NAME = "tcg-price-tracker"
VERSION = 1
# The column of the CSV that names the format, and holds as JSON what is no single cell.
MARK = f"{NAME} {VERSION}"
COLUMNS = {
    "collection": "Collection",
    "collection_kind": "Collection Kind",
    "visibility": "Visibility",
    "shows_cost": "Shows Cost",
    "printing_id": "Printing ID",
    "game": "Game",
    "set_name": "Set",
    "set_code": "Set Code",
    "set_slug": "Set Slug",
    "number": "Number",
    "name": "Name",
    "finish": "Finish",
    "kind": "Kind",
    "rarity": "Rarity",
    "tcgplayer_id": "TCGplayer ID",
    "condition": "Condition",
    "grader": "Grader",
    "grade": "Grade",
    "language": "Language",
    "quantity": "Quantity",
    "disposed": "Disposed",
    "unit_cost": "Unit Cost",
    "currency": "Currency",
    "acquired_on": "Acquired On",
    "notes": "Notes",
    "has_photo": "Has Photo",
    "added_at": "Added At",
}
HEADER = [*COLUMNS.values(), MARK]
Json = dict[str, Any]


def csv(collection: Collection, lots: Iterable[Any]) -> Iterator[str]:
    facts = _collection(collection)
    facts = {**facts, "collection": facts["name"], "collection_kind": facts["kind"]}
    return lines(HEADER, (_row(facts | described(lot)) for lot in lots))


def as_json(collection: Collection, lots: Iterable[Any]) -> Iterator[str]:
    """One lot a line, so that no more than one is in memory."""
    head = {
        "format": NAME,
        "version": VERSION,
        "exported_at": _moment(datetime.now(UTC)),
        "collection": _collection(collection),
    }
    yield f'{_compact(head)[:-1]},"lots":['
    for place, lot in enumerate(lots):
        yield f"{',' if place else ''}\n{_compact(described(lot))}"
    yield "\n]}\n"


def described(lot: Any) -> Json:
    """A lot of `holdings.read` as our files say it: amounts as decimals, days and moments in ISO 8601."""
    return {
        **_identity(lot),
        "condition": lot.condition,
        "grader": lot.grader,
        "grade": lot.grade,
        "language": lot.language,
        "quantity": lot.quantity,
        "disposed": lot.disposed,
        "unit_cost": written(lot.unit_cost, lot.currency),
        "currency": lot.currency,
        "acquired_on": lot.acquired_on.isoformat(),
        "notes": lot.notes,
        "has_photo": bool(lot.photo),
        "added_at": _moment(lot.created_at),
        "sales": [_share(sold) for sold in lot.sold],
    }


def _identity(lot: Any) -> Json:
    printing = lot.printing
    card = printing.card
    return {
        "printing_id": printing.pk,
        "game": card.game.slug,
        "set_name": card.card_set.name,
        "set_code": card.card_set.code,
        "set_slug": card.card_set.slug,
        "number": card.number,
        "name": card.name,
        "finish": printing.finish.name,
        "kind": card.kind,
        "rarity": card.rarity.name if card.rarity else "",
        "ids": lot.tickets,
    }


def _share(sold: Mapping[str, Any]) -> Json:
    """What a sale took of the lot: `quantity` of the `of` copies that it sold for `fees` in all.

    Shares with the same `sale` belong together.
    """
    prices = {name: written(sold[name], sold["currency"]) for name in ("unit_price", "fees")}
    return {**sold, **prices}


def _collection(collection: Collection) -> Json:
    return {
        "name": collection.name,
        "kind": collection.kind,
        "visibility": collection.visibility,
        "shows_cost": collection.shows_cost,
        "made_at": _moment(collection.created_at),
    }


def _row(lot: Json) -> list[str]:
    tickets = dict(reversed([one.split(":", 1) for one in lot["ids"]]))
    said = {**lot, "tcgplayer_id": tickets.get("tcgplayer", "")}
    beside = {"ids": lot["ids"], "sales": lot["sales"]}
    if lot["notes"] != lot["notes"].strip():  # a sheet's reader trims its cells
        beside["notes"] = lot["notes"]
    return [*(_cell(said[key]) for key in COLUMNS), _compact(beside)]


def _cell(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
