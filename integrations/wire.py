"""Holds a network call to a wall-clock deadline.

A socket's own timeout bounds one read, so a server that sends a byte a second holds a caller for hours. Here
the call runs in a thread of its own; at the deadline the caller goes on and the call's sockets are shut,
which ends the thread too.
"""

import os
import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from contextvars import ContextVar, copy_context
from threading import Lock, Thread
from typing import Any, TypeVar

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

_Result = TypeVar("_Result")


class _Lines:
    """Second handles on the sockets of one call: shutting one shuts the connection, whatever wraps it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._handles: list[socket.socket] = []
        self._is_cut = False

    def add(self, line: socket.socket) -> None:
        with self._lock:
            self._handles.append(socket.socket(fileno=os.dup(line.fileno())))
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        self._is_cut = True
        with self._lock:
            for handle in self._handles:
                with suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._lock:
            while self._handles:
                self._handles.pop().close()


_lines: ContextVar[_Lines] = ContextVar("lines")


def within(seconds: float, work: Callable[[], _Result]) -> _Result:
    """The result of `work`, or TimeoutError after `seconds`, whatever the server does."""
    lines, future = _Lines(), Future[_Result]()

    def carry_out() -> None:
        _lines.set(lines)
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller, who raises it
            future.set_exception(error)
        finally:
            lines.close()

    Thread(target=copy_context().run, args=(carry_out,), name="outgoing call", daemon=True).start()
    try:
        return future.result(timeout=seconds)
    finally:
        if not future.done():
            lines.cut()


def hold(line: socket.socket) -> None:
    """Lets the current call be cut off from a socket."""
    _lines.get().add(line)


class _Held:
    """A connection whose socket the current call can be cut off from."""

    sock: socket.socket | None

    def _new_conn(self) -> socket.socket:
        line: socket.socket = super()._new_conn()  # type: ignore[misc]
        hold(line)
        return line

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:  # kept alive from an earlier call
            hold(self.sock)
        super().request(*args, **kwargs)  # type: ignore[misc]


class _HeldHTTP(_Held, HTTPConnection):
    pass


class _HeldHTTPS(_Held, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HeldHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HeldHTTPS


POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _HTTPPool, "https": _HTTPSPool}
