"""Guessing is slow, for one account and for one address; and people can sign in while Redis is down."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.core.cache import caches
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts import addresses
from accounts.limits import LimitKeepingCache
from accounts.models import User
from accounts.tests import steps
from conftest import PASSWORD


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def redis_down(settings: Settings) -> Iterator[LimitKeepingCache]:
    """A Redis address at which nobody listens."""
    down = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": down}
    cache = caches["default"]
    assert isinstance(cache, LimitKeepingCache)
    yield cache
    cache._memory.clear()


def _guess(client: Client, user: User, **extra: Any) -> list[str]:
    response = client.post("/accounts/login/", {"login": user.email, "password": "wrong"}, **extra)
    return list(response.context["form"].non_field_errors()) if response.context else []


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(
    client: Client, alice: User, clock: time_machine.Traveller
) -> None:
    for _ in range(4):
        assert _guess(client, alice) == ["The email address and/or password you specified are not correct."]
    clock.shift(60)
    assert steps.sign_in(client, alice, password="wrong").status_code == 429
    clock.shift(60)
    told = steps.sign_in(client, alice)
    assert (told.status_code, told["Retry-After"]) == (429, str(14 * 60))
    assert "nobody can sign in from your address for 14 minutes" in told.content.decode()
    assert not steps.is_signed_in(client)

    clock.shift(14 * 60 + 1)
    steps.sign_in(client, alice)
    assert steps.is_signed_in(client)


def test_a_strangers_guesses_do_not_lock_the_owner_out(client: Client, alice: User) -> None:
    for _ in range(6):
        _guess(client, alice, REMOTE_ADDR="203.0.113.9")
    steps.sign_in(client, alice)
    assert steps.is_signed_in(client)


def test_another_browser_or_spelling_is_no_way_around_the_lock(alice: User) -> None:
    for number in range(5):
        Client(headers={"User-Agent": f"Browser {number}"}).post(
            "/accounts/login/",
            {"login": alice.email.upper() if number % 2 else alice.email, "password": "wrong"},
        )
    assert steps.sign_in(Client(headers={"User-Agent": "Another"}), alice).status_code == 429


def test_all_addresses_of_a_network_of_ipv6_are_one(alice: User) -> None:
    for number in range(5):
        _guess(Client(REMOTE_ADDR=f"2001:db8::{number}"), alice)
    assert steps.sign_in(Client(REMOTE_ADDR="2001:db8::ffff"), alice).status_code == 429
    assert steps.sign_in(Client(REMOTE_ADDR="2001:db8:0:1::1"), alice).status_code == 302


def test_a_reset_by_mail_ends_the_lock(client: Client, alice: User) -> None:
    for _ in range(5):
        _guess(client, alice)
    client.post("/accounts/password/reset/", {"email": alice.email})
    form = client.get(steps.link_in_last_mail())["Location"]
    client.post(form, {"password1": "a brand new secret 7", "password2": "a brand new secret 7"})
    assert steps.sign_in(client, alice, password="a brand new secret 7").status_code == 302


def test_staff_see_the_lock_and_lift_it(
    client: Client, alice: User, carla: User, client_for: Callable[[User], Client]
) -> None:
    for _ in range(5):
        _guess(client, alice)
    attempt = AccessAttempt.objects.get()
    assert "wrong" not in attempt.post_data
    staff = client_for(carla)
    assert alice.email in staff.get("/admin/axes/accessattempt/").content.decode()
    assert staff.get(f"/admin/axes/accessattempt/{attempt.pk}/change/").status_code == 200
    staff.post("/admin/axes/accessattempt/", {"action": "lift", "_selected_action": [attempt.pk]})
    assert steps.sign_in(client, alice).status_code == 302
    assert LogEntry.objects.get().change_message == "Lock lifted."


def test_a_page_of_somebody_signed_in_asks_nothing_of_the_locks(
    alice: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(alice)
    with CaptureQueriesContext(connection) as asked:
        client.get("/preferences/")
    assert not [query for query in asked.captured_queries if "axes" in query["sql"]]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        (2, "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "1.2.3.4", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_say_where_somebody_comes_from(
    proxies: int, forwarded: str, expected: str, rf: RequestFactory, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert addresses.of(rf.get("/", headers=headers)) == expected


def test_the_21st_login_of_an_address_in_an_hour_is_answered_429(
    client: Client, db: None, clock: time_machine.Traveller
) -> None:
    for number in range(20):
        clock.shift(60)
        tried = client.post("/accounts/login/", {"login": f"u{number}@example.org", "password": "wrong"})
        assert tried.status_code == 200
    refused = client.post("/accounts/login/", {"login": "u@example.org", "password": "wrong"})
    assert refused.status_code == 429
    assert "Too many requests" in refused.content.decode()


def test_the_sixth_reset_mail_to_one_address_in_an_hour_is_answered_429(alice: User, db: None) -> None:
    for email in (alice.email, "nobody@example.org"):
        codes = [Client().post("/accounts/password/reset/", {"email": email}).status_code for _ in range(6)]
        assert codes == [302] * 5 + [429]


def test_wrong_authenticator_codes_run_out(alice: User, clock: time_machine.Traveller) -> None:
    browser = Client()
    steps.sign_in(browser, alice)
    steps.confirm_password(browser)
    secret = steps.activate_totp(browser)
    client = Client()
    steps.sign_in(client, alice)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    late = client.post("/accounts/2fa/authenticate/", {"code": steps.totp(secret)})
    assert late.context["form"].errors["code"] == ["Too many failed login attempts. Try again later."]


def test_people_sign_in_while_redis_is_down(
    redis_down: LimitKeepingCache, client: Client, alice: User
) -> None:
    steps.sign_in(client, alice)
    assert steps.is_signed_in(client)


def test_guessing_stays_limited_while_redis_is_down(
    redis_down: LimitKeepingCache, client: Client, alice: User
) -> None:
    for _ in range(5):
        _guess(client, alice)
    assert steps.sign_in(client, alice).status_code == 429


def test_an_authenticator_code_works_once_while_redis_is_down(
    redis_down: LimitKeepingCache, alice: User, clock: time_machine.Traveller
) -> None:
    browser = Client()
    steps.sign_in(browser, alice)
    steps.confirm_password(browser)
    code = steps.totp(steps.activate_totp(browser))

    def signs_in() -> bool:
        client = Client()
        steps.sign_in(client, alice, password=PASSWORD)
        client.post("/accounts/2fa/authenticate/", {"code": code})
        return steps.is_signed_in(client)

    assert [signs_in(), signs_in()] == [True, False]


def test_only_login_limits_are_kept_while_redis_is_down(redis_down: LimitKeepingCache) -> None:
    redis_down.set("allauth:rl:login", [1.0], 60)
    redis_down.set("page", "text", 60)
    assert redis_down.get("allauth:rl:login") == [1.0]
    assert redis_down.get("page", "missed") == "missed"
    assert redis_down.delete("allauth:rl:login")
    assert redis_down.get("allauth:rl:login") is None


def test_with_redis_it_is_a_cache_like_any_other() -> None:
    cache = caches["default"]
    assert [cache.add("allauth:lock", value=1), cache.add("allauth:lock", value=2)] == [True, False]
    cache.set("page", "text", 60)
    assert cache.get("page") == "text"
    assert [cache.delete("page"), cache.delete("page")] == [True, False]
    assert cache.get("page", "missed") == "missed"
