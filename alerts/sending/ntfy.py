"""Messages through an ntfy server (docs.ntfy.sh, "Publishing")."""

from email.header import Header
from typing import Final

from alerts.messages import Message
from alerts.models import Channel
from alerts.sealing import secrets_of
from alerts.sending.answers import Answer
from alerts.sending.calling import call
from alerts.wording import cut

MOST_TITLE: Final = 200  # bytes
MOST_BYTES: Final = 4096  # a longer message becomes an attachment


def send(channel: Channel, message: Message, **_: object) -> Answer:
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Title": header(cut(message.title, limit=MOST_TITLE, unit="utf-8")),
        "Click": message.url,
        "Tags": "flower_playing_cards",
    }
    if token := secrets_of(channel).get("token"):
        headers["Authorization"] = f"Bearer {token}"
    return call(channel.address, body=body_of(message), headers=headers, private={"Authorization"})


def body_of(message: Message) -> bytes:
    """Without repeating the title."""
    first = message.items[0]
    said = "\n".join([*first.details, first.url]).strip() if message.title == first.headline else message.text
    return cut(said, limit=MOST_BYTES, unit="utf-8").encode()


def header(text: str) -> str:
    """As encoded words (RFC 2047) unless it is ASCII and looks like none: HTTP has no other way."""
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8").encode(linesep="")
