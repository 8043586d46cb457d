"""Switches channels on and off. What waits for a channel that is off is not sent, now or later."""

from django.db import transaction

from alerts.models import Channel, Delivery

WAITING = (Delivery.Status.PENDING, Delivery.Status.HELD)


def on(channel: Channel) -> None:
    """From now on; what was dropped while it was off stays dropped."""
    Channel.objects.filter(pk=channel.pk).update(is_on=True, off_reason="", failures=0, failing_since=None)
    channel.is_on, channel.off_reason, channel.failures, channel.failing_since = True, "", 0, None


@transaction.atomic
def off(channel: Channel, *, reason: str = "") -> None:
    """`reason` is for its owner, when it was not the owner who did it; switching off again changes nothing.

    The channel's row comes before its deliveries' in every transaction: two never wait for each other.
    """
    if Channel.objects.filter(pk=channel.pk, is_on=True).update(is_on=False, off_reason=reason):
        channel.is_on, channel.off_reason = False, reason
    waiting = Delivery.objects.filter(channel=channel, status__in=WAITING)
    waiting.update(status=Delivery.Status.DROPPED, leased_until=None)
