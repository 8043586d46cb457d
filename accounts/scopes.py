"""What a key may do: read or change one subject of the API."""

from typing import Final

SCOPES: Final = {
    "collections:read": "See your collections and what they are worth",
    "collections:write": "Change your collections",
    "alerts:read": "See your alerts, channels and inbox",
    "alerts:write": "Change your alerts and channels",
    "account:read": "See your name, e-mail address and preferences",
}
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def needed(subject: str, *, method: str) -> str:
    """The scope of a call; one that is not in SCOPES is never given to a key."""
    return f"{subject}:{'read' if method in SAFE else 'write'}"
