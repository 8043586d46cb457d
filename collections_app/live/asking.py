"""Who opened a socket, and from where."""

from typing import Any
from urllib.parse import urlsplit

from accounts.models import User

Scope = dict[str, Any]


async def person(scope: Scope) -> User | None:
    """Who is signed in; nobody for a page of another site, with which a browser sends the cookie along."""
    user = scope.get("user")
    return user if isinstance(user, User) and user.is_active and is_own(scope) else None


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
