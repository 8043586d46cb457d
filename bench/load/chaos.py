"""`make chaos`: what becomes of the site when its parts are killed one after the other while it is used.

A game is synced meanwhile, and alerts fire. Shown: requests fail only while a part is away; every lot that
was written is there, once; the sync finishes with the prices of its source; each alert has one event and one
message, which arrived. Nobody helps but an init system that starts again what ended.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.load import locusts
from bench.load.journal import Asked, Journal, slow
from bench.load.stage import LOGS, Stage, staged
from bench.measure import Measure, at_most, show
from local.process import stop_on_signals

CARDS = 60_000
WITHIN = 3.0  # seconds after the beginning of the sync, which has only read some of its sets by then
AWAY = 5.0  # seconds that a killed service stays away
GRACE = 2.0  # seconds after which what was kept open to the killed has ended too
SETTLED = 300  # seconds within which all that was begun is to be finished
CHECKED = 30  # seconds within which a part is to answer again


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A part was away from `began` to `ended`, in seconds since 1970."""

    name: str
    began: float
    ended: float

    def explains(self, asked: Asked) -> bool:
        return asked.answered_at >= self.began and asked.at <= self.ended + GRACE


def main() -> int:
    stop_on_signals(130)
    asked = arguments()
    with staged() as stage:
        from bench.load import crowd, trial  # noqa: PLC0415 -- models load only after django.setup()

        walks = crowd.prepare(asked.cards)
        drill = trial.Trial.prepare(walks, outside=stage.outside, folder=LOGS / "mirror")
        stage.open()
        with locusts.visiting(stage, rate=asked.rate):
            began = time.time()
            faults = list(drilled(stage, rest=asked.seconds / 5, sync=drill.begin))
            stage.wait_for(drill.is_over, seconds=SETTLED)
            stage.wait(GRACE)
        journal = Journal.read(locusts.JOURNAL)
        measures = [
            *of_faults(faults, journal=journal, began=began),
            *of_programs(stage),
            *drill.measures(journal.written),
        ]
    is_good = show(measures)
    said = "nothing lost" if is_good else "MISSED"
    print(f"chaos: {said}; {len(journal.asked)} requests, {len(faults)} parts killed")
    return 0 if is_good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=CARDS)
    parser.add_argument("--rate", type=int, default=10, help="requests a second")
    parser.add_argument("--seconds", type=int, default=100, help="from the first request to the last fault")
    return parser.parse_args()


def drilled(stage: Stage, *, rest: float, sync: Callable[[], None]) -> Iterator[Fault]:
    """Kills one part after the other, with time to recover in between."""
    programs = stage.programs
    stage.wait(rest)
    sync()
    stage.wait(WITHIN)
    yield from fault(stage, "Celery worker", kill=programs["worker"].kill, back=stage.works)
    stage.wait(rest)
    yield from fault(
        stage, "web worker", kill=programs["web"].kill_child, back=programs["web"].has_replaced_child
    )
    stage.wait(rest)
    yield from fault(stage, "Valkey", kill=stage.kill_valkey, start=stage.valkey.start, back=stage.remembers)
    stage.wait(rest)
    yield from fault(
        stage, "PostgreSQL", kill=stage.kill_postgres, start=stage.postgres.start, back=stage.answers
    )
    stage.wait(rest)


def fault(
    stage: Stage,
    name: str,
    *,
    kill: Callable[[], None],
    back: Callable[[], bool],
    start: Callable[[], None] | None = None,
) -> Iterator[Fault]:
    """Raises TimeoutError when the part does not come back."""
    began = time.time()
    kill()
    if start:
        stage.wait(AWAY)
        start()
    stage.wait_for(back, seconds=CHECKED)
    yield Fault(name=name, began=began, ended=time.time())


def of_faults(faults: list[Fault], *, journal: Journal, began: float) -> Iterator[Measure]:
    failed = journal.failed()
    for one in faults:
        caused = [asked for asked in failed if one.explains(asked)]
        yield Measure(name=f"{one.name}: until it answered again", value=one.ended - one.began, unit="s")
        yield Measure(name=f"{one.name}: requests that failed", value=len(caused), unit="requests")
    strange = [asked for asked in failed if not any(one.explains(asked) for one in faults)]
    for asked in strange[:5]:
        print(f"{asked.at - began:.1f} s: {asked.name}: {asked.error}")
    yield at_most("requests that failed with every part there", len(strange), "requests", 0)
    calm = [asked for asked in journal.asked if not any(one.explains(asked) for one in faults)]
    yield Measure(name="p95 with every part there", value=slow(calm), unit="ms")


def of_programs(stage: Stage) -> Iterator[Measure]:
    """The Celery worker was killed once, and may end once more: kombu falls over when Valkey goes away in the
    midst of taking a task. Whatever else ended did so by itself.
    """
    for name, program in stage.programs.items():
        most = 2 if name == "worker" else 0
        yield at_most(f"{name}: started again", program.starts - 1, "times", most)


if __name__ == "__main__":
    sys.exit(main())
