"""A Redis that is down costs one failed call every few seconds, not one at each use."""

import time
from typing import Any

from redis.connection import ConnectionPool
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as Unanswered

SECONDS = 3.0


class Pause:
    """Begins with a failure; while it is on, nobody need try again."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        self._until = time.monotonic() + self._seconds


class PausingPool(ConnectionPool):
    """Connections to a Redis that is not tried again for a moment when it could not be reached.

    `pause` is begun by whoever else sees it fail, such as a reader to whom it does not answer.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pause = Pause()

    def get_connection(self, *args: Any, **options: Any) -> Any:
        if self.pause.is_on:
            raise Unreachable("Redis could not be reached a moment ago.")
        try:
            return super().get_connection(*args, **options)
        except (Unreachable, Unanswered):
            self.pause.begin()
            raise
