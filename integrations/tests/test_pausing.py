"""A Redis that is down is tried once in a while, not at each use."""

import socket
import time

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as Unreachable

from integrations.pausing import Pause, PausingPool


def test_who_could_not_reach_it_does_not_try_again_for_a_moment() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pool = PausingPool(host="127.0.0.1", port=port)
    pool.pause = Pause(0.2)
    client = Redis(connection_pool=pool)
    for reason in ("refused", "a moment ago"):
        with pytest.raises(Unreachable, match=reason):
            client.ping()
    time.sleep(0.25)
    with pytest.raises(Unreachable, match="refused"):
        client.ping()
