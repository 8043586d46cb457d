"""A marketplace on 127.0.0.1 that serves files or routes, counts what it is asked, and misbehaves on demand.

    with Marketplace(files={"/last-updated.txt": b"..."}) as market:
        market.misbehave("/tcgplayer/3/groups", "drip")
        ...
        assert market.hits["/tcgplayer/3/groups"] == 3

By hand: `python -m integrations.tests.marketplace --root DIR --port N`, then /_misbehave?path=&kind=&times=
and /_behave, and /_hits for the counts as JSON.
"""

import argparse
import contextlib
import functools
import gzip
import hashlib
import json
import os
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

KINDS = (
    "bomb",
    "drip",
    "drip-headers",
    "garbage",
    "hang",
    "html",
    "huge",
    "nan",
    "rate-limit",
    "redirect",
    "reset",
    "status",
    "truncate",
)
HUGE = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Misbehaviour:
    kind: str
    times: int | None
    status: int
    retry_after: str


Route = Callable[[Request], Response]


class Marketplace:
    """`files` maps paths to bodies, `routes` paths to functions, `root` is a folder of the TCGCSV layout."""

    def __init__(
        self,
        *,
        files: Mapping[str, bytes] | None = None,
        root: Path | None = None,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.files = dict(files or {})
        self.root = root
        self.routes: dict[str, Route] = {}
        self.hits: Counter[str] = Counter()
        self.requests: list[Request] = []
        self._misbehaviours: dict[str, _Misbehaviour] = {}
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.market = self
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def misbehave(
        self,
        path: str,
        kind: str,
        *,
        times: int | None = None,
        status: int = 500,
        retry_after: str = "1",
    ) -> None:
        """From now on (or for so many requests) the path answers in one of KINDS; "*" is every path."""
        if kind not in KINDS:
            raise ValueError(f"{kind} is not one of {', '.join(KINDS)}")
        self._misbehaviours[path] = _Misbehaviour(
            kind=kind, times=times, status=status, retry_after=retry_after
        )

    def behave(self) -> None:
        self._misbehaviours.clear()

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.01)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def record(self, request: Request) -> _Misbehaviour | None:
        """Counts the request and says how to misbehave, if at all."""
        with self._lock:
            self.hits[request.path] += 1
            self.requests.append(request)
            chosen = self._misbehaviours.get(request.path) or self._misbehaviours.get("*")
            if chosen and chosen.times is not None:
                chosen.times -= 1
                return chosen if chosen.times >= 0 else None
            return chosen

    def answer(self, request: Request) -> Response:
        if route := self.routes.get(request.path):
            return route(request)
        body = self.files.get(request.path)
        if body is None and self.root is not None:
            body = _file(self.root, request.path)
        if body is None:
            return Response(status=404, body=b"<html>Not found</html>")
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            return Response(status=304, headers={"ETag": etag})
        return Response(body=body, headers={"ETag": etag, "Content-Type": "text/json"})

    def linger(self, seconds: float) -> bool:
        """Waits; False when the marketplace closes meanwhile."""
        return not self._closing.wait(seconds)


def _file(root: Path, path: str) -> bytes | None:
    """The files of a root may lie with or without the leading folder, with or without the ending."""
    plain = path.lstrip("/")
    names = {plain, plain.removeprefix("tcgplayer/")}
    candidates = (root / f"{name}{ending}" for name in names for ending in ("", ".json"))
    found = next((candidate for candidate in candidates if candidate.is_file()), None)
    return found.read_bytes() if found else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    market: Marketplace

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up on a misbehaving server is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        pass

    def _respond(self) -> None:
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers=dict(self.headers),
            body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
            at=time.monotonic(),
        )
        if request.path.startswith("/_"):
            self._send(_control(self.server.market, request))
        elif misbehaviour := self.server.market.record(request):
            with contextlib.suppress(OSError):
                self._misbehave(misbehaviour)
        else:
            self._send(self.server.market.answer(request))

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def _misbehave(self, misbehaviour: _Misbehaviour) -> None:
        kind = misbehaviour.kind
        canned = {
            "bomb": Response(body=_bomb(), headers={"Content-Encoding": "gzip"}),
            "garbage": Response(body=b"\x93\xfe\x00 garbage"),
            "html": Response(body=b"<html><title>Please sign in</title></html>"),
            "huge": Response(body=_huge()),
            "nan": Response(body=_NAN),
            "rate-limit": Response(status=429, headers={"Retry-After": misbehaviour.retry_after}),
            "redirect": Response(status=302, headers={"Location": "http://127.0.0.2/elsewhere"}),
            "status": Response(status=misbehaviour.status, body=b"Oops"),
        }
        if kind in canned:
            self._send(canned[kind])
            return
        self.close_connection = True
        getattr(self, f"_{kind.replace('-', '_')}")()

    def _hang(self) -> None:
        self.server.market.linger(60)

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        self._slowly(b" ")

    def _drip_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._slowly(b"x")

    def _slowly(self, byte: bytes) -> None:
        while self.server.market.linger(0.05):
            self.wfile.write(byte)

    def _truncate(self) -> None:
        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"success": tr')

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())  # closing the object would wait for its readers


_NAN = b'{"success": true, "errors": [], "results": [{"productId": 1, "marketPrice": NaN}]}'


@functools.cache
def _huge() -> bytes:
    return b"[" + b" " * HUGE + b"]"


@functools.cache
def _bomb() -> bytes:
    """About 100 kB that unpack to 100 MB."""
    return gzip.compress(b" " * (10 * HUGE), compresslevel=9)


def _control(market: Marketplace, request: Request) -> Response:
    if request.path == "/_misbehave":
        times = request.query.get("times")
        market.misbehave(
            request.query["path"], request.query["kind"], times=int(times) if times is not None else None
        )
    elif request.path == "/_behave":
        market.behave()
    return Response(body=json.dumps(market.hits).encode())


def main() -> None:
    parser = argparse.ArgumentParser(description="A marketplace that can misbehave.")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args()
    market = Marketplace(root=chosen.root, port=chosen.port)
    print(market.url, flush=True)  # noqa: T201 - whoever starts it needs the address
    with contextlib.suppress(KeyboardInterrupt):
        market.serve()


if __name__ == "__main__":
    main()
