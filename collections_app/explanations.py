"""Why a value changed: what came and went, what prices did, what exchange rates did, what was corrected.

The copies held during the span are taken one by one, from the later of `since` and their acquisition to the
earlier of `until` and their sale, with the price v and the rate f of these two days:
    came   + q v(begin) f(begin)                   where they were acquired within the span
    price  + q (v(end) - v(begin)) f(begin)
    rate   + q v(end) (f(end) - f(begin))
    left   - q v(end) f(end)                       where they were sold within it
Copies whose price is known at one end only go into `coverage`. That is exact: all parts sum to the change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from collections_app import portions
from collections_app.exchange import Exchange
from collections_app.holdings import Holdings, Ints, unit_prices
from collections_app.lots import today
from collections_app.models import ValueSnapshot
from collections_app.rows import Explanation
from pricing.rates import Rates, rounded
from pricing.steps import Steps, dated, keys_of, number, parted

Mask = NDArray[np.bool_]
PARTS = ("price", "additions", "removals", "exchange", "coverage")


class _Recorded(NamedTuple):
    collection: int
    currency: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """One end of the span for each of the copies: its day, what they were worth, and whether that is known.

    `pairs[pair[i]]` are the price's currency and the day: what a rate is asked for.
    """

    worth: Ints
    is_known: Mask
    pairs: list[tuple[str, date]]
    pair: Ints

    @classmethod
    def of(cls, holdings: Holdings, *, days: Ints, steps: Steps) -> "_End":
        unit, is_known = unit_prices(steps, series=holdings.series, percent=holdings.percent, days=days)
        keys, pair = np.unique(keys_of(holdings.currency, days), return_inverse=True)
        pairs = [(holdings.currencies[place], dated(day)) for place, day in parted(keys)]
        return cls(worth=holdings.quantity * unit, is_known=is_known, pairs=pairs, pair=pair)

    def known(self, exchange: Exchange) -> Mask:
        """The copies of which price and rate are known."""
        has_rate = [bool(code) and exchange.factor(code, day=day) is not None for code, day in self.pairs]
        known: Mask = self.is_known & np.array(has_rate, dtype=bool)[self.pair]
        return known

    def total(self, amounts: Ints, where: Mask, exchange: Exchange) -> Fraction:
        """The amounts of some copies at this end's rates, which are known."""
        sums = np.zeros(len(self.pairs), dtype=np.int64)
        np.add.at(sums, self.pair[where], amounts[where])
        return portions.total(
            (amount, exchange.factor(code, day=day) or Fraction())
            for amount, (code, day) in zip(sums.tolist(), self.pairs, strict=True)
            if amount
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The copies held during a span: `came` and `left` within it, and both ends of each."""

    holdings: Holdings
    came: Mask
    left: Mask
    begin: _End
    end: _End

    @classmethod
    def of(cls, holdings: Holdings, *, steps: Steps, since: int, until: int) -> "_Span":
        return cls(
            holdings=holdings,
            came=holdings.acquired > since,
            left=holdings.left <= until,
            begin=_End.of(holdings, days=np.maximum(holdings.acquired, since), steps=steps),
            end=_End.of(holdings, days=np.minimum(holdings.left, until), steps=steps),
        )

    def before(self, exchange: Exchange, *, collection: int | None = None) -> Fraction:
        """What all copies, or those of a collection, were worth when the span began."""
        where = self.begin.known(exchange) & ~self.came
        if collection is not None:
            where &= self.holdings.collection == collection
        return self.begin.total(self.begin.worth, where, exchange)

    def after(self, exchange: Exchange) -> Fraction:
        return self.end.total(self.end.worth, self.end.known(exchange) & ~self.left, exchange)

    def parts(self, exchange: Exchange) -> dict[str, Fraction]:
        """By their names in PARTS; they sum to `after` less `before`."""
        begin, end = self.begin, self.end
        old, new = begin.known(exchange), end.known(exchange)
        gained = end.total(end.worth, new & ~old, exchange)
        lost = begin.total(begin.worth, old & ~new, exchange)
        moved = end.total(end.worth, old & new, exchange)
        return {
            "price": begin.total(end.worth - begin.worth, old & new, exchange),
            "additions": begin.total(begin.worth, old & self.came, exchange),
            "removals": -end.total(end.worth, new & self.left, exchange),
            "exchange": moved - begin.total(end.worth, old & new, exchange),
            "coverage": gained - lost,
        }


def explain(collection_ids: Sequence[int], *, since: date, until: date, currency: str) -> Explanation:
    """Between the ends of two days; the end of today is now. Five statements at most.

    The five parts are rounded so that they sum to the change; one that is exactly nothing stays nothing.
    """
    until = min(until, today())
    since = min(since, until)
    holdings = Holdings.load(collection_ids).as_of_now().during(number(since), number(until))
    recorded = _recorded(collection_ids, day=since)
    codes = {currency, *filter(None, holdings.currencies), *(one.currency for one in recorded)}
    rates = Rates.load(codes, since=since)
    steps = Steps.load(holdings.series[holdings.series > 0].tolist(), since=since)
    span = _Span.of(holdings, steps=steps, since=number(since), until=number(until))
    exchange = Exchange(currency, rates=rates)
    exact = span.parts(exchange)
    known, after = rounded(span.before(exchange)), rounded(span.after(exchange))
    edited = rounded(_edited(span, recorded, rates=rates, exchange=exchange, day=since))
    shares = portions.apportion([exact[name] for name in PARTS], whole=after - known)
    return Explanation(
        currency=currency,
        since=since,
        until=until,
        before=known - edited,
        after=after,
        edited=edited,
        **dict(zip(PARTS, shares, strict=True)),
    )


def _recorded(collection_ids: Sequence[int], *, day: date) -> list[_Recorded]:
    """Of all, or of none: a collection of which nothing was recorded while others were held nothing then."""
    found = ValueSnapshot.objects.filter(collection_id__in=collection_ids, day=day, recorded__isnull=False)
    known = {
        pk: (code, amount) for pk, code, amount in found.values_list("collection_id", "currency", "recorded")
    }
    if not known:
        return []
    first, _ = next(iter(known.values()))
    said = {pk: known.get(pk, (first, 0)) for pk in collection_ids}
    return [_Recorded(pk, code, amount or 0) for pk, (code, amount) in said.items()]


def _edited(
    span: _Span, recorded: list[_Recorded], *, rates: Rates, exchange: Exchange, day: date
) -> Fraction:
    """How far what is known now of the beginning is from what was recorded of it.

    Compared as snapshots are written, in their currency and rounded: nothing edited is nothing.
    """
    changed = Fraction()
    for one in recorded:
        known = span.before(Exchange(one.currency, rates=rates), collection=one.collection)
        factor = exchange.factor(one.currency, day=day) or Fraction()
        changed += (rounded(known) - one.amount) * factor
    return changed
