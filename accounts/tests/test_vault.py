import base64
import hashlib

import pytest
from cryptography.fernet import Fernet, InvalidToken
from pytest_django import Settings

from accounts import vault


def test_what_is_sealed_says_nothing_and_opens_again() -> None:
    sealed = vault.seal("pässword", purpose="channel")
    assert "pässword" not in sealed
    assert sealed != vault.seal("pässword", purpose="channel")
    assert vault.unseal(sealed, purpose="channel") == "pässword"


def test_a_purpose_does_not_open_what_was_sealed_for_another() -> None:
    sealed = vault.seal("secret", purpose="channel")
    with pytest.raises(InvalidToken):
        vault.unseal(sealed, purpose="second factor")


def test_a_replaced_key_still_opens_and_the_new_one_seals(settings: Settings) -> None:
    sealed = vault.seal("secret", purpose="channel")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert vault.unseal(sealed, purpose="channel") == "secret"
    fresh = vault.seal("secret", purpose="channel")
    settings.SECRET_KEY_FALLBACKS = []
    assert vault.unseal(fresh, purpose="channel") == "secret"
    with pytest.raises(InvalidToken):
        vault.unseal(sealed, purpose="channel")


def test_second_factors_sealed_by_earlier_releases_still_open(settings: Settings) -> None:
    digest = hashlib.sha256(b"second factor " + settings.SECRET_KEY.encode()).digest()
    earlier = Fernet(base64.urlsafe_b64encode(digest)).encrypt(b"JBSWY3DP").decode()
    assert vault.unseal(earlier, purpose="second factor") == "JBSWY3DP"
