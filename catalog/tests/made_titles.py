"""Titles made from a catalogue's own cards in the manner of sellers, with a seed: as many as one likes.

They are no proof of how sellers write, but of what a matcher does with thousands of cards, of which a part
is missing from the catalogue.
"""

import random
import re
from collections.abc import Iterator, Sequence

from catalog import names
from catalog.tests.market_catalogue import Product

WORDS = {
    "Holofoil": ["Holo", "Holofoil", "Holo Rare"],
    "Reverse Holofoil": ["Reverse Holo", "Reverse Holofoil", "Rev Holo"],
    "1st Edition": ["1st Edition", "1st Ed"],
    "1st Edition Holofoil": ["1st Edition Holo", "1st Edition Holofoil"],
    "Unlimited": ["Unlimited"],
    "Unlimited Holofoil": ["Unlimited Holo"],
    "Foil": ["Foil"],
}
GAMES = {
    "pokemon": ["Pokemon", "Pokémon TCG", "Pokemon Card"],
    "pokemon-japan": ["Pokemon Japanese", "Pokemon Card Japanese", "JP Pokemon", "Pokemon JPN"],
    "one-piece": ["One Piece", "One Piece TCG", "One Piece Card Game"],
    "yugioh": ["Yugioh", "Yu-Gi-Oh!", "YGO"],
    "magic": ["MTG", "Magic the Gathering", "Magic: The Gathering"],
    "riftbound": ["Riftbound", "Riftbound League of Legends"],
}
ENDS = [
    "NM",
    "Near Mint",
    "PSA 10",
    "PSA 9 MINT",
    "CGC 9.5",
    "LP",
    "BGS 9.5 Gem Mint",
    "",
    "",
    "Fast Shipping",
]
CODE = re.compile(r"^(?:[A-Z]{2,5}|(?=\w*\d)[A-Za-z0-9]{2,6})(-\w+)?(: | - )")


def made(
    game: str, products: Sequence[Product], *, count: int, seed: int
) -> Iterator[tuple[str, Product, str]]:
    """Titles, each with the product and the finish that is meant."""
    chance = random.Random(seed)
    singles = [product for product in products if product.kind == "single" and product.set_name]
    for product in chance.sample(singles, k=min(count, len(singles))):
        finish = chance.choice(product.finishes)
        yield _title(game, product, finish, chance=chance), product, finish


def _title(game: str, product: Product, finish: str, *, chance: random.Random) -> str:
    said = chance.choice(WORDS.get(finish, [""])) if _is_told(product, finish, chance=chance) else ""
    number = _number(product.number, chance=chance)
    set_name = CODE.sub("", product.set_name) if chance.random() < 0.7 else product.set_name
    rarity = product.rarity if game == "yugioh" else ""
    middle = [_name(product.name), number, set_name, said, rarity]
    if chance.random() < 0.4:
        chance.shuffle(middle)
    parts = [chance.choice(GAMES[game]), *middle, chance.choice(ENDS)]
    if chance.random() < 0.3:
        parts = [parts[-1], *parts[:-1]]
    title = " ".join(part for part in parts if part)
    return title.upper() if chance.random() < 0.1 else title


def _is_told(product: Product, finish: str, *, chance: random.Random) -> bool:
    """Sellers leave out what is plain, and what is clear."""
    return (len(product.finishes) > 1 and finish != "Normal") or chance.random() < 0.3


def _number(number: str, *, chance: random.Random) -> str:
    if not number:
        return ""
    bare = number.split("/", maxsplit=1)[0]
    return chance.choice(
        [number, number, f"#{number}", f"#{bare}", f"No. {bare}" if bare.isdigit() else bare]
    )


def _name(name: str) -> str:
    """Without its number and brackets: the words in them stand free."""
    read = names.read(name)
    plain = re.sub(r"[()\[\]]", " ", name)
    without = re.sub(rf"\s+-\s+{re.escape(read.number)}\s*$", "", plain) if read.number else plain
    return " ".join(without.split())
