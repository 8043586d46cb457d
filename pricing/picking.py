"""Choosing a printing: the cards that fit some words, each with the finishes it comes in."""

from collections import defaultdict
from typing import Final

from catalog import queries as catalogue
from catalog.models import Printing
from pricing import search
from pricing.queries import card_rows
from pricing.rows import CardRow

LISTED: Final = 24  # cards
LONGEST: Final = 100  # characters

Pick = tuple[CardRow, list[Printing]]


def words(text: str) -> str:
    """What somebody typed, as it is searched."""
    return text.replace("\x00", "")[:LONGEST]


def by_words(text: str) -> list[Pick]:
    cards = search.chosen_from(text, limit=LISTED)
    printings: dict[int, list[Printing]] = defaultdict(list)
    for printing in catalogue.printings_of(cards):
        printings[printing.card_id].append(printing)
    return [(card, printings[card.id]) for card in card_rows(cards) if printings[card.id]]
