"""Values holdings at the end of each day of a span.

Prices are steps, so some lots at a time become an array with a column for each day. Amounts are summed as
whole numbers of their price's currency, converted exactly at the rate of the day, and rounded once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from collections_app import gains, portions
from collections_app.exchange import Exchange
from collections_app.freshness import Freshness
from collections_app.holdings import Holdings, Ints, Paid, unit_prices
from pricing.rates import rounded
from pricing.steps import Steps, number

CELLS = 200_000  # lots times days that are valued together: arrays of a few megabytes
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """The end of a day; see models.ValueSnapshot."""

    day: date
    quantity: int
    missing: int
    value: int
    stale: int
    cost: int
    costless: int
    added: int
    removed: int
    realised: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """Of copies priced in one currency, for each day: how many have a price, and amounts.

    `came` also has what became priced on the day, `lost` what lost its price, at its last one.
    """

    copies: Ints
    value: Ints
    stale: Ints
    came: Ints
    left: Ints
    lost: Ints

    def __add__(self, other: "_Sums") -> "_Sums":
        return _Sums(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worth:
    """What _Sums of all currencies are on a day in the one asked for."""

    copies: int
    value: int
    stale: int
    added: int
    removed: int


def reckon(holdings: Holdings, *, since: date, until: date, currency: str) -> list[Reckoned]:
    """Every day from `since` to `until`; six statements at most."""
    days = np.arange(number(since), number(until) + 1)
    dates = [since + timedelta(days=place) for place in range(len(days))]
    exchange = _exchange(holdings, since=since, currency=currency)
    sums = _by_currency(holdings, days=days, since=since, until=until)
    quantities = _held(holdings, holdings.quantity.tolist(), days=days)
    costs, costless = _costs(holdings, days=days, exchange=exchange)
    realised = _realised(holdings, days=days, exchange=exchange)
    worth = [_worth(sums, place=place, day=day, exchange=exchange) for place, day in enumerate(dates)]
    return [
        Reckoned(
            day=day,
            quantity=quantities[place],
            missing=quantities[place] - worth[place].copies,
            value=worth[place].value,
            stale=worth[place].stale,
            cost=costs[place],
            costless=costless[place],
            added=worth[place].added,
            removed=worth[place].removed,
            realised=realised[place],
        )
        for place, day in enumerate(dates)
    ]


def _exchange(holdings: Holdings, *, since: date, currency: str) -> Exchange:
    codes = {paid.currency for paid in holdings.paid} | {code for code in holdings.currencies if code}
    codes |= {paid.sale_currency for paid in holdings.paid if paid.sale_currency}
    first = min((paid.acquired_on for paid in holdings.paid), default=since)
    return Exchange.load(currency, sources=codes, since=min(first, since - ONE_DAY))


def _by_currency(holdings: Holdings, *, days: Ints, since: date, until: date) -> dict[str, _Sums]:
    """Copies that no series values are in none of them."""
    series = np.unique(holdings.series[holdings.series > 0]).tolist()
    steps = Steps.load(series, since=since - ONE_DAY)
    freshness = Freshness(series, days=days, until=until)
    found: dict[str, _Sums] = {}
    for rows in _blocks(holdings, size=max(1, CELLS // len(days))):
        code = holdings.currencies[holdings.currency[rows[0]]]
        block = _block(holdings, rows=rows, days=days, steps=steps, freshness=freshness)
        found[code] = found[code] + block if code in found else block
    return found


def _blocks(holdings: Holdings, *, size: int) -> Iterator[Ints]:
    """The places of copies priced in the same currency."""
    for place, code in enumerate(holdings.currencies):
        rows = np.flatnonzero(holdings.currency == place)
        yield from (rows[start : start + size] for start in range(0, len(rows), size) if code)


def _block(holdings: Holdings, *, rows: Ints, days: Ints, steps: Steps, freshness: Freshness) -> _Sums:
    """A row of each array for some copies, a column for a day; the prices begin a day earlier."""
    span = np.concatenate([days[:1] - 1, days])
    series, percent = holdings.series[rows], holdings.percent[rows, None]
    unit, known = unit_prices(steps, series=series[:, None], percent=percent, days=span)
    quantity, acquired, left = (
        column[rows, None] for column in (holdings.quantity, holdings.acquired, holdings.left)
    )
    is_known, was_known = known[:, 1:], known[:, :-1]
    worth, before = quantity * unit[:, 1:], quantity * unit[:, :-1]
    touches = (acquired <= days) & (days <= left)
    stays, was_held = touches & (days < left), touches & (acquired < days)
    return _Sums(
        copies=_sum(quantity, stays & is_known),
        value=_sum(worth, stays & is_known),
        stale=_sum(worth, stays & is_known & freshness.is_stale(series)),
        came=_sum(worth, touches & is_known & ~(was_held & was_known)),
        left=_sum(worth, (days == left) & is_known),
        lost=_sum(before, was_held & was_known & ~is_known),
    )


def _sum(amounts: Ints, counted: NDArray[np.bool_]) -> Ints:
    total: Ints = (amounts * counted).sum(axis=0)
    return total


def _worth(sums: Mapping[str, _Sums], *, place: int, day: date, exchange: Exchange) -> _Worth:
    copies, value, stale, added, removed = 0, Fraction(), Fraction(), Fraction(), Fraction()
    for code, found in sums.items():
        factor = exchange.factor(code, day=day)
        if factor is None:
            continue
        copies += int(found.copies[place])
        value += int(found.value[place]) * factor
        stale += int(found.stale[place]) * factor
        removed += int(found.left[place] + found.lost[place]) * factor
        if exchange.factor(code, day=day - ONE_DAY) is None:  # its first rate: all became priced just now
            added += int(found.value[place] + found.left[place]) * factor
            removed -= int(found.lost[place]) * factor
        else:
            added += int(found.came[place]) * factor
    return _Worth(
        copies=copies,
        value=rounded(value),
        stale=rounded(stale),
        added=rounded(added),
        removed=rounded(removed),
    )


def _held(holdings: Holdings, amounts: list[int], *, days: Ints) -> list[int]:
    """The sum of the amounts of what is held at the end of each day; they may be of any size."""
    first, count = int(days[0]), len(days)
    starts = np.clip(holdings.acquired - first, 0, count).tolist()
    ends = np.clip(holdings.left - first, 0, count).tolist()
    changes = [0] * (count + 1)
    for amount, start, end in zip(amounts, starts, ends, strict=True):
        changes[start] += amount
        changes[end] -= amount
    return list(accumulate(changes[:count]))


def _costs(holdings: Holdings, *, days: Ints, exchange: Exchange) -> tuple[list[int], list[int]]:
    """What was paid for what is held on each day, and of how many copies that is unknown."""
    weights, denominator = _weights(holdings, exchange=exchange)
    costs = [
        None if paid.unit_cost is None or weight is None else paid.quantity * paid.unit_cost * weight
        for paid in holdings.paid
        for weight in (weights[paid.currency, paid.acquired_on],)
    ]
    costless = [paid.quantity if cost is None else 0 for paid, cost in zip(holdings.paid, costs, strict=True)]
    sums = _held(holdings, [cost or 0 for cost in costs], days=days)
    return [portions.divided(one, denominator) for one in sums], _held(holdings, costless, days=days)


def _weights(holdings: Holdings, *, exchange: Exchange) -> tuple[dict[tuple[str, date], int | None], int]:
    """Of each currency and day something was paid in, its factor as a numerator over the one denominator.

    Thousands of lots share few of them, and to look up a fraction costs more than to multiply.
    """
    factors = {
        key: exchange.factor(key[0], day=key[1])
        for key in {(paid.currency, paid.acquired_on) for paid in holdings.paid}
    }
    numerators, denominator = portions.over_one(one for one in factors.values() if one is not None)
    return {key: None if one is None else numerators[one] for key, one in factors.items()}, denominator


def _realised(holdings: Holdings, *, days: Ints, exchange: Exchange) -> list[int]:
    """The gain of everything sold until each day, as far as it is known."""
    sold = [(place, paid) for place, paid in enumerate(holdings.paid) if paid.size]
    gained = [portions.total(gains.parts(_sold(paid), exchange=exchange)) for _, paid in sold]
    numerators, denominator = portions.over_one(gained)
    changes = [0] * (len(days) + 1)
    for (place, _), gain in zip(sold, gained, strict=True):
        day = np.clip(holdings.left[place] - days[0], 0, len(days))
        changes[day] += numerators[gain]
    return [portions.divided(one, denominator) for one in accumulate(changes[: len(days)])]


def _sold(paid: Paid) -> gains.Sold:
    return gains.Sold(
        currency=paid.sale_currency or "",
        sold_on=paid.sold_on,
        cost_currency=paid.currency,
        paid_on=paid.acquired_on,
        size=paid.size or 1,
        price=None if paid.unit_price is None else paid.quantity * paid.unit_price,
        fees=paid.quantity * (paid.fees or 0),
        cost=None if paid.unit_cost is None else paid.quantity * paid.unit_cost,
    )
