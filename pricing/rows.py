"""What the reads in `pricing.queries` return. Amounts are minor units of `currency`; None is unknown."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTag:
    """Who says a price. Shown beside every number."""

    slug: str
    name: str
    attribution: str
    is_demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """A card in a list, with the lowest market price among its printings."""

    id: int
    slug: str
    name: str
    number: str
    kind: str
    rarity: str
    image_url: str
    set_name: str
    set_slug: str
    game_name: str
    game_slug: str
    printings: int
    printing_id: int | None  # of the finish with that price
    finish: str
    market: int | None
    currency: str
    change_7d: Decimal | None
    is_demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintingRow:
    """One printing in a set's checklist or a table of prices."""

    printing_id: int
    card_id: int
    slug: str
    name: str
    number: str
    kind: str
    rarity: str
    finish: str
    market: int | None
    low: int | None
    mid: int | None
    currency: str
    change_24h: Decimal | None
    change_7d: Decimal | None
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a price did over a window: percent is None where the earlier price is unknown."""

    window: str
    old: int | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintingPrice:
    """Everything the card page says of one printing. `age` is in days since the source last listed it."""

    printing_id: int
    series_id: int | None
    finish: str
    market: int | None
    low: int | None
    mid: int | None
    high: int | None
    direct_low: int | None
    currency: str
    changes: tuple[Change, ...]
    source: SourceTag | None
    as_of: date | None
    age: int
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionPrice:
    """A series beside the market price: a condition, grade or language of one printing."""

    finish: str
    condition: str
    grade: str
    language: str
    market: int | None
    low: int | None
    currency: str
    source: SourceTag


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A price from this day until the next point's day."""

    day: date
    market: int | None
    low: int | None
    mid: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetValue:
    """The sum of the market prices of a set's singles, each card once in its lowest-priced finish,
    and of every printing ("master set"). `unpriced` cards are left out of both sums, never counted as 0.
    """

    cards: int
    printings: int
    unpriced: int
    base: int
    master: int
    currency: str
    change_7d: Decimal | None
    as_of: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoverRow:
    card_id: int
    slug: str
    name: str
    number: str
    image_url: str
    set_name: str
    game_name: str
    game_slug: str
    finish: str
    old: int
    new: int
    percent: Decimal
    currency: str
    is_demo: bool
