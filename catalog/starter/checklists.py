"""
The checklists: number, name, rarity and finishes of every card of six sets, and some sealed products.

Wording follows TCGplayer's, the marketplace whose layout the starter content takes; numbers stand as printed
on the card ("4/102", "001/203", "OP01-001", "LOB-001"). Decisions, where sources differ or are silent:

- Pokémon Base Set is the Unlimited printing: Holofoil for holo rares, Normal for the rest. The six basic
  energies carry no rarity symbol; the marketplace files them under Common.
- Rarities of Evolving Skies: V and VMAX are "Ultra Rare" like the full arts; rainbow and gold cards are
  "Secret Rare". Art variants keep the plain card name, since their number already tells them apart.
- Every Rare of Scarlet & Violet 151 is a holofoil with a reverse holofoil beside it. The English set has no
  Poké Ball or Master Ball pattern.
- Romance Dawn has 121 cards and 33 parallels that came out of its own packs. A parallel is a product of its
  own with the same number and rarity, "(Parallel)" after its name. Common, Uncommon and Leader are Normal;
  Rare, Super Rare, Secret Rare and every parallel are Foil.
- Legend of Blue Eyes White Dragon carries the first North American numbers, LOB-000 to LOB-125. TCGplayer
  has one rarity, "Common / Short Print", for both kinds of common. Red-Eyes goes by its present official
  name, not by the "Red-Eyes B. Dragon" first printed on the card.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, cast

FOLDER = Path(__file__).parent
FIRST_GROUP_ID = 900_000
FIRST_PRODUCT_ID = 900_000_000
ROWS_PER_SET = 10_000

Kind = Literal["single", "sealed"]


@dataclass(frozen=True, kw_only=True)
class StarterProduct:
    """One row of a checklist. A sealed product has neither number nor rarity."""

    product_id: int
    number: str
    name: str
    rarity: str
    kind: Kind
    finishes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StarterSet:
    """
    A set and its products.

    `category_id` is TCGplayer's number of the game. `group_id` and the product ids are ours, far above
    TCGplayer's; a product's id is its place in the file, so rows are only ever added at the end.
    """

    slug: str
    game: str
    name: str
    code: str
    released_on: date
    category_id: int
    group_id: int

    @cached_property
    def products(self) -> tuple[StarterProduct, ...]:
        return tuple(self._read())

    def _read(self) -> Iterator[StarterProduct]:
        first_id = FIRST_PRODUCT_ID + (self.group_id - FIRST_GROUP_ID) * ROWS_PER_SET
        for place, row in enumerate(rows(f"checklists/{self.slug}.csv"), start=1):
            yield StarterProduct(
                product_id=first_id + place,
                number=row["number"],
                name=row["name"],
                rarity=row["rarity"],
                kind=cast("Kind", row["kind"]),
                finishes=tuple(row["finishes"].split("|")),
            )


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of our CSV files, by column."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sets() -> Iterator[StarterSet]:
    for entry in json.loads((FOLDER / "sets.json").read_text(encoding="utf-8")):
        yield StarterSet(**{**entry, "released_on": date.fromisoformat(entry["released_on"])})


SETS: tuple[StarterSet, ...] = tuple(_sets())
