"""Pokémon's cards as the marketplace lists them, and rows as the apps of collectors would write them.

The cards are TCGdex's and pokemontcg.io's; the forms of the rows follow real exports: Collectr takes the
marketplace's names, PriceCharting writes no total and marks only what is not plain.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog.matching import Wanted
from catalog.models import Game
from catalog.tests.market_catalogue import Market, Product, decoys

POKEMON = Path(__file__).resolve().parents[3] / "shared" / "data" / "pokemon"
POCKET = "Pokémon TCG Pocket"  # no such cards exist on paper
MARKET_SETS = {
    "bwp": "Black and White Promos",
    "dpp": "Diamond and Pearl Promos",
    "ecard1": "Expedition",
    "mep": "ME: Mega Evolution Promo",
    "smp": "SM Promos",
    "sv03.5": "SV: Scarlet & Violet 151",
    "swshp": "SWSH: Sword & Shield Promo Cards",
    "xyp": "XY Promos",
}
NUMBERED = re.compile(r"(?P<series>sv|swsh|me)(?P<number>\d+)")
SERIES = {"Scarlet & Violet": "SV: ", "Sword & Shield": "SWSH: ", "Sun & Moon": "SM - ", "XY": "XY - "}
TO_TCGDEX = {"sv3": "sv03", "sv3pt5": "sv03.5", "sv8pt5": "sv08.5", "swsh12pt5": "swsh12.5"}
FINISHES = {"normal": "Normal", "holo": "Holofoil", "reverse": "Reverse Holofoil"}
FIRST = {"Normal": "1st Edition", "Holofoil": "1st Edition Holofoil"}
UNLIMITED = {"Normal": "Unlimited", "Holofoil": "Unlimited Holofoil"}
# PriceCharting marks what is not plain, TCG Collector every variant.
MARKED = {
    "Reverse Holofoil": "Reverse Holo",
    "1st Edition": "1st Edition",
    "1st Edition Holofoil": "1st Edition",
}
Asked = tuple[Wanted, int | None]


@dataclass(frozen=True)
class Printed:
    """A card as TCGdex has it, with the product that it is on the market."""

    set_id: str
    set_name: str
    number: str
    total: str
    name: str
    product: Product


@dataclass(frozen=True)
class Pokemon:
    cards: list[Printed]
    market: Market

    def collectr(self) -> Iterator[Asked]:
        for card, finish in self._printings():
            set_name = re.sub(r"^[A-Z]+\d*(: | - )", "", card.product.set_name)
            number = card.product.number.upper()
            yield self._asked(
                card, finish, set_name=set_name, number=number, name=card.product.name, said=finish
            )

    def pricecharting(self) -> Iterator[Asked]:
        """Without a word for a finish, a card that comes as Holofoil and Reverse Holofoil may be either."""
        for card, finish in self._printings():
            said = MARKED.get(finish, "")
            if finish == "Holofoil" and "Normal" in card.product.finishes:
                said = "Holo"
            wanted, key = self._asked(
                card,
                finish,
                set_name=f"Pokemon {card.set_name}",
                number=card.number.lstrip("0"),
                name=card.name,
                said=said,
            )
            yield wanted, key if said or is_plain(card.product, finish) else None

    def tcgcollector(self) -> Iterator[Asked]:
        for card, finish in self._printings():
            number = f"{card.number}/{card.total}" if card.number.isdigit() else card.number
            said = finish.replace("Holofoil", "Holo")
            yield self._asked(card, finish, set_name=card.set_name, number=number, name=card.name, said=said)

    def pokemontcg(self) -> Iterator[Asked]:
        """Cards and set names of pokemontcg.io."""
        for set_id, set_name, total, number, name in foreign_cards():
            card = self._by_number.get((TO_TCGDEX.get(set_id, set_id), number))
            for finish in card.product.finishes if card else ():
                yield self._asked(
                    card, finish, set_name=set_name, number=f"{number}/{total}", name=name, said=finish
                )

    @cached_property
    def _by_number(self) -> dict[tuple[str, str], Printed]:
        return {(card.set_id, card.number.lstrip("0")): card for card in self.cards}

    def _printings(self) -> Iterator[tuple[Printed, str]]:
        return ((card, finish) for card in self.cards for finish in card.product.finishes)

    def _asked(
        self, card: Printed | None, finish: str, *, set_name: str, number: str, name: str, said: str
    ) -> Asked:
        assert card
        wanted = Wanted(
            game="pokemon", name=name, set_name=set_name, number=number, finish=said, kind="single"
        )
        return wanted, self.market.printing(card.product, finish)


def is_plain(product: Product, finish: str) -> bool:
    return len(product.finishes) == 1 or finish in {"Normal", "Unlimited"}


def listed() -> Pokemon:
    """All cards on the market, with decoys: patterns of one number, and reprints under the old one."""
    cards = list(printed())
    products = [card.product for card in cards]
    prismatic = [card for card in cards if card.set_id == "sv08.5"]
    patterns = [
        _again(card.product, name=f"{card.name} ({ball} Ball Pattern)")
        for card in prismatic
        for ball in ("Master", "Poke")
    ]
    prizes = [
        _again(card.product, name=card.product.name, set_name="Prize Pack Series Cards", set_code="PPS")
        for card in prismatic
    ]
    market = Market(Game.objects.get(slug="pokemon"))
    market.lists([*products, *patterns, *prizes, *decoys(products, seed=5)])
    return Pokemon(cards, market)


def _again(product: Product, *, name: str, set_name: str = "", set_code: str = "") -> Product:
    return Product(
        set_name=set_name or product.set_name,
        set_code=set_code or product.set_code,
        name=name,
        number=product.number,
        finishes=("Holofoil",),
    )


def printed() -> Iterator[Printed]:
    chance = random.Random(3)
    sets = {
        one["id"]: one
        for one in json.loads((POKEMON / "catalog_tcgdex_sets.json").read_text(encoding="utf-8"))
    }
    with gzip.open(POKEMON / "catalog_tcgdex_cards.jsonl.gz", "rt", encoding="utf-8") as lines:
        for card in map(json.loads, lines):
            card_set = sets[card["set"]]
            if card_set["serie"] != POCKET and card_set["name"].get("en") and card["name"].get("en"):
                yield _printed(card, card_set, chance=chance)


def _printed(card: dict[str, Any], card_set: dict[str, Any], *, chance: random.Random) -> Printed:
    number, name = card["number"], card["name"]["en"]
    total = str(card_set["cardCount"]["official"])
    is_promo = card_set["name"]["en"].endswith("Promos")
    full = f"{number.zfill(3)}/{total.zfill(3)}" if number.isdigit() and not is_promo else number
    is_secret = number.isdigit() and int(number) > int(total)
    product = Product(
        set_name=market_set(card_set),
        set_code=(card_set.get("abbreviations") or {}).get("official") or card_set["id"].upper(),
        name=f"{name} - {full}" if is_secret or chance.random() < 1 / 20 else name,
        number=full,
        finishes=finishes(card.get("variants")),
    )
    return Printed(card_set["id"], card_set["name"]["en"], number, total, name, product)


def market_set(card_set: dict[str, Any]) -> str:
    name: str = card_set["name"]["en"]
    if card_set["id"] in MARKET_SETS:
        return MARKET_SETS[card_set["id"]]
    if found := NUMBERED.fullmatch(card_set["id"]):
        return f"{found['series'].upper()}{found['number'].zfill(2)}: {name}"
    return SERIES.get(card_set["serie"], "") + name


def finishes(variants: Any) -> tuple[str, ...]:
    """What the market calls them. Stamps other than that of the first edition are products of their own."""
    if not isinstance(variants, list):
        return ("Normal",)
    forms = [{"type": one} if isinstance(one, str) else one for one in variants]
    plain = [FINISHES[one["type"]] for one in forms if one["type"] in FINISHES and not one.get("stamp")]
    first = [FINISHES[one["type"]] for one in forms if "1st-edition" in (one.get("stamp") or [])]
    named = [UNLIMITED.get(one, one) for one in plain] if first else plain
    return tuple(dict.fromkeys([*named, *(FIRST.get(one, one) for one in first)])) or ("Normal",)


def foreign_cards() -> Iterator[tuple[str, str, str, str, str]]:
    """pokemontcg.io: set id, set name, printed total, number, name."""
    folder = POKEMON / "pokemontcg_io"
    for one in json.loads((folder / "sets.json").read_text(encoding="utf-8")):
        with gzip.open(folder / f"cards_{one['id']}.json.gz", "rt", encoding="utf-8") as file:
            for card in json.load(file):
                yield one["id"], one["name"], str(one["printedTotal"]), card["number"], card["name"]
