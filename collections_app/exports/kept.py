"""Reads a lot from our own files, trusting nothing: whoever made them may have edited them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.matching import Wanted
from collections_app.exports import amounts
from collections_app.models import LANGUAGES, LARGEST_AMOUNT, MOST_COPIES, RAW_CONDITIONS

LONGEST_NOTES = 2000
LONGEST_NAME = 300
CURRENCY = re.compile(r"[A-Z]{3}")
CONDITIONS = {code for code, _ in RAW_CONDITIONS}
LANGUAGE_CODES = {code for code, _ in LANGUAGES}
NAMED = ("game", "set_name", "set_code", "number", "name", "finish", "rarity", "kind")
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a sale took of a lot: `quantity` of the `of` it sold. Those with the same `sale` are one."""

    sale: str
    quantity: int
    of: int
    sold_on: date
    unit_price: int | None
    fees: int
    currency: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A lot as it stands in a file. `quantity` is what was acquired: with what was sold since."""

    wanted: Wanted
    printing_id: int
    set_slug: str
    quantity: int
    condition: str
    grader: str
    grade: str
    language: str
    unit_cost: int | None
    currency: str
    acquired_on: date
    notes: str
    shares: tuple[Share, ...]


def lot(said: Said) -> Kept:
    """Raises ValueError with what is wrong, in words for whoever has the file."""
    day = _day(said, "acquired_on")
    held, disposed = _count(said, "quantity"), _count(said, "disposed")
    return Kept(
        wanted=_wanted(said),
        printing_id=_count(said, "printing_id", most=2**31 - 1),
        set_slug=_text(said, "set_slug"),
        quantity=_acquired(held, disposed),
        unit_cost=_amount(said, "unit_cost"),
        currency=_currency(said),
        acquired_on=day,
        notes=_text(said, "notes", longest=LONGEST_NOTES),
        shares=shares(said.get("sales", []), since=day, disposed=disposed),
        language=_choice(said, "language", among=LANGUAGE_CODES),
        **_grading(said),
    )


def shares(sales: object, *, since: date, disposed: int) -> tuple[Share, ...]:
    """What sales took of a lot that was acquired on `since`. Raises ValueError."""
    if not isinstance(sales, list) or not all(isinstance(one, dict) for one in sales):
        raise ValueError("The sales are not a list.")
    found = tuple(_share(one) for one in sales)
    if sum(one.quantity for one in found) != disposed:
        raise ValueError(f"Disposed is {disposed}, but the sales do not add up to that.")
    if any(one.sold_on < since for one in found):
        raise ValueError("Copies were sold before they were acquired.")
    if len({one.sale for one in found}) < len(found):
        raise ValueError("A sale is named twice.")
    return found


def _share(said: Said) -> Share:
    quantity, of = _count(said, "quantity"), _count(said, "of", most=2**31 - 1)
    if not 0 < quantity <= of:
        raise ValueError("A sale took no copies, or more than were sold.")
    return Share(
        sale=str(said.get("sale", ""))[:40],
        quantity=quantity,
        of=of,
        sold_on=_day(said, "sold_on"),
        unit_price=_amount(said, "unit_price"),
        fees=_amount(said, "fees") or 0,
        currency=_currency(said),
        notes=_text(said, "notes", longest=LONGEST_NOTES),
    )


def _wanted(said: Said) -> Wanted:
    named = {key: _text(said, key) for key in NAMED}
    tickets = said.get("ids", [])
    if not named["name"]:
        raise ValueError("The card has no name.")
    if not isinstance(tickets, list) or not all(isinstance(one, str) for one in tickets):
        raise ValueError("The ids are not a list of texts.")
    return Wanted(ids=_pairs(tickets), **named)


def _pairs(tickets: Sequence[str]) -> tuple[tuple[str, str], ...]:
    parts = (one.partition(":") for one in tickets)
    return tuple((source, external_id) for source, _, external_id in parts if external_id)


def _grading(said: Said) -> dict[str, str]:
    grader, grade = _text(said, "grader", longest=12), _text(said, "grade", longest=7)
    if not grader and not grade:
        return {"condition": _choice(said, "condition", among=CONDITIONS), "grader": "", "grade": ""}
    if not grader or not grade or said.get("condition"):
        raise ValueError("A lot has a condition, or a grader with a grade.")
    return {"condition": "", "grader": grader, "grade": grade}


def _acquired(held: int, disposed: int) -> int:
    if not 0 < held + disposed <= MOST_COPIES:
        raise ValueError(f"Quantity and disposed are not 1 to {MOST_COPIES:,} together.")
    return held + disposed


def _text(said: Said, key: str, *, longest: int = LONGEST_NAME) -> str:
    value = said.get(key, "")
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise ValueError(f"{_label(key)} is not a text of at most {longest} characters.")
    return value


def _choice(said: Said, key: str, *, among: set[str]) -> str:
    value = _text(said, key)
    if value not in among:
        raise ValueError(f"{_label(key)} “{value[:40]}” is none of {', '.join(sorted(among))}.")
    return value


def _count(said: Said, key: str, *, most: int = MOST_COPIES) -> int:
    value = said.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{_label(key)} is not a whole number from 0 to {most:,}.")
    return value


def _currency(said: Said) -> str:
    value = _text(said, "currency")
    if not CURRENCY.fullmatch(value):
        raise ValueError(f"Currency “{value[:40]}” is not three capital letters.")
    return value


def _amount(said: Said, key: str) -> int | None:
    amount = amounts.read(_text(said, key, longest=20), _currency(said))
    if amount is not None and not 0 <= amount <= LARGEST_AMOUNT:
        raise ValueError(f"{_label(key)} is negative or beyond any price.")
    return amount


def _day(said: Said, key: str) -> date:
    value = _text(said, key)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{_label(key)} “{value[:40]}” is not a day such as 2026-01-31.") from None


def _label(key: str) -> str:
    return key.replace("_", " ").capitalize()
