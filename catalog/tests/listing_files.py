"""Real catalogues as the marketplace would list them, and real titles of listings with their answers.

The catalogues and the titles are other projects' and no part of this one. What a title means stands in
`listing_cases`.
"""

import csv
import gzip
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from catalog import names, words
from catalog.models import Game
from catalog.tests.market_catalogue import Market, Product
from catalog.tests.pokemon_files import FINISHES, printed

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LISTINGS = DATA / "listings"
MORE_PRINTS = ["", "", "", " (SP)", " (Manga)", " (Wanted Poster)", *(f" (Box Topper {n})" for n in range(9))]
PATTERN = re.compile(r" (\w+ Ball Pattern)$")
SHINING = ("rare", "epic", "showcase", "promo")


def game_rows() -> dict[str, Game]:
    """The games of the catalogues; Japanese Pokémon cards are a game of their own, as at the marketplace."""
    wanted = {"riftbound": ("Riftbound", "en"), "pokemon-japan": ("Pokémon Japan", "ja")}
    for slug, (name, language) in wanted.items():
        Game.objects.get_or_create(slug=slug, defaults={"name": name, "language": language})
    return {game.slug: game for game in Game.objects.all()}


def load(
    *,
    titles: Iterable[str] = (),
    games: Iterable[str] = (),
    without: Collection[Product] = (),
    keeping: Collection[tuple[str, str]] = (),
    every: int = 50,
) -> None:
    """The catalogues into the database: all of them, or the cards whose names stand in the titles.

    Of the other cards each so-manieth comes too, and those `keeping` names by set and number.
    """
    known, text = game_rows(), f" {' '.join(words.fold(title) for title in titles)} "
    for slug in games or CATALOGUES:
        products = [product for product in distinct(CATALOGUES[slug]()) if product not in without]
        kept = [
            product
            for nth, product in enumerate(products)
            if not text.strip()
            or nth % every == 0
            or f" {names.read(product.name).front} " in text
            or (product.set_name, product.number) in keeping
        ]
        Market(known[slug]).lists(kept)


def distinct(products: Iterable[Product]) -> list[Product]:
    """Each product once, and each set with a code of its own."""
    codes: dict[str, str] = {}
    made: dict[tuple[str, ...], Product] = {}
    for product in products:
        free = (f"{product.set_code[:32]}{nth or ''}" for nth in count())
        code = next(one for one in free if codes.setdefault(one, product.set_name) == product.set_name)
        key = (code, product.number, product.name, product.rarity)
        made.setdefault(key, replace(product, set_code=code))
    return list(made.values())


def pokemon() -> Iterator[Product]:
    """TCGdex's own word on the finishes; a rare card without one is a foil, as the market has it."""
    lines = gzip.decompress((DATA / "pokemon" / "catalog_tcgdex_cards.jsonl.gz").read_bytes()).splitlines()
    forms = {card["id"]: card for card in map(json.loads, lines)}
    for one in printed():
        card = forms.get(f"{one.set_id}-{one.number}", {})
        yield replace(one.product, finishes=_finishes(card, known=one.product.finishes))


def _finishes(card: dict[str, Any], *, known: tuple[str, ...]) -> tuple[str, ...]:
    variants = card.get("variants")
    if isinstance(variants, list) and variants:
        return known
    flags = variants if isinstance(variants, dict) else {}
    told = tuple(FINISHES[flag] for flag in ("normal", "holo", "reverse") if flags.get(flag))
    plain = card.get("rarity") in {"Common", "Uncommon", "Rare", "None", None}
    return told or (("Normal",) if plain else ("Holofoil",))


def pokemon_japan() -> Iterator[Product]:
    """The source wrote names without marks: "Growlithe 010 076" is "Growlithe - 010/076" on the market."""
    finishes: dict[str, list[str]] = {}
    rows = {}
    for row in _json("pokemon/japanese_tcgplayer_products_prices.json.gz"):
        key = str(row["pid"])
        rows[key] = row
        finishes.setdefault(key, []).append(row["v"])
    for key, row in rows.items():
        bare = re.sub(r"\W+", " ", row["u"])
        plain = PATTERN.sub(r" (\1)", row["n"])
        name = plain.replace(f" {bare}", "", 1) if bare else plain
        yield Product(
            set_name=row["s"],
            set_code=row["s"].split(":")[0] if ":" in row["s"] else row["s"],
            name=name if name == plain or "(" in name else f"{name} - {row['u']}",
            number=row["u"],
            finishes=tuple(dict.fromkeys(finishes[key])),
            rarity=row["r"],
            product_id=key,
            kind="single" if row["u"] else "sealed",
        )


def one_piece() -> Iterator[Product]:
    """A second print of a number in a set is its parallel; others take the market's words in turn."""
    packs = {pack["code"]: pack["name"].title() for pack in json.loads(_text("onepiece/packs.json"))}
    seen: dict[tuple[str, str], int] = {}
    for card in _json("onepiece/catalog_cards.json.gz"):
        number, _, art = card["id"].partition("_")
        nth = seen[number, card["set"]] = seen.get((number, card["set"]), 0) + 1
        version = "" if not art or art.startswith("r") else " (Parallel)"
        code = card["set"].replace("-", "")
        yield Product(
            set_name=packs.get(card["set"], card["set"].title()),
            set_code=code,
            name=f"{card['name']}{version}{MORE_PRINTS[nth] if version else ''}",
            number=number,
            finishes=("Foil",)
            if version or card["rarity"] not in {"Common", "Uncommon"}
            else ("Normal", "Foil"),
            rarity=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", card["rarity"]),
        )


def yugioh() -> Iterator[Product]:
    """Each rarity of a number is a product of its own, with its rarity in brackets where there are several.

    The list tells no print runs: each card has one.
    """
    with gzip.open(DATA / "yugioh" / "printings.jsonl.gz", "rt", encoding="utf-8") as lines:
        for card in map(json.loads, lines):
            for number, set_name, rarities in card["printings"]:
                for rarity in rarities or [""]:
                    several = f" ({rarity})" if len(rarities or "") > 1 else ""
                    yield Product(
                        set_name=set_name, set_code=number.split("-")[0],
                        name=f"{card['name']}{several}", number=number, finishes=("1st Edition",),
                        rarity=rarity,
                    )  # fmt: skip


def magic() -> Iterator[Product]:
    """Cardmarket's products, and those sets that only TCGplayer's listings have; neither tells numbers."""
    sets = set()
    with gzip.open(DATA / "magic" / "cardmarket_products.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sets.add(words_of(row["expansion_name"]))
            code = row["expansion_code"] or row["expansion_name"]
            yield Product(set_name=row["expansion_name"], set_code=code, name=row["name"], number="")
    finishes: dict[tuple[str, str], set[str]] = {}
    with gzip.open(DATA / "magic" / "tcgplayer_listings_2020-07.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            foil = "Foil" if "Foil" in row["condition"] else "Normal"
            finishes.setdefault((row["product_name"], row["set_name"]), set()).add(foil)
    for (name, set_name), said in finishes.items():
        if words_of(set_name) not in sets:
            code = f"tcg-{set_name}"
            yield Product(
                set_name=set_name, set_code=code, name=name, number="", finishes=tuple(sorted(said))
            )


def words_of(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip()


def riftbound() -> Iterator[Product]:
    """Rares and above come only as foils, but for the starter's; the promos have prices and no names."""
    listed = json.loads(_text("prices/riftbound_cards.json.gz"))
    sets = {one["id"]: one["name"] for one in listed["sets"]}
    for card in (card for card in listed["cards"] if card["nameEn"]):
        number = card.get("publicCode", card["code"]).replace("·", "-").partition("-")[2]
        yield Product(
            set_name=sets.get(card["set"], card["set"]), set_code=card["set"], name=card["nameEn"],
            number=number, finishes=_riftbound_finishes(card),
            rarity=card["rarityEn"],
        )  # fmt: skip


def _riftbound_finishes(card: dict[str, Any]) -> tuple[str, ...]:
    if card["rarity"] in SHINING:
        return ("Normal",) if (card["set"], card["rarity"]) == ("OGS", "rare") else ("Foil",)
    return ("Normal", "Foil")


CATALOGUES = {
    "pokemon": pokemon,
    "pokemon-japan": pokemon_japan,
    "one-piece": one_piece,
    "yugioh": yugioh,
    "magic": magic,
    "riftbound": riftbound,
}


def _json(path: str) -> Iterable[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(_text(path))
    return found


def _text(path: str) -> str:
    packed = path.endswith(".gz")
    raw = (DATA / path).read_bytes()
    return (gzip.decompress(raw) if packed else raw).decode("utf-8")
