"""Preferences and theme."""

from collections.abc import Callable

import pytest
from django.conf import settings as site
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests import steps
from accounts.tests.pages import Page

CHOSEN = {"name": "Alice A.", "theme": "dark", "currency": "EUR"}


def test_preferences_are_saved_and_shown(client_for: Callable[[User], Client], alice: User) -> None:
    client = client_for(alice)
    saved = client.post("/preferences/", CHOSEN, follow=True)
    alice.refresh_from_db()
    assert (alice.name, alice.theme, alice.currency) == ("Alice A.", "dark", "EUR")
    assert client.cookies["theme"].value == "dark"
    assert "Your preferences are saved." in saved.content.decode()
    assert 'data-theme="dark"' in saved.content.decode()


def test_wrong_preferences_come_back_with_their_errors(
    client_for: Callable[[User], Client], alice: User
) -> None:
    page = client_for(alice).post("/preferences/", {"name": "x" * 81, "theme": "pink", "currency": "XXX"})
    assert sorted(page.context["form"].errors) == ["currency", "name", "theme"]
    alice.refresh_from_db()
    assert (alice.name, alice.theme, alice.currency) == ("Alice", "system", "USD")


def test_the_currencies_of_the_site_are_offered_by_name(
    client_for: Callable[[User], Client], alice: User
) -> None:
    page = client_for(alice).get("/preferences/").content.decode()
    assert '<option value="USD" selected>USD – US dollar</option>' in page
    assert page.count("<option ") == len(site.DISPLAY_CURRENCIES) + len(User.Theme.choices)
    assert "Values are shown in it." in page
    assert Page(page).unheard == []


def test_a_visitor_chooses_a_theme(client: Client, db: None) -> None:
    answer = client.post("/preferences/theme/", {"theme": "dark", "next": "/preferences/"})
    assert answer["Location"] == "/preferences/"
    cookie = answer.cookies["theme"]
    assert (cookie.value, cookie["samesite"], cookie["max-age"]) == ("dark", "Lax", 31_536_000)
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://testserver", 302),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://testserver.evil", 403),
    ],
)
def test_a_visitors_theme_comes_from_our_own_pages_and_needs_no_cookie(
    origin: str, status: int, db: None
) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/preferences/theme/", {"theme": "dark"}, headers={"Origin": origin})
    assert answer.status_code == status


def test_a_member_needs_a_token_whatever_the_origin(
    client_for: Callable[[User], Client], alice: User
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_for(alice).cookies
    ours = {"Origin": "http://testserver"}
    assert strict.post("/preferences/theme/", {"theme": "dark"}, headers=ours).status_code == 403


def test_the_cookie_is_for_https_only_where_the_site_is(client: Client, db: None, settings: Settings) -> None:
    assert not client.post("/preferences/theme/", {"theme": "dark"}).cookies["theme"]["secure"]
    settings.SESSION_COOKIE_SECURE = True
    assert client.post("/preferences/theme/", {"theme": "dark"}).cookies["theme"]["secure"]


def test_a_member_finds_the_theme_again_in_another_browser(
    client_for: Callable[[User], Client], alice: User
) -> None:
    client_for(alice).post("/preferences/theme/", {"theme": "dark"})
    other = Client()
    steps.sign_in(other, alice)
    assert other.cookies["theme"].value == "dark"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_site(url: str, client: Client, db: None) -> None:
    assert client.post("/preferences/theme/", {"theme": "dark", "next": url})["Location"] == "/"


def test_an_unknown_theme_is_refused_and_the_known_ones_are_named(client: Client, db: None) -> None:
    answer = client.post("/preferences/theme/", {"theme": "pink"})
    assert (answer.status_code, answer.content) == (400, b"theme must be one of system, light, dark")
    assert "theme" not in answer.cookies


def test_a_theme_is_chosen_by_post(client: Client, db: None) -> None:
    assert client.get("/preferences/theme/").status_code == 405
