"""Checkouts to try things in; their folders outside go when the test ends."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from local.instance import Instance, instances
from local.process import STOP_SIGNALS

PORTS = count(8000)


def forget(checkout: Path) -> None:
    for instance in instances(checkout):
        instance.remove()
    shutil.rmtree(Instance("run-0", checkout).outside, ignore_errors=True)


def make_checkout(folder: Path) -> Path:
    """On a path with a space, under a folder that only its owner can enter."""
    closed = folder / "closed to others"
    closed.mkdir(mode=0o700)
    place = closed / "my checkout"
    place.mkdir()
    return place


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """One that nothing has been done in yet."""
    place = make_checkout(tmp_path)
    yield place
    forget(place)


@pytest.fixture(scope="session")
def used_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for all, as root's copy of PostgreSQL is made once in each."""
    place = make_checkout(tmp_path_factory.mktemp("used"))
    yield place
    forget(place)


@pytest.fixture
def new_instance(used_checkout: Path) -> Iterator[Callable[[], Instance]]:
    """Makes instances, each held until the test ends."""
    with ExitStack() as stack:

        def make() -> Instance:
            made = Instance(f"run-{next(PORTS)}", used_checkout)
            stack.enter_context(made.held())
            stack.callback(made.remove)
            return made

        yield make


@pytest.fixture
def instance(new_instance: Callable[[], Instance]) -> Instance:
    return new_instance()


@pytest.fixture
def only_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")


@pytest.fixture
def own_signals() -> Iterator[None]:
    """For code that takes over the stop signals: pytest gets them back."""
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a fresh machine; `make test` itself gives both."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
