"""Keys are made once, kept as hashes, and sign in until they expire or are revoked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from accounts import keys
from accounts.models import ApiKey, User
from accounts.tests import steps
from accounts.tests.api import Api, errors

pytestmark = pytest.mark.django_db
READ = ["collections:read"]


@pytest.fixture
def api(client: Client, alice: User) -> Api:
    """Of somebody who signed in and confirmed the password just now."""
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    return Api(client)


def test_a_key_is_recognised_and_only_its_hash_is_kept(alice: User) -> None:
    key, secret = keys.make(alice, name=" Script ", scopes=READ * 2)
    assert secret.startswith(f"tcg_{key.prefix}_")
    assert keys.known(secret) == key
    assert (key.name, key.scopes) == ("Script", READ)
    assert secret.rpartition("_")[2] not in str(ApiKey.objects.values())


def test_an_expired_a_revoked_and_a_locked_persons_key_are_not(alice: User) -> None:
    key, secret = keys.make(alice, name="x", scopes=READ, expires_at=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert keys.known(secret) is None
    User.objects.update(is_active=False)
    assert keys.known(secret) is None
    User.objects.update(is_active=True)
    assert keys.known(secret)
    keys.revoke(key)
    assert keys.known(secret) is None


@pytest.mark.parametrize("secret", ["", "tcg_", "tcg_00000000_wrong", "other", "tcg_" + "x" * 1000, "tcg_\0"])
def test_what_is_no_key_signs_nobody_in(secret: str, alice: User) -> None:
    assert keys.known(secret) is None


def test_use_is_noted_at_most_every_five_minutes(alice: User) -> None:
    key, secret = keys.make(alice, name="x", scopes=READ)
    for minutes, noted in ((0, 0), (4, 0), (6, 6)):
        with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False) as clock:
            clock.shift(timedelta(minutes=minutes))
            keys.known(secret)
            key.refresh_from_db()
            assert key.last_used_at
            assert key.last_used_at.minute == noted


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["all"]}, "scopes"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "expires_at"),
    ],
)
def test_what_is_no_key_is_refused(alice: User, wrong: dict[str, Any], field: str) -> None:
    facts: dict[str, Any] = {"name": "x", "scopes": READ}
    with pytest.raises(keys.KeyRefusedError) as refused:
        keys.make(alice, **facts | wrong)
    assert refused.value.field == field


def test_nobody_has_keys_without_end(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST", 1)
    keys.make(alice, name="x", scopes=READ)
    with pytest.raises(keys.KeyRefusedError, match="Revoke one first"):
        keys.make(alice, name="y", scopes=READ)


def test_the_database_knows_the_scopes_too(alice: User) -> None:
    with pytest.raises(IntegrityError):
        ApiKey.objects.create(person=alice, name="x", prefix="x", hash=b"x", scopes=["all"])


def test_a_key_is_made_by_api_and_shown_once(api: Api) -> None:
    made = api.post("keys/", {"name": "Script", "scopes": READ})
    assert made.status_code == 201
    (listed,) = api.get("keys/").json()["results"]
    assert listed == {name: value for name, value in made.json().items() if name != "key"}
    assert keys.known(made.json()["key"])
    assert api.delete(f"keys/{listed['id']}/").status_code == 204
    assert keys.known(made.json()["key"]) is None
    assert api.get("keys/").json() == {"results": []}
    assert api.delete(f"keys/{listed['id']}/").status_code == 404


def test_a_key_is_not_made_without_a_recent_login(alice: User, client_for: Callable[[User], Client]) -> None:
    refused = Api(client_for(alice)).post("keys/", {"name": "x", "scopes": READ})
    assert refused.status_code == 403
    assert refused.json()["detail"] == "Confirm your password first, at /accounts/reauthenticate/."


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": "x"}, "scopes"), ({"name": "x", "scopes": READ, "admin": 1}, "admin")],
)
def test_a_body_that_is_none_is_refused(api: Api, body: Any, field: str) -> None:
    assert field in errors(api.post("keys/", body))


def test_bob_neither_sees_nor_revokes_alices_key(
    alice: User, bob: User, client_for: Callable[[User], Client]
) -> None:
    key, secret = keys.make(alice, name="x", scopes=READ)
    theirs = Api(client_for(bob))
    assert theirs.get("keys/").json() == {"results": []}
    assert theirs.delete(f"keys/{key.pk}/").status_code == 404
    assert keys.known(secret)


def test_a_person_changes_name_currency_and_theme(api: Api, alice: User) -> None:
    assert api.get("user/").json() == {
        "email": "alice@example.org",
        "name": "Alice",
        "currency": "USD",
        "theme": "system",
    }
    assert api.patch("user/", currency="EUR", theme="dark").json()["currency"] == "EUR"
    alice.refresh_from_db()
    assert (alice.name, alice.currency, alice.theme) == ("Alice", "EUR", "dark")
    assert errors(api.patch("user/", currency="XXX", email="x@y.z")).keys() == {"email"}
    assert errors(api.patch("user/", currency="XXX")).keys() == {"currency"}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_two_queries(
    rows: int, alice: User, client_for: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        keys.make(alice, name="x", scopes=READ)
    client = client_for(alice)
    client.get("/api/v1/user/")
    with django_assert_num_queries(2):  # user, keys
        assert len(client.get("/api/v1/keys/").json()["results"]) == rows


def test_the_page_shows_a_new_key_once_and_revokes_it(client: Client, alice: User) -> None:
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    form = {"name": "Script", "scopes": READ, "days": "30"}
    page = client.post("/preferences/keys/", form)
    shown = page.context["secret"]
    key = keys.known(shown)
    assert key
    assert key.expires_at
    assert shown in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    later = client.get("/preferences/keys/").content.decode()
    assert (shown in later, key.prefix in later) == (False, True)
    assert client.post(f"/preferences/keys/{key.pk}/revoke/").status_code == 302
    assert keys.known(shown) is None
    assert key.prefix not in client.get("/preferences/keys/").content.decode()


def test_the_page_makes_no_key_without_a_confirmed_password(client: Client, alice: User) -> None:
    steps.sign_in(client, alice)
    answer = client.post("/preferences/keys/", {"name": "x", "scopes": READ, "days": ""})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiKey.objects.exists()


def test_the_page_says_what_is_wrong_with_a_key(client: Client, alice: User) -> None:
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    page = client.post("/preferences/keys/", {"name": " ", "scopes": ["all"], "days": ""})
    assert page.context["form"].errors.keys() == {"name", "scopes"}


def test_bob_revokes_no_key_of_alices_on_the_page(
    alice: User, bob: User, client_for: Callable[[User], Client]
) -> None:
    key, secret = keys.make(alice, name="x", scopes=READ)
    assert client_for(bob).post(f"/preferences/keys/{key.pk}/revoke/").status_code == 404
    assert keys.known(secret)
