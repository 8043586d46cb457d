"""What people do with an account, from the first visit to the lost phone."""

from collections.abc import Iterator

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.tests import steps
from conftest import PASSWORD

SIGN_UP = {"email": "dora@example.org", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still, so that a code does not run out between two lines."""
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(alice: User, clock: time_machine.Traveller) -> Client:
    """Alice's, signed in, and her password confirmed a second ago."""
    client = Client()
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    return client


def test_a_new_person_confirms_the_address_before_the_first_login(client: Client, db: None) -> None:
    assert client.post("/accounts/signup/", SIGN_UP)["Location"] == "/accounts/confirm-email/"
    dora = User.objects.get(email="dora@example.org")
    assert not steps.is_signed_in(client)
    steps.sign_in(client, dora)
    assert not steps.is_signed_in(client)

    link = steps.link_in_last_mail()
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get(user=dora).verified
    client.post(link)
    assert EmailAddress.objects.get(user=dora).verified

    fresh = Client()
    assert steps.sign_in(fresh, dora)["Location"] == "/"
    assert steps.is_signed_in(fresh)


def test_logout_takes_a_post(browser: Client) -> None:
    browser.get("/accounts/logout/")
    assert steps.is_signed_in(browser)
    browser.post("/accounts/logout/")
    assert not steps.is_signed_in(browser)


def test_a_forgotten_password_is_reset_by_mail_once(client: Client, alice: User) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    link = steps.link_in_last_mail()
    form = client.get(link)["Location"]
    new = {"password1": "a brand new secret 7", "password2": "a brand new secret 7"}
    assert client.post(form, new)["Location"] == "/accounts/password/reset/key/done/"

    assert not _can_sign_in(alice, PASSWORD)
    assert _can_sign_in(alice, "a brand new secret 7")
    assert "This link no longer works" in Client().get(link).content.decode()


def test_a_changed_password_ends_the_other_sessions_and_is_told_by_mail(browser: Client, alice: User) -> None:
    other = Client()
    steps.sign_in(other, alice)
    new = {"oldpassword": PASSWORD, "password1": "a brand new secret 7", "password2": "a brand new secret 7"}
    assert browser.post("/accounts/password/change/", new).status_code == 302
    assert steps.is_signed_in(browser)
    assert not steps.is_signed_in(other)
    assert mail.outbox[-1].subject == "Password Changed"


def test_a_weak_password_is_refused(client: Client, db: None) -> None:
    weak = {**SIGN_UP, "password1": "1234567890", "password2": "1234567890"}
    errors = client.post("/accounts/signup/", weak).context["form"].errors
    assert errors["password1"] == ["This password is too common."]
    assert not User.objects.exists()


def test_a_second_address_becomes_the_primary_one_after_confirmation(browser: Client, alice: User) -> None:
    browser.post("/accounts/email/", {"action_add": "", "email": "alice@home.example.org"})
    browser.post(steps.link_in_last_mail())
    browser.post("/accounts/email/", {"action_primary": "", "email": "alice@home.example.org"})
    alice.refresh_from_db()
    assert alice.email == "alice@home.example.org"
    browser.post("/accounts/email/", {"action_remove": "", "email": "alice@example.org"})
    assert [row.email for row in EmailAddress.objects.filter(user=alice)] == ["alice@home.example.org"]


def test_an_authenticator_app_is_asked_for_after_the_password(
    browser: Client, alice: User, clock: time_machine.Traveller
) -> None:
    secret = steps.activate_totp(browser)
    client = Client()
    assert steps.sign_in(client, alice)["Location"] == "/accounts/2fa/authenticate/"
    assert not steps.is_signed_in(client)
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.context["form"].errors["code"] == ["Incorrect code."]
    client.post("/accounts/2fa/authenticate/", {"code": steps.totp(secret)})
    assert steps.is_signed_in(client)


def test_a_code_signs_in_once(browser: Client, alice: User, clock: time_machine.Traveller) -> None:
    code = steps.totp(steps.activate_totp(browser))
    assert _can_sign_in(alice, PASSWORD, code=code)
    assert not _can_sign_in(alice, PASSWORD, code=code)


def test_an_old_code_is_refused(browser: Client, alice: User, clock: time_machine.Traveller) -> None:
    code = steps.totp(steps.activate_totp(browser))
    clock.shift(31)
    assert not _can_sign_in(alice, PASSWORD, code=code)


def test_a_recovery_code_replaces_the_lost_phone_once(browser: Client, alice: User) -> None:
    steps.activate_totp(browser)
    codes = browser.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    assert _can_sign_in(alice, PASSWORD, code=codes[0])
    assert not _can_sign_in(alice, PASSWORD, code=codes[0])
    assert browser.get("/accounts/2fa/recovery-codes/download/").content.decode().split() == codes[1:]


def test_new_recovery_codes_replace_the_old_ones(browser: Client, alice: User) -> None:
    steps.activate_totp(browser)
    old = browser.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    browser.post("/accounts/2fa/recovery-codes/generate/")
    new = browser.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert not set(old) & set(new)
    assert not _can_sign_in(alice, PASSWORD, code=old[0])


def test_deactivating_the_app_takes_the_recovery_codes_along(browser: Client, alice: User) -> None:
    steps.activate_totp(browser)
    browser.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert _can_sign_in(alice, PASSWORD)


def test_a_passkey_is_added_renamed_used_and_removed(browser: Client, alice: User) -> None:
    key = steps.add_passkey(browser, name="Phone")
    row = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert "Phone" in browser.get("/accounts/2fa/webauthn/").content.decode()
    browser.post(f"/accounts/2fa/webauthn/keys/{row.pk}/edit/", {"name": "Blue phone"})
    assert "Blue phone" in browser.get("/accounts/2fa/webauthn/").content.decode()

    assert _can_sign_in_with(key)
    browser.post(f"/accounts/2fa/webauthn/keys/{row.pk}/remove/")
    assert not Authenticator.objects.exists()
    assert not _can_sign_in_with(key)


def test_a_passkey_is_also_a_second_factor(browser: Client, alice: User) -> None:
    key = steps.add_passkey(browser, name="Phone")
    client = Client()
    steps.sign_in(client, alice)
    options = client.get("/accounts/2fa/authenticate/").context["js_data"]["request_options"]
    client.post("/accounts/2fa/authenticate/", {"credential": key.get(steps.as_json(options))})
    assert steps.is_signed_in(client)


def test_another_passkey_does_not_open_the_account(browser: Client, alice: User) -> None:
    steps.add_passkey(browser, name="Phone")
    stranger = steps.SoftwareKey()
    assert not _can_sign_in_with(stranger)


def test_bob_cannot_rename_or_remove_the_passkey_of_alice(browser: Client, alice: User, bob: User) -> None:
    steps.add_passkey(browser, name="Phone")
    row = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    client = Client()
    steps.sign_in(client, bob)
    steps.confirm_password(client)
    assert client.post(f"/accounts/2fa/webauthn/keys/{row.pk}/edit/", {"name": "Mine"}).status_code == 404
    assert client.post(f"/accounts/2fa/webauthn/keys/{row.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=row.pk).exists()


def test_security_settings_ask_again_for_the_password_after_a_while(
    browser: Client, clock: time_machine.Traveller
) -> None:
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 200
    clock.shift(301)
    refused = browser.get("/accounts/2fa/totp/activate/")
    assert refused["Location"].startswith("/accounts/reauthenticate/")
    browser.post(refused["Location"], {"password": PASSWORD})
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 200


def _can_sign_in(user: User, password: str, *, code: str | None = None) -> bool:
    client = Client()
    steps.sign_in(client, user, password=password)
    if code:
        client.post("/accounts/2fa/authenticate/", {"code": code})
    return steps.is_signed_in(client)


def _can_sign_in_with(key: steps.SoftwareKey) -> bool:
    client = Client()
    answer = client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    client.post("/accounts/2fa/webauthn/login/", {"credential": key.get(answer.json()["request_options"])})
    return steps.is_signed_in(client)
