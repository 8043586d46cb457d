"""Ends alerts by mail without a login, for whoever holds one: its token names where it went and its alert."""

import hashlib
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from alerts import phrases, switching
from alerts.models import Alert, Channel, Delivery

REASON: Final = "Unsubscribed by mail"
_SIGNER: Final = signing.Signer(salt="alerts.unsubscribing", sep=".")


class OutdatedError(ValueError):
    """The mail went to an address that was replaced since: whoever holds it has no say over the new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a mail came of. None is what is gone by now; the alert also when the mail was of several."""

    channel: Channel | None
    alert: Alert | None

    @property
    def is_on(self) -> bool:
        """Whether anything still goes to the address."""
        return self.channel is not None and self.channel.is_on

    @property
    def has_rule(self) -> bool:
        """Whether this alert still goes there."""
        channel, alert = self.channel, self.alert
        return bool(channel and alert and channel.is_on and alert.channels.contains(channel))

    @property
    def rule(self) -> str:
        """What the alert waits for, by its name where it has one."""
        if self.alert is None:
            return ""
        return f"{self.alert.name}: {phrases.rule(self.alert)}".removeprefix(": ")


def url(channel: Channel, *, alert_id: int | None) -> str:
    return settings.SITE_URL + reverse("alerts:unsubscribe", args=[token(channel, alert_id=alert_id)])


def token(channel: Channel, *, alert_id: int | None) -> str:
    """It does not expire: nor does the mail that it is in."""
    return _SIGNER.sign_object([channel.pk, alert_id, _mark(channel.address)])


def _mark(address: str) -> str:
    """Names an address without showing it: links end up in logs."""
    return hashlib.sha256(address.encode()).hexdigest()[:32]


def read(token: str) -> Subscription:
    """Raises django.core.signing.BadSignature for a token that is none of ours, and OutdatedError."""
    channel_id, alert_id, mark = _SIGNER.unsign_object(token)
    channel = Channel.objects.filter(pk=channel_id, kind=Channel.Kind.EMAIL).first()
    if channel and _mark(channel.address) != mark:
        raise OutdatedError
    return Subscription(
        channel=channel,
        alert=Alert.objects.filter(pk=alert_id).first() if alert_id else None,
    )


@transaction.atomic
def stop_rule(subscription: Subscription) -> None:
    """Takes the channel off this one alert; doing so again changes nothing."""
    if subscription.has_rule:
        assert subscription.alert
        assert subscription.channel
        subscription.alert.channels.remove(subscription.channel)
        waiting = Delivery.objects.filter(
            channel=subscription.channel, event__alert=subscription.alert, status__in=switching.WAITING
        )
        waiting.update(status=Delivery.Status.DROPPED)


def stop_all(subscription: Subscription) -> None:
    """Switches the channel off; doing so again changes nothing."""
    if subscription.channel is not None:
        switching.off(subscription.channel, reason=REASON)
