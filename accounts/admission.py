"""Who gets into the staff's pages: staff, and where STAFF_MFA_REQUIRED only with a second factor.

Which factors a session was entered with stands in the session, so that asking costs no statement.
"""

from collections.abc import Callable
from typing import Any, Final

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.decorators import secure_admin_login
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User

METHOD: Final = "mfa"
CODES: Final = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
SET_UP: Final = (
    "The staff's pages ask for a second factor. Activate an app or add a passkey, then open them again."
)


def guard(site: AdminSite) -> None:
    """From now on `site` lets in whom this module lets in, through the site's own login."""
    site.has_permission = is_admitted  # type: ignore[method-assign]
    site.login = _entrance(secure_admin_login(site.login))  # type: ignore[method-assign,assignment]


def is_admitted(request: HttpRequest) -> bool:
    user = request.user
    is_staff = user.is_active and user.is_staff
    return is_staff and (not settings.STAFF_MFA_REQUIRED or has_shown_factor(request))


def has_shown_factor(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == METHOD for record in records)


def begin() -> None:
    signals.authenticator_added.connect(_added)
    signals.authenticator_removed.connect(_removed)


def _entrance(login: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    def entrance(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and user.is_staff and not is_admitted(request):
            return _ask_for_factor(request)
        return login(request, extra_context)

    return entrance


def _ask_for_factor(request: HttpRequest) -> HttpResponseBase:
    """Who has no factor sets one up; who has one and came without it shows it now."""
    if not is_mfa_enabled(request.user):
        messages.warning(request, SET_UP)
        return redirect("mfa_index")
    has_code = is_mfa_enabled(request.user, types=CODES)
    page = reverse("mfa_reauthenticate" if has_code else "mfa_reauthenticate_webauthn")
    return redirect(f"{page}?{urlencode({'next': reverse('admin:index')})}")


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Whoever adds an app or a key has just used it."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, METHOD, id=authenticator.pk, type=authenticator.type)


def _removed(request: HttpRequest, user: User, **_: Any) -> None:
    """With the last factor goes what this session has shown of it."""
    if not is_mfa_enabled(user):
        left = [one for one in get_authentication_records(request, user) if one.get("method") != METHOD]
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = left
