"""What is held becomes one message for each channel, whoever makes it and whatever dies meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts.models import User
from alerts.announcing import FOLDED_FROM, announce
from alerts.delivering import drain, fold
from alerts.models import Alert, Channel, Delivery
from alerts.tests import factories
from alerts.tests.factories import DAY, NOW
from alerts.tests.receiver import Postbox, Receiver

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def hold(to: Channel, *, times: int, **said: Any) -> list[Delivery]:
    alert = factories.alert(to.owner, to=(to,))
    made = [factories.event(alert, DAY + timedelta(days=n)) for n in range(times)]
    return [factories.delivery(event, to, **{"status": "held"} | said) for event in made]


def digests() -> dict[int, int]:
    """How many parts the digest of each channel has."""
    whole = Delivery.objects.filter(kind="digest", status="pending")
    return {one.channel_id: one.parts.filter(status="folded").count() for one in whole}


def test_each_channel_gets_one_message(alice: User, bob: User) -> None:
    channels = [factories.channel(alice), factories.channel(alice, "ntfy"), factories.channel(bob)]
    for place, to in enumerate(channels, start=1):
        hold(to, times=place)
    assert fold(NOW) == 3
    assert digests() == {to.pk: place for place, to in enumerate(channels, start=1)}
    assert not Delivery.objects.filter(status="held").exists()


def test_doing_it_again_changes_nothing(alice: User) -> None:
    hold(factories.channel(alice), times=3)
    assert [fold(NOW) for _ in range(3)] == [1, 0, 0]
    assert list(digests().values()) == [3]


def test_what_is_not_due_waits_for_the_next(alice: User) -> None:
    to = factories.channel(alice)
    hold(to, times=2)
    waiting = hold(to, times=2, due_at=LATER)
    assert fold(NOW) == 1
    assert set(Delivery.objects.filter(status="held")) == set(waiting)
    assert fold(LATER) == 1


def test_a_channel_that_is_off_gets_none(alice: User) -> None:
    to = factories.channel(alice, is_on=False)
    hold(to, times=2)
    assert fold(NOW) == 0
    assert {one.status for one in Delivery.objects.all()} == {"dropped"}


def test_many_events_at_once_come_as_one_mail(postbox: Postbox, alice: User) -> None:
    alert = factories.alert(alice, to=(factories.channel(alice),))
    announce([factories.event(alert, DAY + timedelta(days=n)) for n in range(8)], now=NOW)
    assert drain() == 1
    (letter,) = postbox.letters
    assert letter["Subject"] == "8 price alerts"
    assert letter["Message-ID"].startswith(f"<{Delivery.objects.get(kind='digest').pk}@")
    assert drain() == 0


def test_many_that_come_due_together_come_as_one_mail(postbox: Postbox, alice: User) -> None:
    to = factories.channel(alice)
    many = hold(to, times=FOLDED_FROM + 1, status="pending")
    later = hold(to, times=1, status="pending", due_at=LATER)
    with time_machine.travel(NOW, tick=False):
        assert drain() == 1
    assert [letter["Subject"] for letter in postbox.letters] == ["6 price alerts"]
    states = [
        set(Delivery.objects.filter(pk__in=[one.pk for one in rows]).values_list("status", flat=True))
        for rows in (many, later)
    ]
    assert states == [{"folded"}, {"pending"}]


def test_a_few_that_come_due_together_come_one_by_one(alice: User) -> None:
    hold(factories.channel(alice), times=FOLDED_FROM, status="pending")
    assert fold(NOW) == 0


@pytest.mark.parametrize("tried", [{"attempts": 1}, {"attempts": 1, "leased_until": LATER}])
def test_what_was_tried_already_is_part_of_nothing(alice: User, tried: dict[str, Any]) -> None:
    to = factories.channel(alice)
    hold(to, times=FOLDED_FROM, status="pending")
    hold(to, times=1, status="pending", **tried)
    assert fold(NOW) == 0


def test_programs_get_each_however_many_come_due_together(alice: User) -> None:
    to = factories.channel(alice, "webhook")
    hold(to, times=30, status="pending")
    hold(to, times=2)
    assert fold(NOW) == 1
    assert digests() == {to.pk: 2}
    assert Delivery.objects.filter(kind="event", status="pending").count() == 30


@pytest.mark.parametrize("kind", ["email", "push", "discord", "slack", "ntfy", "webhook"])
def test_a_digest_whose_alerts_are_all_deleted_ends_unsent(
    receiver: Receiver, alice: User, kind: str
) -> None:
    to = factories.channel(alice) if kind == "email" else receiver.channel(alice, kind)
    hold(to, times=3)
    assert fold(NOW) == 1
    Alert.objects.all().delete()
    assert drain() == 1
    to.refresh_from_db()
    assert (to.is_on, to.failures, Delivery.objects.count()) == (True, 0, 0)
    assert receiver.requests == []


@pytest.mark.django_db(transaction=True)
def test_two_that_fold_at_once_make_one_message(alice: User) -> None:
    to = factories.channel(alice)
    hold(to, times=30)
    both = Barrier(2)

    def do() -> int:
        both.wait()
        made = fold(NOW)
        connection.close()
        return made

    with ThreadPoolExecutor(2) as pool:
        made = [future.result() for future in [pool.submit(do) for _ in range(2)]]
    assert sum(made) == 1
    assert digests() == {to.pk: 30}


class Died(BaseException):
    """As if the process had been killed."""


def dying(at: int) -> Callable[..., Any]:
    statements = count(1)

    def execute(run: Callable[..., Any], *statement: Any) -> Any:
        if next(statements) == at:
            raise Died
        return run(*statement)

    return execute


@pytest.mark.django_db(transaction=True)
def test_one_that_dies_before_any_statement_leaves_all_or_nothing(alice: User) -> None:
    to = factories.channel(alice)
    hold(to, times=3)
    for place in count(1):
        try:
            with connection.execute_wrapper(dying(place)):
                fold(NOW)
        except Died:
            assert digests() == {}
            assert Delivery.objects.filter(status="held").count() == 3
        else:
            break
    assert place > 4
    assert digests() == {to.pk: 3}
