"""
Generated demonstration prices: believable, the same on every machine, and true of no real card.

A price path is a random walk in log space, pulled towards a target that carries the set's mood (hype and
reprint steps that fade), the season and a slow drift; see Uhlenbeck and Ornstein, "On the Theory of the
Brownian Motion", Physical Review 36 (1930). Every path ends near its level: a hand-written price for
famous cards and sealed products (prices/anchors.csv), else one drawn from the range of its rarity
(prices/levels.csv). Floats live only in log space; a price is an integer number of US cents.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import NamedTuple

from catalog.starter.checklists import StarterProduct, StarterSet, rows

# A finish's price in percent of the ordinary finish's, where no price is hand-written.
FINISH_PERCENT = {
    "Normal": 100,
    "Foil": 100,
    "Holofoil": 100,
    "Reverse Holofoil": 180,
    "Unlimited": 100,
    "Unlimited Holofoil": 100,
    "1st Edition": 260,
    "1st Edition Holofoil": 260,
}
PULL = 0.08
FADE = 0.985
SEASON = 0.03
SEASON_PEAK = 340  # day of the year: early December
# A mover jumped once, lately; 0 is the last day, so the page of movers is never empty.
MOVER_SHARE = 0.06
MOVED_DAYS_AGO = (0, 0, 1, 3, 5, 12, 24)
THIN_SHARE = 0.02
# The dearer a card, the more often it sells and the calmer it moves: (below cents, share of days, spread).
TEMPERS = ((100, 0.40, 0.050), (1_000, 0.45, 0.032), (10_000, 0.54, 0.022), (10**9, 0.62, 0.016))


class Price(NamedTuple):
    """US cents. A market price is None while nothing has sold lately; the offers stay."""

    market: int | None
    low: int
    mid: int
    high: int


@dataclass(frozen=True, kw_only=True)
class Character:
    """How one finish of a product behaves on the market."""

    level: int
    activity: float
    spread: float
    drift: float
    jump: float
    jump_day: int
    gaps: tuple[range, ...]


def seeded(*parts: str) -> Random:
    """A generator that is the same on every machine and run, unlike one seeded with Python's `hash`."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return Random(int.from_bytes(digest[:8], "big"))  # noqa: S311 - demonstration prices keep no secret


def cents(dollars: str) -> int:
    return int(Decimal(dollars) * 100)


@cache
def anchors() -> dict[tuple[str, str, str], dict[str, int]]:
    """Hand-written prices in cents: (set, number, name) → finish → price."""
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for row in rows("prices/anchors.csv"):
        found[row["set"], row["number"], row["name"]][row["finish"]] = cents(row["price"])
    return dict(found)


@cache
def ranges() -> dict[tuple[str, str], tuple[int, int]]:
    """The range of each rarity in cents: (set, rarity) → cheapest, dearest."""
    return {
        (row["set"], row["rarity"]): (cents(row["cheapest"]), cents(row["dearest"]))
        for row in rows("prices/levels.csv")
    }


def level(starter_set: StarterSet, product: StarterProduct, *, finish: str) -> int:
    """
    The price in cents the path ends near.

    Raises KeyError for a product that has neither a hand-written price nor a range for its rarity, and for
    an unknown finish.
    """
    written = anchors().get((starter_set.slug, product.number, product.name), {})
    if finish in written:
        return written[finish]
    if written:
        known, price = next(iter(written.items()))
        return price * FINISH_PERCENT[finish] // FINISH_PERCENT[known]
    cheapest, dearest = ranges()[starter_set.slug, product.rarity]
    luck = seeded(starter_set.slug, str(product.product_id), "level").random() ** 2
    return round(cheapest * math.pow(dearest / cheapest, luck)) * FINISH_PERCENT[finish] // 100


def mood(starter_set: StarterSet, *, last_day: date, days: int) -> list[float]:
    """The log shift of the whole set on each day, 0 on the last: hype, reprint or sell-off, and season."""
    rng = seeded(starter_set.slug, "mood")
    hype = {rng.randrange(days): rng.uniform(0.10, 0.22) for _ in range(2)}
    slump = {rng.randrange(days): -rng.uniform(0.08, 0.18)}
    shift, path = 0.0, []
    for day in range(days):
        shift = shift * FADE + hype.get(day, 0.0) + slump.get(day, 0.0)
        day_of_year = (last_day - timedelta(days=days - 1 - day)).timetuple().tm_yday
        path.append(shift + SEASON * math.cos(2 * math.pi * (day_of_year - SEASON_PEAK) / 365))
    return [value - path[-1] for value in path]


def character(rng: Random, *, price: int, days: int, sealed: bool, famous: bool) -> Character:
    activity, spread = next(temper[1:] for temper in TEMPERS if price < temper[0])
    jump = rng.uniform(0.2, 0.5) * rng.choice((1, 1, -1)) if rng.random() < MOVER_SHARE else 0.0
    thin = rng.random() < THIN_SHARE and not famous
    starts = [rng.randrange(days) for _ in range(rng.randint(2, 4))] if thin else []
    return Character(
        level=price,
        activity=activity / 4 if thin else activity,
        spread=spread / 2 if sealed else spread,
        drift=rng.uniform(0.15, 0.35) if sealed else rng.uniform(-0.10, 0.15),
        jump=jump / 2 if sealed else jump,
        jump_day=max(0, days - 1 - rng.choice(MOVED_DAYS_AGO)) if jump else 0,
        gaps=tuple(range(start, min(days, start + rng.randint(10, 45))) for start in starts),
    )


def targets(nature: Character, moods: list[float]) -> list[float]:
    """The log distance from the level that each day's price is pulled towards; 0 on the last day."""
    last = len(moods) - 1
    return [
        shift + nature.drift * (day - last) / 365 - (nature.jump if day < nature.jump_day else 0.0)
        for day, shift in enumerate(moods)
    ]


def walk(rng: Random, nature: Character, *, moods: list[float]) -> list[Price]:
    """One price a day. On a quiet day the very same object stands again: nothing changed."""
    random, gauss = rng.random, rng.gauss
    low_share, mid_share, high_share = rng.uniform(0.7, 0.9), rng.uniform(1.0, 1.12), rng.uniform(1.5, 3.5)
    path: list[Price] = []
    aims = targets(nature, moods)
    distance = aims[0] + gauss(0.0, nature.spread)
    for day, aim in enumerate(aims):
        if path and random() >= nature.activity and day != nature.jump_day:
            path.append(path[-1])
            continue
        distance += PULL * (aim - distance) + gauss(0.0, nature.spread)
        if day == nature.jump_day:
            distance += nature.jump
        market = nature.level * math.exp(distance)
        low = max(1, round(market * low_share * (1 + 0.04 * (random() - 0.5))))
        mid = max(low, round(market * mid_share))
        path.append(Price(max(1, round(market)), low, mid, max(mid, round(market * high_share))))
    return with_gaps(path, nature.gaps)


def with_gaps(path: list[Price], gaps: tuple[range, ...]) -> list[Price]:
    for gap in gaps:
        for day in gap:
            path[day] = path[day]._replace(market=None)
    return path


def price_paths(
    starter_set: StarterSet, *, last_day: date, days: int
) -> Iterator[tuple[StarterProduct, str, list[Price]]]:
    """
    For every product and finish of the set, its prices on `days` days ending on `last_day`.

    The same arguments always give the same prices. The shape belongs to the place in the window, not to the
    calendar: another last day gives another history.
    """
    moods = mood(starter_set, last_day=last_day, days=days)
    for product in starter_set.products:
        famous = (starter_set.slug, product.number, product.name) in anchors()
        for finish in product.finishes:
            rng = seeded(starter_set.slug, str(product.product_id), finish)
            price = level(starter_set, product, finish=finish)
            sealed = product.kind == "sealed"
            nature = character(rng, price=price, days=days, sealed=sealed, famous=famous)
            yield product, finish, walk(rng, nature, moods=moods)
