"""The blended price: one robust estimate from what several markets say of one printing. Pure.

Everything happens in logarithms of one currency, where "ten percent dearer" is the same distance at every
price. x(i, t) is the logarithm of what source i said on day t.

1. Demonstrations, what the terms do not let us mix, unknown prices, and all but one of the sources that pass
   on the prices of the same market are left out.
2. Level (`pricing.levels`). The source known on most of the last 30 days is the anchor a, and
   d(i) = median of x(i, t) - x(a, t) over the common days is where source i usually stands. The common level
   D is the weighted mean of all d(i), held near their median, each weighing the days it was seen on, also of
   a source that is left out today: so the blend does not jump when one is.
3. Disagreement (`pricing.outliers`). y(i) = x(i, today) - d(i) is what a source says today at the anchor's
   level. Of three and more, one whose modified z-score 0.6745 |y - median| / MAD exceeds 3.5 is left out. Two
   that disagree more than they ever do are judged by their own history.
4. The blend is exp(median of y + D), rounded half up.

docs/blend.md measures it on two real markets.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from statistics import median
from typing import Final

from pricing import levels, outliers
from pricing.observations import WINDOW, LeftOut, Observation, Reason, Voice, Voices, left_out
from pricing.rates import rounded

WIDE: Final = math.log(1.25)
TENTH: Final = Decimal("0.1")


class Agreement(StrEnum):
    """How near the used sources are to each other at the common level."""

    NONE = "none"
    ALONE = "alone"
    CLOSE = "close"
    FAIR = "fair"
    WIDE = "wide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A source with a vote: `levelled` is what it says today, brought to the common level."""

    source: str
    name: str
    weight: Fraction
    levelled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """`amount`, and `low` and `high` of the levelled sources, in minor units of `currency`; None is unknown.

    `spread` is how much the highest levelled source exceeds the lowest, in percent, None for fewer than two.
    `sample` counts the daily prices that went into it: those of `day` and of the days that made the levels.
    `levels` is, for each source that could be compared, used or not, how far its usual price lies from the
    common level, in percent.
    """

    amount: int | None
    low: int | None
    high: int | None
    currency: str
    spread: Decimal | None
    agreement: Agreement
    sample: int
    day: date | None
    is_stale: bool
    used: tuple[Used, ...]
    levels: Mapping[str, Decimal]
    left_out: tuple[LeftOut, ...]
    method: str


def blend(observations: Iterable[Observation], *, currency: str) -> Blend:
    """The blended price in `currency`, in which all values of the observations are.

    The order of the observations does not matter. With one source that may speak the blend is its price.
    """
    left: list[LeftOut] = []
    voices = levels.levelled(_one_a_market(_speaking(observations, left=left), left=left))
    voices = levels.near(voices, left=left)
    known = {voice.said.source: voice.level for voice in voices if voice.level}
    voices = levels.comparable(_fresh(voices, left=left), left=left)
    voices = outliers.judged(outliers.without_outliers(voices, left=left), left=left)
    if len(known) < 2 or not any(voice.level for voice in voices):
        return _result(voices, common=0.0, currency=currency, left=left, usual={})
    common = levels.common(list(known.values()))
    usual = {source: _percent(level.offset - common) for source, level in known.items()}
    return _result(voices, common=common, currency=currency, left=left, usual=usual)


def _speaking(observations: Iterable[Observation], *, left: list[LeftOut]) -> Voices:
    voices: Voices = []
    for said in sorted(observations, key=lambda one: one.order):
        if refused := _refused(said):
            left.append(left_out(said, *refused))
        elif said.value:
            past = {one.day: math.log(one.value) for one in said.history}
            voices.append(Voice(said, math.log(said.value), past))
    return voices


def _refused(said: Observation) -> tuple[Reason, str] | None:
    if said.is_demo:
        return Reason.DEMO, "demonstration prices are never blended"
    if not said.is_blended:
        return Reason.TERMS, "its terms do not let us mix it into a price of our own"
    if said.amount is None:
        return Reason.UNKNOWN, "it names no market price"
    if not said.value:
        return Reason.UNCONVERTED, "no exchange rate of its day is known"
    return None


def _one_a_market(voices: Voices, *, left: list[LeftOut]) -> Voices:
    """Of several that pass on the prices of one market, the freshest; then the best-ranked."""
    kept: dict[str, Voice] = {}
    for voice in sorted(voices, key=_freshness):
        first = kept.setdefault(voice.said.lineage, voice)
        if first is not voice:
            why = f"it passes on the same prices as {first.said.name}"
            left.append(left_out(voice.said, Reason.SAME, why))
    return sorted(kept.values(), key=lambda voice: voice.said.order)


def _freshness(voice: Voice) -> tuple[int, tuple[int, str]]:
    return -(voice.said.day or date.min).toordinal(), voice.said.order


def _fresh(voices: Voices, *, left: list[LeftOut]) -> Voices:
    fresh = [voice for voice in voices if not voice.said.is_stale]
    if fresh:
        why = "its price is old, and there are fresh ones"
        left += [left_out(voice.said, Reason.STALE, why) for voice in voices if voice.said.is_stale]
    return fresh or voices


def _result(
    voices: Voices, *, common: float, currency: str, left: Sequence[LeftOut], usual: Mapping[str, Decimal]
) -> Blend:
    at_level = sorted(voice.y + common for voice in voices)
    spread = at_level[-1] - at_level[0] if len(at_level) > 1 else None
    # One source alone is its own price to the cent: no logarithm comes between.
    plain = voices[0].said.value if len(voices) == 1 and not usual else None
    return Blend(
        amount=max(1, rounded(plain)) if plain else _amount(median(at_level)) if at_level else None,
        low=_amount(at_level[0]) if at_level else None,
        high=_amount(at_level[-1]) if at_level else None,
        currency=currency,
        spread=None if spread is None else _percent(spread),
        agreement=_agreement(spread, count=len(voices)),
        sample=sum(1 + len(voice.past) for voice in voices),
        day=max((voice.said.day for voice in voices if voice.said.day), default=None),
        is_stale=any(voice.said.is_stale for voice in voices),
        used=tuple(_used(voice, common=common, count=len(voices)) for voice in voices),
        levels=usual,
        left_out=tuple(sorted(left, key=lambda one: one.source)),
        method=_method([voice.said.name for voice in voices], is_levelled=bool(usual)),
    )


def _used(voice: Voice, *, common: float, count: int) -> Used:
    return Used(
        source=voice.said.source,
        name=voice.said.name,
        weight=Fraction(1, count),
        levelled=_amount(voice.y + common),
    )


def _method(names: Sequence[str], *, is_levelled: bool) -> str:
    if not names:
        return "No source that may be blended names a price."
    if len(names) == 1 and not is_levelled:
        return f"One source alone: this is the price of {names[0]}."
    level = f", at the common level of the last {WINDOW} days" if is_levelled else ""
    if len(names) == 1:
        return f"What {names[0]} says{level}."
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"The {'mean' if len(names) == 2 else 'median'} of {listed} in logarithms{level}."


def _agreement(spread: float | None, *, count: int) -> Agreement:
    if spread is None:
        return Agreement.ALONE if count else Agreement.NONE
    close = spread <= outliers.CLOSE
    return Agreement.CLOSE if close else Agreement.FAIR if spread <= WIDE else Agreement.WIDE


def _amount(logarithm: float) -> int:
    return max(1, math.floor(math.exp(logarithm) + 0.5))


def _percent(difference: float) -> Decimal:
    """What a difference of logarithms is in percent."""
    return (100 * Decimal(math.expm1(difference))).quantize(TENTH, ROUND_HALF_UP)
