"""When a person was last seen."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.tests import steps


def test_a_visit_is_noted_and_the_next_one_costs_nothing(client: Client, alice: User) -> None:
    steps.sign_in(client, alice)
    yesterday = timezone.now() - timedelta(days=1)
    UserSession.objects.update(last_seen_at=yesterday)
    client.get("/preferences/")
    noted = UserSession.objects.get().last_seen_at
    assert noted - yesterday > timedelta(hours=23)

    with CaptureQueriesContext(connection) as queries:
        client.get("/preferences/")
    assert [query["sql"] for query in queries if "usersession" in query["sql"]] == []


def test_a_visit_after_the_pause_is_noted_again(client: Client, alice: User) -> None:
    steps.sign_in(client, alice)
    client.get("/preferences/")
    first = UserSession.objects.get().last_seen_at
    cache.delete(f"seen:{client.session.session_key}")
    client.get("/preferences/")
    assert UserSession.objects.get().last_seen_at > first


def test_a_visitor_leaves_no_record(client: Client, db: None) -> None:
    client.get("/accounts/login/")
    assert not UserSession.objects.exists()
