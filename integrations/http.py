"""The only outgoing door: every request to a source goes through here.

A call waits for its turn (limiter), asks whether the source is worth calling (breaker), is held to a deadline
and a size, is counted, and is repeated when that can help. Whatever goes wrong is a MarketError.
"""

import random
import re
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError

from integrations import metrics, retry_after, sessions, spool, wire
from integrations.breaker import Breaker
from integrations.errors import MarketError
from integrations.limiter import HOUR, Limiter
from integrations.payload import parse_json

__all__ = ["Answer", "Door", "DoorPolicy", "parse_json"]

_NOT_MODIFIED: Final = 304
_TOO_MANY_REQUESTS: Final = 429
_COME_BACK_LATER: Final = frozenset({_TOO_MANY_REQUESTS, 503})
_CHUNK = 65_536
_PASSWORD = re.compile(r"//[^/@]*@")
# A process that sends its request a little late must still report before its probe is given to another.
_LEASE_MARGIN = 10.0

Headers = Mapping[str, str]
Verify = Callable[[bytes], object]
VerifyFile = Callable[[Path], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPolicy:
    """How one source wants to be treated. Times in seconds.

    `min_interval` lies between any two requests of all processes, but for `burst` at once after a quiet time.
    `daily_quota` bounds the requests of a day and `hourly_quota` those of any `hour` seconds (0: no limit); a
    caller waits at most `max_wait` for its turn. `deadline` bounds one attempt as a whole, `max_bytes` its
    body after decompression; `file_deadline` and `file_bytes` bound a file that is downloaded, as it is sent
    (0: as any body), and it may not stall for longer than `deadline`. A status in `trip_on` opens the breaker
    at once for `trip_pause`.
    """

    slug: str
    min_interval: float
    deadline: float
    max_bytes: int
    file_deadline: float = 0.0
    file_bytes: int = 0
    attempts: int = 3
    max_wait: float = 60.0
    burst: int = 1
    daily_quota: int = 0
    hourly_quota: int = 0
    hour: float = HOUR
    breaker_failures: int = 5
    breaker_pause: float = 60.0
    trip_on: frozenset[int] = frozenset()
    trip_pause: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: a 2xx, a 304 to a conditional request (then `not_modified`), or a status asked for."""

    status: int
    body: bytes
    etag: str
    last_modified: str
    not_modified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    url: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    headers: Headers = field(default_factory=dict)
    data: Mapping[str, str] | None = None
    accept: Collection[int] = ()
    verify: Verify | None = None
    target: Path | None = None
    verify_file: VerifyFile | None = None

    @property
    def name(self) -> str:
        """For messages: no query, form or password, which may be secrets."""
        return f"{self.method} {_PASSWORD.sub('//', self.url.partition('?')[0])}"

    @property
    def is_conditional(self) -> bool:
        return bool({"If-None-Match", "If-Modified-Since"} & self.headers.keys())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    status: int
    headers: Headers
    body: bytes = b""
    file: Path | None = None

    @property
    def size(self) -> int:
        return self.file.stat().st_size if self.file else len(self.body)


class _CallError(MarketError):
    """Why one attempt failed. `outcome` labels the metric; `is_ours` when the source itself is in order."""

    def __init__(self, message: str, *, outcome: str, permanent: bool, status: int = 0) -> None:
        super().__init__(message, permanent=permanent)
        self.outcome = outcome
        self.status = status
        self.is_ours = outcome == "refused"


class Door:
    """Sends requests to one source under its policy. Not for several threads at once; cheap to make."""

    def __init__(
        self,
        policy: DoorPolicy,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.policy = policy
        self._sleep = sleep
        self._now = now
        self._jitter = jitter
        self._limiter = Limiter(
            policy.slug,
            interval=policy.min_interval,
            longest_wait=policy.max_wait,
            quota=policy.daily_quota,
            burst=policy.burst,
            hourly=policy.hourly_quota,
            hour=policy.hour,
            lease=policy.deadline + _LEASE_MARGIN,
        )
        self._breaker = Breaker(
            policy.slug,
            failures=policy.breaker_failures,
            pause=policy.breaker_pause,
            lease=max(policy.deadline, policy.file_deadline) + _LEASE_MARGIN,
        )
        self._session = sessions.new()

    def get(  # noqa: PLR0913 - each is a plain option of one GET
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Headers | None = None,
        etag: str = "",
        last_modified: str = "",
        accept: Collection[int] = (),
        verify: Verify | None = None,
    ) -> Answer:
        """GET, conditional when a validator is given.

        Raises MarketError for every status but 2xx, 304 and those in `accept`. `verify` sees the body of a
        2xx and raises MarketError for garbage, which then counts against the source.
        """
        sent = _conditional(headers, etag=etag, last_modified=last_modified)
        request = _Request(
            method="GET", url=url, params=params or {}, headers=sent, accept=accept, verify=verify
        )
        return self._call(request)

    def download(
        self,
        url: str,
        target: Path,
        *,
        etag: str = "",
        last_modified: str = "",
        verify: VerifyFile | None = None,
    ) -> Answer:
        """GET of a large file to `target`, which is replaced when all of it has come and not before.

        The file is kept as it is sent, compressed where the source compresses it (`bulk` unfolds it), so
        memory stays flat; the answer's body is empty. `verify` sees the file before it gets its name.
        """
        headers = _conditional(None, etag=etag, last_modified=last_modified)
        return self._call(_Request(method="GET", url=url, headers=headers, target=target, verify_file=verify))

    def get_json(
        self, url: str, *, params: Mapping[str, str | int] | None = None, headers: Headers | None = None
    ) -> dict[str, Any]:
        """GET of a JSON object, read as `parse_json` reads it."""
        found: list[dict[str, Any]] = []
        self.get(
            url,
            params=params,
            headers=headers,
            verify=lambda body: found.append(parse_json(body, expect=dict)),
        )
        return found[-1]

    def post_form(
        self,
        url: str,
        *,
        data: Mapping[str, str],
        headers: Headers | None = None,
        verify: Verify | None = None,
    ) -> Answer:
        """POST of a form that changes nothing over there (a token request), so it is repeated like a GET."""
        return self._call(_Request(method="POST", url=url, data=data, headers=headers or {}, verify=verify))

    def push_back(self, seconds: float) -> None:
        """No process calls the source for so many seconds (at most LONGEST_PUSH_BACK)."""
        self._limiter.push_back(seconds)

    def close(self) -> None:
        self._session.close()

    def _call(self, request: _Request) -> Answer:
        for attempt in range(1, self.policy.attempts):
            try:
                return self._attempt(request)
            except _CallError as error:
                if error.permanent:
                    raise
            self._sleep(self._back_off(attempt))
        return self._attempt(request)

    def _back_off(self, attempt: int) -> float:
        """0.5 s, doubled each time up to 5 s, with 50 to 100% jitter."""
        ceiling: float = min(0.5 * 2 ** (attempt - 1), 5.0)
        return ceiling * (0.5 + self._jitter() / 2)

    def _attempt(self, request: _Request) -> Answer:
        place = uuid.uuid4().hex
        try:
            self._sleep(self._limiter.reserve(place))
            ticket = self._admit(place)
        except MarketError:
            self._count("held_back")
            raise
        try:
            answer = self._timed(request, place=place)
        except _CallError as fault:
            self._count(fault.outcome)
            self._settle(ticket, fault)
            raise
        self._count("not_modified" if answer.not_modified else "answered")
        self._breaker.succeed(ticket)
        return answer

    def _admit(self, place: str) -> str:
        try:
            return self._breaker.admit()
        except MarketError:
            self._limiter.give_back(place)
            raise

    def _count(self, outcome: str) -> None:
        metrics.CALLS.labels(source=self.policy.slug, outcome=outcome).inc()

    def _settle(self, ticket: str, fault: _CallError) -> None:
        fault.source = self.policy.slug
        if fault.status in self.policy.trip_on:
            self._breaker.trip(self.policy.trip_pause)
        elif fault.is_ours:
            self._breaker.succeed(ticket)
        else:
            self._breaker.fail(ticket)

    def _timed(self, request: _Request, *, place: str) -> Answer:
        with metrics.SECONDS.labels(source=self.policy.slug).time():
            reply = self._exchange(request)
        self._limiter.arrived(place)
        metrics.BYTES.labels(source=self.policy.slug).inc(reply.size)
        try:
            answer = self._judge(request, reply)
            if reply.file and request.target:
                reply.file.replace(request.target)
        finally:
            if reply.file:
                reply.file.unlink(missing_ok=True)
        return answer

    def _exchange(self, request: _Request) -> _Reply:
        session = self._session
        deadline = (request.target and self.policy.file_deadline) or self.policy.deadline
        try:
            return wire.within(deadline, lambda: self._send(session, request))
        except (TimeoutError, requests.Timeout) as error:
            self._session = sessions.new()  # the abandoned call may still hold the old one
            message = f"{request.name}: no complete answer within {deadline:g} s"
            raise _CallError(message, outcome="timeout", permanent=False) from error
        except requests.exceptions.ContentDecodingError as error:
            message = f"{request.name}: the compressed body is broken"
            raise _CallError(message, outcome="garbage", permanent=True) from error
        except ValueError as error:  # requests derives InvalidURL, InvalidHeader and the like from it
            message = f"{request.name}: not a request that can be sent ({type(error).__name__})"
            raise _CallError(message, outcome="refused", permanent=True) from error
        except (OSError, HTTPError) as error:
            message = f"{request.name}: the connection failed ({type(error).__name__})"
            raise _CallError(message, outcome="connection", permanent=False) from error
        except _CallError:
            raise
        except MarketError as error:  # the spool cannot be written
            raise _CallError(str(error), outcome="refused", permanent=error.permanent) from error

    def _send(self, session: requests.Session, request: _Request) -> _Reply:
        with session.request(
            request.method,
            request.url,
            params=request.params,
            data=request.data,
            headers={**request.headers, "User-Agent": settings.HTTP_USER_AGENT},
            timeout=self.policy.deadline,
            allow_redirects=False,
            stream=True,
        ) as response:
            return self._reply(request, response)

    def _reply(self, request: _Request, response: requests.Response) -> _Reply:
        status, headers = response.status_code, response.headers
        if request.target and status // 100 == 2:
            chunks = response.raw.stream(_CHUNK, decode_content=False)
            sent = _bounded(request, chunks, limit=self.policy.file_bytes or self.policy.max_bytes)
            return _Reply(status=status, headers=headers, file=spool.receive(sent, target=request.target))
        body = bytearray()
        for chunk in _bounded(request, response.iter_content(_CHUNK), limit=self.policy.max_bytes):
            body += chunk
        return _Reply(status=status, headers=headers, body=bytes(body))

    def _judge(self, request: _Request, reply: _Reply) -> Answer:
        not_modified = reply.status == _NOT_MODIFIED and request.is_conditional
        if reply.status in _COME_BACK_LATER:
            self._limiter.push_back(self._retry_after(reply.headers))
        if not (not_modified or reply.status // 100 == 2 or reply.status in request.accept):
            raise _bad_status(request, reply)
        if reply.status // 100 == 2:
            _verify(request, reply)
        return Answer(
            status=reply.status,
            body=reply.body,
            etag=reply.headers.get("ETag", ""),
            last_modified=reply.headers.get("Last-Modified", ""),
            not_modified=not_modified,
        )

    def _retry_after(self, headers: Headers) -> float:
        """Seconds to stay away; 0 when the source names none that can be read."""
        return retry_after.seconds(headers, now=self._now()) or 0.0


def _bad_status(request: _Request, reply: _Reply) -> _CallError:
    if reply.status == _TOO_MANY_REQUESTS:
        return _CallError(
            f"{request.name}: too many requests", outcome="rate_limited", permanent=False, status=reply.status
        )
    failed = reply.status >= 500
    return _CallError(
        f"{request.name}: status {reply.status}",
        outcome="failed" if failed else "refused",
        permanent=not failed,
        status=reply.status,
    )


def _verify(request: _Request, reply: _Reply) -> None:
    try:
        if request.verify_file and reply.file:
            request.verify_file(reply.file)
        elif request.verify:
            request.verify(reply.body)
    except MarketError as error:
        raise _CallError(f"{request.name}: {error}", outcome="garbage", permanent=error.permanent) from error


def _bounded(request: _Request, chunks: Iterable[bytes], *, limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            message = f"{request.name}: the body exceeds {limit} bytes"
            raise _CallError(message, outcome="too_large", permanent=True)
        yield chunk


def _conditional(headers: Headers | None, *, etag: str, last_modified: str) -> Headers:
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {**(headers or {}), **{name: value for name, value in conditions.items() if value}}
