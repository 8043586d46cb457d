"""Rules and price paths for property tests: walks, jumps, gaps and long rests."""

from itertools import accumulate
from random import Random

from hypothesis import strategies as st

from alerts.rules import Rule

STEPS = [0] * 8 + [-1, 1] * 3 + [-4, 4, -12, 12, -30, 45]
LONGEST = 140


@st.composite
def rules(
    draw: st.DrawFn, *, kinds: tuple[str, ...] = ("below", "above", "falls", "rises", "low", "high")
) -> Rule:
    kind = draw(st.sampled_from(kinds))
    static, change = kind in {"below", "above"}, kind in {"falls", "rises"}
    return Rule(
        kind=kind,
        threshold=draw(st.integers(40, 160)) if static else 0,
        percent=draw(st.sampled_from([100, 500, 1000, 2500, 5000, 9000])) if change else 0,
        days=0 if static else draw(st.sampled_from([1, 2, 3, 7, 8, 30, 90])),
        least=draw(st.sampled_from([0, 0, 0, 90])),
        rearms=draw(st.booleans()),
        margin=draw(st.sampled_from([0, 0, 300, 1000, 2500])),
    )


@st.composite
def walks(draw: st.DrawFn, *, days: int = LONGEST) -> dict[int, int]:
    """Prices by day from 0 on around 100, at least 1; now and then unknown for a while."""
    chance = Random(draw(st.integers(0, 2**32)))
    first = chance.randint(60, 140)
    prices = accumulate(
        chance.choices(STEPS, k=days), lambda price, step: max(1, price + step), initial=first
    )
    found = dict(enumerate(prices))
    for _ in range(chance.choice([0, 0, 1, 3])):
        start = chance.randrange(days)
        for day in range(start, min(days, start + chance.choice([1, 2, 9, 40]))):
            found.pop(day, None)
    return found
