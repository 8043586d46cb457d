"""Where each latest price stands among all of its game: the way to the cards that are next by price.

No amount of a latest price is indexed, or each price that moves would cost the ingest an index entry. What is
kept in memory until prices of the game change, 16 bytes a price, takes the place of that index.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog import reads

GENERATIONS = """
SELECT id, catalog_generation('id', id::text) FROM catalog_game
WHERE %(game)s::int IS NULL OR id = %(game)s"""
# One value instead of half a million rows, as in pricing.ledger.
KNOWN = """
SELECT string_agg(int4send(p.card_id) || int4send(l.market), ''::bytea)
FROM pricing_latestprice l JOIN pricing_priceseries e ON e.id = l.series_id
JOIN catalog_printing p ON p.id = e.printing_id WHERE l.market IS NOT NULL AND l.game_id = %s"""
LARGEST = 2**31 - 1
BITS = 32
CARD = 2**BITS - 1
Keys = NDArray[np.int64]
Place = tuple[int, int]  # a price, negated where prices fall, and a card that has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The places of all prices of a game, each as one number, in both directions.

    `made_from` is the generation of the game they are of.
    """

    made_from: str
    rising: Keys
    falling: Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """The cards with a price that is next in order: all of them up to `last`.

    `is_all` says that no other price lies within the bounds.
    """

    cards: list[int]
    last: Place
    is_all: bool


_ladders: dict[int, Ladder] = {}


def near(  # noqa: PLR0913 -- which prices, from where on and how many
    game: int | None, *, least: int | None, most: int | None, falls: bool, behind: Place | None, count: int
) -> Near:
    """The cards of the next `count` prices of a game, with None of all, behind a place.

    Bounds are in minor units and belong to it. One statement, and one for each game whose prices changed.
    """
    low = 0 if least is None else max(0, min(least, LARGEST))
    high = LARGEST if most is None else max(-1, min(most, LARGEST))
    start, end = (_key(-high, 0), _key(-low, CARD)) if falls else (_key(low, 0), _key(high, CARD))
    if behind:
        start = max(start, _key(*behind) + 1)
    parts = [_between(ladder.falling if falls else ladder.rising, start, end) for ladder in _current(game)]
    first = np.sort(np.concatenate([part[:count] for part in parts] or [np.zeros(0, dtype=np.int64)]))[:count]
    last = int(first[-1]) if len(first) else 0
    return Near(
        cards=np.unique(first & CARD).tolist(),
        last=(last >> BITS, last & CARD),
        is_all=sum(map(len, parts)) <= count,
    )


def _key(price: int, card: int) -> int:
    return (price << BITS) + card


def _between(keys: Keys, start: int, end: int) -> Keys:
    place = np.searchsorted(keys, np.int64(start))
    return keys[place : np.searchsorted(keys, np.int64(end), side="right")]


def _current(game: int | None) -> list[Ladder]:
    """Asks for the generations first, so that the prices are at least as new."""
    with reads.cursor() as cursor:
        cursor.execute(GENERATIONS, {"game": game})
        generations: list[tuple[int, str]] = cursor.fetchall()
    for one, made_from in generations:
        if one not in _ladders or _ladders[one].made_from != made_from:
            _ladders[one] = _read(one, made_from=made_from)
    return [_ladders[one] for one, _ in generations]


def _read(game: int, *, made_from: str) -> Ladder:
    with reads.cursor() as cursor:
        cursor.execute(KNOWN, [game])
        (blob,) = cursor.fetchone() or (None,)
    rows = np.frombuffer(bytes(blob or b""), dtype=">i4").reshape(-1, 2).astype(np.int64)
    card, price = rows[:, 0], rows[:, 1] << BITS
    return Ladder(made_from=made_from, rising=np.sort(price + card), falling=np.sort(card - price))
