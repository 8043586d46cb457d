"""Messages for programs, signed as the Standard Webhooks specification says (standardwebhooks.com, 1.0)."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from alerts.messages import Message
from alerts.models import Channel
from alerts.sealing import Secrets, secrets_of
from alerts.sending.answers import Answer, SendError
from alerts.sending.calling import call

PREFIX: Final = "whsec_"
OVERLAP: Final = timedelta(hours=24)  # for which a secret signs on after it was replaced
MOST_BYTES: Final = 20_000
GONE: Final = {HTTPStatus.GONE}


def send(channel: Channel, message: Message, *, delivery_id: UUID, sent_at: datetime) -> Answer:
    body = body_of(message)
    stamp = str(int(sent_at.timestamp()))
    signed = f"{delivery_id}.{stamp}.".encode() + body
    headers = {
        "Content-Type": "application/json",
        "webhook-id": str(delivery_id),
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(
            sign(signed, secret=secret) for secret in live_secrets(secrets_of(channel), now=sent_at)
        ),
    }
    try:
        return call(channel.address, body=body, headers=headers, gone=GONE)
    except SendError as error:
        # While a receiver is being replaced it answers anything, such as 404.
        error.permanent &= error.gone or error.code is None
        raise


def body_of(message: Message) -> bytes:
    """The same in every attempt; a digest that is too long lists fewer of its events."""
    data: dict[str, Any] = dict(message.facts)
    body = _body(message, data=data)
    while len(body) > MOST_BYTES and data.get("events"):
        data["events"] = data["events"][:-1]
        body = _body(message, data=data)
    return body


def _body(message: Message, *, data: dict[str, Any]) -> bytes:
    said = {"type": message.kind, "timestamp": message.at.isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def replaced(known: Secrets, *, now: datetime) -> Secrets:
    """The secrets of a channel with a new one; each that was replaced signs too until its own end."""
    ended = {"secret": known["secret"], "until": (now + OVERLAP).isoformat()}
    return {"secret": new_secret(), "replaced": [*_unended(known, now=now), ended]}


def live_secrets(known: Secrets, *, now: datetime) -> list[str]:
    """The present one first."""
    return [known["secret"], *(one["secret"] for one in _unended(known, now=now))]


def _unended(known: Secrets, *, now: datetime) -> list[dict[str, str]]:
    return [one for one in known.get("replaced", ()) if now < datetime.fromisoformat(one["until"])]


def sign(signed: bytes, *, secret: str) -> str:
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
