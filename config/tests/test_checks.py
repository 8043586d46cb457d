import pytest
from django.core.checks import CheckMessage
from pytest_django import Settings

from config import checks


def names(found: list[CheckMessage]) -> list[str]:
    return [message.id or "" for message in found]


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SITE_URL", "http://cards.example.org", "config.W001"),
        ("LIVE_URL", "ws://cards.example.org", "config.W002"),
        ("ALLOWED_HOSTS", ["www.example.org"], "config.W003"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "config.W004"),
        ("DEFAULT_FROM_EMAIL", "noreply@localhost", "config.W005"),
    ],
)
def test_what_would_not_reach_others_is_said(
    settings: Settings, name: str, value: object, complaint: str
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://cards.example.org", ["cards.example.org"]
    settings.LIVE_URL = "wss://cards.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "cards@example.org"
    assert checks.reachable(None) + checks.mails(None) == []
    setattr(settings, name, value)
    assert names(checks.reachable(None) + checks.mails(None)) == [complaint]
