"""Says of each request whether it begins at the replica; in place only where there is one."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts import authentication
from catalog import reads
from config import problems
from config.database import replica

SAFE: Final = {"GET", "HEAD", "OPTIONS"}


class ReplicaMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = person_of(request)
        is_safe = request.method in SAFE
        is_served = is_safe and replica.serves(before)
        with reads.begun_at(reads.REPLICA if is_served else reads.PRIMARY) as place:
            response = self.get_response(request)
        if place.was_moved or not is_safe:
            for person in {before, person_of(request)} - {None}:  # who signs in is somebody else afterwards
                replica.remember_write(str(person))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """What the replica failed to answer is asked of the primary, from the beginning, once."""
        lost = isinstance(error, OperationalError | InterfaceError) and reads.alias() == reads.REPLICA
        if not lost or not request.resolver_match:
            return None
        replica.watch.forget()
        reads.from_primary()
        view, args, kwargs = request.resolver_match
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer


def person_of(request: HttpRequest) -> str | None:
    """Whose session or key comes along. Asked of nobody else: whoever looks makes the answer theirs."""
    if request.path.startswith(problems.API) and authentication.sent(request):
        key = authentication.key_of(request)
        return str(key.person_id) if key else None
    if settings.SESSION_COOKIE_NAME in request.COOKIES or request.method not in SAFE:
        return request.session.get(SESSION_KEY)
    return None
