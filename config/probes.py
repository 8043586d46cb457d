"""What orchestrators and Prometheus ask: answered before any other middleware.

So it needs no session, no Redis and no known host name, is never redirected to HTTPS and never counted: a
probe speaks plain HTTP to the address of one container.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import admission
from config import health, inside, metrics


@require_safe
def alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- a view
    """Says that this process answers. Nothing else is looked at: a restart would mend nothing else."""
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The verdict for everybody; what it rests on for this machine, who brings the token, and staff."""
    found = health.read()
    told: dict[str, Any] = {"verdict": found.verdict}
    if inside.is_inside(request) or _is_staff(request):
        told["parts"] = {part.name: {"verdict": part.verdict, "detail": part.detail} for part in found.parts}
    return JsonResponse(told, status=found.status)


def _is_staff(request: HttpRequest) -> bool:
    """Asked as a probe nobody is signed in; as a page, after all other middleware, somebody may be."""
    return hasattr(request, "user") and admission.is_admitted(request)


class ProbeMiddleware:
    """Whoever brings a session is a person, who goes the way of all pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return alive(request)
        if request.path == "/readyz" and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return ready(request)
        if request.path == "/metrics" and inside.has_token(request):
            return metrics.exported()
        return self.get_response(request)
