"""Rows of `collections_app.rows` as the API writes them, in the forms of `pricing.payloads`.

What visitors of a shared collection see is made by the same functions, less what its owner keeps to
themselves: notes and photos always, what was paid, gained and when unless the owner shows it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from collections_app.models import Collection, Sale
from collections_app.overview import Worth
from collections_app.rows import (
    Allocation,
    ChecklistRow,
    Day,
    Explanation,
    FinishProgress,
    LotRow,
    Mover,
    Returns,
    SaleRow,
    SetProgress,
    Share,
    Totals,
)
from pricing.payloads import Json, day, money, percent, said
from pricing.provenance import Key, Provenance

KEPT = ("collection_id", "notes", "has_photo")
COST = ("unit_cost", "cost", "gain", "gain_percent", "acquired_on", "disposed")
# A copy without a price counts at what it cost: from the range one could tell that.
TOTAL_COST = (
    "missing_cost",
    "ceiling",
    "is_open",
    "cost",
    "costless",
    "unrealised",
    "unrealised_percent",
    "realised",
)


def collection(row: Collection, *, worth: Worth, currency: str) -> Json:
    """With `lot_count`, as the reads of `collections_app.queries` annotate it."""
    counted: Any = row
    is_private = row.visibility == Collection.Visibility.PRIVATE
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.kind,
        "visibility": row.visibility,
        "shows_cost": row.shows_cost,
        "shared_at": None if is_private else f"/shared/{row.token}/",
        "created_at": row.created_at.isoformat(),
        "lots": counted.lot_count,
        "quantity": worth.quantity,
        "missing": worth.missing,
        "value": money(worth.value, currency),
    }


def shared_collection(row: Collection) -> Json:
    return {"name": row.name, "kind": row.kind, "shows_cost": row.shows_cost}


def totals(found: Totals) -> Json:
    amounts = ("value", "fresh", "stale", "missing_cost", "ceiling", "cost", "unrealised", "realised")
    return {
        "lots": found.lots,
        "quantity": found.quantity,
        "missing": found.missing,
        "fresh_percent": found.fresh_percent,
        "is_open": found.is_open,
        "costless": found.costless,
        "unrealised_percent": percent(found.unrealised_percent),
        "rates_on": day(found.rates_on),
        "rates_are_carried": found.rates_are_carried,
        **{name: money(getattr(found, name), found.currency) for name in amounts},
    }


def shared_totals(found: Totals, *, shows_cost: bool) -> Json:
    return without(totals(found), () if shows_cost else TOTAL_COST)


def lot(row: LotRow) -> Json:
    return {
        "id": row.id,
        "collection_id": row.collection_id,
        "printing_id": row.printing_id,
        "card_id": row.card_id,
        "name": row.name,
        "number": row.number,
        "kind": row.kind,
        "rarity": row.rarity,
        "image_url": row.image_url,
        "game": {"slug": row.game_slug, "name": row.game_name},
        "set": {"slug": row.set_slug, "name": row.set_name},
        "finish": row.finish,
        "condition": row.condition,
        "grader": row.grader,
        "grade": row.grade,
        "language": row.language,
        "quantity": row.quantity,
        "disposed": row.disposed,
        "acquired_on": day(row.acquired_on),
        "unit_cost": money(row.unit_cost, row.cost_currency),
        "price": money(row.price, row.price_currency),
        "percent": percent(row.percent),
        "basis": row.basis,
        "source_name": row.source_name,
        "as_of": day(row.as_of),
        "is_stale": row.is_stale,
        "is_demo": row.is_demo,
        "value": money(row.value, row.currency),
        "cost": money(row.cost, row.currency),
        "gain": money(row.gain, row.currency),
        "gain_percent": percent(row.gain_percent),
        "notes": row.notes,
        "has_photo": row.has_photo,
    }


def shared_lot(row: LotRow, *, shows_cost: bool) -> Json:
    return without(lot(row), KEPT if shows_cost else (*KEPT, *COST))


def without(payload: Json, names: Iterable[str]) -> Json:
    hidden = set(names)
    return {name: value for name, value in payload.items() if name not in hidden}


def sale(row: SaleRow) -> Json:
    return {
        "id": row.id,
        "collection_id": row.collection_id,
        "sold_on": day(row.sold_on),
        "quantity": row.quantity,
        "card_id": row.card_id,
        "name": row.name,
        "number": row.number,
        "set": {"name": row.set_name},
        "finish": row.finish,
        "grading": row.grading,
        "unit_price": money(row.unit_price, row.sale_currency),
        "fees": money(row.fees, row.sale_currency),
        "notes": row.notes,
        "proceeds": money(row.proceeds, row.currency),
        "gain": money(row.gain, row.currency),
    }


def sold(made: Sale, *, quantity: int) -> Json:
    """A sale just made; the list of sales says what it gained."""
    return {
        "id": made.pk,
        "collection_id": made.collection_id,
        "sold_on": day(made.sold_on),
        "quantity": quantity,
        "unit_price": money(made.unit_price, made.currency),
        "fees": money(made.fees, made.currency),
        "notes": made.notes,
    }


def allocation(found: Allocation, *, currency: str) -> Json:
    parts = ("game", "set", "rarity", "condition")
    return {name: [share(one, currency=currency) for one in getattr(found, name)] for name in parts}


def share(row: Share, *, currency: str) -> Json:
    return {
        "key": row.key,
        "label": row.label,
        "quantity": row.quantity,
        "value": money(row.value, currency),
        "percent": percent(row.percent),
    }


def mover(row: Mover, *, currency: str) -> Json:
    return {
        "printing_id": row.printing_id,
        "card_id": row.card_id,
        "name": row.name,
        "number": row.number,
        "game": {"slug": row.game_slug},
        "set": {"name": row.set_name},
        "image_url": row.image_url,
        "finish": row.finish,
        "quantity": row.quantity,
        "value": money(row.value, currency),
        "cost": money(row.cost, currency),
        "gain": money(row.gain, currency),
        "percent": percent(row.percent),
    }


def snapshot(row: Day, *, currency: str) -> Json:
    amounts = ("value", "stale", "cost", "added", "removed", "realised")
    return {
        "day": day(row.day),
        "quantity": row.quantity,
        "missing": row.missing,
        **{name: money(getattr(row, name), currency) for name in amounts},
    }


def returns(found: Returns | None, *, currency: str) -> Json | None:
    if found is None:
        return None
    return {
        "since": day(found.since),
        "until": day(found.until),
        "change": money(found.change, currency),
        "change_percent": percent(found.change_percent),
        "percent": percent(found.percent),
    }


def explanation(found: Explanation) -> Json:
    parts = ("price", "additions", "removals", "exchange", "corrections")
    amounts = ("before", "after", "change", *parts, "edited", "coverage")
    return {
        "since": day(found.since),
        "until": day(found.until),
        **{name: money(getattr(found, name), found.currency) for name in amounts},
    }


def set_progress(found: SetProgress) -> Json:
    return {
        "game": {"slug": found.game_slug, "name": found.game_name},
        "set": {
            "slug": found.slug,
            "name": found.name,
            "code": found.code,
            "released_on": day(found.released_on),
        },
        "base": finish_progress(found.base, currency=found.currency),
        "master": finish_progress(found.master, currency=found.currency),
        "finishes": [
            {"finish": one.finish, **finish_progress(one, currency=found.currency)} for one in found.finishes
        ],
    }


def finish_progress(found: FinishProgress, *, currency: str) -> Json:
    return {
        "owned": found.owned,
        "total": found.total,
        "percent": found.percent,
        "cost_to_complete": money(found.cost_to_complete, currency),
        "unpriced": found.unpriced,
    }


def checklist(rows: Iterable[ChecklistRow], *, said_by: Mapping[Key, Provenance]) -> list[Json]:
    return [
        {
            "printing_id": row.printing_id,
            "card_id": row.card_id,
            "name": row.name,
            "number": row.number,
            "kind": row.kind,
            "rarity": row.rarity,
            "finish": row.finish,
            "owned": row.owned,
            "wished": row.wished,
            "market": money(row.market, row.currency),
            **said(said_by.get((row.card_id, row.finish))),
        }
        for row in rows
    ]
