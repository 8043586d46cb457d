"""Who of the sources is wrong today: three and more outvote one, two are judged by their own history. Pure.

The modified z-score is that of Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (ASQC, 1993).
"""

import math
from datetime import date
from itertools import pairwise
from statistics import median, median_low
from typing import Final

from pricing import formats
from pricing.levels import FAR, WARM_UP
from pricing.observations import LeftOut, Reason, Voice, Voices, left_out

CLOSE: Final = math.log(1.08)  # what is nearer agrees: the mean of two is then within 4 % of either
NORMAL: Final = 1.4826  # the standard deviation of a normal distribution in units of its MAD
OUTLYING: Final = 3.5  # the modified z-score beyond which its authors call a value an outlier
UNUSUAL: Final = 6  # deviations of two sources' usual disagreement
STILL: Final = 3  # days without a change, while the other source moved on half of them, by no leap


def without_outliers(voices: Voices, *, left: list[LeftOut]) -> Voices:
    """Of three and more, those near the middle."""
    if len(voices) < 3:
        return voices
    centre = _centre(voices)
    limit = max(CLOSE, OUTLYING * NORMAL * median_low([abs(voice.y - centre) for voice in voices]))
    far = [voice for voice in voices if abs(voice.y - centre) > limit]
    left += [
        left_out(voice.said, Reason.OUTLIER, f"it is {_apart(voice.y - centre)} the others") for voice in far
    ]
    return [voice for voice in voices if voice not in far]


def _centre(voices: Voices) -> float:
    """The median. Where two may stand against two, what all said in the week before has a vote."""
    signals = [voice.y for voice in voices]
    recent = [
        x - voice.offset for voice in voices for _, x in sorted(voice.past.items())[-WARM_UP:] if voice.level
    ]
    return median([*signals, median(recent)] if recent and len(signals) % 2 == 0 else signals)


def judged(voices: Voices, *, left: list[LeftOut]) -> Voices:
    """Two that disagree more than ever: the one that stands still, or that moved since they last agreed, is
    left out. Where history does not tell, the better-ranked stays.
    """
    if len(voices) != 2:
        return voices
    first, second = voices
    limit = tolerance(first, second)
    if abs(first.y - second.y) <= limit:
        return voices
    wrong, reason, why = _culprit(first, second, limit=limit)
    other = second if wrong is first else first
    distance = f"it is {_apart(wrong.y - other.y)} {other.said.name}"
    left.append(left_out(wrong.said, reason, f"{distance}, and {why}"))
    return [other]


def tolerance(first: Voice, second: Voice) -> float:
    """How far two may be apart: 8 percent, a minor unit each, or six of their usual deviations."""
    if not (first.level and second.level):
        return FAR
    usual = first.offset - second.offset
    gaps = [abs(first.past[day] - second.past[day] - usual) for day in first.past if day in second.past]
    steps = sum(math.log1p(1 / (voice.said.amount or 1)) for voice in (first, second))
    return max(CLOSE, steps, UNUSUAL * NORMAL * median(gaps) if gaps else 0.0)


def _culprit(first: Voice, second: Voice, *, limit: float) -> tuple[Voice, Reason, str]:
    for still, other in ((first, second), (second, first)):
        days = still.said.still_days
        if days >= STILL and _strolled(other, days=days, limit=limit):
            return still, Reason.STILL, f"has not moved for {days} days while the other did"
    agreed = _agreed(first, second, limit=limit)
    if agreed:
        moves = {voice: abs(voice.x - voice.past[agreed]) for voice in (first, second)}
        less, more = sorted(moves, key=lambda voice: moves[voice])
        if moves[more] > 2 * moves[less]:
            return more, Reason.MOVED, f"moved since they agreed on {formats.day(agreed)}, the other did not"
    return second, Reason.DISAGREES, f"history does not tell who is right; {first.said.name} ranks first"


def _strolled(voice: Voice, *, days: int, limit: float) -> bool:
    """Whether it moved on half of the days, by no step that would make two disagree or is unusual for it."""
    path = [x for _, x in sorted(voice.past.items())] + [voice.x]
    steps = [abs(after - before) for before, after in pairwise(path)]
    lately = steps[-days:]
    usual = max(limit, UNUSUAL * median(steps or [0.0]))
    return 2 * sum(step > 0 for step in lately) >= days and max(lately, default=0.0) <= usual


def _agreed(first: Voice, second: Voice, *, limit: float) -> date | None:
    """The last day on which the two were as near as they usually are."""
    usual = first.offset - second.offset
    common = (day for day in first.past if day in second.past)
    near = (day for day in common if abs(first.past[day] - second.past[day] - usual) <= limit / 2)
    return max(near, default=None)


def _apart(difference: float) -> str:
    """`32 % above`, `4.1 times`: how a price stands to others."""
    if abs(difference) < math.log(2):
        return f"{abs(math.expm1(difference)) * 100:.0f} % {'above' if difference > 0 else 'below'}"
    return f"{math.exp(abs(difference)):,.1f} times {'' if difference > 0 else 'less than '}".rstrip()
