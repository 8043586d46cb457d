import base64

import pytest
from django.core.signing import BadSignature
from pytest_django import Settings

from accounts.models import User
from alerts import unsubscribing
from alerts.models import Alert, Channel, Delivery
from alerts.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(alice: User) -> Channel:
    return factories.channel(alice)


@pytest.fixture
def alert(alice: User, channel: Channel) -> Alert:
    return factories.alert(alice, to=(channel, factories.channel(alice, "webhook")))


def subscription(channel: Channel, alert: Alert | None = None) -> unsubscribing.Subscription:
    return unsubscribing.read(unsubscribing.token(channel, alert_id=alert.pk if alert else None))


def test_a_token_names_the_channel_and_the_alert(channel: Channel, alert: Alert) -> None:
    found = subscription(channel, alert)
    assert (found.channel, found.alert, found.is_on, found.has_rule) == (channel, alert, True, True)
    assert found.rule == "falls to $100.00 or below"
    found = subscription(channel)
    assert (found.channel, found.alert, found.is_on, found.has_rule) == (channel, None, True, False)


def test_it_is_an_address_on_our_site(channel: Channel, settings: Settings) -> None:
    settings.SITE_URL = "https://cards.example"
    token = unsubscribing.token(channel, alert_id=3)
    assert unsubscribing.url(channel, alert_id=3) == f"https://cards.example/alerts/unsubscribe/{token}/"


def test_nobody_else_can_make_one(channel: Channel, alert: Alert) -> None:
    good = unsubscribing.token(channel, alert_id=alert.pk)
    other = unsubscribing.token(channel, alert_id=None)
    for wrong in ("", "x", good[:-1], f"{good}x", other.split(".")[0] + "." + good.split(".")[1]):
        with pytest.raises(BadSignature):
            unsubscribing.read(wrong)


def test_it_outlives_a_change_of_the_sites_key(channel: Channel, settings: Settings) -> None:
    token = unsubscribing.token(channel, alert_id=None)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert unsubscribing.read(token).channel == channel


def test_it_is_of_one_address_and_does_not_show_it(channel: Channel) -> None:
    token = unsubscribing.token(channel, alert_id=None)
    Channel.objects.update(address="other@example.org")
    with pytest.raises(unsubscribing.OutdatedError):
        unsubscribing.read(token)
    Channel.objects.update(address=channel.address)
    assert unsubscribing.read(token).channel == channel
    payload = token.split(".")[0]
    assert b"alice" not in base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


def test_stopping_an_alert_takes_the_address_off_it_alone(channel: Channel, alert: Alert) -> None:
    other = factories.alert(channel.owner, to=(channel,))
    waiting = factories.delivery(factories.event(alert), channel)
    elsewhere = factories.delivery(factories.event(other), channel)
    for _ in range(2):
        unsubscribing.stop_rule(subscription(channel, alert))
    assert list(alert.channels.values_list("kind", flat=True)) == ["webhook"]
    assert list(other.channels.all()) == [channel]
    assert Delivery.objects.get(pk=waiting.pk).status == "dropped"
    assert Delivery.objects.get(pk=elsewhere.pk).status == "pending"
    channel.refresh_from_db()
    assert channel.is_on


def test_stopping_all_switches_the_address_off(channel: Channel, alert: Alert) -> None:
    waiting = factories.delivery(factories.event(alert), channel, status="held")
    for _ in range(2):
        unsubscribing.stop_all(subscription(channel, alert))
    channel.refresh_from_db()
    assert (channel.is_on, channel.off_reason) == (False, "Unsubscribed by mail")
    assert Delivery.objects.get(pk=waiting.pk).status == "dropped"
    assert alert.channels.count() == 2


def test_what_is_gone_needs_no_stopping(channel: Channel, alert: Alert) -> None:
    token = unsubscribing.token(channel, alert_id=alert.pk)
    channel.delete()
    alert.delete()
    found = unsubscribing.read(token)
    assert (found.is_on, found.has_rule, found.rule) == (False, False, "")
    unsubscribing.stop_rule(found)
    unsubscribing.stop_all(found)


def test_a_channel_that_was_switched_off_before_keeps_its_reason(channel: Channel) -> None:
    Channel.objects.update(is_on=False, off_reason="Gone: no such user")
    unsubscribing.stop_all(subscription(channel))
    channel.refresh_from_db()
    assert channel.off_reason == "Gone: no such user"
