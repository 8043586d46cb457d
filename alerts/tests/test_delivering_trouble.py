"""One receiver's trouble is not the others', and what happens meanwhile harms no message."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from accounts.models import User
from alerts import delivering, messages
from alerts.delivering import BACK_OFF, LEASE, attempt, claim, drain
from alerts.models import Alert, Attempt, Delivery
from alerts.tests import factories
from alerts.tests.factories import NOW
from alerts.tests.outbox import delivery, fresh, turn
from alerts.tests.receiver import Postbox, Receiver
from integrations.tests.marketplace import Request, Response

pytestmark = pytest.mark.django_db


def test_a_receiver_that_fails_is_asked_once_not_once_for_each_message(
    receiver: Receiver, alice: User, clock: Any
) -> None:
    to = receiver.channel(alice)
    made = [delivery(to) for _ in range(20)]
    receiver.says(500)
    assert drain() == 1
    assert sorted(fresh(one).attempts for one in made) == [0] * 19 + [1]
    assert {fresh(one).due_at for one in made if not fresh(one).attempts} == {NOW + BACK_OFF[0]}
    receiver.says(200)
    clock.move_to(NOW + 2 * BACK_OFF[0])
    assert drain() == 20
    assert Delivery.objects.filter(status="sent").count() == 20


def test_a_receiver_that_goes_on_failing_is_asked_ever_more_seldom_up_to_half_an_hour(
    receiver: Receiver, alice: User, clock: Any
) -> None:
    to = receiver.channel(alice, failures=20)
    _, other = delivery(to), delivery(to)
    receiver.says(500)
    turn()
    assert fresh(other).due_at == NOW + timedelta(minutes=30)


def test_a_slow_receiver_keeps_nobody_waiting(
    receiver: Receiver, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "SLOW", 50)

    def dawdle(_: Request) -> Response:
        time.sleep(0.1)
        return Response()

    receiver.market.routes["/slow"] = dawdle
    slow = receiver.channel(alice, address=f"{receiver.market.url}/slow")
    first, second = delivery(slow), delivery(slow)
    quick = delivery(receiver.channel(alice))
    begun = timezone.now()
    assert drain() == 2
    assert [fresh(one).status for one in (first, second, quick)] == ["sent", "pending", "sent"]
    assert fresh(second).due_at > begun + timedelta(seconds=1)


def test_mails_wait_for_no_other_mail(postbox: Postbox, alice: User) -> None:
    to = factories.channel(alice)
    made = [delivery(to) for _ in range(3)]
    postbox.refusals = {"RCPT": "451 4.7.1 Greylisted"}
    assert drain() == 3
    assert {fresh(one).attempts for one in made} == {1}


@pytest.mark.django_db(transaction=True)
def test_an_alert_that_is_deleted_while_its_message_goes_out_leaves_nothing(
    receiver: Receiver, alice: User
) -> None:
    delivery(receiver.channel(alice))

    def delete(_: Request) -> Response:
        Alert.objects.all().delete()
        connection.close()
        return Response()

    receiver.market.routes["/hook/secret"] = delete
    assert drain() == 1
    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()


def test_who_lost_the_lease_cannot_take_the_message_from_its_new_owner(
    receiver: Receiver, alice: User, clock: Any
) -> None:
    one = delivery(receiver.channel(alice))
    late, owner = claim(NOW), claim(NOW + LEASE)
    assert late == owner == one
    receiver.says(400)
    attempt(late)
    assert (fresh(one).status, fresh(one).leased_until) == ("pending", NOW + 2 * LEASE)


def test_but_what_it_sent_is_sent(receiver: Receiver, alice: User, clock: Any) -> None:
    one = delivery(receiver.channel(alice))
    late, owner = claim(NOW), claim(NOW + LEASE)
    assert late is not None
    assert owner is not None
    attempt(late)
    receiver.says(500)
    attempt(owner)
    assert fresh(one).status == "sent"
    assert list(one.log.values_list("outcome", flat=True)) == ["sent", "later"]


@pytest.mark.django_db(transaction=True)
def test_what_was_deleted_meanwhile_is_no_failure_of_its_channel(receiver: Receiver, alice: User) -> None:
    to = receiver.channel(alice)
    delivery(to)

    def delete(_: Request) -> Response:
        Alert.objects.all().delete()
        connection.close()
        return Response(status=500)

    receiver.market.routes["/hook/secret"] = delete
    drain()
    to.refresh_from_db()
    assert (to.failures, to.failing_since) == (0, None)


def test_a_mistake_of_ours_is_not_held_against_a_channel(
    receiver: Receiver, alice: User, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    to = receiver.channel(alice, failures=20, failing_since=NOW - timedelta(days=9))
    one, other = delivery(to, attempts=len(BACK_OFF)), delivery(to, due_at=NOW)
    monkeypatch.setattr(messages, "of", lambda _: 1 // 0)
    lease = claim(NOW - timedelta(minutes=1))
    assert lease == one
    attempt(lease)
    to.refresh_from_db()
    assert (to.is_on, to.failures, fresh(one).status) == (True, 20, "dead")
    assert (fresh(other).status, fresh(other).due_at) == ("pending", NOW)


def test_an_outcome_that_cannot_be_written_down_ends_no_other_message(
    receiver: Receiver,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    clock: Any,
) -> None:
    to, real = receiver.channel(alice), Attempt.save
    broken, other = delivery(to), delivery(to)

    def save(log: Attempt, **said: Any) -> None:
        log.code = -1 if log.delivery_id == broken.pk else log.code
        real(log, **said)

    monkeypatch.setattr(Attempt, "save", save)
    assert drain() == 2
    assert (fresh(broken).status, fresh(broken).leased_until) == ("pending", NOW + LEASE)
    assert fresh(other).status == "sent"
    assert f"What came of delivery {broken.pk} cannot be written down." in caplog.messages


# ---- a receiver that is out of order for days ----


def drain_for(days: int, clock: Any) -> None:
    """As the worker does, whenever something is due."""
    end = timezone.now() + timedelta(days=days)
    while (now := timezone.now()) < end:
        drain()
        due = Delivery.objects.filter(status="pending").aggregate(at=Min("due_at"))["at"]
        clock.move_to(min(end, max(due or end, now + timedelta(minutes=1))))


@pytest.mark.django_db(transaction=True)  # what each attempt leaves behind is cleared away
def test_three_days_of_failures_end_a_channel_however_many_messages_wait(
    receiver: Receiver, alice: User, clock: Any
) -> None:
    to = receiver.channel(alice)
    made = [delivery(to) for _ in range(50)]
    receiver.says(503)
    drain_for(2, clock)
    assert {fresh(one).status for one in made} == {"pending"}
    drain_for(3, clock)
    to.refresh_from_db()
    assert (to.is_on, to.off_reason) == (False, delivering.UNREACHABLE)
    assert {fresh(one).status for one in made} == {"dead", "dropped"}
    assert Delivery.objects.filter(status="dead").count() == 1
    (last,) = Attempt.objects.filter(outcome="refused")
    assert delivering.GIVEN_UP_AFTER <= last.at - NOW < delivering.GIVEN_UP_AFTER + timedelta(hours=1)


@pytest.mark.django_db(transaction=True)  # what each attempt leaves behind is cleared away
def test_one_success_in_between_begins_the_three_days_anew(
    receiver: Receiver, alice: User, clock: Any
) -> None:
    to = receiver.channel(alice)
    for _ in range(50):
        delivery(to)
    receiver.says(503)
    drain_for(2, clock)
    receiver.says(200, 503)
    drain_for(2, clock)
    to.refresh_from_db()
    assert to.is_on
    assert not Delivery.objects.filter(status__in=["dead", "dropped"]).exists()


def test_a_few_failures_far_from_each_other_end_no_channel(
    receiver: Receiver, alice: User, clock: Any
) -> None:
    to = receiver.channel(alice, failures=1, failing_since=NOW - timedelta(days=30))
    one = delivery(to)
    receiver.says(503)
    turn()
    to.refresh_from_db()
    assert (to.is_on, to.failures, fresh(one).status) == (True, 2, "pending")
