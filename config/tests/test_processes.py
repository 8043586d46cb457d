"""Counters of many processes: added up, kept when one dies, begun anew with its service."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from prometheus_client import generate_latest

from config import processes
from config.task_metrics import RUNS, SENT_AT, WAIT

COUNT = """
from config import access, processes
processes.begin()
access.RUNNING.inc()
access.REQUESTS.labels("home", "GET", "200").inc()
"""
Process = Callable[[str], int]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "METRICS_DIR", str(tmp_path))
    monkeypatch.setenv(processes.FOLDER, str(tmp_path / "web"))
    return tmp_path


@pytest.fixture
def process(root: Path) -> Process:
    """Counts one request that never ends, and dies; its id."""

    def run(service: str) -> int:
        env = os.environ | {
            processes.FOLDER: str(root / service),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        with subprocess.Popen(  # noqa: S603 -- our own
            [sys.executable, "-c", COUNT], env=env, cwd=settings.BASE_DIR
        ) as started:
            assert started.wait() == 0
        return started.pid

    return run


def told() -> str:
    registry = processes.registry()
    assert registry
    return generate_latest(registry).decode()


def test_all_services_are_added_up_and_the_dead_do_nothing_any_more(process: Process, root: Path) -> None:
    gone = process("web")
    process("worker")
    assert 'http_requests_total{method="GET",status="200",view="home"} 2.0' in told()
    assert "http_requests_running 2.0" in told()
    processes.end(gone)
    assert 'http_requests_total{method="GET",status="200",view="home"} 2.0' in told()
    assert "http_requests_running 1.0" in told()
    process("web")  # starts anew, and forgets its own past only
    assert len(list((root / "web").glob("counter_*.db"))) == 1
    assert 'http_requests_total{method="GET",status="200",view="home"} 2.0' in told()


def test_where_no_folder_is_given_each_process_tells_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(processes.FOLDER, raising=False)
    processes.prepare()
    processes.begin()
    processes.end(1)
    assert processes.registry() is None


def test_tasks_are_counted_with_their_end_and_their_wait() -> None:
    @current_app.task(name="tests.counted")
    def counted(*, fails: bool) -> None:
        if fails:
            raise ValueError

    waits = WAIT.labels("unknown")._sum.get()
    for fails in (False, True):
        counted.apply(kwargs={"fails": fails}, headers={SENT_AT: 1.0})  # type: ignore[dict-item]  # they carry any JSON
    assert [RUNS.labels("tests.counted", state)._value.get() for state in ("SUCCESS", "FAILURE")] == [1, 1]
    assert WAIT.labels("unknown")._sum.get() > waits
