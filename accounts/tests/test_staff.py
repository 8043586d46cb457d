"""The staff login of a new installation."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts import staff
from accounts.models import User
from accounts.tests import steps


@pytest.fixture(autouse=True)
def staff_email(settings: Settings) -> None:
    settings.STAFF_EMAIL = "staff@localhost.localdomain"


def _run(*options: str) -> str:
    output = StringIO()
    call_command("staff", *options, stdout=output)
    return output.getvalue()


def test_the_printed_login_opens_the_admin(client: Client, db: None, settings: Settings) -> None:
    words = _run().split()
    assert words[:2] == ["Staff", "login:"]
    assert (words[2], words[3]) == ("staff@localhost.localdomain", "password")
    steps.sign_in(client, User.objects.get(), password=words[4])
    told = client.get("/admin/", follow=True)
    assert told.redirect_chain[-1][0] == "/accounts/2fa/"
    assert "pages ask for a second factor" in told.content.decode()
    settings.STAFF_MFA_REQUIRED = False  # as `make run` has it
    assert client.get("/admin/").status_code == 200


def test_a_second_run_says_and_changes_nothing(db: None) -> None:
    _run()
    before = User.objects.values().get()
    assert _run() == ""
    assert User.objects.values().get() == before


def test_any_staff_user_is_enough(carla: User) -> None:
    assert _run() == ""
    assert User.objects.get() == carla


def test_reset_sets_a_new_password(client: Client, db: None) -> None:
    old, new = _run().split()[-1], _run("--reset").split()[-1]
    user = User.objects.get()
    assert not user.check_password(old)
    assert user.check_password(new)


def test_a_stranger_who_took_the_address_first_is_locked_out(client: Client, db: None) -> None:
    User.objects.create_user("Staff@localhost.localdomain", "the stranger's own 7")
    login = staff.ensure()
    user = User.objects.get()
    assert login
    assert user.check_password(login.password)
    assert user.is_staff
    assert EmailAddress.objects.get(user=user).verified


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_create_one_login() -> None:
    def ensure(_: int) -> staff.Login | None:
        try:
            return staff.ensure()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        logins = list(pool.map(ensure, range(2)))
    assert [login is None for login in logins].count(False) == 1
    assert User.objects.count() == 1
