"""What touches how accounts are entered, written down as it happens: who signed in or failed to, whose second
factors, passwords and keys changed, who took data away.

Secrets and what was typed are never written. Rows are kept for 400 days (docs/security/threat-model.md).
"""

from datetime import timedelta
from typing import Any, Final

from allauth.account import signals as of_accounts
from allauth.mfa import signals as of_factors
from django.conf import settings
from django.contrib.auth import signals as of_django
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import addresses, lockout, personal
from accounts.models import SecurityEvent, User

Kind = SecurityEvent.Kind
KEPT_FOR: Final = timedelta(days=400)  # the trigger refuses to delete what is younger
LONGEST: Final = 200  # of SecurityEvent.said
COLUMNS: Final = ("at", "kind", "said", "address")


def note(person: User | None, kind: Kind, *, said: str = "", request: HttpRequest | None = None) -> None:
    address = addresses.of(request) if request else None
    SecurityEvent.objects.create(person=person, kind=kind, said=said[:LONGEST], address=address)


def of(person: User) -> QuerySet[SecurityEvent]:
    """A person's own, the newest first."""
    return SecurityEvent.objects.filter(person=person)


def begin() -> None:
    of_accounts.user_logged_in.connect(_signed_in)
    of_accounts.password_changed.connect(_password_changed)
    of_accounts.password_reset.connect(_password_reset)
    of_accounts.email_changed.connect(_email_changed)
    of_django.user_logged_out.connect(_signed_out)
    of_django.user_login_failed.connect(_refused)
    of_factors.authentication_failed.connect(_wrong_code)
    of_factors.authenticator_added.connect(_factor_added)
    of_factors.authenticator_removed.connect(_factor_removed)
    of_factors.authenticator_reset.connect(_factor_renewed)
    personal.register(KEPT)


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    note(user, Kind.SIGNED_IN, request=request)


def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None and user.pk is not None:
        note(user, Kind.SIGNED_OUT, request=request)


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Axes has counted before: it says nothing of a try that was refused because of a lock."""
    failures = getattr(request, "axes_failures_since_start", None)
    if request is None or failures is None:
        return
    account = lockout.account_of(request, credentials)
    person = User.objects.filter(email__iexact=account).first()
    is_last = failures >= settings.AXES_FAILURE_LIMIT
    note(person, Kind.LOCKED_OUT if is_last else Kind.WRONG_PASSWORD, request=request)


def _wrong_code(request: HttpRequest, user: User, **_: Any) -> None:
    note(user, Kind.WRONG_CODE, request=request)


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    note(user, Kind.PASSWORD_CHANGED, request=request)


def _password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    lockout.lift(user.email)
    note(user, Kind.PASSWORD_RESET, request=request)


def _email_changed(request: HttpRequest, user: User, **_: Any) -> None:
    note(user, Kind.EMAIL_CHANGED, request=request)


def _factor_added(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    note(user, Kind.FACTOR_ADDED, said=authenticator.type, request=request)


def _factor_removed(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    note(user, Kind.FACTOR_REMOVED, said=authenticator.type, request=request)


def _factor_renewed(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    note(user, Kind.FACTOR_RENEWED, said=authenticator.type, request=request)


KEPT: Final = personal.Kept(
    path="security.json",
    about="when and from where the account was entered, or somebody tried to",
    lists=lambda user: {"events": of(user).order_by("id").values(*COLUMNS)},
    things=("security event", "security events"),
    count=lambda user: of(user).count(),
)
