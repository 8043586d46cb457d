"""The inbox by API: what happened, what of it is new, and what was put right since."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import Api, errors, usd
from alerts import evaluation
from alerts.models import AlertEvent
from alerts.tests import factories
from pricing import corrections
from pricing.tests.market import Shop, later

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()


def test_what_fires_is_in_the_inbox(api: Api, shop: Shop, carla: User) -> None:
    shop.says({"1": 120_00}, day=TODAY - timedelta(days=1))
    printing = shop.series("1").printing
    said = {"kind": "below", "printing_id": printing.pk, "threshold": "100", "name": "A bargain"}
    alert = api.post("alerts/", said).json()
    assert api.get("inbox/").json()["results"] == []
    shop.says({"1": 80_00}, day=TODAY)
    evaluation.catch_up()
    (row,) = api.get("inbox/").json()["results"]
    event = AlertEvent.objects.get()
    assert row == {
        "id": event.pk,
        "alert": {"id": alert["id"], "name": "A bargain", "rule": "falls to $100.00 or below"},
        "printing": alert["printing"],
        "condition": "",
        "grade": "",
        "day": str(TODAY),
        "created_at": event.created_at.isoformat(),
        "is_read": False,
        "price": usd("80.00"),
        "before": usd("120.00"),
        "percent": "-33.33",
        "level": usd("100.00"),
        "source": shop.source.slug,
        "is_demo": False,
        "correction": None,
    }
    assert api.get(f"alerts/{alert['id']}/events/").json()["results"] == [row]
    found = api.get(f"alerts/{alert['id']}/").json()
    assert (found["state"], found["events"], found["last_event_on"]) == ("finished", 1, str(TODAY))
    corrections.correct(shop.series("1"), day=TODAY, market=118_00, by=carla)
    evaluation.catch_up()
    (row,) = api.get("inbox/").json()["results"]
    assert row["correction"] == {"price": usd("118.00"), "is_withdrawn": True}


def test_the_newest_event_comes_first_and_the_read_ones_can_be_left_out(
    api: Api, alice: User, bob: User
) -> None:
    factories.event(factories.alert(bob))
    old, new = (factories.event(factories.alert(alice), read_at=at) for at in (factories.NOW, None))
    found = api.get("inbox/").json()
    assert [(row["id"], row["is_read"]) for row in found["results"]] == [(new.pk, False), (old.pk, True)]
    assert (found["count"], found["unread"], found["pages"], found["next"]) == (2, 1, 1, None)
    found = api.get("inbox/", unread="true").json()
    assert ([row["id"] for row in found["results"]], found["count"], found["unread"]) == ([new.pk], 1, 1)


def test_it_has_pages(api: Api, alice: User) -> None:
    alert = factories.alert(alice)
    for day in range(26):
        factories.event(alert, later(day))
    first = api.get("inbox/", unread="true").json()
    second = api.client.get(first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (25, 1, None)
    assert api.get("inbox/", page=3).status_code == 404
    assert set(errors(api.get("inbox/", page="x"))) == {"page"}


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_four_queries(
    api: Api, alice: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        factories.event(factories.alert(alice))
    with django_assert_num_queries(4):  # user, number of events, events, number of unread ones
        assert len(api.get("inbox/").json()["results"]) == rows


def test_events_are_marked_as_read(api: Api, alice: User, bob: User) -> None:
    his = factories.event(factories.alert(bob))
    first, second, third = (factories.event(factories.alert(alice)) for _ in range(3))
    assert api.post("inbox/read/", {"ids": [first.pk, his.pk]}).json() == {"count": 1}
    assert api.post("inbox/read/", {"ids": [first.pk]}).json() == {"count": 0}
    assert set(AlertEvent.objects.filter(read_at=None)) == {his, second, third}
    assert api.post("inbox/read/", {"all": True}).json() == {"count": 2}
    assert set(AlertEvent.objects.filter(read_at=None)) == {his}
    assert api.get("inbox/", unread="true").json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"ids"}),
        ({"ids": []}, {"ids"}),
        ({"ids": ["1"]}, {"ids"}),
        ({"ids": [0]}, {"ids"}),
        ({"ids": [True]}, {"ids"}),
        ({"ids": 1}, {"ids"}),
        ({"ids": list(range(1, 502))}, {"ids"}),
        ({"ids": [1], "all": True}, {"ids"}),
        ({"all": False}, {"ids"}),
        ({"all": "some"}, {"all"}),
        ({"all": True, "owner": 1}, {"owner"}),
        ([1], {"body"}),
    ],
)
def test_nothing_is_marked_by_a_wrong_body(api: Api, alice: User, body: Any, wrong: set[str]) -> None:
    factories.event(factories.alert(alice))
    assert set(errors(api.post("inbox/read/", body))) == wrong
    assert AlertEvent.objects.filter(read_at=None).count() == 1
