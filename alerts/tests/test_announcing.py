"""What happened goes into the outbox: once for each channel, at its time."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from alerts.announcing import FOLDED_FROM, announce
from alerts.models import AlertEvent, Delivery, Hours
from alerts.tests import factories
from alerts.tests.factories import DAY, NOW
from pricing.tests.queue import Sent, own_queue, unreachable_queue

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 7, tzinfo=UTC)
DIGEST = datetime(2026, 3, 3, 8, tzinfo=UTC)


def events(alert: Any, count: int) -> list[AlertEvent]:
    return [factories.event(alert, DAY + timedelta(days=n)) for n in range(count)]


def put() -> list[tuple[str, datetime]]:
    return [(one.status, one.due_at) for one in Delivery.objects.order_by("created_at")]


def test_each_channel_gets_each_event(alice: User) -> None:
    mail, hook = factories.channel(alice), factories.channel(alice, "webhook")
    first, second = factories.alert(alice, to=(mail, hook)), factories.alert(alice, to=(hook,))
    announce([*(made := events(first, 2)), *(other := events(second, 1))], now=NOW)
    found = Delivery.objects.values_list("event", "channel", "edition", "kind", "status", "due_at")
    expected = {(event.pk, to.pk) for event in made for to in (mail, hook)} | {(other[0].pk, hook.pk)}
    assert set(found) == {(event, to, 0, "event", "pending", NOW) for event, to in expected}


def test_announcing_again_changes_nothing_but_a_correction_is_news(alice: User) -> None:
    alert = factories.alert(alice, to=(factories.channel(alice),))
    event = factories.event(alert)
    for corrections in (0, 0, 1, 1, 2):
        event.corrections = corrections
        announce([event], now=NOW)
    assert sorted(Delivery.objects.values_list("edition", flat=True)) == [0, 1, 2]


def test_nothing_goes_to_channels_that_are_off_or_to_people_who_are_locked_out(
    alice: User, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    off = factories.channel(alice, is_on=False)
    alerts = [
        factories.alert(alice, to=(off,)),
        factories.alert(alice),
        factories.alert(bob, to=(factories.channel(bob),)),
    ]
    announce([factories.event(alert) for alert in alerts], now=NOW)
    assert put() == []


@pytest.mark.parametrize(
    ("timing", "expected"),
    [("urgent", ("pending", NIGHT)), ("quiet", ("pending", MORNING)), ("digest", ("held", DIGEST))],
)
def test_it_is_due_as_its_alert_says(alice: User, timing: str, expected: tuple[str, datetime]) -> None:
    alert = factories.alert(alice, to=(factories.channel(alice),), timing=timing)
    announce([factories.event(alert)], now=NIGHT)
    assert put() == [expected]


def test_the_hours_are_the_owners(alice: User, bob: User) -> None:
    Hours.objects.create(owner=alice, time_zone="America/New_York", quiet_from=time(17), quiet_until=time(19))
    alerts = [factories.alert(who, to=(factories.channel(who),), timing="quiet") for who in (alice, bob)]
    announce([factories.event(alert) for alert in alerts], now=NIGHT)
    assert put() == [("pending", datetime(2026, 3, 3, tzinfo=UTC)), ("pending", MORNING)]


def test_more_than_a_few_at_once_wait_to_become_one_message_for_people(alice: User) -> None:
    mail, hook = factories.channel(alice), factories.channel(alice, "webhook")
    alert = factories.alert(alice, to=(mail, hook))
    announce(events(alert, FOLDED_FROM + 1), now=NOW)
    assert {one.status for one in mail.deliveries.all()} == {"held"}
    assert {one.status for one in hook.deliveries.all()} == {"pending"}
    assert {one.due_at for one in Delivery.objects.all()} == {NOW}


def test_a_few_at_once_come_one_by_one(alice: User) -> None:
    alert = factories.alert(alice, to=(factories.channel(alice),))
    announce(events(alert, FOLDED_FROM), now=NOW)
    assert {status for status, _ in put()} == {"pending"}


def test_what_waits_for_the_digest_does_not_hold_back_what_is_urgent(alice: User) -> None:
    mail = factories.channel(alice)
    urgent = factories.alert(alice, to=(mail,))
    later = factories.alert(alice, to=(mail,), timing="digest")
    announce([*events(later, FOLDED_FROM), *events(urgent, 1)], now=NOW)
    assert put()[-1] == ("pending", NOW)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_it_costs_three_statements(
    count: int, alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [
        event
        for who in (alice, bob)
        for event in events(
            factories.alert(who, to=(factories.channel(who), factories.channel(who, "ntfy"))), count
        )
    ]
    with django_assert_num_queries(3):
        announce(made, now=NOW)
    assert Delivery.objects.count() == 4 * count


@pytest.mark.parametrize("of", [[], None])
def test_nothing_costs_nothing(
    of: Sequence[AlertEvent] | None, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [factories.event(factories.alert(alice))] if of is None else of
    with django_assert_num_queries(1 if made else 0), own_queue("alerts") as sent:
        announce(made, now=NOW)
        assert sent() == []


def test_the_worker_is_asked_once_and_not_before_the_commit(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    made = events(factories.alert(alice, to=(factories.channel(alice),)), 3)
    with own_queue("alerts") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            announce(made, now=NOW)
            assert sent() == []
        assert sent() == [Sent("alerts.deliver", [], {})]


def test_an_unreachable_queue_loses_nothing(
    alice: User, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    alert = factories.alert(alice, to=(factories.channel(alice),))
    with unreachable_queue(), django_capture_on_commit_callbacks(execute=True):
        announce([factories.event(alert)], now=NOW)
    assert put() == [("pending", NOW)]
    assert caplog.messages[-1:] == ["Alerts are sent within minutes: the queue cannot be reached."]
