"""Whether the replica may be asked: how far it has come, and how far it must have come for whom.

PostgreSQL counts what is written in bytes of its log, as two halves in hexadecimal ("16/B374D848"). A replica
that has replayed up to a position holds all that was committed before it. Nothing here counts on time
passing (ADR 0021).
"""

import logging
import threading
import time
from typing import Final, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connections
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from catalog import reads

log = logging.getLogger(__name__)

LOOKED: Final = 1.0  # seconds for which a look at the replica counts
RESTED: Final = 5.0  # seconds after a look that found it down or behind
DAY: Final = 24 * 3600
# The end of the log in memory: a commit that is not yet flushed (synchronous_commit = off) lies before it.
WRITTEN: Final = "SELECT pg_current_wal_insert_lsn() - '0/0'"
REPLAYED: Final = """
SELECT pg_last_wal_replay_lsn() - '0/0', extract(epoch FROM now() - pg_last_xact_replay_timestamp())
WHERE pg_is_in_recovery()"""
# Of two writes that end at the same time the later position stays.
REMEMBER: Final = """
if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
end"""


class UnusableError(Exception):
    """The replica is no replica, or is too far behind."""


class Watch:
    """What this process knows of the replica. One thread looks, while the others go by the last look."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._replayed: int | None = None

    def replayed(self) -> int | None:
        """The position up to which the replica holds everything; None while it may not be asked."""
        if time.monotonic() >= self._until and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._replayed

    def forget(self) -> None:
        """A statement failed there: the next request looks again."""
        self._until = 0.0

    def _look(self) -> None:
        try:
            found: int | None = look()
        except (DatabaseError, UnusableError) as error:
            if self._replayed is not None:
                log.warning("The replica is left alone: %s", error)
            connections[reads.REPLICA].close()
            found = None
        self._replayed = found
        self._until = time.monotonic() + (RESTED if found is None else LOOKED)


watch = Watch()


class Standing(NamedTuple):
    """The position up to which the replica holds everything, and how many bytes and seconds it is behind.

    Where it has all that the primary had a moment before, it lags by nothing, however old that is; None
    seconds before its first transaction.
    """

    position: int
    behind: int
    seconds: float | None


def standing() -> Standing:
    """Asks both servers. Raises DatabaseError, and UnusableError of what is no replica."""
    there = _position()
    with connections[reads.REPLICA].cursor() as cursor:
        cursor.execute(REPLAYED)
        position, seconds = cursor.fetchone() or (None, None)
    if position is None:
        raise UnusableError("the server of DATABASE_REPLICA_URL is no replica.")
    behind = max(0, there - int(position))
    since = None if seconds is None else float(seconds)
    return Standing(int(position), behind, since if behind else 0.0)


def look() -> int:
    """How far the replica has come. Raises DatabaseError, and UnusableError of one that is too far behind."""
    position, behind, seconds = standing()
    if seconds is None or seconds > settings.REPLICA_MAX_LAG:
        raise UnusableError(f"it is {behind} bytes and {seconds} seconds behind.")
    return position


def remember_write(person: str) -> None:
    """Until the replica has come so far, this person reads from the primary."""
    key = cache.make_key(f"written:{person}")
    try:
        redis = get_redis_connection("default")
        redis.register_script(REMEMBER)(keys=[key], args=[_position(), DAY])
    except RedisError:
        log.warning("A write could not be remembered: Redis does not answer.")


def serves(person: str | None) -> bool:
    """Whether the replica may be asked, and has what this person wrote. A visitor (None) wrote nothing."""
    replayed = watch.replayed()
    if replayed is None or person is None:
        return replayed is not None
    try:
        written = get_redis_connection("default").get(cache.make_key(f"written:{person}"))
    except RedisError:
        return False
    return int(written or 0) <= replayed


def _position() -> int:
    with connections[reads.PRIMARY].cursor() as cursor:
        cursor.execute(WRITTEN)
        (position,) = cursor.fetchone() or (0,)
        return int(position)
