"""Web, worker and beat side by side, by honcho: one ends, all end."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import honcho.manager
from honcho.manager import Manager
from honcho.printer import Printer
from honcho.process import Popen

from local import Refusal
from local.process import die_with_parent

# Time for the worker to finish what it does; honcho's own 5 seconds are short.
honcho.manager.KILL_WAIT = 15
HELD_BACK = {signal.SIGINT, signal.SIGTERM}


class Programs(Manager):  # type: ignore[misc] # honcho has no types
    """honcho's manager, made safe against a stop in its first moments and against kill -9 of itself."""

    ended_by_itself = ""

    def __init__(self) -> None:
        super().__init__(Printer(sys.stdout))
        self._procmgr = _Signals()

    def add(self, name: str, command: str, *, env: dict[str, str], folder: Path) -> None:
        process = self.add_process(name, f"exec {command}", env=env, cwd=str(folder))
        process._child_ctor = _start  # noqa: SLF001 - honcho has no other way in

    def _start(self) -> None:
        # honcho cannot stop a program whose pid it does not know yet.
        signal.pthread_sigmask(signal.SIG_BLOCK, HELD_BACK)
        super()._start()

    def _all_started(self) -> bool:
        started = bool(super()._all_started())
        if started:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)
        return started

    def terminate(self) -> None:
        if not self._terminating:
            ended = [name for name, state in self._processes.items() if "returncode" in state]
            self.ended_by_itself = ", ".join(ended)
        super().terminate()


class _Signals:
    """honcho signals whole groups, which would cut off the tasks in Celery's children."""

    def terminate(self, pid: int) -> None:
        os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        os.killpg(pid, signal.SIGKILL)


def _start(command: str, **options: Any) -> Popen:
    """Runs in the process that honcho forks to watch one program."""
    die_with_parent(signal.SIGKILL)
    return Popen(command, preexec_fn=_enter, **options)


def _enter() -> None:
    die_with_parent(signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)


def own(name: str, *, env: dict[str, str]) -> dict[str, str]:
    """Where one program's processes count: their ids are told apart within its folder only."""
    folder = env.get("METRICS_DIR")
    return {"PROMETHEUS_MULTIPROC_DIR": str(Path(folder, name))} if folder else {}


def supervise(commands: dict[str, str], *, env: dict[str, str], folder: Path) -> None:
    """Runs the shell commands until a stop signal. Raises Refusal when one of them ends by itself."""
    programs = Programs()
    for name, command in commands.items():
        programs.add(name, command, env=env | own(name, env=env), folder=folder)
    signal.signal(signal.SIGHUP, lambda _number, _frame: os.kill(os.getpid(), signal.SIGTERM))
    programs.loop()
    for number in (signal.SIGHUP, *HELD_BACK):  # what is left, the services, is stopped undisturbed
        signal.signal(number, signal.SIG_IGN)
    if programs.ended_by_itself:
        raise Refusal(f"Stopped, because this ended by itself: {programs.ended_by_itself}.")
