"""Quantities, prices and days as other apps write them."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from collections_app.imports.entries import RowError
from collections_app.models import LARGEST_AMOUNT
from pricing.formats import NO_MINOR_UNITS, SYMBOLS

MOST_COPIES = 100_000  # in one row
LONGEST_FIGURE = 40
UNSAID = {"", "-", "–", "—", "n/a", "na", "none", "null"}

COPIES = re.compile(r"x?\s*(\d+|\d{1,3}(?:,\d{3})+)(?:\.0{1,2})?\s*x?", re.IGNORECASE)
NUMBER = re.compile(r"-?\d+[.,]\d+|-\d+")
PRICE = re.compile(r"(?P<before>[^\d.,\-−]*)(?P<number>[\d.,][\d.,' ]*)(?P<after>[^\d.,\-−]*)")
GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")

MARKS = {symbol: code for code, symbol in SYMBOLS.items()}
MARKS |= {"US$": "USD", "C$": "CAD", "AU$": "AUD", "zł": "PLN", "₩": "KRW"}
SHARED_MARKS = {"$", "¥"}  # of several currencies: what else is said of the currency counts more

YEAR_FIRST = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[t ].*)?")
YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})(?:[, ].*)?")
DAY_LAST = re.compile(r"(?:[a-z]+,? )?(?P<month>[a-z]{3})[a-z]*\.? (?P<d>\d{1,2}),? (?P<y>\d{4})(?: .*)?")
DAY_FIRST = re.compile(r"(?:[a-z]+,? )?(?P<d>\d{1,2})\.? (?P<month>[a-z]{3})[a-z]*\.?,? (?P<y>\d{4})(?: .*)?")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIRST_YEAR = 1900


def quantity(text: str) -> int:
    """Copies in a row: `4`, `4x`, `4.0`, `1,000`. Raises RowError if that is no number from 1 to 100,000."""
    plain = _plain(text)
    if not plain:
        raise RowError("The quantity is empty.")
    found = COPIES.fullmatch(plain)
    if not found or len(plain) > LONGEST_FIGURE:
        what = "not a whole number above 0" if NUMBER.fullmatch(plain) else "not a number"
        raise RowError(f"Quantity “{plain[:LONGEST_FIGURE]}” is {what}.")
    copies = int(found[1].replace(",", ""))
    if copies == 0:
        raise RowError("Quantity is 0: nothing owned.")
    if copies > MOST_COPIES:
        raise RowError(f"Quantity {copies:,} is more than {MOST_COPIES:,}.")
    return copies


class Price(NamedTuple):
    """Minor units of `currency`, hundredths if that is ""; `doubt` tells why what is written is not read."""

    amount: int | None
    currency: str
    doubt: str = ""


def price(text: str, *, currency: str = "") -> Price:
    """`$1,234.50`, `1.234,50`, `€ 3,20`, `3.20 EUR`; `-` and an empty cell are unknown.

    A lone `1.234` may be either and is left unknown; a lone `1,234` is more than a thousand.
    """
    plain = _plain(text)
    if plain.lower() in UNSAID:
        return Price(None, currency)
    found = PRICE.fullmatch(plain) if len(plain) <= LONGEST_FIGURE else None
    number = _decimal(re.sub(r"[' ]", "", found["number"])) if found else None
    marked = _currency_of((found["before"] + found["after"]).strip(), said=currency) if found else None
    if number is None or marked is None:
        return Price(None, currency, f"“{plain[:LONGEST_FIGURE]}” is not a clear price: cost left empty.")
    digits = 0 if marked in NO_MINOR_UNITS else 2
    if number > LARGEST_AMOUNT // 10**digits:
        return Price(None, currency, f"“{plain}” is beyond any price: cost left empty.")
    return Price(int(number.scaleb(digits).quantize(Decimal(1), ROUND_HALF_UP)), marked)


def currency(word: str) -> str | None:
    """The ISO code in a column of currencies; None if it is none."""
    return _currency_of(_plain(word), said="")


def _currency_of(mark: str, *, said: str) -> str | None:
    if not mark or (mark in SHARED_MARKS and said):
        return said
    code = mark.upper()
    return MARKS.get(mark) or (code if re.fullmatch(r"[A-Z]{3}", code) else None)


def _decimal(number: str) -> Decimal | None:
    """The number in text of digits, points and commas; None if it can be read in two ways or in none."""
    mark = max(number.rfind("."), number.rfind(","))
    if mark < 0:
        return Decimal(number)
    whole, fraction, point = number[:mark], number[mark + 1 :], number[mark]
    if GROUPED.fullmatch(number) and not whole.startswith("0"):
        is_clear = point == "," or number.count(".") > 1
        return Decimal(number.replace(point, "")) if is_clear else None
    grouped = GROUPED.fullmatch(whole)
    if not (whole.isdigit() or not whole or (grouped and grouped[1] != point)) or not fraction.isdigit():
        return None
    return Decimal(f"{re.sub('[.,]', '', whole) or 0}.{fraction}")


class Day(NamedTuple):
    value: date | None
    doubt: str = ""


def day(text: str, *, is_month_first: bool | None = None) -> Day:
    """`2026-05-02`, `2026-05-15 13:52:30`, `30.06.2026`, `6/30/2026`, `Fri May 15 2026 …`.

    With slashes the month stands first in American apps. Where nobody knows (None), `3/4/2026` stays unread.
    """
    plain = _plain(text)
    if plain.lower() in UNSAID:
        return Day(None)
    parts = _parts(plain.lower(), is_month_first=is_month_first) if len(plain) <= LONGEST_FIGURE * 3 else None
    try:
        value = date(*parts) if parts and parts[0] >= FIRST_YEAR else None
    except ValueError:
        value = None
    return Day(value, "" if value else f"“{plain[:LONGEST_FIGURE]}” is not a clear date: left empty.")


def _parts(plain: str, *, is_month_first: bool | None) -> tuple[int, int, int] | None:
    if found := YEAR_FIRST.fullmatch(plain):
        return int(found["y"]), int(found["m"]), int(found["d"])
    if found := DAY_LAST.fullmatch(plain) or DAY_FIRST.fullmatch(plain):
        known = found["month"] in MONTHS
        return (int(found["y"]), MONTHS.index(found["month"]) + 1, int(found["d"])) if known else None
    if found := YEAR_LAST.fullmatch(plain):
        return _year_last(found, is_month_first=is_month_first)
    return None


def _year_last(found: re.Match[str], *, is_month_first: bool | None) -> tuple[int, int, int] | None:
    first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
    year += 2000 if year < 100 else 0
    if found["mark"] == "." or first > 12:
        is_month_first = False
    elif second > 12 or first == second:
        is_month_first = True
    if is_month_first is None:
        return None
    return (year, first, second) if is_month_first else (year, second, first)


def _plain(text: str) -> str:
    """Full-width digits as plain ones, and no-break spaces as spaces."""
    return unicodedata.normalize("NFKC", text[:1000]).strip()
