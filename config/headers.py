"""Who may load what we answer: pages and files only our own, the API everybody's programs."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.problems import API


class ResourcePolicyMiddleware:
    """Cross-Origin-Resource-Policy, as CORS says it (settings.CORS_URLS_REGEX)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_public = request.path.startswith(API)
        response.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_public else "same-origin")
        return response
