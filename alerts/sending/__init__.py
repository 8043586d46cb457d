"""How a message goes out through a channel: one module for each kind.

A sender takes a channel, a message, the id of its delivery (the same in every attempt) and the moment of this
attempt. It returns what the other side answered, or raises SendError. It sends once, within DEADLINE seconds.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from alerts.messages import Message
from alerts.models import Channel
from alerts.sending import discord, email, ntfy, push, slack, webhook
from alerts.sending.answers import Answer, OwnError, SendError

__all__ = ["SENDERS", "Answer", "OwnError", "SendError", "Sender"]


class Sender(Protocol):
    def __call__(
        self, channel: Channel, message: Message, *, delivery_id: UUID, sent_at: datetime
    ) -> Answer: ...


SENDERS: Final[Mapping[str, Sender]] = {
    Channel.Kind.EMAIL: email.send,
    Channel.Kind.PUSH: push.send,
    Channel.Kind.WEBHOOK: webhook.send,
    Channel.Kind.DISCORD: discord.send,
    Channel.Kind.SLACK: slack.send,
    Channel.Kind.NTFY: ntfy.send,
}
