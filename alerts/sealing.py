"""What only a channel's messages need to know: tokens and keys, encrypted in its row."""

import json
from collections.abc import Mapping

from accounts import vault
from alerts.models import Channel

PURPOSE = "channel"


def sealed(secrets: Mapping[str, str]) -> str:
    return vault.seal(json.dumps(dict(secrets)), purpose=PURPOSE) if secrets else ""


def secrets_of(channel: Channel) -> dict[str, str]:
    """Raises cryptography.fernet.InvalidToken when the key that sealed them is gone."""
    if not channel.sealed:
        return {}
    found: dict[str, str] = json.loads(vault.unseal(channel.sealed, purpose=PURPOSE))
    return found
