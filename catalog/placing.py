"""Where in a title the set stands and where the card's name may, and what the rest then says of a card.

The catalogue knows the names: `windows` are the texts worth asking it for. Of those it knows, the longest
are meant: "Dark Alakazam" is no Alakazam.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from catalog import names, numbers, wordings, words
from catalog.candidates import Game
from catalog.editions import Certainty, Editions
from catalog.likeness import RARITY_TELLS, Card, Said
from catalog.spotting import SetSpan, Span, Spotter
from catalog.titles import Sighting, Sureness, Title
from catalog.wordings import Role

MOST_NAME_WORDS = 12
SIGNED_BY_S = re.compile(r"(?<=\d)s$")
POKEMON = frozenset(["pokemon"])
BREAKS = frozenset([Role.GRADE, Role.YEAR, Role.NUMBER])  # no name goes across them
NO_NAMES = frozenset(
    [Role.NOISE, Role.CONDITION, Role.LANGUAGE, Role.GAME, Role.GRADE, Role.YEAR, Role.SEALED]
)


@dataclass(frozen=True)
class Placed:
    """A title with the places of its sets, before any card was looked up."""

    title: Title
    games: tuple[Game, ...]
    spans: tuple[SetSpan, ...]
    promos: frozenset[int]  # sets of promos, where the title says it is one

    @classmethod
    def of(cls, title: Title, *, games: Sequence[Game], editions: Editions) -> "Placed":
        within = frozenset(game.key for game in games)
        spans = tuple(Spotter.of(title, editions=editions, games=within).spans())
        promos = editions.promos(within) if says_promo(title) else frozenset()
        return cls(title, tuple(games), spans, promos)

    @property
    def sets(self) -> frozenset[int]:
        return self.promos.union(*(one.sets for one in self.spans))

    @cached_property
    def windows(self) -> dict[str, Span]:
        """The texts that may be a card's name, with where they stand; of one text the first place counts."""
        found: dict[str, Span] = {}
        for span in self._name_spans():
            for text in _spellings(self.title.folded[span.start : span.end]):
                found.setdefault(text, span)
        return found

    def _name_spans(self) -> Iterator[Span]:
        size = len(self.title.words)
        breaks = {place for mark in self.title.marks if mark.role in BREAKS for place in mark.places}
        empty = {place for mark in self.title.marks if mark.role in NO_NAMES for place in mark.places}
        for start in range(size):
            for end in range(start + 1, min(start + MOST_NAME_WORDS, size) + 1):
                if end - 1 in breaks:
                    break
                if not set(range(start, end)) <= empty:
                    yield Span(start, end)

    @property
    def numbers(self) -> list[Sighting]:
        """Those that can be the card's: sure ones, or else any digits outside a set's name."""
        sure = [one for one in self.title.numbers if one.sureness >= Sureness.CODED]
        if sure:
            return [max(sure, key=Sighting.rank)]
        taken = frozenset().union(*(one.span.places for one in self.spans))
        return [self._starred(one) for one in self.title.numbers if one.place not in taken]

    def _starred(self, sighting: Sighting) -> Sighting:
        is_signed = any(game.slug in wordings.SIGNED for game in self.games) and len(self.games) == 1
        return sighting._replace(text=SIGNED_BY_S.sub("*", sighting.text)) if is_signed else sighting

    @property
    def query(self) -> str | None:
        """The tsquery for cards of any of its numbers; None without one."""
        tokens = sorted({token for one in self.numbers for token in words.number_tokens(one.text)})
        return " | ".join(f"'{token}'" for token in tokens) or None

    def known(self, texts: Collection[str]) -> list[tuple[str, Span]]:
        """The longest of its windows among the names; within a set's name only for want of others."""
        found = [(text, span) for text, span in self.windows.items() if text in texts]
        whole = [one for one in found if self._is_whole(one[1]) and not _is_inside(one[1], found)]
        apart = [one for one in whole if not any(placed.span.covers(one[1]) for placed in self.spans)]
        told = [one for one in apart if not self._is_told(one[1])]
        return told or apart or whole

    def _is_told(self, span: Span) -> bool:
        """Whether the words tell a finish or a version already."""
        told = {place for mark in self.title.marks for place in mark.places}
        return span.places <= told

    def _is_whole(self, span: Span) -> bool:
        """No other Pokémon's name begins before the words or goes on behind them."""
        if not {game.slug.split("-")[0] for game in self.games} & POKEMON:
            return True
        folded, heads = self.title.folded, self.title.words[: span.start]
        before = folded[span.start - 1] if span.start else ""
        behind = folded[span.end] if span.end < len(folded) else ""
        is_owned = bool(heads) and heads[-1].is_possessive
        is_headed = (is_owned or before in wordings.HEADS) and not self._in_set(span.start - 1)
        is_tailed = behind in wordings.TAILS and not self._in_set(span.end)
        return not is_headed and not is_tailed

    def _in_set(self, place: int) -> bool:
        return any(place in one.span.places for one in self.spans)

    def said(self, text: str, span: Span, *, cards: Sequence[Card], is_cut: bool) -> Said:
        """What the title says of a card, if these words are its name."""
        spans = [one for one in self.spans if not one.span.places & span.places]
        taken = span.places.union(*(one.span.places for one in spans))
        number = self._number(cards, taken=taken)
        finish = self.title.finish_without(taken)
        certainty, sets = self._certainty(spans, number=number)
        variants = self._variants(cards, taken=taken, number=number)
        name = names.read(text)
        whole = " ".join([text, *sorted(variants)])
        return Said(
            name=name._replace(whole=whole, faces=(text,), variants=frozenset(variants)),
            name_text=" ".join(word.written for word in self.title.words[span.start : span.end]),
            number=tuple(read for one in number for read in numbers.read(one.text)),
            number_text=number[0].text if number else "",
            set_text=self._set_text(spans),
            game_text=self.games[0].name if self.title.game and self.games else "",
            finish=finish.replace("reverse", "")
            if "ball" in variants
            else finish,  # the pattern is a reverse
            rarity=self._rarity(cards, taken=taken),
            kind=self.title.kind,
            ids=frozenset(),
            sets=sets,
            certainty=certainty,
            is_cut=is_cut,
        )

    def _set_text(self, spans: Iterable[SetSpan]) -> str:
        written = (self.title.words[one.span.start : one.span.end] for one in spans)
        return ", ".join(" ".join(word.written for word in part) for part in written)

    def _number(self, cards: Sequence[Card], *, taken: frozenset[int]) -> list[Sighting]:
        """The number that a card of the name has; without one, digits that no other thing explains."""
        said = [one for one in self.numbers if one.sureness >= Sureness.CODED or one.place not in taken]
        if any(one.sureness >= Sureness.CODED for one in said):
            return said
        agreed = [one for one in said if any(_has(card, one) for card in cards)]
        return agreed or [one for one in said if len(one.text) > 1]

    def _certainty(
        self, spans: Sequence[SetSpan], *, number: Sequence[Sighting]
    ) -> tuple[Certainty, frozenset[int]]:
        named = frozenset().union(*(one.sets for one in spans))
        sets = self.promos | named
        if any(not one.is_series for one in spans):
            is_sure = any(one.sureness >= Sureness.CODED for one in number)
            return Certainty.SURE, sets if is_sure else named
        if self.promos:
            return Certainty.LIKELY, sets
        is_full = any(one.sureness is Sureness.FULL for one in number)
        return Certainty.SURE if spans and not is_full else Certainty.UNSAID, sets

    def _variants(
        self, cards: Sequence[Card], *, taken: frozenset[int], number: Sequence[Sighting]
    ) -> frozenset[str]:
        """The words that tell versions: those every seller uses, and those that a card of the name has."""
        theirs = frozenset(word for card in cards for word in names.read(card.name).variants)
        taken |= {place for mark in self.title.marks if mark.role in BREAKS for place in mark.places}
        free = [word for place, word in enumerate(self.title.folded) if place not in taken]
        told = names.variant_words(" ".join(self.title.values(Role.VERSION, without=taken)))
        said = frozenset(names.variant_words(" ".join(free)) & theirs | told)
        if number:
            families = {card.game.split("-")[0] for card in cards}
            said -= (
                frozenset().union(*(wordings.DESCRIBING.get(one, frozenset()) for one in families)) - theirs
            )
        if {"alternate", "art"} <= said and "parallel" in theirs and "alternate" not in theirs:
            said = said - {"alternate", "art"} | {"parallel"}
        return said

    def _rarity(self, cards: Sequence[Card], *, taken: frozenset[int]) -> str:
        """The longest rarity that the title says, where a rarity tells cards apart."""
        told = [card for card in cards if card.game in RARITY_TELLS]
        if not told:
            return ""
        listed = {words.fold(part) for card in told for part in card.rarity.split("/")} | wordings.RARITIES
        short = wordings.SHORT_RARITIES
        free = [short.get(word, word) for place, word in enumerate(self.title.folded) if place not in taken]
        text = f" {' '.join(free)} "
        said = max((rarity for rarity in listed if rarity and f" {rarity} " in text), key=len, default="")
        is_loose = said in wordings.LOOSE_RARITIES and not any(
            names.read(card.name).variants for card in told
        )
        return "" if is_loose else said

    def left(self, said: Said, card: Card, *, taken: frozenset[int]) -> list[str]:
        """The words that nothing explains: neither name, set or number nor a word of sellers."""
        told = {place for mark in self.title.marks for place in mark.places}
        told |= {one.place for one in self.title.numbers} | taken
        explained = said.name.variants | frozenset(said.rarity.split()) | wordings.SHORT_RARITIES.keys()
        explained |= frozenset(words.tokens(card.name))
        free = [word for place, word in enumerate(self.title.words) if place not in told]
        return [word.written for word in free if word.folded not in explained and not word.folded.isdigit()]


def says_promo(title: Title) -> bool:
    return any(word.startswith("promo") for word in title.folded)


def near(placed: Placed, card: Card) -> tuple[str, Span] | None:
    """The words of the title that are the card's name with a typing error in it."""
    printed = names.read(card.name)
    size = len(printed.front.split())
    for text, span in placed.windows.items():
        if span.end - span.start == size and names.alike(names.read(text), printed) is names.Alike.NEAR:
            return text, span
    return None


def _has(card: Card, sighting: Sighting) -> bool:
    said, printed = numbers.read(sighting.text), numbers.read(card.number or names.read(card.name).number)
    alike = numbers.alike(said, printed, set_code=card.set_code, set_name=card.set_name)
    return alike >= numbers.Alike.CLOSE


def _spellings(folded: Sequence[str]) -> Iterator[str]:
    """A name as sellers write it: "VM" for VMAX, "M Mewtwo EX", "Rocket's Mewtwo" of Team Rocket."""
    text = " ".join("vmax" if word == "vm" and place else word for place, word in enumerate(folded))
    yield text
    for short, long in ABBREVIATED.items():
        if text.startswith(f"{short} ") and len(folded) > 1:
            yield text.replace(short, long, 1)


ABBREVIATED = {"m": "mega", "rockets": "team rockets"}


def _is_inside(span: Span, found: Sequence[tuple[str, Span]]) -> bool:
    return any(other.covers(span) and other != span for _, other in found)
