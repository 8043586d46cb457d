"""One measured number, its target, and how both are printed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """`ok` is None where there is no target: the number stands beside the ones that have one."""

    name: str
    value: float
    unit: str
    target: str = ""
    ok: bool | None = None

    def __str__(self) -> str:
        mark = {None: "", True: "ok", False: "MISSED"}[self.ok]
        return f"{self.name:<62} {self.value:>12,.3f} {self.unit:<8} {self.target:<16} {mark}".rstrip()


def at_most(name: str, value: float, unit: str, limit: float) -> Measure:
    return Measure(name=name, value=value, unit=unit, target=f"<= {limit:g}", ok=value <= limit)


def at_least(name: str, value: float, unit: str, limit: float) -> Measure:
    return Measure(name=name, value=value, unit=unit, target=f">= {limit:g}", ok=value >= limit)


def show(measures: Iterable[Measure]) -> bool:
    """Prints each; whether none missed its target."""
    listed = list(measures)
    for measure in listed:
        print(measure)
    return all(measure.ok is not False for measure in listed)


def milliseconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return (perf_counter() - start) * 1000


def best(call: Callable[[], object], *, rounds: int = 5) -> float:
    """The fastest of several rounds in ms: what the work costs when nothing else disturbs it."""
    return min(milliseconds(call) for _ in range(rounds))


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]
