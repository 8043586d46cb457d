"""The same work by several processes at the same moment."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from typing import TypeVar

from django.conf import settings

_Result = TypeVar("_Result")
_start: list[Barrier] = []


def crowd(work: Callable[[str], _Result], *, size: int, argument: str) -> list[_Result]:
    """What `size` processes return. `work` is a function of a module and calls `together` to start."""
    context = multiprocessing.get_context("spawn")
    shared = (context.Barrier(size), settings.CACHES["default"].get("KEY_PREFIX", ""))
    with context.Pool(size, initializer=_enter, initargs=shared) as pool:
        return pool.map_async(work, [argument] * size, chunksize=1).get(timeout=120)


def _enter(barrier: Barrier, key_prefix: str) -> None:
    """A new process has the settings of the site; the tests' own part of Redis has another prefix."""
    settings.CACHES["default"]["KEY_PREFIX"] = key_prefix
    _start.append(barrier)


def together() -> None:
    """Returns in all processes of the crowd at once."""
    _start[0].wait(timeout=30)
