"""Every page of an account: within the policy, labelled, and safe against forged forms."""

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.urls import urlpatterns as allauth_patterns
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from accounts import urls
from accounts.models import User
from accounts.tests import steps
from accounts.tests.pages import Page
from conftest import PASSWORD

VISITOR = [
    "account_login",
    "account_signup",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]
MEMBER = [
    "accounts:preferences",
    "accounts:keys",
    "accounts:sessions",
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "usersessions_list",
]
# Reached below with what they need: a key, a half-finished login, no app yet.
SPECIAL = [
    "account_confirm_email",
    "account_reset_password_from_key",
    "mfa_authenticate",
    "mfa_activate_totp",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
]
NOT_PAGES = [
    "accounts:theme",  # takes a POST only
    "accounts:revoke_key",  # the same
    "account_set_password",  # for accounts without a password, which cannot exist here
    "account_confirm_login_code",  # login by code is off
    "mfa_download_recovery_codes",  # plain text
    "mfa_login_webauthn",  # JSON
]


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


@pytest.fixture
def member(alice: User) -> Client:
    """Alice with an authenticator app, a passkey, recovery codes and a confirmed password."""
    client = Client()
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    steps.activate_totp(client)
    steps.add_passkey(client, name="Phone")
    return client


def _assert_good(client: Client, path: str) -> None:
    response = client.get(path, follow=True)
    assert response.status_code == 200, path
    page = Page(response.content.decode())
    assert page.blocked == [], path
    assert page.unheard == [], path
    assert "<h1>" in response.content.decode(), path


def test_no_page_is_forgotten_here() -> None:
    ours = {f"accounts:{name}" for name in _names(list(urls.urlpatterns))}
    assert ours | set(_names(allauth_patterns)) == {*VISITOR, *MEMBER, *SPECIAL, *NOT_PAGES}


@pytest.mark.parametrize("name", VISITOR)
def test_a_visitors_page_is_within_the_policy_and_labelled(name: str, client: Client, db: None) -> None:
    _assert_good(client, reverse(name))


@pytest.mark.parametrize("name", MEMBER)
def test_a_members_page_is_within_the_policy_and_labelled(name: str, member: Client) -> None:
    assert member.get(reverse(name)).status_code == 200
    _assert_good(member, reverse(name))


def test_the_policy_allows_only_our_own_scripts_and_styles(client: Client, db: None) -> None:
    policy = client.get(reverse("account_login"))["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == rules["style-src"] == "'self'"


def test_the_pages_of_one_passkey_are_good(member: Client) -> None:
    row = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        _assert_good(member, reverse(name, kwargs={"pk": row.pk}))


def test_the_page_of_the_second_factor_is_good(member: Client, alice: User) -> None:
    client = Client()
    steps.sign_in(client, alice)
    _assert_good(client, reverse("mfa_authenticate"))


def test_the_page_of_a_new_authenticator_app_is_good(client: Client, alice: User) -> None:
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    _assert_good(client, reverse("mfa_activate_totp"))


def test_the_pages_behind_mailed_links_are_good(client: Client, alice: User) -> None:
    key = EmailConfirmationHMAC.create(EmailAddress.objects.get(user=alice)).key
    client.post(reverse("account_reset_password"), {"email": alice.email})
    for path in (reverse("account_confirm_email", args=[key]), steps.link_in_last_mail()):
        _assert_good(client, path)


def test_the_pages_behind_broken_links_are_good(client: Client, db: None) -> None:
    for path in ("/accounts/confirm-email/abc:def/", "/accounts/password/reset/key/1-set-password/"):
        _assert_good(client, path)


def test_a_form_with_errors_ties_them_to_their_fields(client: Client, db: None) -> None:
    response = client.post("/accounts/signup/", {"email": "nonsense", "password1": "x", "password2": "y"})
    html = response.content.decode()
    page = Page(html)
    assert page.unheard == []
    assert 'aria-describedby="id_email_error"' in html
    assert 'aria-describedby="id_password1_helptext id_password1_error"' in html
    assert html.count('aria-invalid="true"') == len(response.context["form"].errors)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/accounts/login/", ["email", "current-password"]),
        ("/accounts/signup/", ["email", "new-password", "new-password"]),
        ("/accounts/password/reset/", ["email"]),
    ],
)
def test_a_password_manager_knows_the_fields(
    path: str, expected: list[str], client: Client, db: None
) -> None:
    fields = client.get(path).context["form"].visible_fields()
    marks = [field.field.widget.attrs.get("autocomplete") for field in fields]
    assert [mark for mark in marks if mark] == expected


@pytest.mark.parametrize(
    "name", ["accounts:theme", "account_login", "account_signup", "account_reset_password"]
)
def test_a_visitors_form_without_our_token_is_refused(name: str, db: None) -> None:
    assert Client(enforce_csrf_checks=True).post(reverse(name)).status_code == 403


@pytest.mark.parametrize(
    "name", [name for name in MEMBER if "reauthenticate" not in name] + ["accounts:theme"]
)
def test_a_members_form_without_our_token_is_refused(
    name: str, client_for: Callable[[User], Client], alice: User
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_for(alice).cookies
    assert strict.post(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", [name for name in MEMBER if name != "account_logout"])
def test_a_visitor_is_asked_to_sign_in_first(name: str, client: Client, db: None) -> None:
    answer = client.get(reverse(name), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_a_mail_names_us_and_links_to_us_whatever_host_was_asked(client: Client, alice: User) -> None:
    client.post(reverse("account_reset_password"), {"email": alice.email}, headers={"Host": "localhost"})
    body = str(mail.outbox[-1].body)
    assert f"\n{django_settings.SITE_URL}/accounts/password/reset/key/" in body
    assert body.endswith(f"TCG Price Tracker\n{django_settings.SITE_URL}")
    assert "localhost/" not in body
    assert mail.outbox[-1].subject == "Reset your password"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/accounts/signup/", {"password1": PASSWORD, "password2": PASSWORD}),
        ("/accounts/password/reset/", {}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer(
    path: str, fields: dict[str, str], alice: User
) -> None:
    def answer(email: str) -> tuple[int, list[tuple[str, int]], str]:
        response = Client().post(path, {"email": email, **fields}, follow=True)
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
        return response.status_code, response.redirect_chain, page.replace(email, "the address")

    assert answer(alice.email) == answer("dora@example.org")
    assert [message.to for message in mail.outbox] == [[alice.email], ["dora@example.org"]]


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(alice: User) -> None:
    def errors(email: str) -> list[str]:
        response = Client().post("/accounts/login/", {"login": email, "password": "wrong"})
        return list(response.context["form"].non_field_errors())

    assert errors(alice.email) == errors("nobody@example.org")
