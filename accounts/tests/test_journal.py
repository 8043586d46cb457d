"""What touches how accounts are entered is written down, and stays as it was written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import InternalError, ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from accounts import audit, journal, keys, retention
from accounts.models import SecurityEvent, User
from accounts.tests import steps
from collections_app import privacy
from conftest import PASSWORD

Kind = SecurityEvent.Kind
NEW = "a brand new secret 7"


def kinds(user: User) -> list[str]:
    return [event.kind for event in journal.of(user).order_by("pk")]


@pytest.mark.django_db(transaction=True)
def test_a_day_of_alices_is_in_it_from_login_to_logout(client: Client, alice: User) -> None:
    steps.sign_in(client, alice, password="wrong")
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    steps.activate_totp(client)
    client.post("/preferences/keys/", {"name": "laptop", "scopes": ["account:read"], "days": "30"})
    client.post(f"/preferences/keys/{keys.of(alice).get().pk}/revoke/")
    new = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post("/accounts/password/change/", new)
    client.post("/account/data/download/")
    client.post("/accounts/logout/")
    assert kinds(alice) == [
        Kind.WRONG_PASSWORD,
        Kind.SIGNED_IN,
        Kind.FACTOR_ADDED,
        Kind.FACTOR_ADDED,  # the recovery codes
        Kind.KEY_MADE,
        Kind.KEY_REVOKED,
        Kind.PASSWORD_CHANGED,
        Kind.EXPORTED,
        Kind.SIGNED_OUT,
    ]
    assert "127.0.0.1" in set(journal.of(alice).values_list("address", flat=True))
    assert "wrong" not in "".join(journal.of(alice).values_list("said", flat=True))


def test_the_fifth_wrong_password_is_a_lock_and_what_it_refuses_is_no_new_event(
    client: Client, alice: User
) -> None:
    for _ in range(6):
        steps.sign_in(client, alice, password="wrong")
    assert kinds(alice) == [Kind.WRONG_PASSWORD] * 4 + [Kind.LOCKED_OUT]


def test_a_wrong_password_of_nobody_names_nobody(client: Client, db: None) -> None:
    client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"})
    event = SecurityEvent.objects.get()
    assert (event.person, event.kind, event.said) == (None, Kind.WRONG_PASSWORD, "")


@pytest.mark.parametrize(
    "change",
    [
        lambda: SecurityEvent.objects.update(said="nothing"),
        lambda: SecurityEvent.objects.all().delete(),
        lambda: LogEntry.objects.update(change_message="nothing"),
        lambda: LogEntry.objects.all().delete(),
    ],
)
def test_the_database_lets_nobody_rewrite_what_is_written(change: Callable[[], object], carla: User) -> None:
    journal.note(carla, Kind.EXPORTED, said="everything")
    audit.note(carla, carla, "Looked at.")
    with (
        pytest.raises((InternalError, ProgrammingError), match="never changed or deleted"),
        transaction.atomic(),
    ):
        change()
    assert SecurityEvent.objects.get().said == "everything"
    assert LogEntry.objects.get().change_message == "Looked at."


def test_what_is_old_is_pruned_and_what_is_young_stays(alice: User) -> None:
    now = timezone.now()
    for days in (401, 399):
        SecurityEvent.objects.create(person=alice, kind=Kind.SIGNED_IN, at=now - timedelta(days=days))
    assert retention.forget(retention.old_events, now - journal.KEPT_FOR) == 1
    assert journal.of(alice).count() == 1


def test_it_goes_with_the_account_and_a_line_without_a_name_stays(alice: User, bob: User) -> None:
    journal.note(alice, Kind.SIGNED_IN)
    journal.note(bob, Kind.SIGNED_IN)
    privacy.forget(alice)
    left = SecurityEvent.objects.order_by("pk").values_list("person", "kind")
    assert list(left) == [(bob.pk, "signed in"), (None, "account deleted")]
