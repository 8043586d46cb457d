"""How long what is over is kept, and the one way in which it is let go (docs/retention.md).

Each app that keeps rows for a time lists its rules in a module of this name; config.retention keeps them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import idempotency, journal
from accounts.models import ApiKey, IdempotentCall, SecurityEvent

AT_ONCE: Final = 1_000  # rows of one transaction, besides what hangs on them
Over = Callable[[datetime], QuerySet[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`count` says how many were over before a moment, `forget` lets them go and says how many there were.

    The period is `kept`, or where that is None what the operator set: so many days, 0 for ever.
    """

    name: str
    count: Callable[[datetime], int]
    forget: Callable[[datetime], int]
    kept: timedelta | None = None
    setting: str = ""

    @property
    def period(self) -> timedelta | None:
        """None for ever."""
        days: int = settings.RETENTION_DAYS.get(self.setting, 0)
        return self.kept if self.kept is not None else timedelta(days=days) or None


def rows(name: str, *, over: Over, kept: timedelta | None = None, setting: str = "") -> Rule:
    """A rule about rows; `over` are those that were over before a moment, in the order in which they go."""
    return Rule(
        name=name,
        count=lambda before: over(before).count(),
        forget=partial(forget, over),
        kept=kept,
        setting=setting,
    )


def forget(over: Over, before: datetime) -> int:
    """Some at a time, so that nobody waits long for a lock; how many there were.

    Killed half-way, it goes on from there the next time. What another transaction holds stays until then.
    """
    gone = 0
    while keys := _forget_some(over(before)):
        gone += keys
    return gone


@transaction.atomic
def _forget_some(found: QuerySet[Any]) -> int:
    held = found.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    keys = list(held[:AT_ONCE])
    found.model._default_manager.filter(pk__in=keys).delete()  # noqa: SLF001 -- Django's own name for it
    return len(keys)


def ended_sessions(before: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=before).order_by("expire_date")


def records_of_ended_sessions(before: datetime) -> QuerySet[UserSession]:
    """What "where you are signed in" says of sessions that are no more."""
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    records: QuerySet[UserSession] = UserSession.objects.filter(~Exists(session), last_seen_at__lt=before)
    return records.order_by("pk")


def answered_calls(before: datetime) -> QuerySet[IdempotentCall]:
    return IdempotentCall.objects.filter(created_at__lt=before).order_by("created_at")


def ended_keys(before: datetime) -> QuerySet[ApiKey]:
    """With when they were last used."""
    return ApiKey.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)).order_by("pk")


def old_events(before: datetime) -> QuerySet[SecurityEvent]:
    return SecurityEvent.objects.filter(at__lt=before).order_by("at")


RULES: Final = (
    rows("Sessions, once they ended", over=ended_sessions, kept=timedelta(0)),
    rows("Records of sessions that ended", over=records_of_ended_sessions, kept=timedelta(days=1)),
    rows("Answers to calls with an Idempotency-Key", over=answered_calls, kept=idempotency.KEPT),
    rows("API keys that expired or were revoked", over=ended_keys, setting="keys"),
    rows("Security events", over=old_events, kept=journal.KEPT_FOR),
)
