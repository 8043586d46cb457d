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
from alerts.sealing import secrets_of
from alerts.sending.answers import Answer
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
            sign(signed, secret=secret) for secret in live_secrets(channel, now=sent_at)
        ),
    }
    return call(channel.address, body=body, headers=headers, gone=GONE)


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


def replaced(known: dict[str, str], *, now: datetime) -> dict[str, str]:
    """The secrets of a channel with a new one; the one until now signs too for a while."""
    return {
        "secret": new_secret(),
        "previous": known["secret"],
        "previous_until": (now + OVERLAP).isoformat(),
    }


def live_secrets(channel: Channel, *, now: datetime) -> list[str]:
    known = secrets_of(channel)
    if "previous" in known and now < datetime.fromisoformat(known["previous_until"]):
        return [known["secret"], known["previous"]]
    return [known["secret"]]


def sign(signed: bytes, *, secret: str) -> str:
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
