"""What is left of the requests a source allows: read by staff, and set right where the source tells it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from integrations import shared
from integrations.http import DoorPolicy

# Within one day of the source's, what we counted is never counted down: the source's figure may lag behind.
_TELL: Final = f"""{shared.NOW}
local used, reset = tonumber(ARGV[1]), tonumber(ARGV[3])
if reset * 1000 <= now then return 0 end
if redis.call('PEXPIRETIME', KEYS[1]) == reset then
  used = math.max(used, tonumber(redis.call('HGET', KEYS[1], 'used') or 0))
end
redis.call('HSET', KEYS[1], 'used', whole(used), 'limit', ARGV[2])
redis.call('PEXPIREAT', KEYS[1], whole(reset))
return 1
"""
# The hour is free again when its last request is that long ago, and has room when its oldest is.
_READ: Final = f"""{shared.NOW}
local hour = tonumber(ARGV[1])
local day = redis.call('HMGET', KEYS[1], 'used', 'limit')
local since = '(' .. whole(now - hour)
local oldest = redis.call('ZRANGEBYSCORE', KEYS[2], since, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
return {{
  tonumber(day[1] or 0), tonumber(day[2] or -1), redis.call('PEXPIRETIME', KEYS[1]),
  redis.call('ZCOUNT', KEYS[2], since, '+inf'), oldest and whole((tonumber(oldest) + hour) / 1000) or '-1'
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The requests of one period. `resets_at` is when the first of them become free again; None when unused.

    A day begins with its first request unless the source told when it ends (`tell`). The hour rolls.
    """

    period: Literal["hour", "day"]
    used: int
    limit: int
    resets_at: datetime | None

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


def tell(slug: str, *, limit: int, remaining: int, resets_at: datetime) -> bool:
    """Sets a source's day to what the source itself says; False when that day is over already.

    From then on the limiter allows at most `limit` requests (and never more than its policy) until
    `resets_at`, of which all but `remaining` are used. Raises a temporary MarketError without Redis.
    """
    args: list[object] = [max(0, limit - remaining), max(0, limit), round(resets_at.timestamp() * 1000)]
    return bool(shared.run(_TELL, keys=[shared.key("day", slug)], args=args, source=slug))


def of(policy: DoorPolicy) -> list[Budget]:
    """The budgets of one source, the hour before the day; none for a source without limits.

    Raises a temporary MarketError without Redis.
    """
    keys = [shared.key(kind, policy.slug) for kind in ("day", "hour")]
    hour = round(policy.hour * shared.SECOND)
    used, told, day_ends, in_hour, hour_frees = map(
        int, shared.run(_READ, keys=keys, args=[hour], source=policy.slug)
    )
    limit = min(policy.daily_quota, told) if told >= 0 else policy.daily_quota
    found = [
        Budget(period="hour", used=in_hour, limit=policy.hourly_quota, resets_at=_moment(hour_frees)),
        Budget(period="day", used=used, limit=limit, resets_at=_moment(day_ends)),
    ]
    return [budget for budget in found if budget.limit or budget.used]


def _moment(milliseconds: int) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC) if milliseconds > 0 else None
