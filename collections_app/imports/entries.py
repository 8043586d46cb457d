"""What one row of another app's file says, in our words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.matching import Wanted


class RowError(Exception):
    """The row cannot be a lot; str() is the reason a collector reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    A row as read, before anybody looked for its printing.

    `unit_cost` is in minor units of `currency`. Where the file names no currency it is in hundredths: for a
    currency without minor units (JPY) the reader of the entry divides by 100.
    """

    wanted: Wanted
    quantity: int  # above 0
    condition: str = "NM"  # NM, LP, MP, HP or DMG; "" if graded
    grader: str = ""  # PSA, BGS, CGC …; with a grade, or both ""
    grade: str = ""  # 10, 9.5
    language: str = ""  # our code: en, de, ja, zh-CN …; "" not said
    unit_cost: int | None = None
    currency: str = ""  # ISO 4217; "" not said
    acquired_on: date | None = None
    notes: str = ""
    folder: str = ""  # the app's binder, portfolio or list
    is_wish: bool = False
    warnings: tuple[str, ...] = ()  # what was read differently than written, or kept in the notes only
    own: dict[str, Any] | None = None  # the whole lot, in our own files; its sales are in no other field
