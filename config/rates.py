"""How many calls of the API may be made in a minute, counted exactly by all processes together.

The headers are those of draft-ietf-httpapi-ratelimit-headers. While Redis is down every call passes, without
them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from accounts import addresses, authentication
from config import problems

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

    @property
    def limit(self) -> int:
        return int(settings.API_CALLS_PER_MINUTE[self.kind])


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


def caller_of(request: HttpRequest) -> Caller | None:
    """A secret that is no good counts for the address it comes from; behind a socket there may be none."""
    if authentication.sent(request) and (key := authentication.key_of(request)):
        return Caller("key", str(key.pk))
    if settings.SESSION_COOKIE_NAME in request.COOKIES and (person := request.session.get(SESSION_KEY)):
        return Caller("person", person)
    address = addresses.of(request)
    return Caller("address", addresses.network(address)) if address else None


def count(caller: Caller) -> Count | None:
    """With this call; None while Redis cannot be reached."""
    key = cache.make_key(f"calls:{caller.kind}:{caller.name}")
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
