"""Numbers for Prometheus, for this machine and for staff only."""

from ipaddress import ip_address

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_prometheus.exports import ExportToDjangoView

from accounts import admission

# Behind a proxy on the same machine everyone comes from a loopback address; what it forwards says so.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


def metrics(request: HttpRequest) -> HttpResponse:
    if not (is_local(request) or admission.is_admitted(request)):
        raise PermissionDenied("Metrics are for staff.")
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def is_local(request: HttpRequest) -> bool:
    """Whether a program on this machine asks directly; without an address, a proxy does by its socket."""
    address = request.META.get("REMOTE_ADDR", "")
    return bool(address) and ip_address(address).is_loopback and not any(map(request.META.get, FORWARDED))
