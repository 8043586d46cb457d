"""Makes, changes and tries the channels of a person."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from alerts import delivering, switching
from alerts.models import Alert, Attempt, Channel, Delivery
from alerts.sealing import Secrets, sealed, secrets_of
from alerts.sending import push, webhook
from alerts.wording import line
from integrations import outward

Kind = Channel.Kind

MOST: Final = 20
MOST_TESTS: Final = 10
PERIOD: Final = timedelta(hours=1)
MOST_SECRETS: Final = 10  # each is a signature in the headers of every message
WRITTEN: Final = ("name", "address", "sealed")
ELSEWHERE: Final = "This browser belongs to another account now"
DISCORD: Final = re.compile(
    r"https://((ptb|canary)\.)?(discord|discordapp)\.com/api/(v\d+/)?webhooks/\d+/[\w-]+(\?\S*)?"
)
SLACK: Final = re.compile(r"https://hooks\.slack\.com/(services|workflows|triggers)/\S+")


class ChannelError(ValueError):
    """What a person asked for cannot be; `field` is the fact it is about, "" for the whole."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`address` is an e-mail address, a URL, or the endpoint of a browser's subscription, whose two keys are
    `p256dh` and `auth`. `token` is ntfy's; None keeps the one there is.
    """

    kind: str
    address: str
    name: str = ""
    token: str | None = None
    p256dh: str = ""
    auth: str = ""


def add(owner: User, facts: Facts, *, use_for_alerts: bool = True) -> Channel:
    """Raises ChannelError. The alerts that its owner has use it too, unless that is not wanted.

    A browser that subscribes again changes the channel it has; its name and its alerts stay.
    """
    again = Channel.objects.filter(owner=owner, kind=facts.kind, address=facts.address).first()
    if again is not None and facts.kind == Kind.PUSH:
        return switch(edit(again, replace(facts, name=facts.name or again.name)), on=True)
    channel = Channel(owner=owner, kind=facts.kind)
    with transaction.atomic():
        # One request of a person's after the other, so that two at once cannot make too many.
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if Channel.objects.filter(owner=owner).count() >= MOST:
            raise ChannelError("", f"You have {MOST} channels already. Remove one first.")
        _save(channel, facts)
        if use_for_alerts:
            channel.alerts.set(Alert.objects.filter(owner=owner))
    _leave_to(channel)
    return channel


def edit(channel: Channel, facts: Facts) -> Channel:
    """Raises ChannelError. Its kind stays what it is, and whether it is on what it is by now."""
    if facts.kind != channel.kind:
        raise ChannelError("kind", "A channel stays of its kind. Add another one instead.")
    with transaction.atomic():
        held = _held(channel)
        _save(held, facts)
    _leave_to(held)
    return held


def facts_of(channel: Channel) -> Facts:
    """What is known of it; the token of ntfy stays as it is."""
    known = secrets_of(channel)
    keys = {"p256dh": known["p256dh"], "auth": known["auth"]} if channel.kind == Kind.PUSH else {}
    return Facts(kind=channel.kind, address=channel.address, name=channel.name, **keys)


@transaction.atomic
def remove(channel: Channel) -> None:
    """Deletes it with the log of what was sent through it. The row is locked first: see `switching`."""
    Channel.objects.select_for_update().filter(pk=channel.pk).first()
    channel.delete()


def switch(channel: Channel, *, on: bool) -> Channel:
    if on:
        switching.on(channel)
        _leave_to(channel)
    else:
        switching.off(channel)
    return channel


@transaction.atomic
def rotate(channel: Channel) -> str:
    """Gives a webhook a new secret; for a day messages are signed with the old one as well.

    Raises ChannelError, also when too many sign already.
    """
    held, now = _held(channel), timezone.now()
    _only(held, kind=Kind.WEBHOOK)
    known = secrets_of(held)
    if len(webhook.live_secrets(known, now=now)) >= MOST_SECRETS:
        raise ChannelError("", f"Messages are signed with {MOST_SECRETS} secrets already. Wait a day.")
    channel.sealed = held.sealed = sealed(webhook.replaced(known, now=now))
    held.save(update_fields=["sealed"])
    return secret_of(held)


def secret_of(channel: Channel) -> str:
    """What a webhook's receiver checks signatures with."""
    _only(channel, kind=Kind.WEBHOOK)
    secret: str = secrets_of(channel)["secret"]
    return secret


def default_channels(owner: User) -> list[Channel]:
    """All channels of a person; who has none by mail gets one to the primary address, if it is confirmed."""
    if not Channel.objects.filter(owner=owner, kind=Kind.EMAIL).exists():
        primary = EmailAddress.objects.filter(user=owner, primary=True, verified=True).first()
        if primary is not None:
            Channel.objects.get_or_create(
                owner=owner, kind=Kind.EMAIL, address=primary.email, defaults={"name": primary.email[:80]}
            )
    return list(Channel.objects.filter(owner=owner))


def test(channel: Channel) -> Attempt:
    """Sends a test at once and says what came of it. Raises ChannelError after too many in an hour."""
    _count_test(channel.owner)
    now = timezone.now()
    delivery = Delivery.objects.create(
        channel=channel, kind=Delivery.Kind.TEST, due_at=now, leased_until=now + delivering.LEASE, attempts=1
    )
    attempt = delivering.attempt(delivery)
    if attempt is None:
        raise ChannelError("", "The channel was removed meanwhile.")
    channel.refresh_from_db()
    return attempt


def _count_test(owner: User) -> None:
    """Tests call addresses that people choose, so they are counted; without the cache there are none."""
    key = f"alerts.tests.{owner.pk}"
    cache.add(key, 0, PERIOD.total_seconds())
    try:
        count = cache.incr(key)
    except ValueError:  # the hour ended between the two
        count = 1
    if count is None or count > MOST_TESTS:
        raise ChannelError("", f"You can try channels {MOST_TESTS} times an hour. Please wait a little.")


def _only(channel: Channel, *, kind: str) -> None:
    if channel.kind != kind:
        raise ChannelError("kind", f"Only a {Kind(kind).label.lower()} has a secret.")


def _held(channel: Channel) -> Channel:
    """Its row as it is now, locked until the transaction ends. Raises ChannelError when there is none."""
    held = Channel.objects.select_for_update().filter(pk=channel.pk).first()
    if held is None:
        raise ChannelError("", "The channel was removed meanwhile.")
    return held


def _save(channel: Channel, facts: Facts) -> None:
    """A new one, or one whose row is held. Raises ChannelError for facts that do not suit its kind."""
    if facts.kind not in CHECKS:
        raise ChannelError("kind", "There is no such kind of channel.")
    channel.address = CHECKS[facts.kind](channel.owner, facts)
    channel.name = line(facts.name, limit=80) or _usual_name(channel)
    channel.sealed = sealed(_secrets(channel, facts))
    try:
        with transaction.atomic():
            channel.save(update_fields=WRITTEN if channel.pk else None)
    except IntegrityError as error:
        if "channel_unique" not in str(error):
            raise
        raise ChannelError("address", "You have a channel to this address already.") from None


def _leave_to(channel: Channel) -> None:
    """A browser that is told tells one account alone, the last: the others may not be its user's any more.

    After the transaction that saved the channel, so that two accounts never wait for each other.
    """
    if channel.kind == Kind.PUSH and channel.is_on:
        others = Channel.objects.filter(kind=Kind.PUSH, address=channel.address, is_on=True)
        for other in others.exclude(pk=channel.pk):
            switching.off(other, reason=ELSEWHERE)


def _usual_name(channel: Channel) -> str:
    """The kind and the host: the rest of an address is often a secret."""
    if channel.kind == Kind.EMAIL:
        return channel.address[:80]
    label = "This browser" if channel.kind == Kind.PUSH else channel.get_kind_display()
    return line(f"{label} ({urlsplit(channel.address).hostname})", limit=80)


def _secrets(channel: Channel, facts: Facts) -> Secrets:
    known = secrets_of(channel)
    if channel.kind == Kind.WEBHOOK:
        return known or {"secret": webhook.new_secret()}
    if channel.kind == Kind.PUSH:
        return {"p256dh": facts.p256dh, "auth": facts.auth}
    if channel.kind == Kind.NTFY and facts.token is not None:
        return {"token": facts.token} if facts.token else {}
    return known


def _own_address(owner: User, facts: Facts) -> str:
    found = EmailAddress.objects.filter(
        user=owner, email__iexact=facts.address.strip(), verified=True
    ).first()
    if found is None:
        raise ChannelError("address", "Choose one of the e-mail addresses that you have confirmed here.")
    return str(found.email)


def _url(_owner: User, facts: Facts) -> str:
    """As it will be called. Raises ChannelError with the reason why it never would."""
    url = facts.address.strip()
    if not url.isascii():
        raise ChannelError("address", "Copy the address from a browser: it writes such letters as %C3%A9.")
    try:
        outward.check_url(url)
    except outward.Refused as error:
        raise ChannelError("address", str(error)) from error
    return url


def _discord(owner: User, facts: Facts) -> str:
    url = _url(owner, facts)
    if not DISCORD.fullmatch(url):
        raise ChannelError(
            "address", "Copy the webhook's address from Discord: https://discord.com/api/webhooks/…"
        )
    return url


def _slack(owner: User, facts: Facts) -> str:
    url = _url(owner, facts)
    if not SLACK.fullmatch(url):
        raise ChannelError(
            "address", "Copy the webhook's address from Slack: https://hooks.slack.com/services/…"
        )
    return url


def _ntfy(owner: User, facts: Facts) -> str:
    url = _url(owner, facts)
    parts = urlsplit(url)
    if not re.fullmatch(r"/[\w-]{1,64}", parts.path) or parts.query or parts.fragment:
        raise ChannelError("address", "Give the server and the topic, such as https://ntfy.sh/my-topic.")
    if facts.token and not re.fullmatch(r"[!-~]{1,200}", facts.token):
        raise ChannelError("token", "This is not an access token of ntfy.")
    return url


def _subscription(owner: User, facts: Facts) -> str:
    """What a browser's PushSubscription says (W3C Push API, 8)."""
    url = _url(owner, facts)
    if not push.public_key():
        raise ChannelError("kind", "Push is not set up on this site.")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), push.decoded(facts.p256dh))
        is_sound = len(push.decoded(facts.auth)) == push.AUTH_BYTES
    except ValueError:
        is_sound = False
    if not is_sound:
        raise ChannelError("address", "The browser's subscription is incomplete. Subscribe again.")
    return url


CHECKS: Final[Mapping[str, Callable[[User, Facts], str]]] = {
    Kind.EMAIL: _own_address,
    Kind.PUSH: _subscription,
    Kind.WEBHOOK: _url,
    Kind.DISCORD: _discord,
    Kind.SLACK: _slack,
    Kind.NTFY: _ntfy,
}
