"""An unsafe call with an Idempotency-Key does its work once, however often it is sent (docs/adr/0014).

The answer is stored in the transaction of the effect: a call that dies half-way leaves neither, and a second
one at the same time waits at the unique constraint until the first is over.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial, wraps
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import resealing, vault
from accounts.models import IdempotentCall
from accounts.scopes import SAFE

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
KEPT: Final = timedelta(hours=24)
LEASE: Final = timedelta(minutes=2)  # a view `in_steps` that took longer died
SERVER_ERROR: Final = 500
PURPOSE: Final = "idempotent answers"
KEY: Final = re.compile(r'"?([\x21\x23-\x7e]{1,255})"?')
View = TypeVar("View", bound=Callable[..., Any])
Work = Callable[[], Any]


class AnotherCallError(APIException):
    status_code = 422
    default_detail = "This Idempotency-Key belongs to another call; use a new one for each."


class AtWorkError(APIException):
    status_code = 409
    default_detail = "The first call with this Idempotency-Key is still at work. Ask again in a moment."


def in_steps(view: View) -> View:
    """Marks a view that must not run in one transaction: it talks to others, or hands work to the worker."""
    view.in_steps = True  # type: ignore[attr-defined]
    return view


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    answer = _stepwise if getattr(view, "in_steps", False) else _at_once

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> Any:
        work = partial(view, request, *args, **kwargs)
        if request.method in SAFE or HEADER not in request.headers:
            return work()
        return answer(request, _key(request), work)

    return guarded


def reseal() -> resealing.Count:
    """All answers that are kept, with today's SECRET_KEY."""
    return resealing.reseal(
        IdempotentCall.objects.exclude(body=""),
        field="body",
        fresh=lambda body: vault.reseal(body, purpose=PURPOSE),
    )


def _at_once(request: Request, key: str, work: Work) -> Any:
    with transaction.atomic():
        call, is_first = _begin(request, key)
        if not is_first:
            return _replayed(call, request)
        response = work()
        if response.status_code < SERVER_ERROR:
            _store(call, request, response)
        else:
            transaction.set_rollback(True)
        return response


def _stepwise(request: Request, key: str, work: Work) -> Any:
    """The call is noted, the work done, and the answer stored, each for itself."""
    with transaction.atomic():
        call, is_first = _begin(request, key)
    if not is_first:
        return _replayed(call, request)
    try:
        response = work()
    except BaseException:
        IdempotentCall.objects.filter(pk=call.pk).delete()
        raise
    _store(call, request, response)
    return response


def _begin(request: Request, key: str) -> tuple[IdempotentCall, bool]:
    """The stored call, and whether this is it; waits for one that is at work at this moment."""
    now = timezone.now()
    over = Q(created_at__lt=now - KEPT) | Q(status=None, created_at__lt=now - LEASE)
    person: Any = request.user
    IdempotentCall.objects.filter(over, person=person, key=key).delete()
    return IdempotentCall.objects.get_or_create(
        person=person,
        key=key,
        defaults={"call": _address(request), "fingerprint": _fingerprint(request), "created_at": now},
    )


def _store(call: IdempotentCall, request: Request, response: Any) -> None:
    """As bytes, so that the second answer is the first to the letter."""
    if isinstance(response, Response):
        renderer = request.accepted_renderer
        body: Any = renderer.render(response.data, renderer.media_type, {}) or b""
        kind = renderer.media_type
    else:
        body, kind = response.content, response["Content-Type"]
    headers = {**response.headers, "Content-Type": kind}
    sealed = vault.seal(body.decode(), purpose=PURPOSE)
    IdempotentCall.objects.filter(pk=call.pk).update(
        status=response.status_code, headers=headers, body=sealed
    )


def _replayed(call: IdempotentCall, request: Request) -> HttpResponse:
    """Raises AnotherCallError and AtWorkError."""
    is_same = bytes(call.fingerprint) == _fingerprint(request) and call.call == _address(request)
    if not is_same:
        raise AnotherCallError
    if call.status is None:
        raise AtWorkError
    body = vault.unseal(call.body, purpose=PURPOSE)
    response = HttpResponse(body, status=call.status, headers={**call.headers, REPLAYED: "true"})
    if not body:
        del response["Content-Type"]
    return response


def _key(request: Request) -> str:
    key = KEY.fullmatch(request.headers[HEADER])
    if key is None:
        raise ValidationError({HEADER: ["Send 1 to 255 visible ASCII characters, such as a UUID."]})
    return key[1]


def _address(request: Request) -> str:
    return f"{request.method} {request.get_full_path()}"


def _fingerprint(request: Request) -> bytes:
    """Of what was understood: a form that is sent again has another boundary."""
    digest = hashlib.sha256()
    data = request.data
    if isinstance(data, QueryDict):
        fields = [[name, values] for name, values in sorted(data.lists()) if name not in request.FILES]
        digest.update(json.dumps(fields).encode())
        _add_files(digest, request.FILES)
    else:
        digest.update(json.dumps(data, sort_keys=True).encode())
    return digest.digest()


def _add_files(digest: Any, files: Any) -> None:
    for name, file in sorted(files.items()):
        digest.update(json.dumps([name, file.name, file.size]).encode())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
