"""The outgoing door for addresses that users type: webhooks, push endpoints, chat rooms.

Such an address may be an attempt to reach what only this machine can reach (server-side request forgery).
So it is judged as written, its host is resolved once, every address found must be public, and the connection
goes to one of exactly those, never to the name again, which could answer differently by then (DNS rebinding).
The name stays what TLS verifies and what the Host header says. A redirect is a new address: judged, resolved
and pinned anew. Nothing of the environment takes part: no proxy, no netrc, no cookies.
"""

import functools
import re
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import IPv4Address, ip_address
from typing import Final
from urllib.parse import urljoin

import certifi
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, parse_url

from integrations import metrics, wire
from integrations.addresses import Address, is_public
from integrations.errors import MarketError

__all__ = ["OutwardError", "Refused", "Reply", "check_url", "post"]

_LONGEST: Final = 2000
_PORTS: Final = {"http": 80, "https": 443}
_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOCAL: Final = frozenset({"internal", "local", "localdomain", "localhost"})
_MOST_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 307, 308})
_SEE_OTHER: Final = 303

Headers = Mapping[str, str]
Resolve = Callable[[str, int], Sequence[str]]
Dial = Callable[[str, int, float], socket.socket]


class OutwardError(MarketError):
    """An address could not be called. The message is a sentence for the person who typed the address.

    It names the host alone: the rest of an address is often a secret. `outcome` labels the metric.
    """

    def __init__(self, message: str, *, permanent: bool, outcome: str) -> None:
        super().__init__(message, permanent=permanent)
        self.outcome = outcome


class Refused(OutwardError):  # noqa: N818 - a verdict, not a fault
    """An address that is not called, now or later."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True, outcome="refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the receiver said, whatever the status; `body` is cut at the size asked for and not decompressed.

    `seconds` is wall-clock time of the whole call, redirects included.
    """

    status: int
    headers: Headers
    body: bytes
    seconds: float


def check_url(url: str) -> None:
    """Raises Refused, with the reason in a sentence, for an address that is never called; asks no network."""
    _place(url)


def look_up(host: str, port: int) -> list[str]:
    """All addresses of a host, in the order in which the system would try them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def connect(address: str, port: int, timeout: float) -> socket.socket:
    line = socket.create_connection((address, port), timeout)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def post(  # noqa: PLR0913 - each is a plain option of one request
    url: str,
    *,
    body: bytes,
    headers: Headers,
    method: str = "POST",
    private: Collection[str] = (),
    deadline: float = 10.0,
    max_bytes: int = 64 * 1024,
    resolve: Resolve = look_up,
    dial: Dial = connect,
) -> Reply:
    """Sends one request, once, and returns what came back.

    Up to three redirects that keep method and body are followed (RFC 9110, 15.4: 301, 302, 307, 308), never
    from https to http; the headers named in `private` go to the first scheme, host and port alone. `deadline`
    bounds the whole call in seconds. Raises Refused for an address that must not be called, OutwardError for
    one that could not be.
    """
    call = _Call(
        method=method,
        body=body,
        private=frozenset(name.lower() for name in private),
        deadline=deadline,
        max_bytes=max_bytes,
        resolve=resolve,
        dial=dial,
        started=time.monotonic(),
    )
    with metrics.OUTWARD_SECONDS.time():
        try:
            reply = call.send(url, {**headers, "User-Agent": settings.HTTP_USER_AGENT})
        except OutwardError as error:
            metrics.OUTWARD.labels(outcome=error.outcome).inc()
            raise
    metrics.OUTWARD.labels(outcome="answered").inc()
    return reply


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a request goes: a judged URL and its parts as they are sent, an IPv6 host without brackets."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    method: str
    body: bytes
    private: frozenset[str]
    deadline: float
    max_bytes: int
    resolve: Resolve
    dial: Dial
    started: float

    def send(self, url: str, headers: Headers) -> Reply:
        place = _place(url)
        try:
            return wire.within(self.deadline, lambda: self._follow(place, headers))
        except TimeoutError as error:
            raise self._too_slow(place) from error

    def _follow(self, place: _Place, headers: Headers) -> Reply:
        for _ in range(1 + _MOST_REDIRECTS):
            reply = self._attempt(place, headers)
            following = _redirect(place, reply)
            if following is None:
                return reply
            if following.origin != place.origin:
                headers = {name: headers[name] for name in headers if name.lower() not in self.private}
            place = following
        raise Refused(f"{place.host} redirects more than {_MOST_REDIRECTS} times.")

    def _attempt(self, place: _Place, headers: Headers) -> Reply:
        try:
            return self._exchange(place, headers)
        except TimeoutError as error:
            raise self._too_slow(place) from error
        except ssl.SSLCertVerificationError as error:
            reason = error.verify_message.rstrip(".")
            message = f"The certificate of {place.host} cannot be trusted: {reason}."
            raise OutwardError(message, permanent=False, outcome="certificate") from error
        except (OSError, HTTPException, HTTPError) as error:
            message = f"The connection to {place.host} failed ({type(error).__name__})."
            raise OutwardError(message, permanent=False, outcome="connection") from error
        except ValueError as error:  # a header or method that HTTP cannot carry
            raise Refused(f"This is not a message that can be sent to {place.host}.") from error

    def _exchange(self, place: _Place, headers: Headers) -> Reply:
        with closing(self._connection(place)) as connection:
            connection.request(self.method, place.target, self.body, headers, preload_content=False)
            with closing(connection.getresponse()) as response:
                return Reply(
                    status=response.status,
                    headers=response.headers,
                    body=response.read(self.max_bytes, decode_content=False),
                    seconds=time.monotonic() - self.started,
                )

    def _connection(self, place: _Place) -> HTTPConnection:
        line = self._line(place)
        line.settimeout(self.deadline)
        wire.hold(line)
        if place.scheme == "http":
            connection = HTTPConnection(place.host, place.port, timeout=self.deadline)
        else:
            connection = HTTPSConnection(place.host, place.port, timeout=self.deadline)
            line = _trust().wrap_socket(line, server_hostname=place.host)
        connection.sock = line
        return connection

    def _line(self, place: _Place) -> socket.socket:
        """To the first address that can be reached; each gets an equal share of the time."""
        addresses = self._addresses(place)
        failure: OSError = OSError("no address")
        for address in addresses:
            try:
                return self.dial(str(address), place.port, self.deadline / len(addresses))
            except OSError as error:
                failure = error
        raise failure

    def _addresses(self, place: _Place) -> list[Address]:
        try:
            addresses = [ip_address(address) for address in self.resolve(place.host, place.port)]
        except OSError as error:
            message = f"No address of {place.host} can be found."
            raise OutwardError(message, permanent=False, outcome="unresolved") from error
        if not all(map(_is_allowed, addresses)):
            raise Refused(f"{place.host} leads to an address that is not on the public internet.")
        return addresses

    def _too_slow(self, place: _Place) -> OutwardError:
        message = f"{place.host} gave no complete answer within {self.deadline:g} s."
        return OutwardError(message, permanent=False, outcome="timeout")


def _redirect(place: _Place, reply: Reply) -> _Place | None:
    """Where the reply sends us on to; None for an answer. Raises Refused for where we do not go."""
    if reply.status == _SEE_OTHER:
        raise Refused(f"{place.host} answers with a redirect that would lose the message (303).")
    if reply.status not in _REDIRECTS or "Location" not in reply.headers:
        return None
    try:
        following = _place(urljoin(place.url, reply.headers["Location"]))
    except (Refused, ValueError) as error:
        raise Refused(f"{place.host} sends us on to where we do not go. {error}") from error
    if (place.scheme, following.scheme) == ("https", "http"):
        raise Refused(f"{place.host} sends us on to an address without encryption.")
    return following


def _place(url: str) -> _Place:
    """Raises Refused; see `check_url`. What is judged here is what is called, as one parser reads it."""
    if len(url) > _LONGEST:
        raise Refused(f"The address has more than {_LONGEST} characters.")
    if not url.isprintable() or set(url) & {" ", "\\"}:
        raise Refused("The address contains a space, a backslash or an invisible character.")
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise Refused("The address is not a valid URL.") from error
    if parsed.scheme not in _PORTS:
        raise Refused("The address must begin with https:// or http://.")
    if parsed.auth is not None:
        raise Refused("The address must not contain a user name or password.")
    host = _host(parsed)
    return _Place(url=url, scheme=parsed.scheme, host=host, port=_port(parsed), target=parsed.request_uri)


def _port(parsed: Url) -> int:
    port = _PORTS[parsed.scheme or ""] if parsed.port is None else parsed.port
    if port not in _PORTS.values() and port < 1024:
        raise Refused(f"Port {port} is not for web addresses; use 80, 443 or one from 1024 on.")
    return port


def _host(parsed: Url) -> str:
    host = (parsed.host or "").strip("[]").lower()
    if not host:
        raise Refused("The address names no host.")
    address = _literal(host)
    if address is not None and not _is_allowed(address):
        raise Refused(f"{host} is not an address of the public internet.")
    if address is None and (not _NAME.fullmatch(host) or host.rpartition(".")[2] in _LOCAL):
        raise Refused(f"{host} is not a name of the public internet.")
    return host


def _literal(host: str) -> Address | None:
    """The address that a host already is, None for a name.

    What ends in a number is an IPv4 address (WHATWG URL, 3.5), in each form that inet_aton takes:
    127.0.0.1, 127.1, 2130706433, 0177.0.0.1, 0x7f.1.
    """
    try:
        if ":" in host:
            return ip_address(host)
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError) as error:
        raise Refused(f"{host} is not an address.") from error
    return None


def _is_allowed(address: Address) -> bool:
    return is_public(address, allowed=settings.ALLOWED_NETWORKS)


@functools.cache
def _trust() -> ssl.SSLContext:
    """The authorities of this system (or of SSL_CERT_FILE), and certifi's where a system has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
