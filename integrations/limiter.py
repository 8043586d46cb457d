"""Keeps the requests of all processes to one source apart."""

import math

from integrations import shared
from integrations.errors import MarketError

# The generic cell rate algorithm (ITU-T I.371, Annex A) without burst: the key holds the time at which the
# next request may start. A request that would wait too long takes no place in the queue.
_RESERVE = f"""{shared.NOW}
local interval, longest, quota = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local start = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
if start - now > longest then return {{'late', start - now}} end
local used = redis.call('INCR', KEYS[2])
if used == 1 then redis.call('EXPIRE', KEYS[2], 86400) end
if quota > 0 and used > quota then return {{'spent', redis.call('PTTL', KEYS[2]) * 1000}} end
redis.call('SET', KEYS[1], whole(start + interval), 'PX', whole((start - now + interval) / 1000 + 1000))
return {{'go', start - now}}
"""
_PUSH_BACK = f"""{shared.NOW}
local start = math.max(now + tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or 0))
redis.call('SET', KEYS[1], whole(start), 'PX', whole((start - now) / 1000 + 1000))
"""
_USED = f"""{shared.NOW}
return redis.call('GET', KEYS[1])
"""
# However long a source asks us to stay away, ask again after this many seconds.
LONGEST_PUSH_BACK = 3600.0


class Limiter:
    """Spaces requests `interval` seconds apart; `quota` of them in 24 hours, 0 for no limit."""

    def __init__(self, slug: str, *, interval: float, longest_wait: float, quota: int = 0) -> None:
        self._slug = slug
        self._keys = [shared.key("limiter", slug), shared.key("quota", slug)]
        self._args: list[object] = [_micro(interval), _micro(longest_wait), quota]

    def reserve(self) -> float:
        """Takes the next place and returns the seconds until it is due.

        Raises a temporary MarketError when that would take longer than `longest_wait`, or the quota is spent.
        """
        verdict, micro = shared.run(_RESERVE, keys=self._keys, args=self._args, source=self._slug)
        seconds = int(micro) / shared.SECOND
        if verdict == b"go":
            return seconds
        reason = "the day's requests are spent" if verdict == b"spent" else "it asked us to stay away"
        message = f"{self._slug}: {reason}; next request in {math.ceil(seconds)} s"
        raise MarketError(message, permanent=False, source=self._slug)

    def push_back(self, seconds: float) -> None:
        """Nobody starts a request for so many seconds (at most LONGEST_PUSH_BACK)."""
        delay = _micro(min(seconds, LONGEST_PUSH_BACK))
        shared.run(_PUSH_BACK, keys=self._keys[:1], args=[delay], source=self._slug)


def _micro(seconds: float) -> int:
    return round(seconds * shared.SECOND)


def used(slug: str) -> int:
    """How many requests went to a source in its present 24 hours, which begin with the first of them.

    Raises a temporary MarketError when Redis cannot be reached.
    """
    return int(shared.run(_USED, keys=[shared.key("quota", slug)], args=[], source=slug) or 0)
