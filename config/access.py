"""Every request once: a line in the log and a count for Prometheus, by its endpoint, never its address.

This is one middleware in place of django-prometheus' two, which count sixteen things of each request; the
four that are looked at cost a tenth of that (docs/observability.md).
"""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Gauge, Histogram

from config import logs

logger = logging.getLogger(logs.PLAIN)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN: Final = "unknown"  # no endpoint was found, or the request went no further than a middleware

REQUESTS = Counter(
    "http_requests", "Requests answered, by endpoint, method and status", ["view", "method", "status"]
)
SECONDS = Histogram(
    "http_request_seconds",
    "From the first of our middleware to the answer, by endpoint",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30),
)
RUNNING = Gauge("http_requests_running", "Requests that are being answered", multiprocess_mode="livesum")


class AccessMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        RUNNING.inc()
        try:
            response = self.get_response(request)
        finally:
            RUNNING.dec()
        note(request, status=response.status_code, seconds=perf_counter() - began)
        return response


def note(request: HttpRequest, *, status: int, seconds: float) -> None:
    match = request.resolver_match
    view = (match.view_name if match else "") or UNKNOWN
    method = request.method if request.method in METHODS else UNKNOWN
    REQUESTS.labels(view, method, str(status)).inc()
    SECONDS.labels(view).observe(seconds)
    extra = {"endpoint": view, "method": method, "status": status, "ms": round(seconds * 1000, 1)}
    logger.info("%s %s %d %.1f ms", method, view, status, seconds * 1000, extra=extra)
