"""Makes, recognises and revokes the keys that programs sign in with."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import journal
from accounts.models import ApiKey, User
from accounts.scopes import SCOPES

MARK: Final = "tcg_"
MOST: Final = 50  # keys of one person that are not revoked
LONGEST: Final = 200  # characters of what is looked at
NOTED_EVERY: Final = timedelta(minutes=5)


class KeyRefusedError(ValueError):
    """No key is made like this; `field` says what is wrong, str() why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def make(
    person: User, *, name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """The key, and what its owner sends: nobody can read that again. Raises KeyRefusedError."""
    wanted = sorted(set(scopes))
    _check(person, name=name, scopes=wanted, expires_at=expires_at)
    prefix = token_hex(4)
    secret = f"{MARK}{prefix}_{token_urlsafe(32)}"
    key = ApiKey(
        person=person,
        name=name.strip(),
        prefix=prefix,
        hash=_hash(secret),
        scopes=wanted,
        expires_at=expires_at,
    )
    with transaction.atomic():
        key.save()
        journal.note(person, journal.Kind.KEY_MADE, said=str(key))
    return key, secret


def known(secret: str) -> ApiKey | None:
    """The key of which this is the secret, while it is good; its use is noted at most every five minutes."""
    if not secret.startswith(MARK) or len(secret) > LONGEST:
        return None
    now = timezone.now()
    key = good(now=now).select_related("person").filter(hash=_hash(secret)).first()
    if key is not None and (key.last_used_at is None or key.last_used_at < now - NOTED_EVERY):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def good(*, now: datetime) -> QuerySet[ApiKey]:
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
    return ApiKey.objects.filter(unexpired, revoked_at=None, person__is_active=True)


def of(person: User) -> QuerySet[ApiKey]:
    """Those of a person that are not revoked, the newest first; also those that expired."""
    return ApiKey.objects.filter(person=person, revoked_at=None)


@transaction.atomic
def revoke(key: ApiKey) -> None:
    """From now on it signs nobody in."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        journal.note(key.person, journal.Kind.KEY_REVOKED, said=str(key))


def _check(person: User, *, name: str, scopes: list[str], expires_at: datetime | None) -> None:
    if not name.strip():
        raise KeyRefusedError("name", "Give the key a name.")
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise KeyRefusedError("scopes", f"Name at least one of {', '.join(SCOPES)}.")
    if expires_at is not None and expires_at <= timezone.now():
        raise KeyRefusedError("expires_at", "This time is over already.")
    if of(person).count() >= MOST:
        raise KeyRefusedError("name", f"You have {MOST} keys already. Revoke one first.")


def _hash(secret: str) -> bytes:
    """A plain hash is enough: nobody guesses 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()
