"""Reads settings from the environment and refuses a wrong value by name, instead of guessing."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from config import strength

TRUE = {"true", "1", "yes", "on"}
FALSE = {"false", "0", "no", "off"}
SHORTEST_TOKEN = 32


class Env:
    """A strict reader. `NAME_FILE` names a file that holds the value of NAME (for mounted secrets)."""

    def __init__(self) -> None:
        self._env = environ.FileAwareEnv()
        self.names: set[str] = set()

    def text(self, name: str, default: str | None = None) -> str:
        """Raises ImproperlyConfigured when the variable is missing and has no default."""
        self.names.add(name)
        value = self._env.str(name, default=environ.Env.NOTSET if default is None else default)
        return str(value).strip()

    def secret(self, name: str, default: str | None = None, *, length: int) -> str:
        """Raises ImproperlyConfigured when it is missing or can be guessed; a default is not judged."""
        value = self.text(name, default)
        if value != default:
            strength.require(name, value, length=length)
        return value

    def secrets(self, name: str, *, length: int) -> list[str]:
        """Secrets separated by commas. Raises ImproperlyConfigured when one of them can be guessed."""
        found = self.words(name)
        for value in found:
            strength.require(name, value, length=length)
        return found

    def token(self, name: str) -> str:
        """A secret that may be left out; "" for none. Raises ImproperlyConfigured for a weak one."""
        return self.secret(name, "", length=SHORTEST_TOKEN)

    def p256_key(self, name: str) -> str:
        """A private key of the curve P-256: its 32 bytes in base64url without padding; "" for none."""
        value = self.text(name, "")
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{43}", value):
            raise ImproperlyConfigured(f"{name} must be a key as `manage.py vapid` prints it")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}")
        return value in TRUE

    def whole(self, name: str, *, default: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}")
        return int(value)

    def days(self, name: str, *, default: int, least: int) -> int:
        """How long something is kept; 0 is for ever."""
        value = self.whole(name, default=default)
        if 0 < value < least:
            raise ImproperlyConfigured(f"{name} must be 0, for ever, or at least {least} days, not {value}")
        return value

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def networks(self, name: str) -> list[IPv4Network | IPv6Network]:
        """Networks in CIDR notation, separated by commas; an address inside a network does not name it."""
        words = self.words(name)
        try:
            return [ip_network(word) for word in words]
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} must be networks such as 192.168.1.0/24: {error}") from error

    def path(self, name: str, default: Path) -> Path:
        return Path(self.text(name, str(default)))

    def choice(self, name: str, *, default: str, among: set[str]) -> str:
        value = self.text(name, default)
        if value not in among:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(among))}, not {value!r}")
        return value

    def route(self, name: str, default: str) -> str:
        """A path below the site's own, without the slashes at its ends."""
        value = self.text(name, default).strip("/")
        if not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", value):
            raise ImproperlyConfigured(f"{name} must be a path of letters, digits, - and _, not {value!r}")
        return value

    def url(self, name: str, default: str | None = None, *, schemes: tuple[str, ...]) -> str:
        value = self.text(name, default).rstrip("/")
        if (value or default is None) and urlsplit(value).scheme not in schemes:
            raise ImproperlyConfigured(f"{name} must be a URL that starts with {' or '.join(schemes)}://")
        return value

    def database(self, name: str, default: str | None = None) -> dict[str, Any]:
        """A PostgreSQL URL; `postgresql://user@/name?host=/socket/folder` for a Unix socket."""
        url = self.url(name, default, schemes=("postgres", "postgresql"))
        return dict(environ.Env.db_url_config(url))

    def email(self, name: str, default: str) -> dict[str, Any]:
        try:
            return dict(environ.Env.email_url_config(self.text(name, default)))
        except (KeyError, ImproperlyConfigured) as error:
            raise ImproperlyConfigured(f"{name} must be an e-mail URL such as smtp://host:25") from error
