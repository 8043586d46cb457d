"""`make load`: how many requests a second the site takes while it brings in the whole market again and again.

Steps of a rising rate, each for some seconds, until one has an error or a 95th percentile over the limit.
The limit is the step before.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import locusts
from bench.load.journal import Asked, Journal, by_name, slow
from bench.load.stage import LOGS, Stage, staged
from config.celery import GIVES_WAY
from local.instance import CHECKOUT
from local.process import stop_on_signals

FULL = 450_000  # cards
LIMIT = 300.0  # milliseconds
WARMING = 10  # seconds of each step that do not count
WARM_RATE = 5  # of a first step that does not count
RATES = (2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200)


def main() -> int:
    stop_on_signals(130)
    asked = arguments()
    with staged() as stage:
        from bench.load import crowd  # noqa: PLC0415 -- models load only after django.setup()

        walks = crowd.prepare(asked.cards)
        days = crowd.days(walks, into=LOGS)
        stage.open()
        with ingesting(stage, days=days) as ingests:
            best = search(stage, asked=asked, ingests=ingests)
    if best:
        print(f"limit: {best:.1f} requests/s at p95 < {LIMIT:.0f} ms and no error, {ingests.summary()}")
    return 0 if best else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=FULL)
    parser.add_argument("--seconds", type=int, default=45, help="of each step")
    parser.add_argument("--rate", type=int, action="append", help="only this rate; may be repeated")
    return parser.parse_args()


def search(stage: Stage, *, asked: argparse.Namespace, ingests: "Ingests") -> float:
    """The highest rate that was reached within the limit; 0 for none."""
    best = 0.0
    step(stage, rate=WARM_RATE, seconds=asked.seconds, ingests=ingests)
    for rate in asked.rate or RATES:
        measured = step(stage, rate=rate, seconds=asked.seconds, ingests=ingests)
        reached = len(measured) / asked.seconds
        failed = [one for one in measured if one.error]
        tell(rate, measured=measured, reached=reached, failed=failed)
        if failed or slow(measured) >= LIMIT:
            break
        best = reached
    return best


def tell(rate: int, *, measured: list[Asked], reached: float, failed: list[Asked]) -> None:
    said = f"{reached:.1f} requests/s, p95 {slow(measured):.0f} ms, {len(failed)} errors"
    print(f"\n{rate} visitors: {said}", flush=True)
    for name, some in by_name(measured).items():
        print(f"  {name:<18} {len(some):>6} requests, p95 {slow(some):>6.0f} ms", flush=True)
    for one in failed[:5]:
        print(f"  {one.name}: {one.error}", flush=True)


def step(stage: Stage, *, rate: int, seconds: int, ingests: "Ingests") -> list[Asked]:
    locusts.JOURNAL.unlink(missing_ok=True)
    with locusts.visiting(stage, rate=rate):
        stage.wait_for(ingests.tend, seconds=WARMING + rate / max(1, rate / 5), is_must=False)
        began = time.time()
        stage.wait_for(ingests.tend, seconds=seconds, is_must=False)
        ended = time.time()
    return [one for one in Journal.read(locusts.JOURNAL).since(began) if one.at < ended]


@dataclass
class Ingests:
    """One day after the other is brought in, by the command an operator runs."""

    days: list[tuple[Path, str]]
    env: dict[str, str]
    took: list[float] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0

    def tend(self) -> bool:
        """Starts the next when the last is over, at the priority of workers. Raises RuntimeError."""
        if self.process and self.process.poll() is None:
            return False
        if self.process and self.process.returncode:
            raise RuntimeError(f"An ingest failed; see {LOGS / 'ingest.log'}")
        if self.process:
            self.took.append(time.monotonic() - self.began)
        self.start()
        return False

    def start(self) -> None:
        folder, day = self.days[len(self.took)]
        command = ["nice", "-n", str(GIVES_WAY), sys.executable, "manage.py", "sync"]
        command += ["--path", str(folder), "--day", day]
        self.began = time.monotonic()
        with (LOGS / "ingest.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 -- our own command
                command, cwd=CHECKOUT, env=self.env, stdout=log, stderr=log
            )

    def summary(self) -> str:
        if not self.took:
            return "while the first ingest of the market ran"
        return (
            f"while {len(self.took)} days of the market came in, {sum(self.took) / len(self.took):.0f} s each"
        )


@contextmanager
def ingesting(stage: Stage, *, days: list[tuple[Path, str]]) -> Iterator[Ingests]:
    ingests = Ingests(days=days, env=stage.env)
    yield ingests
    if ingests.process:
        ingests.process.terminate()
        ingests.process.wait()


if __name__ == "__main__":
    sys.exit(main())
