"""Collector numbers as the world writes them, and whether two of them can be the same.

Printed: 4/102, TG01/TG30, OP01-025, LOB-EN001, SVP 176, 96a. Apps drop the total, the zeros or the prefix,
and add marks of their own: Scryfall a star, a dagger, "p" (promo pack), "s" (prerelease) or "z"
(serialized); the One Piece lists "_p1" for the first parallel.
"""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from catalog import words

LONGEST = 60  # characters; what is longer is no collector number
BOTH = re.compile(r"\s*//\s*")  # a double-sided token has a number on each side: "2 // 4"
MARKS = str.maketrans(dict.fromkeys("★☆⭐*", "*") | dict.fromkeys("†‡", "+"))
PRINTED = re.compile(r"(?P<prefix>.*?)(?P<digits>\d+)(?P<suffix>\D*)", re.DOTALL)
NO_WORD = re.compile(r"[\W_]+")
NO_MARK = re.compile(r"[^\w*+]+|_")
NOTHING = re.compile(r"[\s.,;:–-]*|n/a|none", re.IGNORECASE)
# What apps add behind a number; "a" and "b" are printed there, and tell two cards apart.
ADDED = frozenset(["p", "s", "z", "*", "+"])
SHORT = 2  # letters of a prefix that numbers cards within a set: H2, TG05; a longer one repeats the set


class Alike(IntEnum):
    """How far two numbers agree: CLOSE ones differ by what some apps leave away."""

    NO = 0
    UNKNOWN = 1
    CLOSE = 2
    SAME = 3


class Number(NamedTuple):
    """One collector number; all parts are lower case and without leading zeros."""

    prefix: str
    digits: str
    suffix: str
    total: str
    art: str


@lru_cache(maxsize=50_000)
def compact(text: str) -> str:
    """A code in its plainest form: "OP-01" and "op1" are the same."""
    return words.bare(NO_WORD.sub("", unicodedata.normalize("NFKC", text).casefold()))


@lru_cache(maxsize=50_000)
def read(text: str) -> tuple[Number, ...]:
    """The numbers in a cell, usually one; none when it is empty."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST].translate(MARKS)).casefold()
    return tuple(_read(side) for side in BOTH.split(plain) if not NOTHING.fullmatch(side))


def alike(
    said: tuple[Number, ...], printed: tuple[Number, ...], *, set_code: str = "", set_name: str = ""
) -> Alike:
    """How far what somebody says agrees with what is printed on a card of that set."""
    if not said or not printed:
        return Alike.UNKNOWN
    code, is_promo = compact(set_code), "promo" in set_name.casefold()
    return max(_alike(one, other, code=code, is_promo=is_promo) for one in said for other in printed)


def _read(side: str) -> Number:
    base, _, art = side.partition("_")
    printed, _, total = base.partition("/")
    found = PRINTED.fullmatch(printed.strip())
    if not found:
        return Number(compact(printed) or printed.strip(), "", "", compact(total), compact(art))
    return Number(
        prefix=compact(found["prefix"]),
        digits=found["digits"].lstrip("0") or "0",
        suffix=NO_MARK.sub("", found["suffix"]),
        total=compact(total),
        art=compact(art),
    )


def _alike(said: Number, printed: Number, *, code: str, is_promo: bool) -> Alike:
    totals = {said.total, printed.total} - {""}
    if said.digits != printed.digits or len(totals) > 1:
        return Alike.NO
    if not said.digits:
        return Alike.SAME if said.prefix == printed.prefix else Alike.NO
    prefix = _prefix({said.prefix, printed.prefix}, code=code, is_promo=is_promo)
    return min(prefix, _suffix({said.suffix, printed.suffix}))


def _prefix(both: set[str], *, code: str, is_promo: bool) -> Alike:
    """A prefix may be left away where it only repeats the set: SVP 176, OP01-025, DDC-49."""
    if len(both) == 1 or both == {"", code}:
        return Alike.SAME
    is_left_away = "" in both and (is_promo or max(map(len, both)) > SHORT)
    return Alike.CLOSE if is_left_away else Alike.NO


def _suffix(both: set[str]) -> Alike:
    if len(both) == 1:
        return Alike.SAME
    return Alike.CLOSE if "" in both and both - {""} <= ADDED else Alike.NO
