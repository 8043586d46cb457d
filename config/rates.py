"""How many calls of the API, and of pages that cost, may be made in a minute.

All processes together count exactly. The headers are those of draft-ietf-httpapi-ratelimit-headers. While
Redis is down every call passes, without them.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from accounts import addresses, authentication
from config import problems

# Searches and files: /search/, /search/suggest/, /collections/1/export/csv/, /account/data/download/
COSTLY: Final = re.compile(r"/search/|/collections/[0-9]+/export/.|/account/data/download/")
WINDOW: Final = 60  # seconds from the first call on
# One step for Redis: count, begin the window with the first call, and say how long it still lasts.
COUNT: Final = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """`kind` names the limit that counts: address, person or key."""

    kind: str
    name: str

    is_for_page: bool = False

    @property
    def limit(self) -> int:
        if self.is_for_page:
            return int(settings.COSTLY_PAGES_PER_MINUTE)
        return int(settings.API_CALLS_PER_MINUTE[self.kind])

    @property
    def key(self) -> str:
        return f"{'pages' if self.is_for_page else 'calls'}:{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Count:
    calls: int
    limit: int
    seconds: int  # until the window ends

    @property
    def is_over(self) -> bool:
        return self.calls > self.limit


class RateLimitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(problems.API):
            return self.get_response(request)
        caller = caller_of(request)
        counted = count(caller) if caller and caller.limit else None
        if caller is None or counted is None:
            return self.get_response(request)
        response = too_many(counted) if counted.is_over else self.get_response(request)
        response["RateLimit-Policy"] = f'"{caller.kind}";q={counted.limit};w={WINDOW}'
        left = max(counted.limit - counted.calls, 0)
        response["RateLimit"] = f'"{caller.kind}";r={left};t={counted.seconds}'
        return response


class PageRateMiddleware:
    """Stands where everything is known that a page of ours needs, as its refusal is one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        caller = visitor_of(request) if COSTLY.match(request.path) else None
        counted = count(caller) if caller and caller.limit else None
        if counted is None or not counted.is_over:
            return self.get_response(request)
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(counted.seconds)
        return response


def caller_of(request: HttpRequest) -> Caller | None:
    """A secret that is no good counts for the address it comes from; behind a socket there may be none."""
    if authentication.sent(request) and (key := authentication.key_of(request)):
        return Caller("key", str(key.pk))
    return visitor_of(request, is_for_page=False)


def visitor_of(request: HttpRequest, *, is_for_page: bool = True) -> Caller | None:
    """Who has a session, or an address; a key signs nobody in to a page."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and (person := request.session.get(SESSION_KEY)):
        return Caller("person", person, is_for_page)
    address = addresses.of(request)
    return Caller("address", addresses.network(address), is_for_page) if address else None


def count(caller: Caller) -> Count | None:
    """With this call; None while Redis cannot be reached."""
    key = cache.make_key(caller.key)
    try:
        redis = get_redis_connection("default")
        calls, left = redis.register_script(COUNT)(keys=[key], args=[WINDOW * 1000])
    except RedisError:
        return None
    return Count(calls=calls, limit=caller.limit, seconds=max(math.ceil(left / 1000), 1))


def too_many(counted: Count) -> HttpResponseBase:
    wait = f"These were {counted.limit} calls in {WINDOW} seconds. Wait {counted.seconds} seconds."
    response = problems.answer(429, detail=wait)
    response["Retry-After"] = str(counted.seconds)
    return response
