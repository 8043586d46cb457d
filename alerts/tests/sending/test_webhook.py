"""Webhooks, checked as their receivers check them: with the reference library of Standard Webhooks."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.models import User
from alerts import channels, messages
from alerts.sending import webhook
from alerts.tests import factories, hostile, letters
from alerts.tests.factories import DAY
from alerts.tests.letters import ID, send
from alerts.tests.receiver import Receiver
from alerts.wording import line
from catalog.tests.factories import CardFactory, PrintingFactory

pytestmark = pytest.mark.django_db


def verified(receiver: Receiver, secret: str) -> Any:
    """What the last request said. Raises WebhookVerificationError."""
    request = receiver.requests[-1]
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Webhook(secret).verify(request.body, headers)


def test_the_reference_library_verifies_it(receiver: Receiver, alice: User) -> None:
    channel = receiver.channel(alice)
    send(channel)
    assert verified(receiver, channels.secret_of(channel)) == {
        "type": "alert.fired",
        "timestamp": "2026-03-02T20:45:00+00:00",
        "data": {"count": 1, "events": [{"event_id": 5}]},
    }
    assert receiver.requests[0].headers["Content-Type"] == "application/json"
    assert receiver.requests[0].headers["webhook-id"] == str(ID)


def test_nobody_else_can_have_sent_it(receiver: Receiver, alice: User) -> None:
    send(receiver.channel(alice))
    with pytest.raises(WebhookVerificationError):
        verified(receiver, webhook.new_secret())


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_its_id_and_its_time_are_signed_too(receiver: Receiver, alice: User, name: str) -> None:
    channel = receiver.channel(alice)
    send(channel)
    headers: Any = receiver.requests[0].headers
    headers[name] += "1" if name == "webhook-id" else ""
    headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - (name != "webhook-id"))
    with pytest.raises(WebhookVerificationError):
        verified(receiver, channels.secret_of(channel))


def test_a_later_attempt_has_the_same_id_and_body_and_a_time_of_its_own(
    receiver: Receiver, alice: User
) -> None:
    channel, now = receiver.channel(alice), datetime.now(UTC)
    for seconds in (0, 60):
        send(channel, sent_at=now + timedelta(seconds=seconds))
    first, second = receiver.requests
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    times = [int(request.headers["webhook-timestamp"]) for request in (first, second)]
    assert times == [int(now.timestamp()), int(now.timestamp()) + 60]
    verified(receiver, channels.secret_of(channel))


def test_for_a_day_after_a_change_both_secrets_sign(receiver: Receiver, alice: User) -> None:
    channel, start = receiver.channel(alice), datetime(2026, 3, 2, 12, tzinfo=UTC)
    old = channels.secret_of(channel)
    with time_machine.travel(start, tick=False) as clock:
        new = channels.rotate(channel)
        assert new == channels.secret_of(channel)
        clock.shift(timedelta(hours=23))
        send(channel, sent_at=datetime.now(UTC))
        assert len(receiver.requests[-1].headers["webhook-signature"].split(" ")) == 2
        assert verified(receiver, old) == verified(receiver, new)
        clock.shift(timedelta(hours=2))
        send(channel, sent_at=datetime.now(UTC))
        verified(receiver, new)
        with pytest.raises(WebhookVerificationError):
            verified(receiver, old)


def test_who_changes_it_twice_in_a_day_loses_none(receiver: Receiver, alice: User) -> None:
    channel, start = receiver.channel(alice), datetime(2026, 3, 2, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        secrets = [channels.secret_of(channel), channels.rotate(channel)]
        clock.shift(timedelta(hours=10))
        secrets.append(channels.rotate(channel))
        send(channel, sent_at=datetime.now(UTC))
        assert [bool(verified(receiver, secret)) for secret in secrets] == [True] * 3
        clock.shift(timedelta(hours=15))  # the first ended 24 hours after it was replaced, the second has 9
        send(channel, sent_at=datetime.now(UTC))
        assert verified(receiver, secrets[1]) == verified(receiver, secrets[2])
        with pytest.raises(WebhookVerificationError):
            verified(receiver, secrets[0])


def test_a_secret_has_as_many_bytes_as_the_specification_asks_for() -> None:
    secret = webhook.new_secret()
    assert secret.startswith("whsec_")
    assert len(webhook.key_of(secret)) == 32
    assert secret != webhook.new_secret()


@pytest.mark.parametrize("name", hostile.NAMES)
def test_whatever_a_name_is_it_arrives(receiver: Receiver, alice: User, name: str) -> None:
    channel = receiver.channel(alice)
    printing = PrintingFactory.create(card=CardFactory.create(name=name))
    event = factories.event(factories.alert(alice, printing, name=name[:120]))
    send(channel, messages.of(factories.delivery(event, channel)))
    said = verified(receiver, channels.secret_of(channel))
    assert said["data"]["printing"]["name"] == line(name)


def test_a_long_digest_stays_below_the_limit_and_says_how_long_it_was(alice: User) -> None:
    channel = factories.channel(alice, "webhook")
    whole = factories.delivery(None, channel, kind="digest")
    card = CardFactory.create(name="🔥" * 250, slug="x" * 270, card_set__name="🔥" * 200)
    alert = factories.alert(alice, PrintingFactory.create(card=card), name="🔥" * 120)
    for n in range(20):
        event = factories.event(alert, DAY + timedelta(days=n))
        factories.delivery(event, channel, status="folded", digest=whole)
    body = webhook.body_of(messages.of(whole))
    said = json.loads(body)["data"]
    assert len(body) <= 20_000
    assert said["count"] == 20
    assert 3 < len(said["events"]) < 20


def test_a_message_that_is_short_is_left_alone() -> None:
    body = webhook.body_of(letters.message(letters.item(), letters.item()))
    assert json.loads(body)["data"]["count"] == 2
