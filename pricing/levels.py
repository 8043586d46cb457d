"""Where each source usually stands against the others, and the common level of all. Pure.

Markets differ for good: a European and an American one ask different prices for the same card. The formulas
stand in `pricing.blending`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from statistics import median
from typing import Final

from pricing.observations import LeftOut, Level, Reason, Voice, Voices, left_out

WARM_UP: Final = 7  # days in common before two sources can be compared
STANDING: Final = 7  # days without a change
HELD: Final = math.log(2)
FAR: Final = math.log(5)  # usual prices further apart are hardly those of the same thing


def levelled(voices: Voices) -> Voices:
    """Each with its level, None where it shares too few days with the source that is known longest."""
    if not voices:
        return []
    anchor = min(voices, key=lambda voice: (-len(voice.past), voice.said.order))
    days = {voice: len(voice.past.keys() & anchor.past.keys()) for voice in voices}
    moving = {voice: _moving(voice) for voice in voices}
    return [
        replace(
            voice, past=moving[voice], level=level(moving[voice], against=moving[anchor], days=days[voice])
        )
        for voice in voices
    ]


def _moving(voice: Voice) -> Mapping[date, float]:
    """The days before it came to stand still, should they be enough: what is stuck tells no level."""
    still = voice.said.still_days
    if still < STANDING or len(voice.past) - still < WARM_UP:
        return voice.past
    return {past.day: voice.past[past.day] for past in voice.said.history[:-still]}


def level(past: Mapping[date, float], *, against: Mapping[date, float], days: int) -> Level | None:
    """From the days in common; `days` is how many there are with those on which one stood still."""
    gaps = [x - against[day] for day, x in past.items() if day in against]
    return Level(median(gaps), days - WARM_UP + 1) if len(gaps) >= WARM_UP else None


def near(voices: Voices, *, left: list[LeftOut]) -> Voices:
    """Without those whose usual price is far from the others'. Of two, the better-ranked stays."""
    offsets = [voice.offset for voice in voices if voice.level]
    if len(offsets) < 2:
        return voices
    middle = median(offsets) if len(offsets) > 2 else offsets[0]
    far = [voice for voice in voices if voice.level and abs(voice.offset - middle) > FAR]
    left += [left_out(voice.said, Reason.FAR, _far(voice, middle=middle)) for voice in far]
    return [voice for voice in voices if voice not in far]


def _far(voice: Voice, *, middle: float) -> str:
    times = math.exp(abs(voice.offset - middle))
    share = "times" if voice.offset > middle else "times less than"
    return f"its usual price is {times:.0f} {share} that of the others: hardly the same thing"


def comparable(voices: Voices, *, left: list[LeftOut]) -> Voices:
    """Those whose usual level is known, if any is; else all, as they are."""
    known = [voice for voice in voices if voice.level]
    if not known:
        return voices
    left += [left_out(voice.said, Reason.NEW, _new(voice)) for voice in voices if not voice.level]
    return known


def _new(voice: Voice) -> str:
    if not voice.said.keeps_history:
        return "its terms let us keep no history, so its usual level is not known"
    return f"it was seen beside the others on fewer than {WARM_UP} days: its usual level is not known yet"


def common(levels: Sequence[Level]) -> float:
    """The weighted mean of the levels, each held within a factor of two of their median.

    So a level that comes or goes with little weight hardly moves it, and a wrong one does so within bounds.
    """
    middle = median(level.offset for level in levels)
    held = [level.weight * min(max(level.offset - middle, -HELD), HELD) for level in levels]
    return middle + sum(held) / sum(level.weight for level in levels)
