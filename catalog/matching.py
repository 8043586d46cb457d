"""From what somebody else's row says of a card to our printing.

A product id decides the card. Without one, the set, the number and the name have to agree, each as far as
the row says it; then the finish decides the printing. What is left open or contradicts is never guessed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from catalog import candidates, names, numbers, words
from catalog.candidates import MOST_NAMED, Game, Place
from catalog.editions import Certainty, Editions
from catalog.judging import MOST_CANDIDATES, Match, Verdict, judge
from catalog.likeness import Said

__all__ = ["MOST_CANDIDATES", "Match", "Verdict", "Wanted", "match"]

LANGUAGES = {"japanese": "ja", "jp": "ja", "english": "en"}
LONGEST_QUOTE = 80  # characters
PRERELEASE = "s"  # what Scryfall puts behind the number of a card with the stamp of the prerelease


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody else's row says of a printing; "" where it says nothing."""

    game: str = ""  # our slug; "" unknown
    name: str = ""
    set_name: str = ""
    set_code: str = ""
    number: str = ""
    finish: str = ""  # the row's own word: foil, Holofoil, Reverse Holofoil, etched …
    rarity: str = ""
    kind: str = ""  # "single", "sealed" or ""
    language: str = ""
    ids: tuple[
        tuple[str, str], ...
    ] = ()  # (source, id at the source): ("tcgplayer", "42350"), ("scryfall", uuid)


class Asked(NamedTuple):
    """A row taken apart, with the places where its card may be; `anywhere` is without the set."""

    said: Said
    named: list[Place]
    numbered: list[tuple[int, str]]
    anywhere: list[Place]


def match(wanted: Sequence[Wanted]) -> list[Match]:
    """The answer to each row in the order asked, in eight statements however many there are."""
    games, sets = candidates.catalogue()
    editions = Editions.of(sets)
    asked = [_asked(one, games=games, editions=editions) for one in wanted]
    known = Known.of(asked)
    found = [known.cards(one) for one in asked]
    cards = candidates.facts(card for keys in found for card in keys)
    return [
        judge(replace(one.said, is_cut=known.is_cut(one)), [cards[key] for key in keys])
        for one, keys in zip(asked, found, strict=True)
    ]


@dataclass(frozen=True)
class Known:
    """The cards found for all rows, by where they were looked for."""

    products: dict[tuple[str, str], int]
    numbered: dict[tuple[int, str], list[int]]
    named: dict[Place, list[int]]
    near: dict[Place, list[int]]

    @classmethod
    def of(cls, asked: Sequence[Asked]) -> "Known":
        """A name that its set has not is looked for in other sets, and then by its spelling."""
        products = candidates.by_product({key for one in asked for key in one.said.ids})
        numbered = candidates.by_number({place for one in asked for place in one.numbered})
        named = candidates.by_name({place for one in asked for place in one.named})
        elsewhere = _missing(asked, named=named)
        named |= candidates.by_name(elsewhere - named.keys())
        near = candidates.by_spelling([place for place in elsewhere if place not in named])
        return cls(products, numbered, named, near)

    def cards(self, one: Asked) -> list[int]:
        """Those that a row may mean, the likelier first."""
        listed = (self.numbered.get(place, []) for place in one.numbered)
        named = (self.named.get(place, []) for place in one.named)
        is_strange = not any(place in self.named for place in one.named)
        other = (self.named.get(place) or self.near.get(place, []) for place in one.anywhere if is_strange)
        products = [self.products[key] for key in sorted(one.said.ids) if key in self.products]
        return list(dict.fromkeys([*products, *chain(*listed), *chain(*named), *chain(*other)]))

    def is_cut(self, one: Asked) -> bool:
        """Whether there are more cards of the row's name than were read."""
        return any(len(self.named.get(place, ())) >= MOST_NAMED for place in one.named)


def _missing(asked: Sequence[Asked], *, named: Mapping[Place, list[int]]) -> set[Place]:
    strange = (one for one in asked if not any(place in named for place in one.named))
    return {place for one in strange for place in one.anywhere}


def _asked(wanted: Wanted, *, games: Sequence[Game], editions: Editions) -> Asked:
    name = names.read(wanted.name[: words.LONGEST_TEXT])
    number_text = (wanted.number.strip() or name.number)[: numbers.LONGEST]
    number = numbers.read(number_text)
    set_name, set_code = wanted.set_name[: words.LONGEST_TEXT], wanted.set_code[: numbers.LONGEST]
    meant = _games(wanted, games=games)
    within = frozenset(game.key for game in meant)
    is_prerelease = any(one.suffix == PRERELEASE for one in number)
    found = editions.find(set_name, code=set_code, games=within, is_prerelease=is_prerelease)
    said = Said(
        name=name,
        name_text=_quoted(wanted.name),
        number=number,
        number_text=number_text if number else "",
        set_text=_quoted(set_name or set_code),
        game_text=meant[0].name if wanted.game and meant else _quoted(wanted.game),
        finish=(wanted.finish or " ".join(sorted(name.finish)))[: words.LONGEST_WORD],
        rarity=words.fold(wanted.rarity),
        kind=wanted.kind,
        ids=frozenset(key for key in wanted.ids if all(map(str.isprintable, key))),
        sets=found.sets,
        certainty=found.certainty if meant else Certainty.NO_GAME,
        is_cut=False,
    )
    return _placed(said, games=sorted(within) if len(meant) < len(games) else [0])


def _quoted(text: str) -> str:
    """As much of a cell as fits into a sentence."""
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_QUOTE else f"{plain[:LONGEST_QUOTE]}…"


def _placed(said: Said, *, games: Sequence[int]) -> Asked:
    front = said.name.front
    anywhere = [Place(game, 0, front) for game in games if front]
    within = [Place(0, card_set, front) for card_set in sorted(said.sets) if front]
    digits = {number.digits for number in said.number if number.digits}
    numbered = [(card_set, number) for card_set in sorted(said.sets) for number in sorted(digits)]
    return Asked(said, within if said.sets else anywhere, numbered, anywhere)


def _games(wanted: Wanted, *, games: Iterable[Game]) -> list[Game]:
    """The games a row can be of.

    Cards of another language may be a game of their own, as Japanese ones are: the row's language tells.
    """
    known = list(games)
    game = next((game for game in known if game.slug == wanted.game), None)
    if not wanted.game or not game:
        return [] if wanted.game else known
    own = [one for one in known if one.slug.startswith(f"{game.slug}-") and one.language != game.language]
    said = wanted.language.casefold()
    language = LANGUAGES.get(said, said.split("-")[0])
    spoken = [one for one in own if one.language.split("-")[0] == language]
    return spoken or ([game] if language else [game, *own])
