"""The outbox is emptied: each message at least once, at its time, and what cannot be sent stays in sight."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from alerts import messages, metrics, tasks, unsubscribing
from alerts.delivering import BACK_OFF, LEASE, claim, drain, resend, wait
from alerts.models import Alert, Attempt, Delivery
from alerts.sending import calling, email
from alerts.tests import factories
from alerts.tests.factories import NOW
from alerts.tests.outbox import DAY, MINUTE, delivery, fresh, turn
from alerts.tests.receiver import Postbox, Receiver
from pricing.tests.queue import Sent, own_queue

pytestmark = pytest.mark.django_db


# ---- whose turn it is ----


def test_a_claimed_message_is_leased_and_counted(alice: User) -> None:
    one = delivery(factories.channel(alice))
    assert claim(NOW) == one
    assert (fresh(one).leased_until, fresh(one).attempts) == (NOW + LEASE, 1)
    assert claim(NOW) is None


def test_a_lease_that_ran_out_is_no_success(alice: User) -> None:
    one = delivery(factories.channel(alice))
    claim(NOW)
    assert claim(NOW + LEASE - timedelta(seconds=1)) is None
    assert claim(NOW + LEASE) == one
    assert (fresh(one).status, fresh(one).attempts) == ("pending", 2)


def test_what_was_tried_less_often_comes_first_then_what_is_due_longer(alice: User) -> None:
    to = factories.channel(alice)
    facts = [(1, 9), (0, 1), (0, 2), (2, 30)]
    made = [delivery(to, attempts=tries, due_at=NOW - MINUTE * age) for tries, age in facts]
    assert [claim(NOW) for _ in facts] == [made[place] for place in (2, 1, 0, 3)]


def test_a_correction_never_comes_before_its_alert(alice: User, clock: Any) -> None:
    to = factories.channel(alice)
    event = factories.event(factories.alert(alice))
    later = [factories.delivery(event, to, edition=edition, due_at=NOW) for edition in (2, 1)]
    clock.shift(-MINUTE)
    first = factories.delivery(event, to, due_at=NOW)
    assert [claim(NOW) for _ in range(3)] == [first, *reversed(later)]


@pytest.mark.parametrize("status", ["held", "sent", "dropped", "dead"])
def test_only_what_waits_is_sent(alice: User, status: str) -> None:
    delivery(factories.channel(alice), status=status, sent_at=NOW if status == "sent" else None)
    assert claim(NOW) is None


def test_nothing_is_sent_before_its_time(alice: User) -> None:
    delivery(factories.channel(alice), due_at=NOW + MINUTE)
    assert claim(NOW) is None
    assert claim(NOW + MINUTE) is not None


def test_a_lease_outlasts_any_attempt() -> None:
    assert timedelta(seconds=max(calling.DEADLINE, email.DEADLINE)) * 1.5 < LEASE


@pytest.mark.django_db(transaction=True)
def test_processes_never_have_the_same_message(alice: User) -> None:
    to = factories.channel(alice)
    made = {delivery(to).pk for _ in range(40)}

    def take() -> list[Any]:
        found = []
        while one := claim(NOW):
            found.append(one.pk)
        connection.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        taken = [future.result() for future in [pool.submit(take) for _ in range(4)]]
    claimed = [pk for found in taken for pk in found]
    assert len(claimed) == len(set(claimed)) == 40
    assert set(claimed) == made
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


# ---- what comes of it ----


def test_what_was_sent_is_written_down(receiver: Receiver, alice: User, clock: Any) -> None:
    one = delivery(receiver.channel(alice, failures=3))
    log = turn()
    assert log is not None
    assert (log.outcome, log.code, log.answer, log.at) == ("sent", 200, "ok", NOW)
    found = fresh(one)
    assert (found.status, found.sent_at, found.leased_until) == ("sent", NOW, None)
    assert found.channel.failures == 0
    assert receiver.requests[0].headers["webhook-id"] == str(one.pk)
    assert claim(NOW + DAY) is None


def test_what_failed_is_tried_again_later_under_the_same_id(
    receiver: Receiver, alice: User, clock: Any
) -> None:
    one = delivery(receiver.channel(alice))
    receiver.says(503, 200, body=b"busy")
    log = turn()
    assert log is not None
    assert (log.outcome, log.code, log.answer) == ("later", 503, "busy")
    found = fresh(one)
    assert (found.status, found.leased_until, found.channel.failures) == ("pending", None, 1)
    assert NOW + 0.8 * BACK_OFF[0] <= found.due_at <= NOW + 1.2 * BACK_OFF[0]
    clock.move_to(found.due_at)
    turn()
    assert fresh(one).status == "sent"
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert list(one.log.values_list("outcome", flat=True)) == ["later", "sent"]


HOURS = {"30 s": 30, "2 min": 120, "10 min": 600, "30 min": 1800, "2 h": 7200, "6 h": 21600}
HOURS |= {"12 h": 43200, "24 h": 86400, "24 h again": 86400}


@pytest.mark.parametrize(("attempts", "seconds"), list(enumerate(HOURS.values(), start=1)))
def test_each_time_it_waits_longer(attempts: int, seconds: int) -> None:
    waits = [wait(attempts).total_seconds() for _ in range(200)]
    assert 0.8 * seconds <= min(waits) < 0.95 * seconds
    assert 1.05 * seconds < max(waits) <= 1.2 * seconds


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("10", (24, 36)), ("300", (300, 300)), ("9" * 9, (86_400, 86_400)), ("0", (24, 36)), ("soon", (24, 36))],
)
def test_a_receiver_can_ask_to_be_left_alone_for_a_day_at_most(
    receiver: Receiver, alice: User, clock: Any, asked: str, expected: tuple[int, int]
) -> None:
    to = receiver.channel(alice)
    one, other = delivery(to, due_at=NOW - MINUTE), delivery(to)
    receiver.says(429, Retry_After=asked)
    turn()
    waits = [(fresh(waiting).due_at - NOW).total_seconds() for waiting in (one, other)]
    assert expected[0] <= min(waits) <= max(waits) <= expected[1]


def test_after_ten_attempts_it_is_given_up(receiver: Receiver, alice: User, clock: Any) -> None:
    one = delivery(receiver.channel(alice))
    begun = one.due_at
    receiver.says(500)
    for _ in range(len(BACK_OFF) + 1):
        clock.move_to(fresh(one).due_at)
        turn()
    assert (fresh(one).status, fresh(one).attempts) == ("dead", 10)
    assert timedelta(days=2) < timezone.now() - begun < timedelta(days=4)
    assert list(one.log.values_list("outcome", flat=True)) == [*["later"] * 9, "refused"]
    assert claim(timezone.now() + 100 * DAY) is None


def test_a_receiver_that_nobody_answers_at_for_so_long_is_switched_off(
    receiver: Receiver, alice: User, clock: Any
) -> None:
    to = receiver.channel(alice)
    one, other = delivery(to), delivery(to, due_at=NOW + 300 * DAY)
    receiver.says(500)
    for _ in range(len(BACK_OFF) + 1):
        clock.move_to(fresh(one).due_at)
        turn()
    to.refresh_from_db()
    assert (to.is_on, to.off_reason) == (False, "It could not be reached, again and again")
    assert fresh(other).status == "dropped"


def test_a_mail_server_that_is_down_for_days_costs_nobody_their_channel(
    alice: User, settings: Settings, clock: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    to = factories.channel(alice, failures=9)
    one = delivery(to, attempts=9)
    turn()
    to.refresh_from_db()
    assert (fresh(one).status, to.is_on) == ("dead", True)


def test_what_is_refused_for_good_is_not_tried_again(receiver: Receiver, alice: User) -> None:
    to = receiver.channel(alice, "ntfy")
    one, other = delivery(to), delivery(to)
    receiver.says(400, 200)
    drain()
    assert (fresh(one).status, fresh(other).status) == ("dead", "sent")
    assert [log.outcome for log in one.log.all()] == ["refused"]


def test_who_is_gone_is_left_alone(receiver: Receiver, alice: User) -> None:
    to, mail = receiver.channel(alice), factories.channel(alice)
    first, second = delivery(to), delivery(to)
    held, elsewhere = (
        delivery(to, status="held", due_at=NOW + 300 * DAY),
        delivery(mail, due_at=NOW + 300 * DAY),
    )
    receiver.says(410, body=b"moved out")
    assert drain() == 1
    to.refresh_from_db()
    assert (to.is_on, to.off_reason) == (False, "Gone: moved out")
    states = [fresh(one).status for one in (first, second, held, elsewhere)]
    assert states == ["dead", "dropped", "dropped", "pending"]


def test_a_mailbox_that_does_not_exist_is_gone(postbox: Postbox, alice: User) -> None:
    postbox.refusals = {"RCPT": "550 5.1.1 No such user"}
    one = delivery(factories.channel(alice))
    drain()
    assert fresh(one).status == "dead"
    assert (fresh(one).channel.is_on, fresh(one).channel.off_reason) == (False, "Gone: 5.1.1 No such user")


def test_nothing_goes_to_a_channel_that_is_off_or_to_who_is_locked_out(
    receiver: Receiver, alice: User, bob: User
) -> None:
    off = delivery(receiver.channel(alice, is_on=False))
    locked = delivery(receiver.channel(bob))
    User.objects.filter(pk=bob.pk).update(is_active=False)
    drain()
    assert {fresh(one).status for one in (off, locked)} == {"dropped"}
    assert receiver.requests == []
    assert not Attempt.objects.exists()


def test_a_test_goes_to_a_channel_that_is_off_and_is_not_repeated(receiver: Receiver, alice: User) -> None:
    one = factories.delivery(None, receiver.channel(alice, is_on=False))
    receiver.says(500)
    log = turn()
    assert log is not None
    assert (log.outcome, fresh(one).status) == ("refused", "dead")


def test_a_message_that_we_fail_to_make_keeps_no_other_back(
    receiver: Receiver, alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    to, real = receiver.channel(alice), messages.of
    broken = delivery(to, due_at=NOW - MINUTE)
    elsewhere = receiver.channel(alice, address=f"{receiver.url}?elsewhere")
    others = [delivery(elsewhere) for _ in range(2)]

    def of(one: Delivery) -> messages.Message:
        if one.pk == broken.pk:
            raise LookupError("secret details")
        return real(one)

    monkeypatch.setattr(messages, "of", of)
    drain()
    assert [fresh(one).status for one in (broken, *others)] == ["pending", "sent", "sent"]
    assert broken.log.get().answer == "An error of this site, which its staff can look up."
    assert f"Delivery {broken.pk} cannot be sent." in caplog.messages


def test_an_answer_that_nobody_expects_is_kept(receiver: Receiver, alice: User) -> None:
    one = delivery(receiver.channel(alice))
    receiver.says(200, body=b"\x00\xff" * 5000)
    drain()
    assert len(one.log.get().answer) == 500
    assert fresh(one).status == "sent"


# ---- sent again by hand ----


def test_what_was_given_up_or_dropped_can_be_sent_again(
    receiver: Receiver, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    to = receiver.channel(alice)
    ended = [delivery(to, status=status, attempts=10) for status in ("dead", "dropped")]
    for alert in Alert.objects.all():
        alert.channels.add(to)
    others = [delivery(to, due_at=NOW + 300 * DAY), delivery(to, status="sent", sent_at=NOW)]
    with own_queue("alerts") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            assert resend([*ended, *others]) == 2
        assert sent() == [Sent("alerts.deliver", [], {})]
    assert [fresh(one).attempts for one in ended] == [0, 0]
    assert drain() == 2
    assert {request.headers["webhook-id"] for request in receiver.requests} == {str(one.pk) for one in ended}


def test_nothing_is_sent_again_to_a_channel_that_is_off(alice: User) -> None:
    one = delivery(factories.channel(alice, is_on=False), status="dropped")
    assert resend([one]) == 0
    assert fresh(one).status == "dropped"


def test_nothing_that_was_dropped_goes_to_who_unsubscribed_from_it(
    receiver: Receiver, postbox: Postbox, alice: User
) -> None:
    to = factories.channel(alice)
    wanted, stopped = factories.alert(alice, to=(to,)), factories.alert(alice, to=(to,))
    rows = [factories.delivery(factories.event(alert), to) for alert in (wanted, stopped)]
    digests = [factories.delivery(None, to, kind="digest") for _ in range(2)]
    for place, digest in enumerate(digests):
        for alert in (wanted, stopped)[: place + 1]:
            event = factories.event(alert, NOW.date().replace(day=10 + place))
            factories.delivery(event, to, status="folded", digest=digest)
    unsubscribing.stop_rule(unsubscribing.Subscription(channel=to, alert=stopped))
    Delivery.objects.filter(status="pending").update(status="dropped")
    assert resend([*rows, *digests]) == 2
    assert [fresh(one).status for one in (*rows, *digests)] == ["pending", "dropped"] * 2


# ---- the whole of it ----


def test_draining_stops_after_its_time(receiver: Receiver, alice: User) -> None:
    to = receiver.channel(alice)
    for _ in range(3):
        delivery(to)
    assert drain(seconds=0) == 0
    assert drain() == 3
    assert drain() == 0


def test_the_worker_drains(receiver: Receiver, alice: User) -> None:
    delivery(receiver.channel(alice))
    assert tasks.deliver.name in current_app.tasks
    assert tasks.deliver() == "1 messages tried"


def test_attempts_are_counted_for_prometheus(receiver: Receiver, alice: User) -> None:
    to = receiver.channel(alice)
    counted = metrics.DELIVERED.labels(channel="webhook", outcome="sent")
    before = counted._value.get()
    delivery(to)
    drain()
    assert counted._value.get() == before + 1
