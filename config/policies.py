"""What a browser may load for an answer: its Content-Security-Policy."""

from typing import Final

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

DATA: Final = "/api/v1/"
NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"


class PolicyMiddleware(CSPMiddleware):
    """Pages have that of the settings; data loads nothing. With 304 a page keeps the one it came with."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(DATA):
            response[HEADER] = NOTHING
            return response
        if response.status_code == 304:
            return response
        return super().process_response(request, response)
