"""A catalogue and prices of the real market's size, made from a seed.

Names follow the patterns of real ones over a vocabulary of tens of thousands of words. Where the
captured catalogues lie beside the project their real names are among them, a third of all.
"""

import csv
import gzip
import json
import random
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.text import slugify

from catalog import words
from catalog.models import Card, CardSet, Finish, Game, Rarity

CARDS = 450_000
SEED = 20_261_123
WORDS = 40_000
CARDS_IN_SET = 200
CAPTURES = Path(settings.BASE_DIR).parent / "shared" / "data"
SYLLABLES = (
    "ba be bo cha chi da dra du el fa fen gar ghu gly ka kri la lim lu ma mew mor na ni no pi por qua"
    " ra ri ro sa shi sna sto ta ter tha ti tor u va ven vi vor wa wi xa y yu za zel zo"
)
ENDINGS = ["", "n", "r", "s", "th", "x", "don", "chu", "gon", "mander", "ling", "zard"]
SUFFIXES = ["ex", "GX", "V", "VMAX", "(Alternate Art)", "(Full Art)", "Token", "Energy", "LV.X", "(Secret)"]
# How many cards each game has in a market of 450,000: the shares of the five games of the migration.
SHARES = {"pokemon": 0.30, "magic": 0.25, "yugioh": 0.30, "one-piece": 0.08, "lorcana": 0.07}


def load(cards: int = CARDS) -> None:
    """Fills the catalogue unless it is filled. The search index is left to `catalog.words`."""
    if Card.objects.count() >= cards:
        return
    seeded = random.Random(SEED)
    sets = _sets(cards)
    names = reprinted(seeded, cards=cards)
    rarities = _rarities()
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY catalog_card (game_id, card_set_id, kind, name, slug, folded, number, number_key,"
            " rarity_id, image_url, url, is_presale, is_curated, details) FROM STDIN"
        ) as copy,
    ):
        for place, name in enumerate(names):
            card_set = sets[place // CARDS_IN_SET]
            number = f"{place % CARDS_IN_SET + 1:03}/{CARDS_IN_SET}"
            rarity = seeded.choice(rarities[card_set.game_id])
            folded = words.fold(name)
            row = (card_set.game_id, card_set.pk, "single", name, slugify(folded) or "card", folded, number)
            copy.write_row((*row, words.number_key(number), rarity, "", "", False, False, "{}"))


def reprinted(seeded: random.Random, *, cards: int) -> list[str]:
    """Names of that many cards. About three cards share a name, some hundreds do."""
    real = list(dict.fromkeys(filter(None, captured_names())))
    seeded.shuffle(real)
    names = list(dict.fromkeys([*real, *_names(seeded, count=cards // 3)]))[: cards // 3]
    drawn = seeded.choices(names, cum_weights=_zipf(len(names), flatness=2_000), k=cards - len(names))
    listed = names + drawn
    seeded.shuffle(listed)
    return listed


def _names(seeded: random.Random, *, count: int) -> Iterator[str]:
    vocabulary = list(_vocabulary(seeded))
    seeded.shuffle(vocabulary)
    weights = _zipf(len(vocabulary), flatness=50)
    for _ in range(count):
        first, second, third = seeded.choices(vocabulary, cum_weights=weights, k=3)
        yield seeded.choices(
            [
                first,
                f"{first} {second}",
                f"{first}'s {second}",
                f"{first} of the {second}",
                f"{first} {seeded.choice(SUFFIXES)}",
                f"{first}-{second} {third}",
                f"{first} {second} {third}",
            ],
            weights=[12, 34, 10, 12, 14, 6, 12],
        )[0]


def _vocabulary(seeded: random.Random) -> Iterable[str]:
    real = {word.capitalize() for name in captured_names() for word in words.tokens(name) if len(word) > 2}
    made = sorted(word for word in real if words.is_spelled(words.fold(word)))
    known = set(made)
    while len(made) < WORDS:
        word = "".join(seeded.choices(SYLLABLES.split(), k=seeded.choice([1, 2, 2, 3]))) + seeded.choice(
            ENDINGS
        )
        if len(word) > 2 and word.capitalize() not in known:
            known.add(word.capitalize())
            made.append(word.capitalize())
    return made


def captured_names() -> Iterator[str]:
    """Real names of four games from the captured catalogues; none where they are absent."""
    pokemon = CAPTURES / "pokemon" / "catalog_tcgdex_cards.jsonl.gz"
    if not pokemon.exists():
        return
    with gzip.open(pokemon, "rt") as lines:
        yield from (json.loads(line)["name"].get("en", "") for line in lines)
    for path in ("magic/cardmarket_products.csv.gz", "yugioh/cards_with_price.csv.gz"):
        with gzip.open(CAPTURES / path, "rt") as lines:
            yield from (row["name"] for row in csv.DictReader(lines))
    with gzip.open(CAPTURES / "onepiece" / "catalog_cards.json.gz", "rt") as lines:
        yield from (card["name"] for card in json.load(lines))


def _zipf(count: int, *, flatness: int) -> list[float]:
    return list(accumulate(1 / (place + flatness) for place in range(count)))


def _sets(cards: int) -> list[CardSet]:
    """A set for every 200 cards, the games one after the other as their shares demand."""
    wanted = -(-cards // CARDS_IN_SET)
    ends = dict(zip(SHARES, accumulate(share * wanted for share in SHARES.values()), strict=True))
    games = {game.slug: game for game in Game.objects.all()}
    made = [
        CardSet(
            game=games[next((slug for slug, end in ends.items() if place < end), "lorcana")],
            name=f"Set {place}",
            slug=f"set-{place}",
            code=f"S{place}",
            released_on=f"{1999 + place % 27}-0{place % 9 + 1}-15",
        )
        for place in range(wanted)
    ]
    return CardSet.objects.bulk_create(made, batch_size=1000)


def _rarities() -> dict[int, list[int]]:
    names = ["Common"] * 5 + ["Uncommon"] * 3 + ["Rare", "Ultra Rare"]
    rows: dict[int, list[int]] = {}
    for game in Game.objects.all():
        keys = {name: Rarity.objects.get_or_create(game=game, name=name)[0].pk for name in set(names)}
        rows[game.pk] = [keys[name] for name in names]
        for finish in ("Normal", "Foil"):
            Finish.objects.get_or_create(game=game, name=finish)
    return rows
