"""Wakes this process's sockets when something was committed: PostgreSQL says so itself.

A nudge carries nothing and may be lost: whoever follows reads the feed from its own cursor, and looks by
itself now and then.
"""

import asyncio
import logging
from typing import Final

import psycopg
from django.db import connections

logger = logging.getLogger(__name__)
CHANNEL: Final = "catalog_revision"
AGAIN: Final = 5.0  # seconds after the connection was lost
GIVEN: Final = frozenset({"dbname", "user", "password", "host", "port", "sslmode", "sslrootcert"})


class Nudges:
    """One connection that listens, for all sockets of the process; open as long as there is one."""

    def __init__(self) -> None:
        self._coming = asyncio.Event()
        self._followers = 0
        self._task: asyncio.Task[None] | None = None

    def join(self) -> None:
        self._followers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._listen())

    def leave(self) -> None:
        self._followers -= 1
        if not self._followers and self._task:
            self._task.cancel()
            self._task = None

    def coming(self) -> asyncio.Event:
        """The next nudge. Ask before you look, so that none falls between the look and the wait."""
        return self._coming

    async def _listen(self) -> None:
        while True:
            try:
                await self._pass_on()
            except (psycopg.Error, OSError) as error:
                logger.warning("Sockets look for changes by themselves for now: %s", error)
            await asyncio.sleep(AGAIN)

    async def _pass_on(self) -> None:
        options = connections["default"].get_connection_params()
        given = {name: value for name, value in options.items() if name in GIVEN}
        async with await psycopg.AsyncConnection.connect(autocommit=True, **given) as listening:
            await listening.execute(f"LISTEN {CHANNEL}")
            self._wake()  # what was committed while nobody listened
            async for _ in listening.notifies():
                self._wake()

    def _wake(self) -> None:
        self._coming.set()
        self._coming = asyncio.Event()
