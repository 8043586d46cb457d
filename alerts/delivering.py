"""Empties the outbox: every message at least once, under the same id each time, however often a process dies.

A message is leased before it is sent and its outcome written after. Who dies in between leaves a lease that
runs out, and the message is sent again. Each process sends one after the other, so its death repeats at most
one.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from alerts import announcing, messages, metrics, switching
from alerts.models import Alert, Attempt, Channel, Delivery
from alerts.sending import SENDERS, Answer, OwnError, SendError
from alerts.wording import line

logger = logging.getLogger(__name__)
MILLISECOND, MINUTE, HOUR = timedelta(milliseconds=1), timedelta(minutes=1), timedelta(hours=1)
BACK_OFF: Final = (
    *(timedelta(seconds=30), 2 * MINUTE, 10 * MINUTE, 30 * MINUTE),
    *(2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR),
)
JITTER: Final = 0.2
LONGEST_WAIT: Final = 24 * HOUR  # that a receiver can ask for
GIVEN_UP_AFTER: Final = timedelta(days=3)  # of failures alone, however few of them each message has had
LEASE: Final = timedelta(seconds=60)  # longer than any attempt takes
CHANCE: Final = SystemRandom()
LONGEST_REST: Final = 4  # of the waits above: a receiver that fails is asked again every half an hour
SLOW: Final = 2000  # milliseconds
SLOWNESS: Final = 10  # a slow receiver gets a tenth of a process's time
UNREACHABLE: Final = "It could not be reached, again and again"

Kind, Status, Outcome = Delivery.Kind, Delivery.Status, Attempt.Outcome


def drain(*, seconds: float = 50.0) -> int:
    """Makes digests, then sends what is due until nothing is, or for so long; how many attempts."""
    end = time.monotonic() + seconds
    fold(timezone.now())
    tried = 0
    while time.monotonic() < end and (delivery := claim(timezone.now())):
        _try(delivery)
        tried += 1
    return tried


def _try(delivery: Delivery) -> None:
    """What becomes of one message ends no other's turn: its lease runs out, and it is tried again."""
    try:
        attempt(delivery)
    except Exception:
        logger.exception("What came of delivery %s cannot be written down.", delivery.pk)


def fold(now: datetime) -> int:
    """Makes one message of what is held for a channel until now, and of many that wait together for a person.

    Such as what was found one by one in quiet hours, or while the other side was out of order. Returns how
    many messages.
    """
    held = Delivery.objects.filter(status=Status.HELD, due_at__lte=now).order_by()
    many = _untried(now).order_by().values("channel").annotate(count=Count("pk"))
    channels = {*held.values_list("channel", flat=True).distinct()}
    channels |= {*many.filter(count__gt=announcing.FOLDED_FROM).values_list("channel", flat=True)}
    return sum(_fold(channel, now=now) for channel in sorted(channels))


def _untried(now: datetime) -> QuerySet[Delivery]:
    """Events that are due for people. Programs take any number of messages."""
    due = Delivery.objects.filter(status=Status.PENDING, attempts=0, due_at__lte=now, kind=Kind.EVENT)
    return due.exclude(channel__kind=Channel.Kind.WEBHOOK)


@transaction.atomic
def _fold(channel_id: int, *, now: datetime) -> bool:
    """A channel that another process folds is left to it."""
    free = Channel.objects.select_for_update(skip_locked=True, no_key=True)
    channel = free.filter(pk=channel_id).first()
    if channel is None or not (parts := _parts(channel_id, now=now)):
        return False
    found = Delivery.objects.filter(pk__in=parts)
    if not channel.is_on:
        found.update(status=Status.DROPPED)
        return False
    digest = Delivery.objects.create(channel=channel, kind=Kind.DIGEST, due_at=now)
    found.update(status=Status.FOLDED, digest=digest)
    return True


def _parts(channel_id: int, *, now: datetime) -> list[UUID]:
    """Locked, without those that are being sent at this moment."""
    held = Delivery.objects.filter(channel=channel_id, status=Status.HELD, due_at__lte=now)
    untried = _untried(now).filter(channel=channel_id)
    found = [
        list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        for rows in (held, untried)
    ]
    return found[0] + (found[1] if len(found[1]) > announcing.FOLDED_FROM else [])


@transaction.atomic
def claim(now: datetime) -> Delivery | None:
    """The message whose turn it is, leased to the caller alone; what was tried less often comes first.

    Of those that were tried as often the one that is due longest; no correction before what it corrects.
    """
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    due = Delivery.objects.filter(free, status=Status.PENDING, due_at__lte=now)
    ordered = due.order_by("attempts", "due_at", "created_at", "edition")
    found = ordered.select_for_update(skip_locked=True, of=("self",)).select_related("channel__owner").first()
    if found is not None:
        found.leased_until, found.attempts = now + LEASE, found.attempts + 1
        found.save(update_fields=["leased_until", "attempts"])
    return found


def attempt(delivery: Delivery) -> Attempt | None:
    """Sends what was claimed and writes down what came of it.

    None when there was nothing to send or to write down any more: the channel was switched off (then it is
    dropped), or the alert deleted, or all alerts of a digest (then it goes too).
    """
    channel = delivery.channel
    if delivery.kind == Kind.DIGEST and not delivery.parts.exists():
        _still(delivery).delete()
        return None
    if not (channel.is_on and channel.owner.is_active) and delivery.kind != Kind.TEST:
        _still(delivery).update(status=Status.DROPPED, leased_until=None)
        return None
    started, clock = timezone.now(), time.monotonic()
    metrics.LAG.observe(max(0.0, (started - delivery.due_at).total_seconds()))
    result = _send(delivery, sent_at=started)
    log = Attempt(delivery=delivery, at=started, milliseconds=round((time.monotonic() - clock) * 1000))
    log.outcome = _outcome(delivery, result=result)
    log.code, log.answer = result.code, line(str(result), limit=500)
    metrics.DELIVERED.labels(channel=channel.kind, outcome=log.outcome).inc()
    return _settle(log, result=result)


def resend(deliveries: Iterable[Delivery]) -> int:
    """Sends what was given up or dropped after all, as if for the first time; how many.

    Those of a channel that is off stay as they are. So does what was dropped of an alert that does not use
    the channel any more: somebody unsubscribed.
    """
    chosen = [delivery.pk for delivery in deliveries]
    ended = Delivery.objects.filter(Q(status=Status.DEAD) | _wanted(), pk__in=chosen, channel__is_on=True)
    fresh = {"status": Status.PENDING, "attempts": 0, "due_at": timezone.now(), "leased_until": None}
    count = ended.update(**fresh)
    transaction.on_commit(announcing.ask)
    return count


def _wanted() -> Q:
    """What was dropped, and whose alerts all go to its channel still."""
    uses = Alert.channels.through.objects.filter(channel=OuterRef("channel"), alert=OuterRef("event__alert"))
    others = Delivery.objects.filter(~Exists(uses), digest=OuterRef("pk"))
    whole = Q(kind=Kind.DIGEST) & ~Exists(others)
    return Q(Exists(uses) | whole, status=Status.DROPPED)


def _send(delivery: Delivery, *, sent_at: datetime) -> Answer | SendError:
    channel = delivery.channel
    try:
        message = messages.of(delivery)
        return SENDERS[channel.kind](channel, message, delivery_id=delivery.pk, sent_at=sent_at)
    except SendError as error:
        return error
    except Exception:
        # A message that we fail to make must not keep back those after it.
        logger.exception("Delivery %s cannot be sent.", delivery.pk)
        return OwnError("An error of this site, which its staff can look up.")


def _outcome(delivery: Delivery, *, result: Answer | SendError) -> Attempt.Outcome:
    """A test is over when its person has seen what came of it."""
    if isinstance(result, Answer):
        return Outcome.SENT
    is_over = result.permanent or delivery.kind == Kind.TEST or delivery.attempts > len(BACK_OFF)
    return Outcome.REFUSED if is_over or _is_lost(delivery, error=result) else Outcome.LATER


def _is_lost(delivery: Delivery, *, error: SendError) -> bool:
    """Whether the other side has failed so often in a row, for one message or so long, that it is given up.

    Not so the mail server, which is everybody's.
    """
    channel = delivery.channel
    if isinstance(error, OwnError) or channel.kind == Channel.Kind.EMAIL or channel.failures < len(BACK_OFF):
        return False
    since = channel.failing_since or timezone.now()
    return delivery.attempts > len(BACK_OFF) or timezone.now() - since >= GIVEN_UP_AFTER


@transaction.atomic
def _settle(log: Attempt, *, result: Answer | SendError) -> Attempt | None:
    """The channel's row comes first, as in `switching`. Who lost the lease meanwhile can only say "sent"."""
    delivery, is_slow = log.delivery, log.milliseconds > SLOW
    channel = Channel.objects.filter(pk=delivery.channel_id)
    if isinstance(result, SendError) or delivery.channel.failures or is_slow:
        channel.select_for_update(no_key=True).first()
    if not Delivery.objects.select_for_update().filter(pk=delivery.pk).exists():
        return None
    if isinstance(result, OwnError):
        _repeat(log, error=result)
    elif isinstance(result, SendError):
        since = Coalesce("failing_since", timezone.now())
        channel.update(failures=F("failures") + 1, failing_since=since)
        _fail(log, error=result)
    else:
        sent = {"status": Status.SENT, "sent_at": timezone.now(), "leased_until": None}
        Delivery.objects.filter(pk=delivery.pk).update(**sent)
        if delivery.channel.failures:
            channel.update(failures=0, failing_since=None)
    if is_slow:
        _let_rest(delivery, for_=log.milliseconds * SLOWNESS * MILLISECOND)
    log.save()
    return log


def _fail(log: Attempt, *, error: SendError) -> None:
    """The other side's other messages wait with this one, and are dropped when it is not there any more."""
    delivery, channel = log.delivery, log.delivery.channel
    _repeat(log, error=error)
    if log.outcome == Outcome.LATER:
        rest = BACK_OFF[min(channel.failures, LONGEST_REST - 1)]
        _let_rest(delivery, for_=max(rest, _asked(error)))
    if error.gone:
        switching.off(channel, reason=line(f"Gone: {log.answer or log.code}", limit=200))
    elif _is_lost(delivery, error=error):
        switching.off(channel, reason=UNREACHABLE)


def _repeat(log: Attempt, *, error: SendError) -> None:
    """Later, or never."""
    delivery = log.delivery
    if log.outcome == Outcome.REFUSED:
        _still(delivery).update(status=Status.DEAD, leased_until=None)
    else:
        due_at = timezone.now() + max(wait(delivery.attempts), _asked(error))
        _still(delivery).update(due_at=due_at, leased_until=None)


def _asked(error: SendError) -> timedelta:
    return min(timedelta(seconds=error.retry_after or 0), LONGEST_WAIT)


def wait(attempts: int) -> timedelta:
    """Until the next attempt after so many: longer each time, and never quite the same."""
    return BACK_OFF[attempts - 1] * CHANCE.uniform(1 - JITTER, 1 + JITTER)


def _let_rest(delivery: Delivery, *, for_: timedelta) -> None:
    """A receiver that fails or dawdles holds up nobody else's messages: its others wait a while.

    Not so the mail server, which is everybody's.
    """
    channel = delivery.channel
    if channel.kind != Channel.Kind.EMAIL:
        others = Delivery.objects.filter(channel=channel, status=Status.PENDING).exclude(pk=delivery.pk)
        others.update(due_at=Greatest("due_at", timezone.now() + for_))


def _still(delivery: Delivery) -> QuerySet[Delivery]:
    """The delivery as long as it is leased to who claimed it."""
    return Delivery.objects.filter(pk=delivery.pk, status=Status.PENDING, attempts=delivery.attempts)
