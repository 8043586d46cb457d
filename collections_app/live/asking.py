"""Who opened a socket, and from where."""

from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async

from accounts import keys
from accounts.authentication import SCHEME
from accounts.models import User

Scope = dict[str, Any]


class UnknownKeyError(ValueError):
    """The key that came along is unknown, expired or revoked."""


async def person(scope: Scope) -> User | None:
    """Who asks, by a key that may read collections or by the session.

    Nobody for a page of another site: a browser sends the cookie along with it. Raises UnknownKeyError.
    """
    scheme, _, secret = header(scope, "authorization").partition(" ")
    if scheme.lower() == SCHEME.lower():
        owner: User | None = await database_sync_to_async(_owner)(secret.strip())
        return owner
    user = scope.get("user")
    return user if isinstance(user, User) and user.is_active and is_own(scope) else None


def _owner(secret: str) -> User | None:
    key = keys.known(secret)
    if key is None:
        raise UnknownKeyError("This key is unknown, expired or revoked.")
    return key.person if "collections:read" in key.scopes else None


def is_own(scope: Scope) -> bool:
    """Whether a page of this host asks, whichever its port, or a program that is no browser."""
    origin = header(scope, "origin")
    return not origin or urlsplit(origin).hostname == urlsplit(f"//{header(scope, 'host')}").hostname


def address(scope: Scope) -> str:
    """Empty for a socket of the file system."""
    return (scope.get("client") or ("", 0))[0]


def header(scope: Scope, name: str) -> str:
    found = (value for key, value in scope.get("headers", ()) if key == name.encode())
    return next(found, b"").decode("latin-1")
