"""How many people a wrong price reaches: each app above counts those whom it serves."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

Count = Callable[[Sequence[int]], Mapping[int, int]]
_counters: Final[dict[str, Count]] = {}


def register(name: str, counter: Count) -> None:
    """Adds a counter: of printings, by their id, how many people it knows of. Zeros may be left out."""
    _counters[name] = counter


def of(printing_ids: Sequence[int]) -> Counter[int]:
    """By printing, the sum of all counters: who both holds a card and waits for its price counts twice."""
    total: Counter[int] = Counter()
    for name in sorted(_counters):
        total.update(_counters[name](printing_ids))
    return total
