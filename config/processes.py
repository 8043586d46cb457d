"""The counters of all processes of this machine, which prometheus_client keeps in files.

Each service (web, live, worker, beat) has a folder, PROMETHEUS_MULTIPROC_DIR, and each of its processes some
files in it, named by its id. METRICS_DIR is the folder of those folders, where one is shared by services.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


class Counters(MultiProcessCollector):
    """Of all services that share METRICS_DIR, or of this one."""

    def collect(self) -> Iterable[Any]:
        for _ in range(3):
            with suppress(FileNotFoundError):  # a service that starts at this moment cleans its folder
                return list(self.merge([str(path) for path in files()], accumulate=True))  # type: ignore[no-untyped-call]
        return []


def registry() -> CollectorRegistry | None:
    """None where this process keeps its counters to itself."""
    if FOLDER not in os.environ:
        return None
    made = CollectorRegistry()
    Counters(made)  # type: ignore[no-untyped-call]
    return made


def files() -> Iterator[Path]:
    yield from Path(settings.METRICS_DIR or os.environ[FOLDER]).rglob("*.db")


def prepare() -> None:
    """Makes the folder: the first counter of all, wherever it is imported, opens a file in it."""
    if folder := os.environ.get(FOLDER):
        Path(folder).mkdir(parents=True, exist_ok=True)


def begin() -> None:
    """Forgets processes of an earlier life of this service: called before it has any other process."""
    folder = os.environ.get(FOLDER)
    for path in Path(folder).glob("*.db") if folder else ():
        if not path.stem.endswith(f"_{os.getpid()}"):
            path.unlink(missing_ok=True)


def end(pid: int) -> None:
    """A process is gone: what it counted stays counted, what it was doing is no more being done."""
    if FOLDER in os.environ:
        with suppress(FileNotFoundError):
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
