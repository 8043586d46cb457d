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

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from alerts import announcing, messages, metrics, switching
from alerts.models import Attempt, Channel, Delivery
from alerts.sending import SENDERS, Answer, SendError
from alerts.wording import line

logger = logging.getLogger(__name__)
MILLISECOND, MINUTE, HOUR = timedelta(milliseconds=1), timedelta(minutes=1), timedelta(hours=1)
BACK_OFF: Final = (
    *(timedelta(seconds=30), 2 * MINUTE, 10 * MINUTE, 30 * MINUTE),
    *(2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR),
)
JITTER: Final = 0.2
LONGEST_WAIT: Final = 24 * HOUR  # that a receiver can ask for
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
        attempt(delivery)
        tried += 1
    return tried


def fold(now: datetime) -> int:
    """Makes one message of what is held for a channel until now; how many messages."""
    due = Delivery.objects.filter(status=Status.HELD, due_at__lte=now)
    channels = due.order_by("channel").values_list("channel", flat=True).distinct()
    return sum(_fold(channel, now=now) for channel in channels)


@transaction.atomic
def _fold(channel_id: int, *, now: datetime) -> bool:
    """A channel that another process folds is left to it."""
    free = Channel.objects.select_for_update(skip_locked=True, no_key=True)
    channel = free.filter(pk=channel_id).first()
    held = Delivery.objects.filter(channel=channel_id, status=Status.HELD, due_at__lte=now)
    if channel is None or not held.exists():
        return False
    if not channel.is_on:
        held.update(status=Status.DROPPED)
        return False
    digest = Delivery.objects.create(channel=channel, kind=Kind.DIGEST, due_at=now)
    held.update(status=Status.FOLDED, digest=digest)
    return True


@transaction.atomic
def claim(now: datetime) -> Delivery | None:
    """The message whose turn it is, leased to the caller alone; what was tried less often comes first."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    due = Delivery.objects.filter(free, status=Status.PENDING, due_at__lte=now)
    ordered = due.order_by("attempts", "due_at")
    found = ordered.select_for_update(skip_locked=True, of=("self",)).select_related("channel__owner").first()
    if found is not None:
        found.leased_until, found.attempts = now + LEASE, found.attempts + 1
        found.save(update_fields=["leased_until", "attempts"])
    return found


def attempt(delivery: Delivery) -> Attempt | None:
    """Sends what was claimed and writes down what came of it.

    None when there was nothing to send or to write down any more: the channel was switched off (then it is
    dropped), or the alert deleted.
    """
    channel = delivery.channel
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

    Those of a channel that is off stay as they are.
    """
    ended = Delivery.objects.filter(
        pk__in=[delivery.pk for delivery in deliveries],
        status__in=[Status.DEAD, Status.DROPPED],
        channel__is_on=True,
    )
    fresh = {"status": Status.PENDING, "attempts": 0, "due_at": timezone.now(), "leased_until": None}
    count = ended.update(**fresh)
    transaction.on_commit(announcing.ask)
    return count


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
        return SendError("An error of this site, which its staff can look up.")


def _outcome(delivery: Delivery, *, result: Answer | SendError) -> Attempt.Outcome:
    """A test is over when its person has seen what came of it."""
    if isinstance(result, Answer):
        return Outcome.SENT
    is_over = result.permanent or delivery.kind == Kind.TEST or delivery.attempts > len(BACK_OFF)
    return Outcome.REFUSED if is_over else Outcome.LATER


@transaction.atomic
def _settle(log: Attempt, *, result: Answer | SendError) -> Attempt | None:
    """The channel's row comes first, as in `switching`. Who lost the lease meanwhile can only say "sent"."""
    delivery, channel, is_slow = log.delivery, log.delivery.channel, log.milliseconds > SLOW
    if isinstance(result, SendError):
        Channel.objects.filter(pk=channel.pk).update(failures=F("failures") + 1)
    elif channel.failures or is_slow:
        Channel.objects.filter(pk=channel.pk).update(failures=0)
    if not Delivery.objects.select_for_update().filter(pk=delivery.pk).exists():
        return None
    if isinstance(result, SendError):
        _fail(log, error=result)
    else:
        sent = {"status": Status.SENT, "sent_at": timezone.now(), "leased_until": None}
        Delivery.objects.filter(pk=delivery.pk).update(**sent)
    if is_slow:
        _let_rest(delivery, for_=log.milliseconds * SLOWNESS * MILLISECOND)
    log.save()
    return log


def _fail(log: Attempt, *, error: SendError) -> None:
    delivery, channel = log.delivery, log.delivery.channel
    failures, is_last = channel.failures + 1, delivery.attempts > len(BACK_OFF)
    if log.outcome == Outcome.REFUSED:
        _still(delivery).update(status=Status.DEAD, leased_until=None)
    else:
        asked = min(timedelta(seconds=error.retry_after or 0), LONGEST_WAIT)
        due_at = timezone.now() + max(wait(delivery.attempts), asked)
        _still(delivery).update(due_at=due_at, leased_until=None)
        _let_rest(delivery, for_=max(BACK_OFF[min(failures, LONGEST_REST) - 1], asked))
    if error.gone:
        switching.off(channel, reason=line(f"Gone: {log.answer or log.code}", limit=200))
    elif is_last and failures >= delivery.attempts and channel.kind != Channel.Kind.EMAIL:
        switching.off(channel, reason=UNREACHABLE)


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
