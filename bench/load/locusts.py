"""Starts locust on the running site, and waits for its end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from signal import SIGKILL

from bench.load.stage import LOGS, Stage
from local.instance import CHECKOUT
from local.process import die_with_parent

VISITORS = Path(__file__).with_name("visitors.py")
PLAN, JOURNAL = LOGS / "plan.json", LOGS / "journal.jsonl"
QUIET = 15  # seconds after which visitors that wait for an answer are given up


@contextmanager
def visiting(stage: Stage, *, rate: int) -> Iterator[subprocess.Popen[bytes]]:
    """So many visitors, each of whom does one thing a second, until the block ends."""
    command = [sys.executable, "-m", "locust", "-f", str(VISITORS), "--headless", "--only-summary"]
    command += ["--users", str(rate), "--spawn-rate", str(max(1, rate / 5)), "--host", stage.address]
    command += ["--stop-timeout", str(QUIET), "--loglevel", "WARNING"]
    env = os.environ | {"LOAD_PLAN": str(PLAN), "LOAD_JOURNAL": str(JOURNAL)}
    with (LOGS / "locust.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 -- our own program
            command,
            cwd=CHECKOUT,
            env=env,
            stdout=log,
            stderr=log,
            preexec_fn=partial(die_with_parent, SIGKILL),  # noqa: PLW1509 -- the child only execs
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(QUIET * 2)
