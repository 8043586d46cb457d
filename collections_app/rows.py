"""What the reads of collections return. Amounts are minor units of `currency`; None is unknown."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What some collections are worth now.

    `value` is the sum of all copies with a price, `fresh` and `stale` its two parts; it is never less than
    known and never counts the `missing` copies, of which no price is known. Of those, `missing_cost` is what
    was paid where that is known: value to `ceiling` is the honest range, open upwards (`is_open`) where even
    the cost of a missing copy is unknown.

    `cost` is of all held copies whose cost is known, at the rates of the days they were acquired; `costless`
    copies are left out. `unrealised` and its percentage compare only copies with both a price and a cost.
    `realised` is of all sales whose price and cost are known.
    """

    currency: str
    lots: int
    quantity: int
    value: int
    fresh: int
    stale: int
    missing: int
    missing_cost: int
    is_open: bool
    cost: int | None
    costless: int
    unrealised: int | None
    unrealised_percent: Decimal | None
    realised: int | None
    rates_on: date | None = None  # the day of the ECB rates used; None when nothing was converted
    rates_are_carried: bool = False  # that day is past: the rates were carried forward to today

    @property
    def ceiling(self) -> int:
        return self.value + self.missing_cost

    @property
    def fresh_percent(self) -> int:
        """How much of the value rests on fresh prices, in whole percent."""
        return 100 * self.fresh // self.value if self.value else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLot:
    """A lot and the price of one copy, in the price's own currency."""

    id: int
    collection_id: int
    collection_name: str
    printing_id: int
    card_id: int
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
    finish: str
    condition: str
    grader: str
    grade: str
    language: str
    quantity: int
    disposed: int
    unit_cost: int | None
    cost_currency: str
    acquired_on: date
    notes: str
    has_photo: bool
    price: int | None
    price_currency: str
    percent: Decimal
    basis: str
    source_name: str
    is_demo: bool
    as_of: date | None
    is_stale: bool

    @property
    def grading(self) -> str:
        """Its condition or grade as one word: NM, PSA 10."""
        return f"{self.grader} {self.grade}" if self.grader else self.condition


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow(PricedLot):
    """A lot in a list: what all its copies are worth, cost and gained, in the viewer's currency."""

    currency: str
    value: int | None
    cost: int | None
    gain: int | None
    gain_percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of the value: `percent` of it, with a decimal digit."""

    key: str
    label: str
    quantity: int
    value: int
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    game: list[Share] = field(default_factory=list)
    set: list[Share] = field(default_factory=list)
    rarity: list[Share] = field(default_factory=list)
    condition: list[Share] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A collection, or several together, at the end of a day; see models.ValueSnapshot."""

    day: date
    value: int
    stale: int
    missing: int
    quantity: int
    cost: int
    added: int
    removed: int
    realised: int

    @property
    def market(self) -> int:
        """What a chart draws."""
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """What the value did over a span of days.

    `change` and `change_percent` are with deposits: the value then against the value now. `percent` is
    without deposits, time-weighted: the product of each day's (value - added + removed) / value of the day
    before; None when nothing had a price at the beginning.
    """

    since: date
    until: date
    change: int
    change_percent: Decimal | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a value changed from the end of `since` to the end of `until`; the five parts sum to the change.

    `before` is the value as it was recorded at the end of `since` (where none was recorded, as it is known
    now). `additions` and `removals` (negative) are at the market value of their day. `price` moves are
    measured in the prices' own currencies at the rate of the beginning; `exchange` is what the rates did.
    `corrections` are `edited` (what was changed since about the past: lots, prices, multipliers) and
    `coverage` (prices that became known, or were lost).
    """

    currency: str
    since: date
    until: date
    before: int
    after: int
    price: int
    additions: int
    removals: int
    exchange: int
    edited: int
    coverage: int

    @property
    def corrections(self) -> int:
        return self.edited + self.coverage

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A printing someone owns and what it contributed: its gain against cost."""

    printing_id: int
    card_id: int
    slug: str
    name: str
    number: str
    set_name: str
    game_slug: str
    image_url: str
    finish: str
    quantity: int
    value: int
    cost: int
    gain: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleRow:
    """A sale in a list. `gain` is in the viewer's currency, None where price or cost is unknown."""

    id: int
    collection_id: int
    sold_on: date
    quantity: int
    card_id: int
    slug: str
    name: str
    number: str
    set_name: str
    finish: str
    grading: str
    unit_price: int | None
    fees: int
    sale_currency: str
    notes: str
    currency: str
    proceeds: int | None
    gain: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishProgress:
    """How much of a set is owned in one finish; `finish` "" is every card in any finish."""

    finish: str
    owned: int
    total: int
    cost_to_complete: int
    unpriced: int  # missing printings without a price: the cost is at least that

    @property
    def percent(self) -> int:
        return 100 * self.owned // self.total if self.total else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProgress:
    set_id: int
    name: str
    slug: str
    code: str
    game_name: str
    game_slug: str
    released_on: date | None
    currency: str
    base: FinishProgress  # each card once, whatever the finish
    master: FinishProgress  # every printing
    finishes: tuple[FinishProgress, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistRow:
    """A printing of a set and how many copies of it are owned and wished for."""

    printing_id: int
    card_id: int
    slug: str
    name: str
    number: str
    kind: str
    rarity: str
    finish: str
    owned: int
    wished: int
    market: int | None
    currency: str
