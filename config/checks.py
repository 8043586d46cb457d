"""What `manage.py check --deploy` says beyond Django's own: a site that starts, but not as others need it."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 -- Django's name for it
from django.http.request import validate_host

from config.strength import OWN_MACHINE


def begin() -> None:
    for check in (reachable, mails):
        register(check, Tags.security, deploy=True)


def reachable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 -- Django hands them over
    """Every address that the site gives away must lead strangers to it, over TLS."""
    wrong = {
        "config.W001": (_is_private(settings.SITE_URL, "https"), "SITE_URL must be https:// and public."),
        "config.W002": (
            bool(settings.LIVE_URL) and _is_private(settings.LIVE_URL, "wss"),
            "LIVE_URL must be wss:// and public, or empty.",
        ),
        "config.W003": (
            not validate_host(urlsplit(settings.SITE_URL).hostname or "", settings.ALLOWED_HOSTS),
            "ALLOWED_HOSTS must name the host of SITE_URL.",
        ),
    }
    return [Warning(text, id=name) for name, (is_wrong, text) in wrong.items() if is_wrong]


def mails(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 -- likewise
    """Nobody can sign up where mails go nowhere."""
    wrong = {
        "config.W004": (
            not settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"),
            "EMAIL_URL must name a mail server, such as smtp://user:password@host:587?tls=true.",
        ),
        "config.W005": (
            "localhost" in settings.DEFAULT_FROM_EMAIL,
            "DEFAULT_FROM_EMAIL must be an address that can be answered.",
        ),
    }
    return [Warning(text, id=name) for name, (is_wrong, text) in wrong.items() if is_wrong]


def _is_private(url: str, scheme: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme != scheme or parts.hostname in OWN_MACHINE
