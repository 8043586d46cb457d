"""Messages in a Discord channel, through its webhook (Discord's documentation, "Execute Webhook")."""

import json
import re
from http import HTTPStatus
from typing import Any, Final

from alerts.messages import Item, Message
from alerts.models import Channel
from alerts.sending.answers import Answer
from alerts.sending.calling import call
from alerts.wording import cut

MOST_CONTENT, MOST_TITLE, MOST_DESCRIPTION = 2000, 256, 4000
GONE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_MARKUP: Final = re.compile(r"([\\*_~`|>#<\[\]()@:-])")


def send(channel: Channel, message: Message, **_: object) -> Answer:
    body = json.dumps(payload(message)).encode()
    return call(channel.address, body=body, headers={"Content-Type": "application/json"}, gone=GONE)


def payload(message: Message) -> dict[str, Any]:
    """`allowed_mentions` keeps a name such as @everyone from waking everyone."""
    embed = {
        "title": cut(escaped(message.title), limit=MOST_TITLE, unit="utf-16-le"),
        "url": message.url,
        "description": _description(message),
    }
    return {
        "content": cut(escaped(message.title), limit=MOST_CONTENT, unit="utf-16-le"),
        "embeds": [embed],
        "allowed_mentions": {"parse": []},
    }


def escaped(text: str) -> str:
    """Without effect as Discord's markdown; backslashes do not show."""
    return _MARKUP.sub(r"\\\1", text)


def _description(message: Message) -> str:
    """Whole items as long as there is room: a link cut in two would be none."""
    found, left = "", len(message.items)
    for item in message.items:
        longer = f"{found}\n\n{_item(item, title=message.title)}".strip()
        if len(longer.encode("utf-16-le")) > 2 * MOST_DESCRIPTION:
            break
        found, left = longer, left - 1
    hidden = message.more + left
    return f"{found}\n\n[And {hidden:,} more]({message.url})".strip() if hidden else found


def _item(item: Item, *, title: str) -> str:
    headline = [] if item.headline == title else [escaped(item.headline)]
    link = [f"[The card]({item.url})"] if item.url else []
    return "\n".join([*headline, *map(escaped, item.details), *link])
