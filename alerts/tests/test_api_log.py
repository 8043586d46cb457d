"""What an alert did by API: its events, and the log of what was sent where."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import Api, errors
from alerts import queries
from alerts.models import Attempt, Delivery
from alerts.tests import factories
from pricing.tests.market import later

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries


@pytest.mark.parametrize("rows", [1, 3])
def test_its_events_cost_five_queries(
    api: Api, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    alert = factories.alert(alice)
    factories.event(factories.alert(alice))
    for day in range(rows):
        factories.event(alert, later(day))
    with django_assert_num_queries(5):  # user, alert, number of events, of unread ones, events
        found = api.get(f"alerts/{alert.pk}/events/").json()
    assert (found["count"], found["unread"], found["next"]) == (rows, rows, None)
    assert [row["day"] for row in found["results"]] == [str(later(day)) for day in reversed(range(rows))]
    assert set(errors(api.get(f"alerts/{alert.pk}/events/", page="x"))) == {"page"}
    assert api.get(f"alerts/{alert.pk}/events/", page=2).status_code == 404


def test_its_log_says_what_was_sent_where_and_what_was_answered(api: Api, alice: User) -> None:
    hook = factories.channel(alice, "webhook", name="My server")
    alert = factories.alert(alice, to=(hook,))
    about = factories.event(alert)
    sent = factories.delivery(about, hook)
    attempt = Attempt.objects.create(
        delivery=sent, at=factories.NOW, milliseconds=12, outcome="later", code=503, answer="busy"
    )
    assert api.get(f"alerts/{alert.pk}/log/").json()["results"] == [
        {
            "id": attempt.pk,
            "at": factories.NOW.isoformat(),
            "milliseconds": 12,
            "outcome": "later",
            "code": 503,
            "answer": "busy",
            "delivery_id": str(sent.pk),
            "kind": "event",
            "event_id": about.pk,
            "edition": 0,
            "channel": {"id": hook.pk, "kind": "webhook", "name": "My server"},
        }
    ]


def test_its_log_shows_digests_too(api: Api, alice: User) -> None:
    mail, other = factories.channel(alice), factories.alert(alice)
    alert = factories.alert(alice, to=(mail,))
    digest = Delivery.objects.create(channel=mail, kind="digest", due_at=factories.NOW)
    for of in (alert, other):
        factories.delivery(factories.event(of), mail, status="folded", digest=digest)
    Attempt.objects.create(delivery=digest, at=factories.NOW, milliseconds=9, outcome="sent")
    (row,) = api.get(f"alerts/{alert.pk}/log/").json()["results"]
    assert (row["kind"], row["event_id"], row["code"]) == ("digest", None, None)


def test_a_digest_of_several_events_of_it_is_logged_once(api: Api, alice: User) -> None:
    mail, alert = factories.channel(alice), factories.alert(alice)
    digest = Delivery.objects.create(channel=mail, kind="digest", due_at=factories.NOW)
    for day in range(3):
        factories.delivery(factories.event(alert, later(day)), mail, status="folded", digest=digest)
    Attempt.objects.create(delivery=digest, at=factories.NOW, milliseconds=9, outcome="sent")
    assert len(api.get(f"alerts/{alert.pk}/log/").json()["results"]) == 1


def test_the_log_looks_only_at_what_is_its_own(alice: User) -> None:
    alert = factories.alert(alice)
    with CaptureQueriesContext(connection) as asked:
        queries.log_of(alert)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: (delivery_id = " in plan


@pytest.mark.parametrize("rows", [1, 3])
def test_the_log_costs_three_queries(
    api: Api, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    hook = factories.channel(alice, "webhook")
    alert = factories.alert(alice, to=(hook,))
    for day in range(rows):
        sent = factories.delivery(factories.event(alert, later(day)), hook)
        Attempt.objects.create(delivery=sent, at=factories.NOW, milliseconds=1, outcome="sent", code=200)
    with django_assert_num_queries(3):  # user, alert, log
        assert len(api.get(f"alerts/{alert.pk}/log/").json()["results"]) == rows
