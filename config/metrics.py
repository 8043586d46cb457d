"""Numbers for Prometheus, for this machine, for who brings the token, and for staff only."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from accounts import admission
from config import inside, processes
from config.state_metrics import StateCollector

STATE = StateCollector()


def metrics(request: HttpRequest) -> HttpResponse:
    if not (inside.is_inside(request) or admission.is_admitted(request)):
        raise PermissionDenied("Metrics are for staff.")
    return exported()


def exported() -> HttpResponse:
    """What all processes have counted, and how the site is at this moment."""
    counted = generate_latest(processes.registry() or REGISTRY)
    return HttpResponse(counted + generate_latest(STATE), content_type=CONTENT_TYPE_LATEST)
