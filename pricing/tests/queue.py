"""The real queue in Redis, apart from every other one: what a door sent to the workers."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty
from typing import Any, NamedTuple

from celery import current_app as app
from kombu import pools


class Sent(NamedTuple):
    task: str
    args: list[Any]
    kwargs: dict[str, Any]


@contextmanager
def configured(**options: Any) -> Iterator[None]:
    """Celery with other options; its connections are made anew before and after."""
    before = {name: app.conf[name] for name in options}
    _use(options)
    try:
        yield
    finally:
        _use(before)


def _use(options: dict[str, Any]) -> None:
    pools.reset()
    app._after_fork()  # type: ignore[attr-defined]  # what Celery itself does to start with new connections
    app.conf.update(options)


@contextmanager
def own_queue(name: str = "market") -> Iterator[Callable[[], list[Sent]]]:
    """Gives what was sent since it was last asked."""
    prefix = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}-"
    with configured(broker_transport_options={"global_keyprefix": prefix}):
        _drain(name)
        yield lambda: _drain(name)
        _drain(name)


def _drain(name: str) -> list[Sent]:
    sent: list[Sent] = []
    with app.connection_for_read() as connection, connection.SimpleQueue(name) as queue:
        while True:
            try:
                message = queue.get_nowait()
            except Empty:
                return sent
            message.ack()
            args, kwargs, _ = message.payload
            sent.append(Sent(message.headers["task"], args, kwargs))


@contextmanager
def unreachable_queue() -> Iterator[None]:
    with configured(broker_url="redis://127.0.0.1:1/0", task_publish_retry=False):
        yield
