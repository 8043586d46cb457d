"""One of eBay's APIs: its door, the token that opens it, and what its refusals mean.

Error envelope: https://developer.ebay.com/api-docs/static/handling-error-messages.html.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings

from integrations.ebay import parse
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.http import Answer, Door, DoorPolicy, parse_json
from integrations.limiter import LONGEST_PUSH_BACK
from integrations.oauth import ClientCredentials

# eBay's sandbox has the same names of scopes.
PUBLIC: Final = "https://api.ebay.com/oauth/api_scope"
INSIGHTS: Final = f"{PUBLIC}/buy.marketplace.insights"
_NOT_FOUND: Final = 404
_TOO_MANY_REQUESTS: Final = 429
# What says nothing against eBay's health. 403 is missing here: the policies trip on it.
_REFUSALS: Final = frozenset({400, 401, _NOT_FOUND, 409, _TOO_MANY_REQUESTS})


class Api:
    """Asks under one policy with tokens of one scope. Raises MarketError and nothing else.

    `on_spent` decides what follows a 429; without it everyone stays away for an hour.
    """

    def __init__(
        self,
        policy: DoorPolicy,
        *,
        token: DoorPolicy,
        scope: str = PUBLIC,
        on_spent: Callable[[Door], None] | None = None,
    ) -> None:
        self.door = Door(policy)
        self._base = str(settings.EBAY_URL).rstrip("/")
        self._on_spent = on_spent or _stay_away
        self._credentials = ClientCredentials(
            door=Door(token),
            url=f"{self._base}/identity/v1/oauth2/token",
            client_id=settings.EBAY_CLIENT_ID,
            client_secret=settings.EBAY_CLIENT_SECRET,
            scope=scope,
            basic=True,
        )

    def get(
        self,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        may_be_empty: bool = False,
    ) -> Row:
        """The object eBay answers with. Without content (204) it is empty, where `may_be_empty`.

        Warnings in an answer are a permanent error: eBay then ignored a part of the question, such as a
        filter, and answered another one.
        """
        found = self.find(path, params=params, headers=headers, may_be_empty=may_be_empty)
        if found is None:
            raise self._refusal(path, "not found")
        return found

    def find(
        self,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        may_be_empty: bool = False,
    ) -> Row | None:
        """As `get`; None where eBay has no such thing (404)."""
        found: list[dict[str, Any]] = []

        def send(token: str) -> Answer:
            return self.door.get(
                f"{self._base}/{path}",
                params=params,
                headers={**(headers or {}), "Authorization": f"Bearer {token}"},
                accept=_REFUSALS,
                verify=lambda body: found.append(_read(body, may_be_empty=may_be_empty)),
            )

        answer = self._credentials.authorised(send)
        if answer.status == _NOT_FOUND:
            return None
        if answer.status in _REFUSALS:
            raise self._refused(path, answer)
        if warnings := parse.warnings(found[-1]):
            raise self._refusal(path, f"answered with warnings: {warnings}")
        return found[-1]

    def _refused(self, path: str, answer: Answer) -> MarketError:
        if answer.status == _TOO_MANY_REQUESTS:
            self._on_spent(self.door)
            message = f"{self._slug}: too many requests"
            return MarketError(message, permanent=False, source=self._slug)
        return self._refusal(path, f"refused with status {answer.status}: {parse.reasons(answer.body)}")

    def _refusal(self, path: str, reason: str) -> MarketError:
        return MarketError(f"{self._slug}: {path} {reason}", permanent=True, source=self._slug)

    @property
    def _slug(self) -> str:
        return self.door.policy.slug


def _read(body: bytes, *, may_be_empty: bool) -> dict[str, Any]:
    return {} if may_be_empty and not body else parse_json(body, expect=dict)


def _stay_away(door: Door) -> None:
    door.push_back(LONGEST_PUSH_BACK)
