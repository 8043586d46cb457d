"""The programs and services of a site, each kept running as an init system keeps them; any can be killed.

All of it happens in one thread, as the kernel ends what a thread started when that thread ends.
"""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path

from local.instance import CHECKOUT
from local.process import die_with_parent

REST = 1.0  # seconds before what ended is started again
PATIENCE = 30  # seconds to end by itself


class Program:
    """A command that is started again whenever it ends."""

    def __init__(self, name: str, *, command: str, env: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self.starts = 0
        self._command, self._env = command, env
        self._ended_at = 0.0
        self._workers: list[int] = []
        self._start()

    def tend(self) -> None:
        if self._process.poll() is None:
            return
        self._ended_at = self._ended_at or time.monotonic()
        if time.monotonic() - self._ended_at > REST:
            self._start()

    def kill(self) -> None:
        """With all it started, as an init system does."""
        os.killpg(self._process.pid, signal.SIGKILL)

    def kill_child(self) -> None:
        """One of the processes that do its work; it is there to notice."""
        self._workers = self._children()
        os.kill(self._workers[0], signal.SIGKILL)

    def has_replaced_child(self) -> bool:
        now = self._children()
        return len(now) == len(self._workers) and self._workers[0] not in now

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    def _children(self) -> list[int]:
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return sorted(map(int, listed.split()))

    def _start(self) -> None:
        self.starts += 1
        self._ended_at = 0.0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- our own programs
                shlex.split(self._command),
                cwd=CHECKOUT,
                env=self._env,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, signal.SIGKILL),  # noqa: PLW1509 -- the child only execs
            )


class Service:
    """A PostgreSQL or Valkey on its data: what was killed is started anew where it was."""

    def __init__(self, begin: Callable[[], AbstractContextManager[str]]) -> None:
        self._begin = begin
        self._stack = ExitStack()
        self.url = ""

    def start(self) -> None:
        self.url = self._stack.enter_context(self._begin())

    def stop(self) -> None:
        """Also gathers what is left of one that was killed."""
        self._stack.close()
