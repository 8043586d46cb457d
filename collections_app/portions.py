"""Exact arithmetic of amounts: sums over many rates, percentages, parts that add up to their whole."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor, lcm

from pricing.rates import rounded


def total(amounts: Iterable[tuple[int, Fraction]]) -> Fraction:
    """The sum of amounts, each times its factor.

    Rates of many days have many denominators: over a common one, fractions are cancelled once, not each time.
    """
    sums: dict[Fraction, int] = {}
    for amount, factor in amounts:
        sums[factor] = sums.get(factor, 0) + amount
    numerators, denominator = over_one(sums)
    return Fraction(sum(amount * numerators[factor] for factor, amount in sums.items()), denominator)


def over_one(factors: Iterable[Fraction]) -> tuple[dict[Fraction, int], int]:
    """The numerators of all factors over one denominator, and that: from there on sums are whole numbers."""
    known = set(factors)
    denominator = lcm(*(factor.denominator for factor in known))
    return {one: one.numerator * (denominator // one.denominator) for one in known}, denominator


def divided(numerator: int, denominator: int) -> int:
    """Rounded half away from zero, as pricing.rates.rounded, but without cancelling first."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def percent(part: int | Fraction, whole: int | Fraction, *, digits: int = 2) -> Decimal | None:
    """How many percent of the whole, rounded half away from zero; None of nothing."""
    if not whole:
        return None
    return Decimal(rounded(Fraction(part) / Fraction(whole) * 100 * 10**digits)).scaleb(-digits)


def apportion(parts: Sequence[Fraction], *, whole: int) -> list[int]:
    """Whole numbers that sum to `whole`, each less than one away from its part (largest remainder method).

    `whole` is the parts' sum, or less than one away from it; parts that are whole stay as they are.
    """
    shares = [floor(part) for part in parts]
    fractional = [place for place, part in enumerate(parts) if part.denominator > 1]
    fractional.sort(key=lambda place: shares[place] - parts[place])
    missing = whole - sum(shares)
    assert 0 <= missing <= len(fractional)
    for place in fractional[:missing]:
        shares[place] += 1
    return shares
