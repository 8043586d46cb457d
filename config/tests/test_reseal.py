"""A changed SECRET_KEY costs nobody a channel or a second factor: docs/secrets.md."""

from io import StringIO

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts import vault
from accounts.models import IdempotentCall, User
from alerts import sealing
from alerts.models import Channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(alice: User) -> Channel:
    sealed = sealing.sealed({"token": "tk_1"})
    return Channel.objects.create(owner=alice, kind="ntfy", name="Phone", address="https://x", sealed=sealed)


def test_after_resealing_the_old_key_may_go(alice: User, channel: Channel, settings: Settings) -> None:
    app, codes = TOTP.activate(alice, "JBSWY3DPEHPK3PXP"), RecoveryCodes.activate(alice)
    unused = codes.get_unused_codes()
    answer = vault.seal("{}", purpose="idempotent answers")
    call = IdempotentCall.objects.create(person=alice, key="k", call="POST /", fingerprint=b"", body=answer)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next key"
    call_command("reseal", stdout=StringIO())

    settings.SECRET_KEY_FALLBACKS = []
    for row in (channel, app.instance, codes.instance, call):
        row.refresh_from_db()
    assert sealing.secrets_of(channel) == {"token": "tk_1"}
    assert vault.unseal(app.instance.data["secret"], purpose="second factor") == "JBSWY3DPEHPK3PXP"
    assert codes.get_unused_codes() == unused
    assert vault.unseal(call.body, purpose="idempotent answers") == "{}"


def test_what_no_key_opens_is_said_and_left(channel: Channel, settings: Settings) -> None:
    settings.SECRET_KEY = "another key, and the old one is gone"
    with pytest.raises(CommandError, match="open 1 channels: keep or bring back their key"):
        call_command("reseal", stdout=StringIO())
    channel.refresh_from_db()
    with pytest.raises(InvalidToken):
        sealing.secrets_of(channel)
