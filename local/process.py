"""Programs we start, and that never outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def die_with_parent(number: int) -> None:
    """Called in a child: the kernel sends it this signal when its parent ends, even by kill -9 (prctl(2))."""
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, number)


def stop_on_signals(exit_code: int) -> None:
    """From now on the stop signals end us through every `finally`, once and without a traceback."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(exit_code)

    for number in STOP_SIGNALS:
        signal.signal(number, stop)


@contextmanager
def service(
    command: Sequence[str | Path], *, log: Path, stop: signal.Signals, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A server in the background, out of reach of the terminal's Ctrl-C, stopped at the end by `stop`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=partial(die_with_parent, stop),  # noqa: PLW1509 - no threads run yet
            **options,
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def apart(command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs it out of reach of Ctrl-C, which instead ends us, and then we end it with all its children."""
    with subprocess.Popen(command, text=True, start_new_session=True, **options) as child:
        try:
            output, errors = child.communicate()
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, child.returncode, output, errors)


def foreground(command: Sequence[str | Path], *, env: dict[str, str]) -> int:
    """Runs it on our terminal and returns its exit code. It hears Ctrl-C itself; the rest is passed on."""
    child = subprocess.Popen(command, env=env, preexec_fn=partial(die_with_parent, signal.SIGTERM))  # noqa: PLW1509
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    code = child.wait()
    return code if code >= 0 else 128 - code
