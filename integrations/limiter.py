"""Keeps the requests of all processes to one source apart, and within its hour and its day."""

import math
import uuid
from typing import Final

from integrations import shared
from integrations.errors import MarketError

# The generic cell rate algorithm (ITU-T I.371, Annex A): KEYS[1] holds the time at which the next request may
# start once a burst is used up. KEYS[2] counts the day. KEYS[3] holds the places of the last hour, each by
# the latest moment at which its request can have reached the source: as long as the end of a request is not
# reported, that is its start plus `lease`. A place is counted until an hour after that moment, so that no
# hour, wherever it begins, sees more than `hourly` requests arrive. A request that would wait too long takes
# no place at all.
_RESERVE: Final = f"""{shared.NOW}
local interval, tolerance, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local quota, hourly, hour, lease = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local due = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local start, reason = math.max(now, due - tolerance), 'late'
if hourly > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', whole(now - hour))
  local oldest = redis.call('ZREVRANGE', KEYS[3], hourly - 1, hourly - 1, 'WITHSCORES')[2]
  if oldest and tonumber(oldest) + hour > start then start, reason = tonumber(oldest) + hour, 'full' end
end
if start - now > longest then return {{reason, start - now}} end
local used, limit = unpack(redis.call('HMGET', KEYS[2], 'used', 'limit'))
local most = limit and math.min(quota, tonumber(limit)) or quota
if quota > 0 and tonumber(used or 0) >= most then return {{'spent', redis.call('PTTL', KEYS[2]) * 1000}} end
redis.call('HINCRBY', KEYS[2], 'used', 1)
if not used then redis.call('EXPIRE', KEYS[2], 86400) end
if hourly > 0 then
  redis.call('ZADD', KEYS[3], whole(start + lease), ARGV[8])
  redis.call('PEXPIRE', KEYS[3], whole((longest + lease + hour) / 1000 + 1000))
end
due = math.max(due, start) + interval
redis.call('SET', KEYS[1], whole(due), 'PX', whole((due - now) / 1000 + 1000))
return {{'go', start - now}}
"""
# After a pause that the source asked for, requests start one by one, without a burst.
_PUSH_BACK: Final = f"""{shared.NOW}
local due = math.max(now + tonumber(ARGV[1]) + tonumber(ARGV[2]), tonumber(redis.call('GET', KEYS[1]) or 0))
redis.call('SET', KEYS[1], whole(due), 'PX', whole((due - now) / 1000 + 1000))
"""
_SETTLE: Final = f"""{shared.NOW}
redis.call('ZADD', KEYS[1], 'XX', 'LT', whole(now), ARGV[1])
"""
_GIVE_BACK: Final = """
redis.call('ZREM', KEYS[2], ARGV[1])
if tonumber(redis.call('HGET', KEYS[1], 'used') or 0) > 0 then redis.call('HINCRBY', KEYS[1], 'used', -1) end
"""
# However long a source asks us to stay away, ask again after this many seconds.
LONGEST_PUSH_BACK: Final = 3600.0
HOUR: Final = 3600.0
_REASONS: Final = {
    b"late": "it asked us to stay away",
    b"full": "the hour's requests are spent",
    b"spent": "the day's requests are spent",
}


class Limiter:
    """Spaces requests `interval` seconds apart, `quota` of them in 24 hours (0: no limit).

    After a quiet time `burst` requests may start at once. In any `hour` seconds at most `hourly` requests
    reach the source (0: no limit); `lease` is the longest time from the start of a request to its arrival.
    """

    def __init__(  # noqa: PLR0913 - each is a plain number of one policy
        self,
        slug: str,
        *,
        interval: float,
        longest_wait: float,
        quota: int = 0,
        burst: int = 1,
        hourly: int = 0,
        hour: float = HOUR,
        lease: float = 60.0,
    ) -> None:
        self._slug = slug
        self._is_hourly = hourly > 0
        self._pace, self._day, self._hour = (shared.key(kind, slug) for kind in ("limiter", "day", "hour"))
        self._tolerance = _micro(interval * (burst - 1))
        times = [_micro(interval), self._tolerance, _micro(longest_wait)]
        self._args: list[object] = [*times, quota, hourly, _micro(hour), _micro(lease)]

    def reserve(self, place: str = "") -> float:
        """Takes the next place, under this name, and returns the seconds until it is due.

        Raises a temporary MarketError when that would take longer than `longest_wait`, or the quota is spent.
        """
        keys = [self._pace, self._day, self._hour]
        args = [*self._args, place or uuid.uuid4().hex]
        verdict, micro = shared.run(_RESERVE, keys=keys, args=args, source=self._slug)
        seconds = int(micro) / shared.SECOND
        if verdict == b"go":
            return seconds
        message = f"{self._slug}: {_REASONS[verdict]}; next request in {math.ceil(seconds)} s"
        raise MarketError(message, permanent=False, source=self._slug)

    def arrived(self, place: str) -> None:
        """The source has answered the request of this place: its hour began at the latest now."""
        if self._is_hourly:
            shared.run(_SETTLE, keys=[self._hour], args=[place], source=self._slug)

    def give_back(self, place: str) -> None:
        """No request was sent after all."""
        shared.run(_GIVE_BACK, keys=[self._day, self._hour], args=[place], source=self._slug)

    def push_back(self, seconds: float) -> None:
        """Nobody starts a request for so many seconds (at most LONGEST_PUSH_BACK)."""
        delay = _micro(min(seconds, LONGEST_PUSH_BACK))
        shared.run(_PUSH_BACK, keys=[self._pace], args=[delay, self._tolerance], source=self._slug)


def _micro(seconds: float) -> int:
    return round(seconds * shared.SECOND)
