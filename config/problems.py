"""Errors of the API as problem details (RFC 9457)."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views import defaults
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from config import requestids

MEDIA_TYPE = "application/problem+json"
API = "/api/"
NOT_ACCEPTED = "The request has a value that is not accepted."
MEANINGS = {
    "invalid": "A parameter has a value that is not accepted. `errors` names each with its reason.",
    "unauthenticated": "This needs a key or a session, or the key that came along is no good.",
    "forbidden": "Who asks is known and may not do this; `detail` says what is missing.",
    "not-found": "There is nothing at this address. `detail` says which part of it is unknown.",
    "method-not-allowed": "This address answers other methods; the header Allow names them.",
    "conflict": "Something else is at work on the same thing, or changed it meanwhile. Ask again.",
    "precondition-failed": "It is no longer as the header If-Match or If-Unmodified-Since says.",
    "unsupported-media-type": "The body is of another media type than this address takes.",
    "idempotency-key-reused": "The Idempotency-Key belongs to another call, with another address or body.",
    "too-many-calls": "The limit of calls is reached. The header Retry-After says for how many seconds.",
    "internal": "The site failed. Try again later; the failure is logged.",
    "other": "The title is the HTTP status and `detail` says more.",
}
KINDS = {
    HTTPStatus.BAD_REQUEST: "invalid",
    HTTPStatus.UNAUTHORIZED: "unauthenticated",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.PRECONDITION_FAILED: "precondition-failed",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
    HTTPStatus.UNPROCESSABLE_ENTITY: "idempotency-key-reused",
    HTTPStatus.TOO_MANY_REQUESTS: "too-many-calls",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal",
}


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None, for what is no answer but a bug, lets Django log it."""
    response = exception_handler(exc, context)
    if response is not None:
        response.data = details(response.status_code, detail=_detail(exc), errors=_errors(exc))
        response.content_type = MEDIA_TYPE
        for name, value in getattr(exc, "headers", {}).items():
            response[name] = value
    return response


def details(status: int, *, detail: str, errors: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    kind = reverse("problem", args=[KINDS.get(HTTPStatus(status), "other")])
    found = {
        "type": f"{settings.SITE_URL}{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": requestids.current(),
    }
    listed = list(errors)
    return {**found, "errors": listed} if listed else found


def _detail(exc: Exception) -> str:
    if isinstance(exc, ValidationError):
        return NOT_ACCEPTED
    return str(exc.detail if isinstance(exc, APIException) else exc)


def _errors(exc: Exception) -> list[dict[str, Any]]:
    if not isinstance(exc, ValidationError) or not isinstance(exc.detail, dict):
        return []
    found = exc.detail.items()
    places = getattr(exc, "places", {})
    return [
        {"field": _whole(field), "detail": _whole(message), **places.get(field, {})}
        for field, messages in found
        for message in messages
    ]


def _whole(text: Any) -> str:
    """JSON can name half a character, and a complaint repeats it; UTF-8 cannot."""
    return str(text).encode(errors="replace").decode()


def meaning(request: HttpRequest, kind: str) -> JsonResponse:  # noqa: ARG001 -- a view
    """What the `type` of a problem points to."""
    if kind in MEANINGS:
        return JsonResponse({"kind": kind, "meaning": MEANINGS[kind]})
    return answer(404, detail=f"There is no problem “{kind}”; there are {', '.join(MEANINGS)}.")


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: problem details for the API, the page 500.html for everyone else."""
    if not request.path.startswith(API):
        return defaults.server_error(request)
    return answer(500, detail="The site failed to answer.")


def answer(status: int, *, detail: str, errors: Iterable[dict[str, str]] = ()) -> JsonResponse:
    said = details(status, detail=detail, errors=errors)
    return JsonResponse(said, status=status, content_type=MEDIA_TYPE)
