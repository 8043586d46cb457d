"""OAuth 2.0 client credentials (RFC 6749, 4.4): one token for all processes, fetched once per lifetime."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus

from django_redis import get_redis_connection
from redis.exceptions import LockError, RedisError

from integrations import shared
from integrations.errors import MarketError
from integrations.http import Answer, Door
from integrations.payload import parse_json

_UNAUTHORIZED: Final = 401
# A token is given up this long before it expires, or a tenth of its life before if that is shorter.
_MARGIN_SECONDS: Final = 300
_FORGET = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """The right to ask `url` for tokens, through `door`, for one `scope` where the source has several.

    The keys go in the form, or in the header when `basic` (RFC 6749, 2.3.1). `lock_seconds` bounds how long
    one process may take to fetch a token.
    """

    door: Door = field(repr=False)
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    basic: bool = False
    lock_seconds: float = 90.0

    def authorised(self, send: Callable[[str], Answer]) -> Answer:
        """What `send` brings back with a valid token. On a 401 the token is renewed, once.

        `send` must hand a 401 back as an Answer. Raises a permanent MarketError when the fresh token is
        refused too.
        """
        token = self.token()
        answer = send(token)
        if answer.status == _UNAUTHORIZED:
            shared.run(_FORGET, keys=[self._key], args=[token], source=self._slug)
            answer = send(self.token())
        if answer.status == _UNAUTHORIZED:
            raise MarketError(f"{self._slug}: a fresh token is refused", permanent=True, source=self._slug)
        return answer

    def token(self) -> str:
        """The shared token, fetched by one process at a time when there is none."""
        try:
            redis = get_redis_connection("default")
            if cached := redis.get(self._key):
                return str(cached, "ascii")
            with redis.lock(
                f"{self._key}:lock", timeout=self.lock_seconds, blocking_timeout=self.lock_seconds
            ):
                if cached := redis.get(self._key):
                    return str(cached, "ascii")
                token, lifetime = self._fetch()
                redis.set(self._key, token, ex=lifetime)
                return token
        except LockError as error:
            message = f"{self._slug}: another process has been fetching a token for too long"
            raise MarketError(message, permanent=False, source=self._slug) from error
        except RedisError as error:
            raise shared.unreachable(self._slug) from error

    @property
    def _slug(self) -> str:
        return self.door.policy.slug

    @property
    def _key(self) -> str:
        """Other keys, another scope or another server mean another token."""
        words = f"{self.url} {self.client_id} {self.client_secret} {self.scope}"
        return shared.key("token", f"{self._slug}:{hashlib.sha256(words.encode()).hexdigest()[:16]}")

    def _fetch(self) -> tuple[str, int]:
        form = {"grant_type": "client_credentials"} | ({"scope": self.scope} if self.scope else {})
        headers = {}
        if self.basic:
            keys = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(keys.encode()).decode()}"
        else:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        answer = self.door.post_form(self.url, data=form, headers=headers, verify=_read_token)
        return _read_token(answer.body)


def _read_token(body: bytes) -> tuple[str, int]:
    """The token and the seconds for which it may be used."""
    found = parse_json(body, expect=dict)
    token, expires_in = found.get("access_token"), found.get("expires_in")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token.strip():
        raise MarketError("The token answer holds no token", permanent=True)
    if type(expires_in) is not int or expires_in <= 0:
        raise MarketError("The token answer does not say how long the token lives", permanent=True)
    return token, max(1, expires_in - min(_MARGIN_SECONDS, expires_in // 10))
