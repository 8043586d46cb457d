"""How far one card of the catalogue agrees with what somebody's row says."""

from dataclasses import dataclass
from enum import Enum, IntEnum

from catalog import finishes, names, numbers, words
from catalog.editions import Certainty
from catalog.finishes import Printing

# Where one number is printed in several rarities, each is a card of its own.
RARITY_TELLS = frozenset(["yugioh"])
# Where versions of a card share its number, the number alone means the plain one.
SHARE_NUMBERS = frozenset(["pokemon", "one-piece", "yugioh"])
OWN_NUMBERS = frozenset(["full", "art", "secret"])  # but such Pokémon cards have numbers of their own


class Against(Enum):
    """What the row says that the card contradicts, the weightiest first."""

    KIND = "kind"
    NAME = "name"
    NUMBER = "number"
    SET = "set"
    PRODUCT = "product id"
    RARITY = "rarity"
    VERSION = "version"


class Version(IntEnum):
    """How far the words agree that tell versions of a card apart, such as Borderless."""

    SAME = 0
    PART = 1  # the row says some of them
    OPEN = 2  # the row says none


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card of the catalogue with all that a row can say of it."""

    key: int
    game: str  # its slug
    card_set: int
    set_name: str
    set_code: str
    name: str
    number: str
    kind: str
    rarity: str
    printings: tuple[Printing, ...]
    ids: frozenset[tuple[str, str]]

    def __str__(self) -> str:
        return self.name if not self.number or self.number in self.name else f"{self.name} {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A row taken apart. `sets` are those it can mean; `is_cut` when not all cards of its name were read."""

    name: names.Name
    name_text: str
    number: tuple[numbers.Number, ...]
    number_text: str
    set_text: str
    game_text: str
    finish: str
    rarity: str
    kind: str
    ids: frozenset[tuple[str, str]]
    sets: frozenset[int]
    certainty: Certainty
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    card: Card
    has_id: bool
    in_set: bool
    number: numbers.Alike
    name: names.Alike
    version: Version
    same_rarity: bool
    against: frozenset[Against]

    @property
    def is_named(self) -> bool:
        return self.name > names.Alike.NO

    @property
    def is_numbered(self) -> bool:
        return self.number >= numbers.Alike.CLOSE


def compare(said: Said, card: Card) -> Likeness:
    printed = names.read(card.name)
    name = names.alike(said.name, printed)
    number = numbers.alike(
        said.number,
        numbers.read(card.number or printed.number),
        set_code=card.set_code,
        set_name=card.set_name,
    )
    # Most cards looked at are others: they need no closer look.
    version = _version(said, card, printed=printed) if name or not said.name.whole else Version.OPEN
    contradictions = {
        Against.KIND: bool(said.kind) and said.kind != card.kind,
        Against.NAME: not _is_named(said, name=name, number=number),
        Against.NUMBER: not _is_numbered(said, number=number),
        Against.SET: not _is_in_set(said, card, number=number),
        Against.PRODUCT: _is_another_product(said, card),
        Against.RARITY: card.game in RARITY_TELLS and not _is_as_rare(said, card),
        Against.VERSION: version is None,
    }
    return Likeness(
        card=card,
        has_id=bool(said.ids & card.ids),
        in_set=card.card_set in said.sets,
        number=number,
        name=name,
        version=Version.OPEN if version is None else version,
        same_rarity=_is_as_rare(said, card),
        against=frozenset(reason for reason, contradicts in contradictions.items() if contradicts),
    )


def _is_named(said: Said, *, name: names.Alike, number: numbers.Alike) -> bool:
    """A name with a typing error in it, or none at all, needs the set and the number beside it."""
    is_placed = said.certainty is Certainty.SURE and number is numbers.Alike.SAME
    return name is names.Alike.SAME or (is_placed and (name is names.Alike.NEAR or not said.name.whole))


def _is_numbered(said: Said, *, number: numbers.Alike) -> bool:
    is_loose = said.certainty is Certainty.UNSAID and number is numbers.Alike.CLOSE
    return number is not numbers.Alike.NO and not is_loose


def _is_in_set(said: Said, card: Card, *, number: numbers.Alike) -> bool:
    if said.certainty is Certainty.UNSAID:
        return not said.is_cut
    if said.certainty is Certainty.LIKELY and number is not numbers.Alike.SAME:
        return False
    return card.card_set in said.sets and said.certainty is not Certainty.TORN


def _is_another_product(said: Said, card: Card) -> bool:
    sources = {source for source, _ in said.ids}
    return not said.ids & card.ids and any(source in sources for source, _ in card.ids)


def _is_as_rare(said: Said, card: Card) -> bool:
    """The starter's "Common / Short Print" is both; an unknown rarity contradicts none."""
    if not said.rarity or not card.rarity:
        return True
    return said.rarity in map(words.fold, card.rarity.split("/"))


def _version(said: Said, card: Card, *, printed: names.Name) -> Version | None:
    """None when the row means another version of the card than this one."""
    arts, printed_arts = (
        {one.art for one in number} - {""} for number in (said.number, numbers.read(card.number))
    )
    strange = finishes.strange(said.finish, printings=card.printings)
    if names.is_same(said.name, printed) and not strange and arts == printed_arts:
        return Version.SAME
    explained = _explained(said, card)
    wanted = (said.name.variants - said.name.finish | strange) - explained
    theirs = (printed.variants - explained) | printed_arts
    if arts and not printed_arts:
        # "_p1" is some parallel; which one, the marketplace's number does not tell.
        return Version.OPEN if theirs and wanted <= theirs else None
    wanted |= arts
    if wanted == theirs:
        return Version.SAME
    if not wanted:
        return None if _is_beside_plain(said, card, version=theirs) else Version.OPEN
    return Version.PART if wanted <= theirs else None


def _is_beside_plain(said: Said, card: Card, *, version: frozenset[str] | set[str]) -> bool:
    """Whether the plain card has the same number as this version, and was meant."""
    own = OWN_NUMBERS if card.game == "pokemon" else frozenset()
    return bool(said.number) and card.game in SHARE_NUMBERS and not version <= own


def _explained(said: Said, card: Card) -> frozenset[str]:
    """Words in brackets that only repeat what the card's other fields say."""
    fields = (card.rarity, card.set_name, card.set_code)
    repeated = frozenset(word for text in fields for word in names.variant_words(text))
    return repeated | words.number_tokens(card.number) | words.number_tokens(said.number_text)
