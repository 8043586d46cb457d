"""Which printings of a card a word for a finish can mean.

Each game and each app has its own words: Normal, nonfoil, regular; Foil, Holofoil, Holo; Reverse Holofoil,
Reverse; 1st Edition, Unlimited, Limited; etched. What is read here holds for any game.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from catalog import words

Printing = tuple[int, str]  # its key and the name of its finish

PLAIN = frozenset(["normal", "nonfoil", "regular", "standard", "plain", "no", "false", "non"])
FOIL = frozenset(["foil", "foiled", "true", "yes"])
HOLO = frozenset(["holo", "holofoil", "holographic"])
EDITIONS = frozenset(["1st", "unlimited", "limited"])
KNOWN = EDITIONS | {"reverse"}
NOISE = frozenset(
    ["edition", "ed", "print", "printing", "finish", "traditional", "version", "style", "pattern"]
)
SPELLINGS = {"first": "1st", "1e": "1st", "rev": "reverse"}
ALL_WORDS = PLAIN | FOIL | HOLO | KNOWN | NOISE  # what a name may say of the finish in brackets


class Look(NamedTuple):
    """A finish taken apart. `is_holo` is the narrower word: a plain "foil" may be any that shines."""

    is_plain: bool
    shines: bool
    is_holo: bool
    words: frozenset[str]

    @property
    def extra(self) -> frozenset[str]:
        return self.words - {"unlimited"}


@lru_cache(maxsize=2_000)
def read(finish: str) -> Look:
    said = {SPELLINGS.get(word, word) for word in words.tokens(finish)} - NOISE
    is_plain = bool(said & PLAIN)
    shines = not is_plain and bool(said & (FOIL | HOLO) or "reverse" in said)
    return Look(is_plain, shines, bool(said & HOLO), frozenset(said - PLAIN - FOIL - HOLO))


def strange(said: str, *, printings: Sequence[Printing]) -> frozenset[str]:
    """Words that no finish of the card has: "etched", "master ball". They may be in the card's name."""
    known = KNOWN.union(*(read(finish).words for _, finish in printings))
    return read(said).words - known


def fitting(said: str, *, printings: Sequence[Printing]) -> tuple[int, ...]:
    """The printings that the word can mean: several when it leaves the choice open, none when it fits none.

    A card with one printing needs no word, and among several the plain one does: Normal or Unlimited.
    """
    folded = words.fold(said)
    same = tuple(key for key, finish in printings if words.fold(finish) == folded)
    if same:
        return same
    look = read(said)
    if not folded or not any(look):
        return _unsaid(printings)
    unknown = strange(said, printings=printings)
    if unknown and len(printings) == 1:
        return (printings[0][0],)
    if look.shines or (unknown and not look.is_plain):
        return _shining(look._replace(words=look.words - unknown), printings)
    return _dull(look, printings)


def _unsaid(printings: Sequence[Printing]) -> tuple[int, ...]:
    keys = tuple(key for key, _ in printings)
    plain = _plain(printings, extra=frozenset())
    return plain if len(plain) == 1 else keys


def _plain(printings: Sequence[Printing], *, extra: frozenset[str]) -> tuple[int, ...]:
    looks = ((key, read(finish)) for key, finish in printings)
    return tuple(key for key, look in looks if not look.shines and look.extra == extra)


def _shining(said: Look, printings: Sequence[Printing]) -> tuple[int, ...]:
    looks = [(key, read(finish)) for key, finish in printings]
    fits = [(key, look) for key, look in looks if look.shines and said.extra <= look.extra]
    turned = [key for key, look in fits if "reverse" in look.words and "reverse" not in said.words]
    if said.is_holo:
        fits = [(key, look) for key, look in fits if key not in turned]
    elif turned:
        return tuple(key for key, _ in fits)
    plain = tuple(key for key, look in fits if look.extra == said.extra)
    return plain or tuple(key for key, _ in fits)


def _dull(said: Look, printings: Sequence[Printing]) -> tuple[int, ...]:
    """Normal, or no more than an edition: "1st edition" alone can mean a foil one, too."""
    plain = _plain(printings, extra=said.extra)
    if plain or said.is_plain:
        return plain
    looks = [(key, read(finish)) for key, finish in printings]
    if "unlimited" in said.words:
        return tuple(key for key, look in looks if not look.extra & EDITIONS)
    return tuple(key for key, look in looks if said.words <= look.words)
