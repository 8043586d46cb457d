"""The list of sessions."""

from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import sessions
from accounts.models import User
from accounts.tests import steps


def _browser(user: User, *, name: str) -> Client:
    client = Client(headers={"User-Agent": name})
    steps.sign_in(client, user)
    return client


def test_the_list_shows_every_browser_and_marks_this_one(alice: User, bob: User) -> None:
    _browser(alice, name="Firefox")
    _browser(bob, name="Opera")
    page = _browser(alice, name="Chromium").get("/accounts/sessions/")
    assert [session.user_agent for session in page.context["sessions"]] == ["Firefox", "Chromium"]
    assert page.content.decode().count("This one") == 1


def test_the_others_are_signed_out_on_request(alice: User) -> None:
    other, this = _browser(alice, name="Firefox"), _browser(alice, name="Chromium")
    this.post("/accounts/sessions/")
    assert steps.is_signed_in(this)
    assert not steps.is_signed_in(other)
    assert [session.user_agent for session in sessions.live(alice)] == ["Chromium"]


def test_a_session_from_before_a_new_password_is_gone(alice: User) -> None:
    _browser(alice, name="Firefox")
    alice.set_password("a brand new secret 7")
    alice.save()
    assert sessions.live(alice) == []
    assert not UserSession.objects.exists()


def test_a_session_that_logged_out_is_gone(alice: User) -> None:
    _browser(alice, name="Firefox").post("/accounts/logout/")
    assert sessions.live(alice) == []


def test_three_sessions_cost_no_more_queries_than_one(alice: User) -> None:
    this = _browser(alice, name="Chromium")
    _cost(this, sessions=1)  # the first visit also notes when it was
    alone = _cost(this, sessions=1)
    _browser(alice, name="Firefox")
    _browser(alice, name="Opera")
    assert _cost(this, sessions=3) == alone


def _cost(client: Client, *, sessions: int) -> int:
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/accounts/sessions/")
    assert len(page.context["sessions"]) == sessions
    return len(queries)
