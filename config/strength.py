"""Whether a secret is one: what is short, monotonous or published refuses the start, by name."""

from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DISTINCT: Final = 8
PASSWORD: Final = 16
# What stands in examples, documents and source code is known to everybody.
PUBLISHED: Final = ("change-me", "changeme", "django-insecure", "only-for-debug", "password", "placeholder")
OWN_MACHINE: Final = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver"}


def require(name: str, secret: str, *, length: int) -> None:
    """Raises ImproperlyConfigured for a secret that can be guessed; never repeats it."""
    if weakness := weakness_of(secret, length=length):
        raise ImproperlyConfigured(f"{name} {weakness}")


def weakness_of(secret: str, *, length: int) -> str:
    """What is wrong with it, after its name; empty if nothing."""
    if found := next((word for word in PUBLISHED if word in secret.lower()), ""):
        return f"is not a secret: it contains {found!r}"
    if len(secret) < length:
        return f"must have at least {length} characters"
    if len(set(secret)) < DISTINCT:
        return f"must have at least {DISTINCT} different characters"
    return ""


def require_password(name: str, url: str) -> None:
    """Raises ImproperlyConfigured when a server on a network is reached without a strong password.

    Behind a Unix socket the system knows who asks, so that none is needed.
    """
    parts = urlsplit(url)
    if _is_socket(parts):
        return
    if not parts.password:
        raise ImproperlyConfigured(f"{name} must carry a password")
    require(f"The password in {name}", unquote(parts.password), length=PASSWORD)


def require_hosts(hosts: list[str], *, debug: bool, https: bool) -> None:
    """Raises ImproperlyConfigured where others could reach what is for the own machine only."""
    if https and "*" in hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the site's hosts, not '*'")
    strangers = [host for host in hosts if host not in OWN_MACHINE]
    if debug and strangers:
        raise ImproperlyConfigured(f"DEBUG must be false where ALLOWED_HOSTS names {strangers[0]!r}")


def _is_socket(parts: SplitResult) -> bool:
    host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    return host.startswith("/") or (not host and not parts.scheme.startswith("redis"))
