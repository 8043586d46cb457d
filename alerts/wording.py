"""Makes names fit to stand in a message: a name is whatever a marketplace or a person typed."""

import unicodedata
from typing import Final, Literal

Unit = Literal["utf-8", "utf-16-le", "utf-32-le"]

_BYTES: Final[dict[Unit, int]] = {"utf-8": 1, "utf-16-le": 2, "utf-32-le": 4}
_BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})
# Zero-width characters and bidirectional overrides disguise a text, a lone surrogate cannot be sent.
_INVISIBLE: Final = frozenset({"Cf", "Cs"})
_JOINER: Final = "\u200d"  # holds the people of a family emoji together
_MORE: Final = "…"


def line(text: str, *, limit: int = 300) -> str:
    """One line of visible text, whitespace collapsed, at most so many characters."""
    if not text.isprintable():
        text = "".join(map(_seen, text))
    return cut(" ".join(text.split()), limit=limit)


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if category in _BREAKS:
        return " "
    return "" if category in _INVISIBLE and character != _JOINER else character


def cut(text: str, *, limit: int, unit: Unit = "utf-32-le") -> str:
    """At most `limit` long, with an ellipsis where something is missing.

    Lengths are counted in characters (UTF-32), or as some receivers do in bytes or in UTF-16 code units.
    """
    size = _BYTES[unit]
    whole = text.encode(unit)
    if len(whole) <= limit * size:
        return text
    room = limit * size - len(_MORE.encode(unit))
    return whole[:room].decode(unit, "ignore").rstrip() + _MORE
