"""Users in the admin, and the way into it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.tests import steps
from conftest import PASSWORD


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/"])
def test_the_admin_uses_the_sites_own_login(path: str, client: Client, db: None) -> None:
    answer = client.get(path, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert client.post("/admin/login/", {"username": "x", "password": "y"})["Location"].startswith(
        "/accounts/"
    )


@pytest.mark.django_db(transaction=True)
def test_staff_set_up_a_second_factor_and_show_it(carla: User) -> None:
    browser = Client()
    steps.sign_in(browser, carla)
    assert browser.get("/admin/accounts/user/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/"
    steps.confirm_password(browser)
    steps.activate_totp(browser)
    assert browser.get("/admin/").status_code == 200
    client = Client()
    steps.sign_in(client, carla)
    assert client.get("/admin/").status_code == 302
    browser.post("/accounts/2fa/totp/deactivate/")
    assert browser.get("/admin/").status_code == 302


def test_who_has_a_factor_and_came_without_it_is_asked_for_it(client: Client, carla: User) -> None:
    client.force_login(carla)
    Authenticator.objects.create(user=carla, type="totp", data={})
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"


def test_rights_change_only_after_the_password_or_a_factor_was_asked_anew(
    client_for: Callable[[User], Client], carla: User, bob: User
) -> None:
    client = client_for(carla)
    page = f"/admin/accounts/user/{bob.pk}/"
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        for door, form in (("change/", {"is_staff": "on"}), ("password/", {}), ("delete/", {"post": "yes"})):
            assert client.get(f"{page}{door}").status_code == 200
            assert client.post(f"{page}{door}", form)["Location"].startswith(
                "/accounts/reauthenticate/?next="
            )
    bob.refresh_from_db()
    assert not bob.is_staff


def test_bob_is_refused(client_for: Callable[[User], Client], bob: User) -> None:
    assert client_for(bob).get("/admin/", follow=True).status_code == 403


def test_carla_finds_and_reads_a_user(
    client_for: Callable[[User], Client], carla: User, alice: User, bob: User
) -> None:
    client = client_for(carla)
    assert list(client.get("/admin/accounts/user/?q=alice").context["cl"].queryset) == [alice]
    page = client.get(f"/admin/accounts/user/{alice.pk}/change/")
    assert "email" not in page.context["adminform"].form.fields
    assert {"theme", "currency"} <= page.context["adminform"].form.fields.keys()


def test_carla_adds_a_user_who_still_has_to_confirm_the_address(
    client_for: Callable[[User], Client], carla: User
) -> None:
    form = {
        "email": "dora@example.org",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert client_for(carla).post("/admin/accounts/user/add/", form).status_code == 302
    dora = User.objects.get(email="dora@example.org")
    client = Client()
    assert steps.sign_in(client, dora)["Location"] == "/accounts/confirm-email/"
    assert not steps.is_signed_in(client)


def test_passwords_are_kept_with_argon2(quick_passwords: list[str], settings: Settings) -> None:
    settings.PASSWORD_HASHERS = quick_passwords
    user = User(email="dora@example.org")
    user.set_password(PASSWORD)
    assert identify_hasher(user.password).algorithm == "argon2"
