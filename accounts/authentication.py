"""Signs in whoever sends a key, and says which keys may do what."""

from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import keys
from accounts.models import ApiKey, User
from accounts.scopes import SCOPES, needed

SCHEME = "Bearer"
UNKNOWN = "This key is unknown, expired or revoked."


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer tcg_…`; without that header the session counts."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        if not sent(request._request):  # noqa: SLF001 -- the one that middleware has seen
            return None
        key = key_of(request._request)  # noqa: SLF001
        if key is None:
            raise AuthenticationFailed(UNKNOWN)
        return key.person, key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- DRF's signature
        return f'{SCHEME} realm="api"'


class Scoped(BasePermission):
    """A session may do everything; a key what its scopes say of the view's `subject`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        scope = needed(view.subject, method=request.method or "")
        if scope not in SCOPES:
            raise PermissionDenied("No key may do this; sign in on the site.")
        if scope not in request.auth.scopes:
            raise PermissionDenied(f"This key lacks the scope {scope}.")
        return True


def is_allowed(request: Request, scope: str) -> bool:
    """Whether this is somebody's session, or a key with the scope; for what is also open to everybody."""
    if isinstance(request.auth, ApiKey):
        return scope in request.auth.scopes
    return bool(request.user.is_authenticated)


def sent(request: HttpRequest) -> str:
    """The secret that came along; "" without one."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == SCHEME.lower() else ""


def key_of(request: HttpRequest) -> ApiKey | None:
    """Looked up once for each request."""
    if not hasattr(request, "_api_key"):
        request._api_key = keys.known(sent(request))  # type: ignore[attr-defined]  # noqa: SLF001
    found: ApiKey | None = request._api_key  # type: ignore[attr-defined]  # noqa: SLF001
    return found
