"""The real server for sockets, beside the test, and sockets to it."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connections
from django.test import Client
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from accounts.models import User
from config.asgi import application


class LiveServer:
    """Serves config.asgi on a port of its own in a thread."""

    def __init__(self) -> None:
        config = uvicorn.Config(
            application,
            port=0,
            log_level="warning",
            lifespan="off",
            ws_ping_interval=None,
            timeout_graceful_shutdown=10,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def address(self) -> str:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"ws://127.0.0.1:{port}/live/"

    def start(self) -> None:
        self._thread.start()
        until = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        async def serve() -> None:
            await self._server.serve()
            await database_sync_to_async(connections.close_all)()

        asyncio.run(serve())


class Socket:
    """What a program or page does with a socket."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def says(self, said: object) -> None:
        self.connection.send(said if isinstance(said, str | bytes) else json.dumps(said))

    def hears(self, *, within: float = 10) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(self.connection.recv(timeout=within))
        return heard

    def follows(self, **wish: Any) -> dict[str, Any]:
        self.says({"type": "subscribe", **wish})
        return self.hears()

    def hears_until(self, cursor: str, *, within: float = 10) -> list[dict[str, Any]]:
        """All the changes that are told until this cursor is reached."""
        heard: list[dict[str, Any]] = []
        while True:
            one = self.hears(within=within)
            assert one["type"] == "changes"
            heard += one["changes"]
            if one["cursor"] == cursor:
                return heard


@contextmanager
def socket(
    server: LiveServer, *, by: User | None = None, key: str = "", origin: str | None = None
) -> Iterator[Socket]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if by:
        client = Client()
        client.force_login(by)
        headers["Cookie"] = (
            f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        )
    options: Any = {"additional_headers": headers, "origin": origin, "max_size": None}
    with connect(server.address, **options) as opened:
        yield Socket(opened)
