"""Plain text from what marketplaces call text."""

import hashlib
import html
import re
import unicodedata

# Invisible characters (zero-width, bidirectional overrides, lone surrogates) can disguise a name, and a lone
# surrogate or NUL cannot be stored at all.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_LINE_BREAKING_TAG = re.compile(r"</?(?:br|p|div|li|ul|ol|hr|tr|td|th|h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[a-z/!?][^<>]*>", re.IGNORECASE)
_TAG_OPENER = re.compile(r"<+(?=[a-z/!?])", re.IGNORECASE)
# Each pass undoes one layer of escaping; deeper nesting is an attack and stays visible, escaped text.
_PASSES = 3
# Markup is longer than the text in it, but not without end.
_MARKUP_ALLOWANCE = 10


def plain(text: str, *, limit: int) -> str:
    """`text` without markup, entities and invisible characters, whitespace collapsed, at most `limit` long.

    The result never contains anything that a browser reads as a tag. "<3" and "a < b" are kept.
    """
    if "<" in text or "&" in text or not text.isprintable():
        text = _without_markup(text[: limit * _MARKUP_ALLOWANCE])
    return " ".join(unicodedata.normalize("NFC", text).split())[:limit].rstrip()


def key(*parts: str, limit: int = 80) -> str:
    """An id made of several texts; one that would be too long to keep ends in a digest of the whole."""
    whole = "|".join(part for part in parts if part)
    if len(whole) <= limit:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:12]
    return f"{whole[: limit - len(digest) - 1]}~{digest}"


def _without_markup(text: str) -> str:
    text = _visible(text)
    for _ in range(_PASSES):
        if "<" not in text and "&" not in text:
            return text
        text = _visible(html.unescape(text))
        text = _TAG.sub("", _LINE_BREAKING_TAG.sub(" ", text))
    return _TAG_OPENER.sub("", text)


def _visible(text: str) -> str:
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return "".join(character for character in text if unicodedata.category(character) not in _INVISIBLE)
