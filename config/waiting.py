"""Asks another part of the site how it is, and waits for it no longer than a moment."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Final, Generic, TypeVar

from django.db import connections

Answer = TypeVar("Answer")
LIMIT: Final = 2.0  # seconds
KEPT: Final = 5.0  # seconds
GIVEN_UP: Final = 60.0  # seconds


class Question(Generic[Answer]):
    """Keeps its answer for KEPT seconds. While the part hangs one thread waits for it, not one for each who
    asks, and those who come later are told at once.
    """

    def __init__(self, ask: Callable[[], Answer], *, limit: float = LIMIT, kept: float = KEPT) -> None:
        self._ask = ask
        self._limit = limit
        self._kept = kept
        self._lock = Lock()
        self._asked: Future[Answer] | None = None
        self._asked_at = 0.0

    def answer(self) -> Answer | None:
        """None when the part fails, or says nothing within `limit` seconds."""
        asked = self._current()
        left = self._asked_at + self._limit - time.monotonic()
        try:
            return asked.result(timeout=max(0.0, left))
        except Exception:  # noqa: BLE001 -- whatever is wrong with it, it is not in order
            return None

    def forget(self) -> None:
        self._asked = None

    def _current(self) -> Future[Answer]:
        with self._lock:
            if self._asked is None or self._is_over(self._asked):
                self._asked, self._asked_at = Future(), time.monotonic()
                Thread(target=self._carry_out, args=(self._asked,), name="question", daemon=True).start()
            return self._asked

    def _is_over(self, asked: Future[Answer]) -> bool:
        """What hangs for long is given up: a server that came back would not be seen otherwise."""
        age = time.monotonic() - self._asked_at
        return age > (self._kept if asked.done() else GIVEN_UP)

    def _carry_out(self, asked: Future[Answer]) -> None:
        try:
            found = self._ask()
        except BaseException as error:  # noqa: BLE001 -- handed to those who wait
            asked.set_exception(error)
        else:
            asked.set_result(found)
        finally:
            connections.close_all()
