"""When a person was last seen, without a write on every page."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

EVERY = 5 * 60  # seconds


class LastSeenMiddleware:
    """Takes the place of allauth's UserSessionsMiddleware, which selects and updates on each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and cache.add(f"seen:{key}", value=True, timeout=EVERY):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)
