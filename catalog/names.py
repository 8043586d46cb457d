"""Card names as the world writes them, and whether two of them can be the same.

The marketplace adds to a name what tells versions apart: "Abuelo's Awakening (Borderless)", "Mudkip (32)",
"Umbreon ex - 176". Of a card with two faces some write both, "Fire // Ice", and some the first.
"""

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from catalog import finishes, words

GROUP = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
FACES = re.compile(r"\s+//?\s+|//")
NUMBER = r"#?[A-Za-z]{0,5}[ -]?\d[\w/-]*"
TAIL = re.compile(rf"\s+(?:[-‐‑‒–—−]\s+(?={NUMBER}\s*$)|(?=#))(?P<number>{NUMBER})\s*$")  # noqa: RUF001
YEAR = re.compile(r"(?:19|20)\d\d")
TREATED = re.compile(
    r"\s+[-–]\s+((?:\w+\s+)*(?:art|borderless|showcase|foil|etched|frame))\s*$", re.IGNORECASE
)
TOKEN = re.compile(r"(?<=\S)( double sided)? tokens?$")
SPELLINGS = {"alt": "alternate", "holographic": "holo", "holofoil": "holo", "rev": "reverse", "first": "1st"}
NOISE = frozenset(["version", "variant", "the", "and", "of", "pattern"])
LONG = 10  # letters from which two typing errors are believed
SHORT = 5  # letters up to which none is


class Alike(IntEnum):
    """How far two names agree; NEAR ones are a typing error apart."""

    NO = 0
    NEAR = 1
    SAME = 2


class Name(NamedTuple):
    """A name taken apart: all folded, see `words.fold`.

    `faces` are without what stands in brackets: words that tell versions apart are in `variants`, those of a
    finish in `finish`, too. `number` is one that stands in the name itself, as written.
    """

    whole: str
    faces: tuple[str, ...]
    variants: frozenset[str]
    finish: frozenset[str]
    number: str

    @property
    def front(self) -> str:
        return self.faces[0] if self.faces else ""


@lru_cache(maxsize=50_000)
def read(text: str) -> Name:
    text = text[: words.LONGEST_TEXT]
    groups = GROUP.findall(text)
    bare = GROUP.sub(" ", text)
    tail = TAIL.search(bare)
    bare = bare[: tail.start()] if tail else bare
    treated = TREATED.search(bare)
    bare = bare[: treated.start()] if treated else bare
    whole = words.fold(text)
    faces = tuple(face for face in map(_face, FACES.split(bare)) if face) or ((whole,) if whole else ())
    said = [*groups, treated[1]] if treated else groups
    words_of = [variant_words(group) for group in said]
    variants = frozenset(word for found in words_of for word in found)
    finish = frozenset(word for found in words_of if found <= finishes.ALL_WORDS for word in found)
    return Name(whole, faces, variants, finish, tail["number"].lstrip("#") if tail else _number(groups))


def variant_words(text: str) -> set[str]:
    """The words that tell versions apart, in one spelling."""
    return {words.bare(SPELLINGS.get(word, word)) for word in words.tokens(text)} - NOISE


def alike(said: Name, printed: Name) -> Alike:
    """Whether the names can be of one card, whatever its version."""
    if is_same(said, printed):
        return Alike.SAME
    mine, theirs = (tuple(_closed(face) for face in name.faces) for name in (said, printed))
    if not mine or not theirs:
        return Alike.NO
    if all(one == other for one, other in zip(mine, theirs, strict=False)):
        return Alike.SAME
    return Alike.NEAR if _near(said.front, printed.front) and mine[1:2] == theirs[1:2] else Alike.NO


def is_same(said: Name, printed: Name) -> bool:
    """Whether they are the same, letter by letter: "Unown A" is "Unown (A)"."""
    return bool(said.whole) and _closed(said.whole) == _closed(printed.whole)


def _face(text: str) -> str:
    return TOKEN.sub("", words.fold(text))


def _number(groups: list[str]) -> str:
    """The number of "Plains (262)"; a year is none."""
    found = (group.strip() for group in groups if re.fullmatch(NUMBER, group.strip()))
    return next((number for number in found if not YEAR.fullmatch(number)), "")


def _closed(text: str) -> str:
    return text.replace(" ", "")


def _near(said: str, printed: str) -> bool:
    """One typing error apart, two in long names. Digits and short words (V, ex) are never typing errors."""
    if _exact_words(said) != _exact_words(printed):
        return False
    length = min(len(said), len(printed))
    most = 0 if length <= SHORT else 2 if length >= LONG else 1
    return OSA.distance(_closed(said), _closed(printed), score_cutoff=most) <= most


def _exact_words(text: str) -> list[str]:
    return sorted(word for word in text.split() if len(word) <= 3 or words.has_digit(word))
