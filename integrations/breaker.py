"""Stops all processes from calling a source that fails."""

import math
import uuid
from dataclasses import dataclass
from typing import Literal

from integrations import shared
from integrations.errors import MarketError

State = Literal["closed", "open", "half-open"]

# The hash holds: failures (in a row), open_until, and the probe with the time its lease ends. No hash, or no
# open_until in it, is a closed breaker; open becomes half-open by the clock alone.
_READ = f"""{shared.NOW}
local function field(name) return tonumber(redis.call('HGET', KEYS[1], name) or 0) end
local open_until, lease = field('open_until'), field('lease')
local function answer(state, left) return {{state, field('failures'), left}} end
local function open(pause)
  redis.call('HDEL', KEYS[1], 'probe', 'lease')
  redis.call('HSET', KEYS[1], 'open_until', whole(now + pause))
  redis.call('PEXPIRE', KEYS[1], whole(pause / 1000 + 86400000))
  return answer('open', pause)
end
if ARGV[1] == 'trip' then return open(tonumber(ARGV[2])) end
"""
_STATE = f"""{_READ}
if open_until == 0 then return answer('closed', 0) end
if now < open_until then return answer('open', open_until - now) end
"""
_ADMIT = f"""{_STATE}
if now < lease then return answer('half-open', lease - now) end
if ARGV[1] == 'admit' then
  redis.call('HSET', KEYS[1], 'probe', ARGV[2], 'lease', whole(now + tonumber(ARGV[3])))
end
return answer('half-open', 0)
"""
# Once the breaker is open, only its probe is heard; calls that started before say nothing new.
_SETTLE = f"""{_READ}
if open_until > 0 and redis.call('HGET', KEYS[1], 'probe') ~= ARGV[2] then return answer('open', 0) end
if ARGV[1] == 'succeed' then
  redis.call('DEL', KEYS[1])
  return answer('closed', 0)
end
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
if open_until > 0 or failures >= tonumber(ARGV[3]) then return open(tonumber(ARGV[4])) end
redis.call('EXPIRE', KEYS[1], 86400)
return answer('closed', 0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the breaker says: `seconds` until the next call may be tried (0 when one may go now)."""

    state: State
    failures: int
    seconds: float


def state(slug: str) -> Reading:
    """How the breaker of one source stands, for pages that staff read."""
    return _run(slug, _ADMIT, "state")


class Breaker:
    """Opens for `pause` seconds after `failures` failed calls in a row, then lets one probe through.

    A probe whose process dies is forgotten after `lease` seconds, which must exceed one call's deadline.
    """

    def __init__(self, slug: str, *, failures: int, pause: float, lease: float) -> None:
        self._slug = slug
        self._failures = failures
        self._pause = _micro(pause)
        self._lease = _micro(lease)

    def admit(self) -> str:
        """The ticket with which the outcome is reported; a temporary MarketError when refused."""
        ticket = uuid.uuid4().hex
        reading = _run(self._slug, _ADMIT, "admit", ticket, self._lease)
        if reading.seconds > 0:
            message = f"{self._slug}: paused after failures; next try in {math.ceil(reading.seconds)} s"
            raise MarketError(message, permanent=False, source=self._slug)
        return ticket

    def succeed(self, ticket: str) -> None:
        _run(self._slug, _SETTLE, "succeed", ticket)

    def fail(self, ticket: str) -> None:
        _run(self._slug, _SETTLE, "fail", ticket, self._failures, self._pause)

    def trip(self, seconds: float) -> None:
        """Opens at once, whoever asks: the source has shut us out."""
        _run(self._slug, _READ, "trip", _micro(seconds))


def _run(slug: str, script: str, *args: object) -> Reading:
    found = shared.run(script, keys=[shared.key("breaker", slug)], args=list(args), source=slug)
    name, failures, micro = found
    return Reading(state=name.decode(), failures=int(failures), seconds=int(micro) / shared.SECOND)


def _micro(seconds: float) -> int:
    return round(seconds * shared.SECOND)
