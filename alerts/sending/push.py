"""Messages that a browser shows: Web Push (RFC 8030), encrypted for it (RFC 8291), signed (RFC 8292)."""

import base64
import json
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid
from pywebpush import WebPusher

from alerts.messages import Message
from alerts.models import Channel
from alerts.sealing import secrets_of
from alerts.sending.answers import Answer, SendError
from alerts.sending.calling import call
from alerts.wording import cut

KEPT: Final = timedelta(days=28)  # by the push service, while the browser is away; few keep more
SIGNED_FOR: Final = timedelta(hours=12)  # RFC 8292 allows at most 24
GONE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
AUTH_BYTES: Final = 16  # RFC 8291, 3.2
# A push service need not take more than 4096 bytes (RFC 8030, 7.2), encryption included.
MOST_TITLE, MOST_TEXT = 400, 1200  # bytes


def send(channel: Channel, message: Message, *, delivery_id: UUID, sent_at: datetime) -> Answer:
    if not settings.VAPID_PRIVATE_KEY:
        raise SendError("Push is not set up on this site.", permanent=True)
    subscription = {"endpoint": channel.address, "keys": secrets_of(channel)}
    encrypted = WebPusher(subscription).encode(payload(message, delivery_id=delivery_id), "aes128gcm")
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT.total_seconds())),
        "Urgency": "high",
        "Authorization": _authorization(channel.address, now=sent_at),
    }
    private = {"Authorization"}
    return call(channel.address, body=encrypted["body"], headers=headers, gone=GONE, private=private)


def payload(message: Message, *, delivery_id: UUID) -> bytes:
    """For our service worker: `tag` lets a message that comes twice be shown once."""
    first = message.items[0]
    lines = first.details if message.title == first.headline else [item.headline for item in message.items]
    said = {
        "title": cut(message.title, limit=MOST_TITLE, unit="utf-8"),
        "body": cut("\n".join(lines), limit=MOST_TEXT, unit="utf-8"),
        "url": message.url,
        "tag": str(delivery_id),
    }
    return json.dumps(said, ensure_ascii=False).encode()


def new_key() -> str:
    """A private key for VAPID_PRIVATE_KEY."""
    return _encoded(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32))


def public_key(private: str | None = None) -> str:
    """What a browser subscribes with: the point of ours (or another) private key; "" where push is off."""
    private = settings.VAPID_PRIVATE_KEY if private is None else private
    if not private:
        return ""
    point = Vapid.from_raw(private.encode()).public_key
    return _encoded(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _authorization(endpoint: str, *, now: datetime) -> str:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + SIGNED_FOR).timestamp()),
        "sub": settings.VAPID_SUBJECT,
    }
    return str(Vapid.from_raw(settings.VAPID_PRIVATE_KEY.encode()).sign(claims)["Authorization"])


def decoded(text: str) -> bytes:
    """Base64url with or without its padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
