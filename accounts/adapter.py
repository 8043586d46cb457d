"""What we change in allauth: the words and links of mails, login limits, the theme, secrets at rest."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts import addresses, themes, vault
from accounts.models import User

SECOND_FACTOR = "second factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links start with SITE_URL: a forged Host header must not choose where a password reset leads."""
        links = {key: _on_our_site(value) for key, value in context.items() if key.endswith("_url")}
        ours = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
        super().send_mail(template_prefix, email, {**context, **links, **ours})

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **details)
        themes.remember(response, theme=user.theme)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        found = addresses.of(request)
        if found is None:
            raise PermissionDenied("Unable to determine client IP address")
        return found

    def pre_authenticate(self, request: HttpRequest, **_: Any) -> None:
        """Counts guesses of an address at all accounts; those at one account are the lock's (lockout.py)."""
        usage = ratelimit.consume(request, app="allauth.account", action="password_guess")
        if usage is None:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage = usage


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        """Second-factor secrets are useless to whoever reads a copy of the database."""
        return vault.seal(text, purpose=SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.unseal(encrypted_text, purpose=SECOND_FACTOR)

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)


def _on_our_site(url: str) -> str:
    return f"{settings.SITE_URL}{urlsplit(url).path}"
