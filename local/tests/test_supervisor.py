import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local import Refusal
from local.instance import CHECKOUT
from local.supervisor import supervise

SUPERVISOR = """
import honcho.manager, os, sys
from pathlib import Path
from local.supervisor import supervise
honcho.manager.KILL_WAIT = 1
supervise({"one": "sleep 1000", "two": sys.argv[1]}, env=dict(os.environ), folder=Path("/"))
"""


def start(tmp_path: Path, *, second: str = "sleep 1000") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, second],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path,
        start_new_session=True,
    )


def pids_of_programs(supervisor: subprocess.Popen[str]) -> list[int]:
    assert supervisor.stdout is not None
    said = [supervisor.stdout.readline(), supervisor.stdout.readline()]
    return [int(pid) for line in said for pid in re.findall(r"started \(pid=(\d+)\)", line)]


def are_gone(pids: list[int]) -> bool:
    until = time.monotonic() + 10
    while any(Path("/proc", str(pid)).exists() for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(Path("/proc", str(pid)).exists() for pid in pids)


@pytest.mark.parametrize("to_group", [True, False])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_leaves_no_process_and_no_traceback(
    tmp_path: Path, number: signal.Signals, *, to_group: bool
) -> None:
    supervisor = start(tmp_path)
    pids = pids_of_programs(supervisor)
    (os.killpg if to_group else os.kill)(supervisor.pid, number)
    output, _ = supervisor.communicate(timeout=20)
    assert len(pids) == 2
    assert are_gone(pids)
    assert supervisor.returncode == 0
    assert "Traceback" not in output


def test_a_program_that_will_not_stop_is_killed_with_its_children(tmp_path: Path) -> None:
    supervisor = start(tmp_path, second="sh -c 'trap : TERM; while true; do sleep 999 & wait; done'")
    pids = pids_of_programs(supervisor)
    supervisor.send_signal(signal.SIGINT)
    supervisor.communicate(timeout=20)  # ends only when no child holds the pipe any more
    assert are_gone(pids)
    assert supervisor.returncode == 0


def test_a_supervisor_that_is_killed_takes_its_programs_along(tmp_path: Path) -> None:
    supervisor = start(tmp_path)
    pids = pids_of_programs(supervisor)
    supervisor.kill()
    supervisor.communicate(timeout=20)
    assert len(pids) == 2
    assert are_gone(pids)


def test_when_one_ends_by_itself_all_end_and_it_is_named(
    own_signals: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commands = {"web": "sleep 1000", "worker": "sh -c 'echo oh no; exit 3'"}
    with pytest.raises(Refusal, match=r"Stopped, because this ended by itself: worker\."):
        supervise(commands, env=dict(os.environ), folder=tmp_path)
    output = capfd.readouterr().out
    assert re.search(r"worker \| oh no", output)
    assert are_gone([int(pid) for pid in re.findall(r"pid=(\d+)", output)])
