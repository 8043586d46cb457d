"""One receiver's trouble is not the others', and what happens meanwhile harms no message."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from alerts import delivering
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
