"""Receivers of messages for tests: a web server that a channel's address leads to, and a mail server."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_network
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from accounts.models import User
from alerts.models import Channel
from alerts.tests import factories
from integrations.tests.marketplace import Marketplace, Request, Response

PATH = "/hook/secret"


@dataclass(kw_only=True)
class Receiver:
    """`answers` are given one after the other, the last one for ever."""

    market: Marketplace
    answers: list[Response] = field(default_factory=lambda: [Response(body=b"ok")])

    @property
    def url(self) -> str:
        return self.market.url + PATH

    @property
    def requests(self) -> list[Request]:
        return self.market.requests

    def answer(self, _: Request) -> Response:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def says(self, *statuses: int, body: bytes = b"", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers = [Response(status=status, body=body, headers=named) for status in statuses]

    def channel(self, owner: User, kind: str = "webhook", **facts: Any) -> Channel:
        """A channel of the kind that leads here."""
        return factories.channel(owner, kind, **{"address": self.url} | facts)

    def bodies(self) -> list[Any]:
        return [json.loads(request.body) for request in self.requests]


@contextmanager
def receiving(settings: Settings) -> Iterator[Receiver]:
    """A receiver on this machine, which messages may go to for once."""
    settings.ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    with Marketplace() as market:
        receiver = Receiver(market=market)
        market.routes[PATH] = receiver.answer
        yield receiver


@dataclass(kw_only=True)
class Postbox:
    """`refusals` maps a step of SMTP (MAIL, RCPT, DATA) to the answer that refuses it."""

    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.refusals.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.refusals:
            return self.refusals["RCPT"]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.refusals:
            return self.refusals["DATA"]
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


async def _closed(server: asyncio.Server) -> None:
    """With every connection that is just ending."""
    server.close()
    if ending := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(ending, timeout=1)
    await asyncio.sleep(0)


@contextmanager
def mailing(settings: Settings) -> Iterator[Postbox]:
    """A real mail server on this machine, which the site sends its mails through."""
    postbox, loop = Postbox(), asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = loop.create_server(lambda: SMTP(postbox, hostname="mail.example", loop=loop), "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(serving, loop).result(60)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.sockets[0].getsockname()
    try:
        yield postbox
    finally:
        asyncio.run_coroutine_threadsafe(_closed(server), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()
