"""What a listing's title says, read without a catalogue: numbers, finish, language, grade, condition.

"2021 Pokemon SWSH Evolving Skies #215 Umbreon VMAX Alt Art PSA 10" is a year, a game, a number, a version
and a grade; which of the words left are the card's name and which its set's, only a catalogue can tell
(`catalog.listings`). Each thing read knows its place, so that a word within a name counts for nothing else:
"Reverse the Sands" is no reverse holo.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from catalog import grades, wordings, words
from catalog.grades import Grade
from catalog.matching import Wanted
from catalog.wordings import Refusal, Role

LONGEST = 300  # characters of a title that are read; eBay allows 80
CHUNK = re.compile(r"[^\W_]+(?:['/-][^\W_]+)*\*?'?")
# CardTrader writes the rarity behind the number: 019qsec.
PART = re.compile(
    r"\d{2,4}(?=(?:qsec|qcsr|scr|ser|utr|str|gr|ur|sr)\b)|[^\W_]+(?:'[^\W_]+)*'?", re.IGNORECASE
)
AROUND_SLASH = re.compile(r"(?<=\w) */ *(?=\w*\d)|(?<=\d) +/ *(?=\w)")
YEAR = re.compile(r"(?:19|20)\d\d")
PHRASES = {phrase: (role, value) for phrase, role, value in reversed(list(wordings.phrases()))}
LONGEST_PHRASE = max(map(len, PHRASES))

FULL = re.compile(r"(?:[a-z0-9]{2,5}-)?[a-z]{0,5}\d{1,4}[a-z]?\*?/(?:[a-z]{0,5}\d{1,4}|[a-z]{1,5}-p|p)")
DATED = re.compile(r"(?:19|20)\d\d/(?:19|20)?\d\d|\d{1,2}/\d{1,2}/\d{2,4}")
STRENGTH = re.compile(r"\d{1,2}/\d{1,2}")  # of a token
DASHED = re.compile(r"\d{3}-\d{3}")
CODED = re.compile(
    r"(?=[a-z0-9]*[a-z])[a-z0-9]{1,5}-(?:[a-z]{0,3}\d{3}|[a-z]{3}\d{2})[a-z]?\*?|[a-z0-9]{2,5}-(?:en|de|fr|it|sp|pt|jp|kr|ae)[a-z]{0,2}\d{1,3}|(?=\w*\d\w*-)[a-z]{1,4}\d{1,2}-\d{2,3}"
)
PREFIXED = re.compile(r"(?P<prefix>[a-z]{1,5})(?P<digits>\d{1,3})[a-z]?\*?")
PLAIN = re.compile(r"\d{1,4}[a-z]?\*?")
# Letters before one or two digits that number cards; others are a set's code: SV10, XY11, M2a.
OWN_PREFIXES = frozenset(["tg", "gg", "rc", "h", "sh", "sl", "r", "t", "sp"])
SHINY_VAULT = ("sv", 12)  # SV1 to SV12 are sets, too; from there to SV122 only cards
NUMBER_WORDS = frozenset(["no", "nr", "num", "number", "card"])
COUNT = re.compile(r"(?:x\d{1,3}|\d{1,3}x|\d{1,3}(?:st|nd|rd|th))")
COPIES = re.compile(
    r"\bx ?([2-9]|[1-9]\d{1,2})\b|(?<![\w/#-])([2-9]|[1-9]\d{1,2}) ?x\b(?! ?\d)"
    r"|\b(?:qty|lot)\W{0,3}\d",
    re.IGNORECASE,
)
LOT_OF = re.compile(
    r"\b(?:lot|set|bundle|pack|group) of \d|\b\d+ (?:cards?|copies|different|packs)\b(?! tcg)", re.IGNORECASE
)
SERIAL = re.compile(r"(?:serial(?:ized|ised)?|numbered)\D{0,3}$", re.IGNORECASE)


class Sureness(IntEnum):
    """How sure a number is the collector's."""

    WEAK = 0  # any digits
    PADDED = 1  # 026
    CODED = 2  # OP01-025, SWSH143, #34, No. 157
    FULL = 3  # 4/102


class Sighting(NamedTuple):
    """A number in the title, as printed there."""

    text: str
    place: int
    sureness: Sureness

    def rank(self) -> tuple[int, bool, int]:
        """The greatest is the card's: a set's code within it makes it surer, then the first counts."""
        return (self.sureness, "-" in self.text, -self.place)


class Mark(NamedTuple):
    """A phrase that tells something, by its words' places."""

    role: Role
    value: str
    start: int
    end: int

    @property
    def places(self) -> frozenset[int]:
        return frozenset(range(self.start, self.end))


class Word(NamedTuple):
    """One word: folded, and as the title has it. `behind_hash` when "#" or "No." stands before it."""

    folded: str
    written: str
    behind_hash: bool

    @property
    def is_possessive(self) -> bool:
        """Misty's, Rockets': the name of an owner."""
        return self.written.casefold().endswith(("'s", "s'"))


@dataclass(frozen=True)
class Title:
    """A title taken apart. Places count words."""

    text: str
    words: tuple[Word, ...]
    marks: tuple[Mark, ...]
    numbers: tuple[Sighting, ...]
    grade: Grade | None
    game: str  # our slug, "" untold

    @cached_property
    def folded(self) -> tuple[str, ...]:
        return tuple(word.folded for word in self.words)

    @property
    def shouts(self) -> bool:
        """Whether it is all in capitals, which then tell nothing."""
        return all(word.written.isupper() for word in self.words if word.written.isalpha())

    @property
    def number(self) -> str:
        """The collector number, as written; "" when none can be read."""
        sure = [one for one in self.numbers if one.sureness > Sureness.WEAK]
        return max(sure, key=Sighting.rank).text if sure else ""

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return self.refused()

    @property
    def languages(self) -> frozenset[str]:
        """As ISO 639-1 codes; more than one leaves it open."""
        return frozenset(self.values(Role.LANGUAGE))

    @property
    def condition(self) -> str:
        return next(iter(self.values(Role.CONDITION)), "") if not self.grade else ""

    @property
    def year(self) -> int | None:
        return next((int(year) for year in self.values(Role.YEAR)), None)

    @property
    def kind(self) -> str:
        """A number or a grade makes it a single, whatever box it came in."""
        is_single = bool(self.number or self.grade)
        return "sealed" if not is_single and self.values(Role.SEALED) else "single"

    @property
    def finish(self) -> str:
        return self.finish_without(frozenset())

    @property
    def wanted(self) -> Wanted:
        """The facts as a row would state them. `name` is all that is left, the set's words among it."""
        told = {place for mark in self.marks for place in range(mark.start, mark.end)}
        left = [word.written for place, word in enumerate(self.words) if place not in told]
        language = "".join(self.languages) if len(self.languages) == 1 else ""
        return Wanted(
            game=self.game, name=" ".join(left), number=self.number, finish=self.finish, kind=self.kind,
            language=language,
        )  # fmt: skip

    def values(self, role: Role, *, without: frozenset[int] = frozenset()) -> list[str]:
        """What marks of the role say, those left out that share a word with these places."""
        return list(dict.fromkeys(mark.value for mark in self.of(role, without=without)))

    def of(self, role: Role, *, without: frozenset[int] = frozenset()) -> list[Mark]:
        return [mark for mark in self.marks if mark.role is role and not without & mark.places]

    def finish_without(self, places: frozenset[int]) -> str:
        return " ".join(self.values(Role.FINISH, without=places))

    def refused(self, *, without: frozenset[int] = frozenset()) -> tuple[Refusal, ...]:
        """Why it is no listing of one card; words at these places are the card's or its set's."""
        named = self.values(Role.REFUSAL, without=without)
        if len(_distinct(one for one in self.numbers if one.sureness is Sureness.FULL)) > 1:
            named.append(Refusal.SEVERAL.name)
        return tuple(Refusal[name] for name in dict.fromkeys(named))


@lru_cache(maxsize=10_000)
def read(text: str, *, game: str = "") -> Title:
    """Takes a title apart. `game` is our slug where the caller knows it."""
    plain = _plain(text[:LONGEST])
    graded = grades.read(plain)
    listed = list(_words(plain))
    spoken = tuple(word for word, _ in listed)
    places = [span for _, span in listed]
    in_grade = {nth for nth, (start, _) in enumerate(places) if any(a <= start < b for a, b in graded.spans)}
    numbers = tuple(_numbers(spoken, plain=plain, places=places, taken=in_grade))
    marks = (
        *(Mark(Role.GRADE, "", nth, nth + 1) for nth in sorted(in_grade)),
        *_marks(spoken, taken=in_grade | {one.place for one in numbers if one.sureness > Sureness.WEAK}),
        *_counted(plain, places=places),
        *(Mark(Role.NUMBER, one.text, one.place, one.place + 1) for one in numbers if one.sureness),
    )
    told = [mark.value for mark in marks if mark.role is Role.GAME]
    is_strange = bool(game and told and game not in told)
    strange = (Mark(Role.REFUSAL, Refusal.OTHER_GAME.name, 0, 0),) if is_strange else ()
    own = told[0] if len(set(told)) == 1 else ""
    return Title(text, spoken, (*marks, *strange), numbers, graded.grade, game or own)


def _plain(text: str) -> str:
    """The title in plain letters, capitals kept: flags spelled out, accents and apostrophes gone."""
    for flag, name in wordings.FLAGS.items():
        text = text.replace(flag, f" {name} ")
    spelled = unicodedata.normalize("NFKC", STARRED.sub("*", text).translate(SPELLED_OUT))
    apart = unicodedata.normalize("NFKD", spelled)
    plain = "".join(letter for letter in apart if unicodedata.category(letter) not in {"Mn", "Cs"})
    return AROUND_SLASH.sub("/", plain)


STARRED = re.compile("(?<=\\d) ?[★☆⭐]")  # a star behind a number; elsewhere it is a word
APOSTROPHES = "'’‘ʼ`´′"  # noqa: RUF001 -- every apostrophe that sellers use
SPELLED_OUT = {
    **words.SPELLED_OUT, ord("Δ"): " delta ", **dict.fromkeys(map(ord, APOSTROPHES), "'")
}  # fmt: skip


def _words(plain: str) -> Iterator[tuple[Word, tuple[int, int]]]:
    """The words with their places in the text; a collector number stays in one piece."""
    for chunk in CHUNK.finditer(plain):
        is_whole = _is_number(chunk[0].casefold().rstrip("'"))
        parts = [chunk] if is_whole else PART.finditer(plain, *chunk.span())
        for part in parts:
            folded = part[0].casefold().replace("'", "")
            before = plain[max(part.start() - 8, 0) : part.start()]
            yield Word(folded, part[0], bool(BEHIND_HASH.search(before))), part.span()


BEHIND_HASH = re.compile(r"#\s?$|(?:^|\W)(?:No|NO|Nr|no|N)[.:°]?\s?$")


def _is_number(chunk: str) -> bool:
    shapes = (FULL, DASHED, CODED, PREFIXED, PLAIN)
    return any(shape.fullmatch(chunk) for shape in shapes) and not chunk.startswith(GRADED)


GRADED = ("psa-", "cgc-", "bgs-", "sgc-", "tag-", "ace-", "part-", "vol-")


def _numbers(
    spoken: Sequence[Word], *, plain: str, places: Sequence[tuple[int, int]], taken: set[int]
) -> Iterator[Sighting]:
    is_token = any(word.folded in {"token", "tokens"} for word in spoken)
    for place, word in enumerate(spoken):
        if is_token and STRENGTH.fullmatch(word.folded):
            continue
        if place in taken or SERIAL.search(plain[max(0, places[place][0] - 14) : places[place][0]]):
            continue
        sureness = _sureness(word)
        if sureness is not None:
            yield Sighting(_printed(word.written), place, sureness)


def _sureness(word: Word) -> Sureness | None:
    text = word.folded
    if DATED.fullmatch(text) or YEAR.fullmatch(text) or COUNT.fullmatch(text):
        return None
    if FULL.fullmatch(text) or DASHED.fullmatch(text):
        return Sureness.FULL
    if CODED.fullmatch(text) or (word.behind_hash and (PLAIN.fullmatch(text) or PREFIXED.fullmatch(text))):
        return Sureness.CODED
    if found := PREFIXED.fullmatch(text):
        return Sureness.CODED if _is_own_prefix(found) else Sureness.WEAK
    if PLAIN.fullmatch(text):
        return Sureness.PADDED if text.startswith("0") and len(text) > 2 else Sureness.WEAK
    return None


def _is_own_prefix(found: re.Match[str]) -> bool:
    prefix, digits = found["prefix"], found["digits"]
    if len(digits) > 2:
        return len(prefix) > 1
    return prefix in OWN_PREFIXES or (prefix == SHINY_VAULT[0] and int(digits) > SHINY_VAULT[1])


def _printed(written: str) -> str:
    """A number as printed: "130-098" is written for 130/098."""
    return written.replace("-", "/") if DASHED.fullmatch(written) else written


def _distinct(numbers: Iterable[Sighting]) -> set[str]:
    return {words.bare(one.text.casefold()) for one in numbers}


def _marks(spoken: Sequence[Word], *, taken: set[int]) -> Iterator[Mark]:
    """The longest phrase at each place; one word is part of one phrase."""
    shouts = all(word.written.isupper() for word in spoken if word.written.isalpha())
    place = 0
    while place < len(spoken):
        mark = _mark(spoken, place, taken=taken) or _code(spoken[place], place, shouts=shouts)
        if mark:
            yield mark
        place = mark.end if mark else place + 1


def _mark(spoken: Sequence[Word], place: int, *, taken: set[int]) -> Mark | None:
    for end in range(min(place + LONGEST_PHRASE, len(spoken)), place, -1):
        told = PHRASES.get(tuple(word.folded for word in spoken[place:end]))
        if told and told[0] is Role.LANGUAGE and end == place + 1 and _is_syllable(spoken[place]):
            continue
        if told and not taken & set(range(place, end)):
            return Mark(*told, place, end)
    return None


def _is_syllable(word: Word) -> bool:
    """A short form of a language stands in capitals: Fra-Nosuke is not French."""
    return (
        len(word.folded) <= 3 and not word.written.isupper() and word.folded not in {"jp", "jpn", "eng", "en"}
    )


def _code(word: Word, place: int, *, shouts: bool) -> Mark | None:
    if YEAR.fullmatch(word.folded) and 1990 <= int(word.folded) <= 2099:
        return Mark(Role.YEAR, word.folded, place, place + 1)
    language = wordings.LANGUAGE_CODES.get(word.folded)
    if language and word.written.isupper() and not shouts:
        return Mark(Role.LANGUAGE, language, place, place + 1)
    return None


def _counted(plain: str, *, places: Sequence[tuple[int, int]]) -> Iterator[Mark]:
    """Copies and lots by their count: x4, 4x, lot of 10, 20 cards."""
    for shape in (COPIES, LOT_OF):
        for found in shape.finditer(plain):
            inside = [nth for nth, (start, _) in enumerate(places) if found.start() <= start < found.end()]
            if inside:
                yield Mark(Role.REFUSAL, Refusal.LOT.name, inside[0], inside[-1] + 1)
