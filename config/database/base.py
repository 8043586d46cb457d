"""PostgreSQL with metrics; whether a kept connection still stands is seen without asking the server.

Django asks `SELECT 1` before the first statement of each request: a round trip that costs as much as the
only statement of an answer that is 304 or kept. A server that ended, or ended this connection, has hung up:
its socket has something to read although nothing was asked. Only then the server is asked.
"""

import select
from typing import Any

from django_prometheus.db.backends.postgresql import base

from catalog import reads


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]  # the package is not typed
    def is_usable(self) -> bool:
        connection: Any = self.connection
        if connection is None or connection.closed:
            return False
        return is_silent(connection.fileno()) or bool(super().is_usable())

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 -- the signature is Django's
        """Who opens a transaction at the primary means to write: what is read then must show it."""
        if not autocommit and self.alias == reads.PRIMARY:
            reads.from_primary()
        super()._set_autocommit(autocommit)


def is_silent(descriptor: int) -> bool:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
    return not waiting.poll(0)
