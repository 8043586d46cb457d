"""An internet for tests: names that resolve as a test says, public addresses that local servers answer."""

import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from integrations import outward
from integrations.outward import OutwardError, Reply
from integrations.tests.marketplace import Marketplace, Response

HOOK = "http://hook.example/T0/secret"
PATH = "/T0/secret"
BODY = b'{"text": "cheaper"}'
FIRST, SECOND = "93.184.215.14", "2606:4700:4700::1111"
LOOPBACK = "127.0.0.1"


@dataclass(slots=True, kw_only=True)
class Internet:
    """`names` maps a name to what each look-up answers, the last one for ever; `servers` addresses to ports.

    `asked` and `dialled` keep what was looked up and called.
    """

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    servers: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)

    def put(self, server: Marketplace, *, at: str, name: str) -> None:
        self.servers[at] = urlsplit(server.url).port or 0
        self.names[name] = [[at]]

    def resolve(self, host: str, port: int) -> Sequence[str]:  # noqa: ARG002 - the door's own look-up needs it
        self.asked.append(host)
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def dial(self, address: str, port: int, timeout: float) -> socket.socket:
        self.dialled.append((address, port))
        if address not in self.servers:
            raise ConnectionRefusedError(address)
        return socket.create_connection((LOOPBACK, self.servers[address]), timeout)

    def post(
        self,
        url: str,
        *,
        body: bytes = BODY,
        headers: outward.Headers | None = None,
        private: Collection[str] = (),
        deadline: float = 5.0,
        max_bytes: int = 1000,
    ) -> Reply:
        return outward.post(
            url,
            body=body,
            headers=headers or {},
            private=private,
            deadline=deadline,
            max_bytes=max_bytes,
            resolve=self.resolve,
            dial=self.dial,
        )


def failure_of(call: Callable[[], object]) -> OutwardError:
    """What a call failed with; it never shows the secret part of an address."""
    with pytest.raises(OutwardError) as caught:
        call()
    assert "secret" not in str(caught.value)
    return caught.value


def send_on(server: Marketplace, location: str, *, status: int = 307, path: str = PATH) -> None:
    server.routes[path] = lambda _: Response(status=status, headers={"Location": location})
