"""What crosses the border from a source to the rest of the house."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEntry:
    """A set of cards as the source lists it; `code` may be empty, `released_on` is None when unknown."""

    external_id: str
    name: str
    code: str
    released_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductEntry:
    """A single card or a sealed product.

    Every text is plain: no markup, no control characters, whitespace collapsed, length capped. `details`
    holds what else the source says (card type, HP, text), never the number or the rarity again. `ids` are
    what other sources call the same card, as pairs of source and id: ("tcgplayer", "42350").
    """

    external_id: str
    name: str
    kind: Literal["single", "sealed"]
    number: str
    rarity: str
    image_url: str
    url: str
    is_presale: bool
    details: dict[str, str] = field(hash=False)
    ids: tuple[tuple[str, str], ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What one product costs in one finish, in minor units (cents) of `currency`.

    None is "unknown" and 0 never occurs. Negative and absurd amounts are carried as the source gave them:
    whoever records prices decides what to do with them. An empty finish, condition, grade or language means
    that the source does not tell them apart.
    """

    product_id: str
    finish: str
    currency: str
    market: int | None
    low: int | None
    mid: int | None
    high: int | None
    direct_low: int | None
    condition: str = ""
    grade: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What one euro cost on a day, in units (not minor units) of `currency`."""

    currency: str
    day: date
    per_euro: Decimal


class Capture(Protocol):
    """What one source says about one category (game) on one day.

    Reading may go out to the network at any call. Every method raises MarketError and nothing else.
    """

    @property
    def day(self) -> date:
        """The UTC day that the prices are of."""

    def groups(self) -> list[GroupEntry]: ...

    def products(self, group: GroupEntry) -> list[ProductEntry]: ...

    def quotes(self, group: GroupEntry) -> list[Quote]: ...
