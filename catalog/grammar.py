"""What a search may say: words, phrases and conditions, joined by spaces, `or`, `-` and parentheses.

docs/search.md is the grammar. Nothing here knows which sets or rarities there are; `pricing.conditions` does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog import words

Sign = Literal[">", ">=", "<", "<=", "="]

NAMES = ("game", "set", "rarity", "finish", "kind", "number", "name")
CHANGES = {"change24h": 1, "change7d": 7, "change30d": 30}  # days looked back
AMOUNTS = ("price", *CHANGES)
KEYS = (*NAMES, *AMOUNTS, "owned")

MOST_CONDITIONS = 20
DEEPEST = 12

TOKEN = re.compile(
    r"""\s*(?: (?P<phrase>"[^"]*")
           |   (?P<open>-?\() | (?P<close>\))
           |   (?P<condition>-?[^\W\d_]\w*(?::?[<>]=?|:?=|:)(?:"[^"]*"|[^\s()"]+)?)
           |   (?P<not>-(?="[^"]+"))
           |   (?P<word>[^\s()"]+)
           |   (?P<quote>") )""",
    re.VERBOSE,
)
CONDITION = re.compile(r"(?P<minus>-?)(?P<key>\w+)(?P<sign>:?[<>]=?|:?=|:)(?P<value>.*)", re.DOTALL)
MONEY = re.compile(r"\$?(\d{1,7}(?:\.\d{1,2})?)", re.ASCII)
PERCENT = re.compile(r"([+-]?\d{1,7}(?:\.\d{1,2})?)%?", re.ASCII)
COUNT = re.compile(r"\d{1,6}", re.ASCII)
SIGNS: dict[str, Sign] = {"": "=", "=": "=", ">": ">", ">=": ">=", "<": "<", "<=": "<="}
OWNED: dict[str, tuple[Sign, Decimal]] = {"yes": (">=", Decimal(1)), "no": ("=", Decimal(0))}
EXAMPLES = {"price": "price>=10"} | {key: f"{key}>10%" for key in CHANGES}


class ParseError(ValueError):
    """A search that cannot be meant: `length` characters from `position` on are wrong.

    Each of the suggestions may stand in their place.
    """

    def __init__(self, message: str, *, position: int, length: int, suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.length = length
        self.suggestions = list(suggestions)

    def corrected(self, text: str) -> list[str]:
        """The text with each of the suggestions in place of what is wrong."""
        before, after = text[: self.position], text[self.position + self.length :]
        return [before + suggestion + after for suggestion in self.suggestions]


class Place(NamedTuple):
    """Where in the text something stands."""

    start: int
    end: int

    def error(self, message: str, *suggestions: str) -> ParseError:
        length = self.end - self.start
        return ParseError(message, position=self.start, length=length, suggestions=suggestions)


@dataclass(frozen=True, slots=True)
class Words:
    """Words side by side, as they were typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand in this order in a card's name."""

    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """A game, set, rarity, finish, kind or number of this name. `place` is that of the name."""

    key: str
    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Compared:
    """The price in minor units, its change in percent, or how many are owned."""

    key: str
    sign: Sign
    amount: Decimal
    place: Place


@dataclass(frozen=True, slots=True)
class Not:
    node: "Node"


@dataclass(frozen=True, slots=True)
class All:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    nodes: tuple["Node", ...]


Node = Words | Phrase | Named | Compared | Not | All | Either


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    place: Place


def parse(text: str) -> All:
    """The parts that must all be met; none of a text that says nothing. Raises ParseError.

    What holds only words is words, however its quotes and parentheses are left open.
    """
    tokens = list(_tokens(text))
    try:
        return _Parser(text, tokens=tokens).query()
    except ParseError:
        if any(token.kind in {"condition", "or", "minus"} for token in tokens):
            raise
        return All((Words(text),))


def _tokens(text: str) -> Iterator[Token]:
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or ""
        token = Token(kind, match[kind], Place(*match.span(kind)))
        if kind == "condition" and not _is_condition(token.text):
            token = replace(token, kind="word")
        yield from _split(token)


def _is_condition(text: str) -> bool:
    """Whether a word with a colon in it is one: its key is known, or looks like a known one's misspelling."""
    match = CONDITION.fullmatch(text)
    known = match and match["key"].casefold() in KEYS
    return bool(known or (match and match["value"] and _similar(match["key"])))


def _split(token: Token) -> Iterator[Token]:
    """The minus before a token by itself."""
    start, end = token.place
    is_negated = token.text.startswith("-") and token.kind != "not" and words.tokens(token.text[1:2])
    if token.kind == "not":
        yield Token("minus", "-", token.place)
    elif token.text.startswith("-") and (is_negated or token.kind == "open"):
        yield Token("minus", "-", Place(start, start + 1))
        yield Token(token.kind, token.text[1:], Place(start + 1, end))
    else:
        yield Token("or" if token.text.casefold() == "or" else token.kind, token.text, token.place)


class _Parser:
    """Recursive descent: query = either; either = both {"or" both}; both = one {one}."""

    def __init__(self, text: str, *, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.conditions = 0

    @property
    def kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def query(self) -> All:
        node = self.either()
        if self.kind:
            raise self.take().place.error("This closes a parenthesis that was never opened.", "")
        return node if isinstance(node, All) else All((node,))

    def either(self) -> Node:
        found = [self.both()]
        while self.kind == "or":
            self.take()
            found.append(self.both())
        said = tuple(node for node in found if node != All(()))
        return said[0] if len(said) == 1 else Either(said) if said else All(())

    def both(self) -> Node:
        found: list[Node] = []
        while self.kind not in {"", "close"} and not (self.kind == "or" and self.is_between(found)):
            node = self.one()
            found += node.nodes if isinstance(node, All) else [node]
        return found[0] if len(found) == 1 else All(tuple(found))

    def is_between(self, found: list[Node]) -> bool:
        """Whether the `or` joins two things; at the rim of a group it is a word."""
        following = {token.kind for token in self.tokens[self.at + 1 : self.at + 2]}
        return bool(found) and bool(following - {"close", "or"})

    def one(self) -> Node:
        kind = self.kind
        if kind in {"word", "or"}:
            return self.words()
        token = self.take()
        if kind == "minus":
            node = self.one()
            return Not(node) if node != All(()) else node
        if kind == "phrase":
            return _phrase(token.text[1:-1])
        if kind == "open":
            return self.group(token)
        if kind == "condition":
            return self.condition(token)
        raise Place(token.place.start, len(self.text)).error(
            "This quotation mark is never closed.", *self.closed()
        )

    def closed(self) -> list[str]:
        start = self.tokens[self.at - 1].place.start
        return [self.text[start:].rstrip() + '"']

    def words(self) -> Node:
        """The words up to the next other thing, from where the text has them; one only after a minus."""
        first = last = self.take()
        is_negated = self.at > 1 and self.tokens[self.at - 2].kind == "minus"
        while not is_negated and (
            self.kind == "word" or (self.kind == "or" and not self.is_between([Words("")]))
        ):
            last = self.take()
        text = self.text[first.place.start : last.place.end]
        return Words(text) if words.tokens(text) else All(())

    def group(self, opened: Token) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise opened.place.error("Parentheses stand too deep inside each other here.")
        node = self.either()
        if self.kind != "close":
            rest = Place(opened.place.start, len(self.text))
            raise rest.error("This parenthesis is never closed.", self.text[rest.start :].rstrip() + ")")
        self.take()
        self.depth -= 1
        return node

    def condition(self, token: Token) -> Node:
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            raise token.place.error(f"A search holds at most {MOST_CONDITIONS} conditions.")
        return _condition(token)


def _condition(token: Token) -> Node:
    match = CONDITION.fullmatch(token.text)
    assert match
    typed, sign, value = match["key"], match["sign"], match["value"]
    start = token.place.start
    key = typed.casefold()
    if key not in KEYS:
        similar = _similar(key)
        wrong = Place(start, start + len(typed))
        raise wrong.error(f"There is no “{typed}{sign}”. Did you mean {_listed(similar)}?", *similar)
    value = value.strip('"').strip()
    place = Place(start + match.start("value"), token.place.end)
    if not value:
        raise token.place.error(f"After {typed}{sign} its value is missing; no space stands between them.")
    if key in NAMES:
        return _named(key, sign=sign, value=value, token=token, place=place)
    if key == "owned":
        return _owned(sign, value=value, token=token, place=place)
    return _compared(key, sign=sign, value=value, place=place)


def _named(key: str, *, sign: str, value: str, token: Token, place: Place) -> Node:
    if sign.strip(":="):
        colon = f"{key}:{quoted(value)}"
        raise token.place.error(f"{key.capitalize()} is a name, so it takes a colon: {colon}", colon)
    if key == "name":
        return _phrase(value)
    return Named(key, value, place)


def _compared(key: str, *, sign: str, value: str, place: Place) -> Compared:
    number = (MONEY if key == "price" else PERCENT).fullmatch(value)
    if not number:
        kind = "an amount of dollars" if key == "price" else "a percentage"
        raise place.error(f"“{value}” is not {kind}. Write it as in {EXAMPLES[key]}.", *_number_in(value))
    amount = Decimal(number[1])
    return Compared(key, _plain(sign), amount * 100 if key == "price" else amount, place)


def _owned(sign: str, *, value: str, token: Token, place: Place) -> Compared:
    known, plain = OWNED.get(value.casefold()), _plain(sign)
    if known and plain == "=":
        return Compared("owned", *known, token.place)
    if not COUNT.fullmatch(value):
        raise place.error(f"“{value}” is no number of copies. Write owned:yes, owned:no or owned>2.", *OWNED)
    return Compared("owned", plain, Decimal(value), token.place)


def _plain(sign: str) -> Sign:
    return SIGNS[sign.lstrip(":")]


def _phrase(text: str) -> Node:
    return Phrase(text) if words.tokens(text) else All(())


def _number_in(value: str) -> list[str]:
    """10 of "10,-" or "10€"."""
    found = re.search(r"\d{1,7}(?:\.\d{1,2})?", value, re.ASCII)
    return [found[0]] if found else []


def _similar(key: str) -> list[str]:
    """Known keys one typing error away from this one, two from a long one; likeliest first."""
    if len(key) < 3:  # anything resembles two letters
        return []
    most = 1 if len(key) < 6 else 2
    found = process.extract(key.casefold(), KEYS, scorer=OSA.distance, score_cutoff=most, limit=3)
    return [known for known, _, _ in found]


def _listed(keys: Sequence[str]) -> str:
    return " or ".join(keys)


def quoted(name: str) -> str:
    """The name as a value is written: in quotes if a space or parenthesis is in it."""
    return f'"{name}"' if re.search(r"[\s()]", name) else name
