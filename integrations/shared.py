"""State that all processes share: small Lua scripts, each atomic, on the clock of Redis itself."""

from typing import Any

from django.core.cache import cache
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from integrations.errors import MarketError

# Microseconds since 1970. Lua writes such a number as 1.76e+15 unless it is formatted.
NOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function whole(number) return string.format('%d', number) end
"""
SECOND = 1_000_000


def key(kind: str, slug: str) -> str:
    """The name of one source's state, kept apart between deployments by the cache's KEY_PREFIX."""
    return str(cache.make_key(f"integrations:{kind}:{slug}"))


def run(script: str, *, keys: list[str], args: list[object], source: str) -> Any:
    """Runs a script that starts with NOW.

    Without Redis nobody knows how long ago the last request was, so nothing goes out: MarketError, temporary.
    """
    try:
        return get_redis_connection("default").register_script(script)(keys=keys, args=args)
    except RedisError as error:
        raise unreachable(source) from error


def unreachable(source: str) -> MarketError:
    return MarketError(
        f"{source}: Redis cannot be reached, so no request is sent", permanent=False, source=source
    )
