"""What in a title speaks against the one card that fits it, or leaves open which of its kin is meant.

A row says each thing in its place, and what it does not say is not there. A title says what its seller
thought of; and the card that it means may be one that the catalogue does not have yet.
"""

from typing import NamedTuple

from catalog import names, numbers, wordings, words
from catalog.editions import Certainty
from catalog.likeness import OWN_NUMBERS, RARITY_TELLS, SHARE_NUMBERS, Card, Said, compare
from catalog.placing import Placed, says_promo
from catalog.wordings import Role


class Choice(NamedTuple):
    """The card that fits, what the title was taken to say, and the places of the name's and sets' words."""

    placed: Placed
    said: Said
    card: Card
    taken: frozenset[int]
    year: int | None  # in which the set came out

    @property
    def is_numbered(self) -> bool:
        return compare(self.said, self.card).is_numbered

    @property
    def family(self) -> str:
        """The game, in whatever language its cards are."""
        return self.card.game.removesuffix("-japan")


def of(choice: Choice) -> str:
    """In a collector's words; "" when there is none."""
    return next(filter(None, (doubt(choice) for doubt in DOUBTS)), "")


def _other_year(choice: Choice) -> str:
    """Nothing is sold before it came out; later years are of graders and tins, if the set is named."""
    told = next((int(one) for one in choice.placed.title.values(Role.YEAR, without=choice.taken)), None)
    year, is_placed = choice.year, choice.said.certainty is not Certainty.UNSAID
    if told and year and (told < year - 1 or (told > year + 1 and not is_placed)):
        return f"The title says {told}; {choice.card.set_name} came out in {year}."
    return ""


def _promo(choice: Choice) -> str:
    card = choice.card
    is_promo = "promo" in f"{card.set_name} {card.name} {card.rarity}".casefold()
    if says_promo(choice.placed.title) and not is_promo and choice.family in wordings.PROMOS_APART:
        return f"The title says promo; {card} ({card.set_name}) is none."
    return ""


def _number(choice: Choice) -> str:
    """A mark behind a number makes another card: 227 and 227*."""
    said, card = choice.said, choice.card
    printed = numbers.read(card.number)
    if (
        said.number
        and printed
        and {one.suffix for one in said.number}.isdisjoint(one.suffix for one in printed)
    ):
        return f"The title says number {said.number_text}; {card} is another."
    if said.number and not choice.is_numbered:
        return (
            f"The title says number {said.number_text}; {card} ({card.set_name}) has none in the catalogue."
        )
    return ""


def _version(choice: Choice) -> str:
    """A version that the title does not name is meant only where its number is its own."""
    unsaid = _unsaid(choice.said, choice.card)
    shares = choice.family in SHARE_NUMBERS and not unsaid <= OWN_NUMBERS
    if unsaid and (shares or not choice.is_numbered):
        return f"The title does not tell that it is {choice.card.name}."
    return ""


def _unsaid(said: Said, card: Card) -> frozenset[str]:
    """The words of the card's version that neither the title nor the card's other fields say."""
    fields = f"{card.rarity} {card.set_name} {card.set_code}"
    explained = names.variant_words(fields) | words.number_tokens(card.number)
    return names.read(card.name).variants - said.name.variants - explained


def _rarity(choice: Choice) -> str:
    """A card whose name has its rarity in brackets has kin of other rarities."""
    card = choice.card
    tells = card.game in RARITY_TELLS and names.variant_words(card.rarity) & names.read(card.name).variants
    if tells and not choice.said.rarity:
        return f"The title tells no rarity; {card.name} is one of several."
    return ""


def _sides(choice: Choice) -> str:
    """Tokens have another side, that differs."""
    card, faces = choice.card, len(names.read(choice.card.name).faces)
    if "//" in choice.placed.title.text and faces == 1:
        return f"The title names two sides; {card} has one."
    is_token = "token" in card.name.casefold()
    if is_token and faces > len(choice.said.name.faces) and not choice.is_numbered:
        return f"The title names one side of {card} only."
    return ""


def _unnumbered(choice: Choice) -> str:
    """Without a number every word must be understood, and the set be one."""
    said, card = choice.said, choice.card
    if said.number:
        return ""
    if said.name.front in wordings.BASIC_LANDS:
        return f"{card.set_name} has several of {card}; the title tells no number."
    if ", " in said.set_text:
        return f"The title names several sets: {said.set_text}."
    left = choice.placed.left(said, card, taken=choice.taken)
    return f"The title tells no number, and “{' '.join(left)}” is not understood." if left else ""


DOUBTS = (_other_year, _promo, _number, _version, _rarity, _sides, _unnumbered)
