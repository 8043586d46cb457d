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
FAR: Final = math.log(5)  # usual prices further apart are hardly those of the same thing


def levelled(voices: Voices) -> Voices:
    """Each with its level, None where it shares too few days with the source that is known longest."""
    if not voices:
        return []
    anchor = min(voices, key=lambda voice: (-len(voice.past), voice.said.order))
    return [replace(voice, level=level(voice.past, against=anchor.past)) for voice in voices]


def level(past: Mapping[date, float], *, against: Mapping[date, float]) -> Level | None:
    gaps = [x - against[day] for day, x in past.items() if day in against]
    return Level(median(gaps), len(gaps) - WARM_UP + 1) if len(gaps) >= WARM_UP else None


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
    """The weighted median of the levels, interpolated between the middles of their weights.

    Of two it is their weighted mean. One of several cannot carry it beyond the others, and a level that comes
    or goes with little weight hardly moves it.
    """
    ordered = sorted((level.offset, level.weight) for level in levels)
    half = sum(weight for _, weight in ordered) / 2
    place, last, before = ordered[0][0], 0.0, 0
    for offset, weight in ordered:
        middle = before + weight / 2
        if middle >= half:
            return offset if not before else place + (half - last) / (middle - last) * (offset - place)
        place, last, before = offset, middle, before + weight
    return place
