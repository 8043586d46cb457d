"""Secrets at rest."""

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.test import Client
from pytest_django import Settings

from accounts.adapter import MFAAdapter
from accounts.models import User
from accounts.tests import steps


def test_the_database_holds_no_second_factor_in_the_clear(client: Client, alice: User) -> None:
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    secret = steps.activate_totp(client)
    for row in Authenticator.objects.all():
        assert secret not in str(row.data)
    assert MFAAdapter().decrypt(Authenticator.objects.get(type="totp").data["secret"]) == secret


def test_a_replaced_key_still_opens_old_secrets(settings: Settings) -> None:
    sealed = MFAAdapter().encrypt("JBSWY3DP")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert MFAAdapter().decrypt(sealed) == "JBSWY3DP"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        MFAAdapter().decrypt(sealed)
