"""What in a title speaks against the one card that fits it, or leaves open which of its kin is meant.

A row says each thing in its place, and what it does not say is not there. A title says what its seller
thought of; and the card that it means may be one that the catalogue does not have yet.
"""

from collections.abc import Callable

from catalog import names, numbers, wordings, words
from catalog.editions import Certainty
from catalog.likeness import OWN_NUMBERS, RARITY_TELLS, SHARE_NUMBERS, Card, Said, compare
from catalog.placing import Placed, says_promo
from catalog.wordings import Role

Doubt = Callable[[Placed, Said, Card, frozenset[int]], str]


def of(placed: Placed, said: Said, card: Card, *, taken: frozenset[int], year: int | None) -> str:
    """In a collector's words; "" when nothing does. `year` is when the set came out."""
    found = (doubt(placed, said, card, taken) for doubt in DOUBTS)
    return _other_year(placed, said, card, taken=taken, year=year) or next(filter(None, found), "")


def _other_year(placed: Placed, said: Said, card: Card, *, taken: frozenset[int], year: int | None) -> str:
    """Nothing is sold before it came out; later years are of graders and tins, if the set is named."""
    told = next((int(one) for one in placed.title.values(Role.YEAR, without=taken)), None)
    is_placed = said.certainty is not Certainty.UNSAID
    if told and year and (told < year - 1 or (told > year + 1 and not is_placed)):
        return f"The title says {told}; {card.set_name} came out in {year}."
    return ""


def _promo(placed: Placed, said: Said, card: Card, taken: frozenset[int]) -> str:
    is_promo = "promo" in f"{card.set_name} {card.name} {card.rarity}".casefold()
    if says_promo(placed.title) and not is_promo and _family(card) in wordings.PROMOS_APART:
        return f"The title says promo; {card} ({card.set_name}) is none."
    return ""


def _number(placed: Placed, said: Said, card: Card, taken: frozenset[int]) -> str:
    """A mark behind a number makes another card: 227 and 227*."""
    printed = numbers.read(card.number)
    if (
        said.number
        and printed
        and {one.suffix for one in said.number}.isdisjoint(one.suffix for one in printed)
    ):
        return f"The title says number {said.number_text}; {card} is another."
    if said.number and not _is_numbered(said, card):
        return (
            f"The title says number {said.number_text}; the catalogue knows none of {card} ({card.set_name})."
        )
    return ""


def _version(placed: Placed, said: Said, card: Card, taken: frozenset[int]) -> str:
    """A version that the title does not name is meant only where its number is its own."""
    unsaid = _unsaid(said, card)
    if not unsaid:
        return ""
    shares = _family(card) in SHARE_NUMBERS and not unsaid <= OWN_NUMBERS
    return (
        f"The title does not tell that it is {card.name}." if shares or not _is_numbered(said, card) else ""
    )


def _unsaid(said: Said, card: Card) -> frozenset[str]:
    """The words of the card's version that neither the title nor the card's other fields say."""
    fields = f"{card.rarity} {card.set_name} {card.set_code}"
    explained = names.variant_words(fields) | words.number_tokens(card.number)
    return names.read(card.name).variants - said.name.variants - explained


def _rarity(placed: Placed, said: Said, card: Card, taken: frozenset[int]) -> str:
    """A card whose name has its rarity in brackets has kin of other rarities."""
    tells = card.game in RARITY_TELLS and names.variant_words(card.rarity) & names.read(card.name).variants
    return f"The title tells no rarity; {card.name} is one of several." if tells and not said.rarity else ""


def _sides(placed: Placed, said: Said, card: Card, taken: frozenset[int]) -> str:
    """Tokens have another side, that differs."""
    faces = len(names.read(card.name).faces)
    is_token = "token" in card.name.casefold()
    if "//" in placed.title.text and faces == 1:
        return f"The title names two sides; {card} has one."
    if is_token and faces > len(said.name.faces) and not _is_numbered(said, card):
        return f"The title names one side of {card} only."
    return ""


def _unnumbered(placed: Placed, said: Said, card: Card, taken: frozenset[int]) -> str:
    """Without a number every word must be understood, and the set be one."""
    if said.number:
        return ""
    if said.name.front in wordings.BASIC_LANDS:
        return f"{card.set_name} has several of {card}; the title tells no number."
    if ", " in said.set_text:
        return f"The title names several sets: {said.set_text}."
    left = placed.left(said, card, taken=taken)
    return f"The title tells no number, and “{' '.join(left)}” is not understood." if left else ""


DOUBTS: tuple[Doubt, ...] = (_promo, _number, _version, _rarity, _sides, _unnumbered)


def _is_numbered(said: Said, card: Card) -> bool:
    return compare(said, card).is_numbered


def _family(card: Card) -> str:
    """The game, in whatever language its cards are."""
    return card.game.removesuffix("-japan")
