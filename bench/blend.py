"""What the blended price is worth: next week's prices foretold from two real markets, and from one alone.

The days are those of ../shared/data/onepiece: 40 days of 3,000 One Piece printings at Cardmarket (EUR) and
TCGplayer (USD). On each day with two weeks before it and nine days behind it both markets are read as the
site would, Cardmarket at the ECB's rate of each day. Foretold is what each of them says next week, and their
common level, the geometric mean of both. "Next week" is the median of a market's prices 5 to 9 days later;
the error is the absolute difference of logarithms, so 0.05 is about 5 percent.

A market alone is its price today: as it is, and brought to the usual level of what is foretold, which is
learned from the same 30 days as the blend's. Without that, Europe's distance to America would be its error.
"""

import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import median, quantiles
from typing import Final

from django.db.backends.utils import CursorWrapper

from bench.market import CAPTURES
from bench.measure import Measure, at_most
from integrations.ecb import packaged
from pricing.blending import Blend, blend
from pricing.observations import WINDOW, Observation, Past
from pricing.rates import Rates

PRICES = CAPTURES / "onepiece" / "prices_daily_eur_usd.csv.gz"
MARKETS: Final = {"tcgplayer": ("tcgplayer_usd", "USD"), "cardmarket": ("cardmarket_eur", "EUR")}
BEFORE = timedelta(days=14)
AHEAD = (5, 9)
FLOORS = (100, 500)  # cents, at TCGplayer: cheaper cards move by single cents, large shares of them
BOTH: Final = "both markets"
KINDS = ("as it is", "levelled")

Prices = dict[date, tuple[int, Fraction]]  # own amount, and its value in cents of a dollar
Errors = dict[tuple[int, str, str], list[float]]  # floor, what is foretold, from what


def run(cursor: CursorWrapper) -> Iterator[Measure]:  # noqa: ARG001 -- every part is handed one
    if not PRICES.exists():
        print("The prices of ../shared/data/onepiece are absent: nothing to measure.")
        return
    errors = _errors(_read())
    for floor in FLOORS:
        yield from _table(errors, floor=floor)


def _table(errors: Errors, *, floor: int) -> Iterator[Measure]:
    least = f"${floor // 100} and more"
    yield Measure(name=f"{least}: forecasts", value=len(errors[floor, BOTH, "blend"]), unit="")
    for (asked, target, source), found in sorted(errors.items()):
        if asked == floor:
            yield Measure(name=f"{least}: {target} from {source}, median", value=median(found), unit="log")
            yield Measure(name=f"{least}: the same, p90", value=quantiles(found, n=10)[-1], unit="log")
    for kind in KINDS:
        alone = min(median(errors[floor, BOTH, f"{market} {kind}"]) for market in MARKETS)
        ratio = median(errors[floor, BOTH, "blend"]) / alone
        yield at_most(f"{least}: {BOTH} from the blend / the better market {kind}", ratio, "x", 1)


def _read() -> dict[str, dict[str, Prices]]:
    """The prices of each printing at each market. A price of 0 is unknown."""
    quoted = [(rate.day, rate.per_euro) for rate in packaged.history() if rate.currency == "USD"]
    rates = Rates({"USD": sorted(quoted)})
    found: dict[str, dict[str, Prices]] = defaultdict(lambda: {market: {} for market in MARKETS})
    with gzip.open(PRICES, "rt") as lines:
        for row in csv.DictReader(lines):
            day = date.fromisoformat(row["date"])
            for market, (column, currency) in MARKETS.items():
                amount = round(Fraction(row[column] or 0) * 100)
                value = rates.convert(amount, currency, "USD", day=day)
                if amount and value:
                    found[row["print_id"]][market][day] = amount, value
    return found


def _errors(printings: Mapping[str, Mapping[str, Prices]]) -> Errors:
    errors: Errors = defaultdict(list)
    days = sorted({day for markets in printings.values() for prices in markets.values() for day in prices})
    asked = [day for day in days if days[0] + BEFORE <= day <= days[-1] - timedelta(days=AHEAD[1])]
    for markets in printings.values():
        for day in asked:
            for foretold in _foretold(markets, day=day):
                for floor in FLOORS:
                    if foretold.now >= floor:
                        errors[floor, foretold.target, foretold.source].append(foretold.error)
    return errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """`now` is what TCGplayer says on the day, in cents."""

    target: str
    source: str
    now: Fraction
    error: float


def _foretold(markets: Mapping[str, Prices], *, day: date) -> Iterator[Foretold]:
    """Nothing where a market is silent, on the day or the next week, or the two cannot be compared yet."""
    actual = {market: _next_week(prices, day=day) for market, prices in markets.items()}
    if any(day not in prices for prices in markets.values()) or None in actual.values():
        return
    found = blend([_observation(market, markets[market], day=day) for market in MARKETS], currency="USD")
    if len(found.levels) < len(MARKETS) or found.amount is None:
        return
    truth = {market: value for market, value in actual.items() if value is not None}
    truth[BOTH] = sum(truth.values()) / len(truth)
    now = markets["tcgplayer"][day][1]
    for target, value in truth.items():
        for source, log in _said(found, markets, day=day, target=target):
            yield Foretold(target=target, source=source, now=now, error=abs(log - value))


def _said(
    found: Blend, markets: Mapping[str, Prices], *, day: date, target: str
) -> Iterator[tuple[str, float]]:
    """What each of them makes of the target's price, in logarithms."""
    levels = {market: math.log1p(float(percent) / 100) for market, percent in found.levels.items()}
    goal = levels.get(target, 0.0)
    yield "blend", math.log(found.amount or 1) + goal
    for market, prices in markets.items():
        log = math.log(prices[day][1])
        yield f"{market} as it is", log
        yield f"{market} levelled", log - levels[market] + goal


def _observation(market: str, prices: Prices, *, day: date) -> Observation:
    amount, value = prices[day]
    days = sorted(one for one in prices if timedelta(0) < day - one <= timedelta(days=WINDOW))
    return Observation(
        source=market,
        name=market,
        rank=list(MARKETS).index(market),
        day=day,
        amount=amount,
        value=value,
        history=[Past(day=one, amount=prices[one][0], value=float(prices[one][1])) for one in days],
    )


def _next_week(prices: Prices, *, day: date) -> float | None:
    week = [day + timedelta(days=ahead) for ahead in range(AHEAD[0], AHEAD[1] + 1)]
    known = [math.log(prices[one][1]) for one in week if one in prices]
    return median(known) if known else None
