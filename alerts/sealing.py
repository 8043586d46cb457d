"""What only a channel's messages need to know: tokens and keys, encrypted in its row."""

import json
from collections.abc import Mapping
from typing import Any

from accounts import resealing, vault
from alerts.models import Channel

PURPOSE = "channel"
Secrets = Mapping[str, Any]


def sealed(secrets: Secrets) -> str:
    return vault.seal(json.dumps(dict(secrets)), purpose=PURPOSE) if secrets else ""


def secrets_of(channel: Channel) -> dict[str, Any]:
    """Raises cryptography.fernet.InvalidToken when the key that sealed them is gone."""
    if not channel.sealed:
        return {}
    found: dict[str, Any] = json.loads(vault.unseal(channel.sealed, purpose=PURPOSE))
    return found


def reseal() -> resealing.Count:
    """All channels' secrets, with today's SECRET_KEY."""
    return resealing.reseal(
        Channel.objects.exclude(sealed=""),
        field="sealed",
        fresh=lambda sealed: vault.reseal(sealed, purpose=PURPOSE),
    )
