"""Who guesses passwords is locked out: after five for one account from one address, for 15 minutes.

django-axes counts in the database, so that a lock outlives Redis and staff can see and lift it.
"""

import math
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import addresses

LONGEST = 255  # of AccessAttempt.username


def account_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:  # noqa: ARG001 -- axes'
    """The account that is tried, as it is written down. An address of nobody's is counted like any other."""
    said = credentials or {}
    tried = said.get("email") or said.get("username") or ""
    return str(tried).lower().replace("\0", "")[:LONGEST]


def address_of(request: HttpRequest) -> str | None:
    """Of a network of IPv6 its first address stands for all."""
    found = addresses.of(request)
    return addresses.network(found).partition("/")[0] if found else None


def locked(account: str) -> QuerySet[AccessAttempt]:
    """What counts against an account, from everywhere."""
    found: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(username=account.lower())
    return found


def lift(account: str) -> None:
    """Whoever proved by mail that the account is theirs need not wait."""
    locked(account).delete()


def answer(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:  # noqa: ARG001 -- axes'
    """What who is locked out is told, however right the password may be."""
    seconds = _seconds_left(account_of(request, credentials), address=address_of(request))
    told = render(request, "account/locked.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    told["Retry-After"] = str(seconds)
    return told


def _seconds_left(account: str, *, address: str | None) -> int:
    last = locked(account).filter(ip_address=address).aggregate(last=Max("attempt_time"))["last"]
    left = (last + settings.AXES_COOLOFF_TIME - timezone.now()).total_seconds() if last else 0
    return max(math.ceil(left), 1)
