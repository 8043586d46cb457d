import socket
import threading
import time

import pytest

from integrations import wire


def test_a_result_in_time_is_handed_over() -> None:
    assert wire.within(1, lambda: "done") == "done"


def test_an_error_in_time_is_raised_as_it_is() -> None:
    def fail() -> None:
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        wire.within(1, fail)


def test_the_caller_goes_on_at_the_deadline_whatever_the_work_does() -> None:
    release = threading.Event()
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        wire.within(0.1, lambda: release.wait(10))
    assert time.monotonic() - started < 20
    release.set()


def test_a_socket_that_opens_after_the_deadline_is_shut_at_once() -> None:
    ours, theirs = socket.socketpair()
    lines = wire._Lines()
    lines.cut()
    lines.add(ours)
    assert theirs.recv(1) == b""
    lines.close()
    ours.close()
    theirs.close()
