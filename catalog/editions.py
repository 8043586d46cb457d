"""Which of our sets somebody's set name and code mean.

The marketplace, the apps and the publishers name one set differently: "Commander: Kaldheim" is "Kaldheim
Commander", "SV03: Obsidian Flames" is "Obsidian Flames", "Magic 2011 (M11)" is "2011 Core Set".
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from catalog import words
from catalog.numbers import compact

# "SV03: Obsidian Flames", "XY - Evolutions", "XY11-Bb: Fever-Burst Fighter", "smE: ..."; not "Art Series: ".
CODE_FIRST = re.compile(
    r"(?P<code>[A-Z]{1,5}[a-z]?[A-Z]?-?\d*[A-Za-z]?\+?(?:-[A-Za-z]{1,2})?|s\w{0,3}) *(?::| -) +(?=\S)"
)
CODE_LAST = re.compile(r"(?<=\S) *\((?P<code>(?=[A-Z0-9]*\d)[A-Z0-9]{2,5})\)$")
GAME_FIRST = re.compile(
    r"(the )?(pokemon( tcg)?( japanese| japan)?|magic the gathering|yugioh|yu gi oh|one piece( card game)?"
    r"|(disney )?lorcana) (?=\S)"
)
CORE_SET = re.compile(r"\b(?:magic|core(?: set)?) (\d{4})\b|\b(\d{4}) core set\b")
BASE_SET = re.compile(r"(?<=\w) base set$")
BLACK_STAR = re.compile(r"\bblack star (?=promo)")  # what Pokémon calls its promos
NOISE = frozenset(
    {"the", "of", "and", "a", "an", "in", "universe", "beyond", "extra", "token", "serie", "set", "edition"}
    | {"card", "reprint"}
)
SPELLINGS = {
    "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th", "eighth": "8th", "ninth": "9th",
    "tenth": "10th", "promotional": "promo", "promotion": "promo", "wizard": "wotc",
    "swsh": "sword shield", "sm": "sun moon", "sv": "scarlet violet", "bw": "black white",
    "dp": "diamond pearl", "hgss": "heartgold soulsilver", "svp": "scarlet violet", "mep": "mega evolution",
}  # fmt: skip
ALIASES = {
    "limited edition alpha": "alpha edition",
    "limited edition beta": "beta edition",
    "mystery booster playtest cards 2019": "mystery booster convention edition exclusives",
    "mystery booster playtest cards 2021": "mystery booster retail edition exclusives",
    "ultimate box topper": "ultimate masters box toppers",
}
# Magic's oldest codes, which MTGO and Deckbox still write (Gatherer's), and the list of reprints.
CODES = {
    "1e": "lea", "2e": "leb", "2u": "2ed", "an": "arn", "aq": "atq", "3e": "3ed", "le": "leg", "dk": "drk",
    "fe": "fem", "4e": "4ed", "ia": "ice", "hm": "hml", "al": "all", "mi": "mir", "vi": "vis", "5e": "5ed",
    "wl": "wth", "te": "tmp", "st": "sth", "ex": "exo", "uz": "usg", "gu": "ulg", "cg": "uds", "mm": "mmq",
    "ne": "nem", "pr": "pcy", "in": "inv", "ps": "pls", "7e": "7ed", "ap": "apc", "od": "ody",
    "plst": "list", "plist": "list", "list": "plst",
}  # fmt: skip
# A set with such a word more is another set: Kaldheim is not Commander: Kaldheim.
TELLING = frozenset(
    {
        "promo",
        "prerelease",
        "commander",
        "art",
        "master",
        "remastered",
        "jumpstart",
        "collector",
        "deck",
        "box",
    }
    | {
        "anthology",
        "expedition",
        "invocation",
        "invention",
        "ii",
        "iii",
        "iv",
        "japanese",
        "oversized",
        "kit",
    }
)
PARTS = ("trainer gallery", "shiny vault", "galarian gallery", "classic collection", "radiant collection")
MOST_LIKELY = 40  # sets a vague name may mean


class Certainty(Enum):
    UNSAID = "the row names no set"
    SURE = "the set of that name or code"
    LIKELY = "sets whose names have the row's words"
    TORN = "the name and the code mean different sets"
    UNKNOWN = "no set of that name or code"
    NO_GAME = "no game of that name"


class Edition(NamedTuple):
    """A set as the matching sees it."""

    key: int
    game: int
    name: str
    code: str


class Found(NamedTuple):
    certainty: Certainty
    sets: frozenset[int]


@dataclass(frozen=True)
class Editions:
    """All sets of the catalogue, by everything they are called."""

    editions: dict[int, Edition]
    codes: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    parts: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # of the set so named
    bags: dict[frozenset[str], set[int]] = field(default_factory=lambda: defaultdict(set))
    words: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, editions: Iterable[Edition]) -> "Editions":
        made = cls({edition.key: edition for edition in editions})
        for edition in made.editions.values():
            made._add(edition)
        return made

    def _add(self, edition: Edition) -> None:
        called = _called(edition.name)
        for code in {compact(edition.code), called.code} - {""}:
            self.codes[code].add(edition.key)
        for name in called.names:
            self.names[name].add(edition.key)
            if part := next((part for part in PARTS if name.endswith(f" {part}")), ""):
                self.parts[name.removesuffix(f" {part}")].add(edition.key)
        self.bags[called.bag].add(edition.key)
        for word in called.bag:
            self.words[word].add(edition.key)

    def find(self, name: str, *, code: str, games: frozenset[int], is_prerelease: bool = False) -> Found:
        """The sets that a row can mean within the games; `is_prerelease` when its number says so."""
        if is_prerelease and _is_promo(name, code=code):
            name, code = "Prerelease Cards", ""
        called = _called(name)
        same = self._within(games, self._by_name(called))
        if coded := self._within(games, self._by_code(code)):
            return self._coded(coded, same=same, called=called, games=games)
        if found := same or self._within(games, self._by_code(_lone_word(name))):
            return Found(Certainty.SURE, found)
        if likely := self._within(games, self._likely(called)):
            return self._likeliest(called, likely)
        unsaid = not compact(code) and not called.names
        return Found(Certainty.UNSAID if unsaid else Certainty.UNKNOWN, frozenset())

    def called(self, text: str, *, games: frozenset[int]) -> frozenset[int]:
        """The sets of that name within the games, however its words are spelled or ordered.

        With them their parts that number cards on their own: Lost Origin's Trainer Gallery.
        """
        called = _called(text)
        whole = self._within(games, self._by_name(called)) or self._within(games, self._ending(called))
        return whole | self._parts(set(called.names), whole=whole, games=games)

    def _parts(self, spelled: set[str], *, whole: frozenset[int], games: frozenset[int]) -> frozenset[int]:
        known = {name for key in whole for name in _called(self.editions[key].name).names}
        return self._within(games, [set().union(*(self.parts.get(name, set()) for name in known | spelled))])

    def named(self, text: str, *, games: frozenset[int]) -> frozenset[int]:
        """The sets of exactly that folded name within the games, with their parts as in `called`."""
        whole = self._within(games, [self.names.get(text, set())])
        return whole | self._parts({text}, whole=whole, games=games)

    def coded(self, code: str, *, games: frozenset[int]) -> frozenset[int]:
        """The sets of that very code within the games."""
        return self._within(games, [self.codes.get(compact(code), set())])

    def promos(self, games: frozenset[int]) -> frozenset[int]:
        """The sets of promos within the games."""
        return self._within(games, [self.words.get("promo", set())])

    def _coded(
        self, coded: frozenset[int], *, same: frozenset[int], called: "Called", games: frozenset[int]
    ) -> Found:
        """The sets of a code, as far as the name beside it agrees.

        A name that is not understood leaves the code likely; that of another set or game denies it.
        """
        if not called.names:
            return Found(Certainty.SURE, coded)
        agreed = coded & (same or self._within(games, self._likely(called)))
        if agreed:
            return Found(Certainty.SURE, agreed)
        if same or any(self._by_name(called)):
            return Found(Certainty.TORN, coded | same)
        return Found(Certainty.LIKELY, coded)

    def _within(self, games: frozenset[int], tiers: Iterable[Iterable[int]]) -> frozenset[int]:
        """The sets of the first tier that has any in these games."""
        for tier in tiers:
            if found := frozenset(key for key in tier if self.editions[key].game in games):
                return found
        return frozenset()

    def _by_code(self, code: str) -> Iterator[set[int]]:
        plain = compact(code)
        yield self.codes.get(plain, set())
        yield self.codes.get(CODES.get(plain, ""), set())
        if len(plain) > 3:
            # Scryfall's codes of tokens and promos: TMH2 lies in MH2, PBLB is the marketplace's PPBLB.
            yield self.codes.get(plain[1:], set()) if plain[0] == "t" else set()
            yield self.codes.get("p" + plain, set()) if plain[0] == "p" else set()

    def _by_name(self, called: "Called") -> Iterator[set[int]]:
        for name in called.names:
            yield self.names.get(name, set())
        if called.bag:
            yield self.bags.get(called.bag, set())

    def _likely(self, called: "Called") -> Iterator[set[int]]:
        """Sets with all these words and others that tell no other set."""
        if bag := called.bag:
            found = set.intersection(*(self.words.get(word, set()) for word in bag))
            more = {key: _called(self.editions[key].name).bag - bag for key in found}
            likely = {key for key, extra in more.items() if not _tells(extra)}
            yield likely if len(likely) <= MOST_LIKELY else set()

    def _ending(self, called: "Called") -> Iterator[set[int]]:
        """The one set whose name ends with these words: MEGA Dream ex of "High Class Pack: MEGA Dream ex"."""
        order = called.order
        if len(order) > 1:
            found = set.intersection(*(self.words.get(word, set()) for word in order))
            ended = {key for key in found if _called(self.editions[key].name).order[-len(order) :] == order}
            yield ended if len(ended) == 1 else set()

    def _likeliest(self, called: "Called", likely: frozenset[int]) -> Found:
        """What ends a name is its own part: Crimson Vow of "Innistrad: Crimson Vow", not Innistrad."""
        size = len(called.order)
        ended = frozenset(
            key for key in likely if _called(self.editions[key].name).order[-size:] == called.order
        )
        is_sure = size > 1 and len(ended) == 1
        return Found(Certainty.SURE, ended) if is_sure else Found(Certainty.LIKELY, likely)


class Called(NamedTuple):
    """A set's name taken apart: its spellings, likeliest first, the words that count, the code in it."""

    names: tuple[str, ...]
    order: tuple[str, ...]
    code: str

    @property
    def bag(self) -> frozenset[str]:
        return frozenset(self.order)


@lru_cache(maxsize=20_000)
def _called(name: str) -> Called:
    first, last = CODE_FIRST.match(name), CODE_LAST.search(name)
    without = words.fold(name[first.end() if first else 0 : last.start() if last else None])
    game = GAME_FIRST.match(without)
    plain = without[game.end() if game else 0 :]
    names = (_aliased(words.fold(name)), without, plain)
    code = first or last
    spellings = tuple(dict.fromkeys(spelling for spelling in names if spelling))
    return Called(spellings, _order(_aliased(plain)), compact(code["code"]) if code else "")


def _aliased(name: str) -> str:
    return ALIASES.get(name, name)


def _order(plain: str) -> tuple[str, ...]:
    """The words that count, in their order; "Commander: Kaldheim" becomes "Kaldheim Commander"."""
    named = BASE_SET.sub("", BLACK_STAR.sub("", plain.removeprefix("the ")))
    dated = CORE_SET.sub(r"\1\2", named)
    single = (_singular(word) for word in dated.split())
    spelled = [part for word in single for part in SPELLINGS.get(word, word).split()]
    noise = NOISE | ({"pack"} if "promo" in spelled else set())
    kept = [word for word in spelled if word not in noise] or spelled
    return (*kept[1:], kept[0]) if kept[:1] == ["commander"] else tuple(kept)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _tells(extra: frozenset[str]) -> bool:
    return bool(extra & TELLING) or any(map(words.has_digit, extra))


def _lone_word(name: str) -> str:
    """Many write a set's code where its name should stand."""
    return name if len(name.split()) == 1 else ""


def _is_promo(name: str, *, code: str) -> bool:
    return "promo" in _called(name).bag or (len(code) > 3 and code[0] in "pP")
