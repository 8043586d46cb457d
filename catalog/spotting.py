"""Where in a title its sets stand: by their names, in whatever spelling, or by their codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from catalog import wordings, words
from catalog.editions import Editions
from catalog.titles import Title
from catalog.wordings import Role

MOST_SET_WORDS = 12
BREAKS = frozenset(
    [Role.GRADE, Role.NUMBER]
)  # no set's name goes across them, but across years: Core Set 2020
IN_NAMES = frozenset([Role.VERSION, Role.YEAR])  # what else a set's name may begin and end with
# They tell of some set of promos, not of one (`catalog.placing.says_promo`).
PROMO_WORDS = frozenset(
    ["promo", "promos", "promotional", "promotion", "promotions", "card", "cards", "pack", "the"]
)


class Span(NamedTuple):
    """Words of a title from `start` up to `end`."""

    start: int
    end: int

    @property
    def places(self) -> frozenset[int]:
        return frozenset(range(self.start, self.end))

    def covers(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


class SetSpan(NamedTuple):
    """Words that name sets; `is_series` when they name a whole series as well."""

    span: Span
    sets: frozenset[int]
    is_series: bool


@dataclass(frozen=True)
class Spotter:
    """Looks for sets in one title. `told` are the places of words that tell something else already."""

    title: Title
    editions: Editions
    games: frozenset[int]
    breaks: frozenset[int]
    told: frozenset[int]

    @classmethod
    def of(cls, title: Title, *, editions: Editions, games: frozenset[int]) -> "Spotter":
        breaks = frozenset(place for mark in title.marks if mark.role in BREAKS for place in mark.places)
        told = frozenset(place for mark in title.marks if mark.role not in IN_NAMES for place in mark.places)
        return cls(title, editions, games, breaks, told)

    def spans(self) -> Iterator[SetSpan]:
        """The longest windows that name a set, from the left."""
        start = 0
        while start < len(self.title.words):
            found = self._at(start)
            if found:
                yield found
            start = found.span.end if found else start + 1

    def _at(self, start: int) -> SetSpan | None:
        for end in range(min(start + MOST_SET_WORDS, len(self.title.words)), start, -1):
            span = Span(start, end)
            said = self.title.folded[start:end]
            if self.breaks & span.places or PROMO_WORDS.issuperset(said):
                continue
            is_series = " ".join(said) in wordings.SERIES
            sets = self._sets(span)
            if sets or (is_series and end > start + 1):
                return SetSpan(span, sets, is_series)
        return None

    def _sets(self, span: Span) -> frozenset[int]:
        """The sets that these words name; words that tell something else do so only as an exact name."""
        text = " ".join(self.title.folded[span.start : span.end])
        is_lone = span.end == span.start + 1
        if is_lone and span.start in self.told:
            return frozenset()
        if is_lone:
            return self.editions.named(text, games=self.games) or self._coded(span)
        if {span.start, span.end - 1} & self.told:
            return self.editions.named(text, games=self.games)
        return self.editions.called(text, games=self.games) or self._coded(span)

    def _coded(self, span: Span) -> frozenset[int]:
        """A code in capitals or with digits: SV10, DRI, "EB 02". Short words in small letters are none."""
        written = [word.written for word in self.title.words[span.start : span.end]]
        text = "".join(written)
        is_pair = len(written) == 2 and written[0].isalpha() and written[1].isdigit()
        is_code = len(written) == 1 and len(text) > 1 and (words.has_digit(text) and not text.isdigit())
        is_name = len(written) == 1 and 3 <= len(text) <= 5 and text.isupper() and not self.title.shouts
        return self.editions.coded(text, games=self.games) if is_pair or is_code or is_name else frozenset()
