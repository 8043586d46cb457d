"""The look a visitor chose: light, dark, or the device's own; a cookie carries it, the account keeps it."""

from django.conf import settings
from django.http import HttpResponseBase

from accounts.models import User

COOKIE = f"{settings.COOKIE_PREFIX}theme"
YEAR = 365 * 24 * 60 * 60


def choose(user: User, *, theme: str) -> None:
    user.theme = theme
    user.save(update_fields=["theme"])


def remember(response: HttpResponseBase, *, theme: str) -> None:
    response.set_cookie(
        COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
