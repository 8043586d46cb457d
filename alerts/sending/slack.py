"""Messages in a Slack channel, through its incoming webhook (Slack's reference of Block Kit, "Rich text")."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from alerts.messages import Item, Message
from alerts.models import Channel
from alerts.sending.answers import Answer
from alerts.sending.calling import call

Json = dict[str, Any]

GONE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
MOST_ITEMS: Final = 20


def send(channel: Channel, message: Message, **_: object) -> Answer:
    body = json.dumps(payload(message)).encode()
    return call(channel.address, body=body, headers={"Content-Type": "application/json"}, gone=GONE)


def payload(message: Message) -> Json:
    """`text` is what a notification shows. The blocks are rich text, in which no character is markup."""
    sections = [_section(item) for item in message.items[:MOST_ITEMS]]
    hidden = message.more + max(0, len(message.items) - MOST_ITEMS)
    more = f"And {hidden:,} more: " if hidden else ""
    sections.append({"type": "rich_text_section", "elements": [_text(more)] * bool(more) + [_link(message)]})
    return {"text": escaped(message.title), "blocks": [{"type": "rich_text", "elements": sections}]}


def escaped(text: str) -> str:
    """Slack reads only these three as control characters ("Formatting text for app surfaces")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(item: Item) -> Json:
    return {"type": "rich_text_section", "elements": list(_elements(item))}


def _elements(item: Item) -> Iterator[Json]:
    headline = {"text": item.headline, "style": {"bold": True}}
    yield {"type": "link", "url": item.url, **headline} if item.url else {"type": "text", **headline}
    yield _text("".join(f"\n{detail}" for detail in item.details) + "\n\n")


def _text(text: str) -> Json:
    return {"type": "text", "text": text}


def _link(message: Message) -> Json:
    return {"type": "link", "url": message.url, "text": message.link}
