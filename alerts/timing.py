"""When a message may go out: at once, after quiet hours, or with the daily digest. Pure functions.

Clock times are what the owner's clocks show. Where they are put forward over a time, it counts as passed;
where they are put back, a time comes twice.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alerts.models import Alert, Hours


def due(timing: str, hours: Hours | None, *, now: datetime) -> datetime:
    """The moment, in UTC, from which a message of an alert's timing may be sent; never before `now`.

    Who has set no hours has the usual ones.
    """
    hours = hours or Hours()
    if timing == Alert.Timing.DIGEST:
        return _next(hours.digest_at, zone=_zone(hours), now=now)
    # The end of quiet hours that clocks jump over may be the beginning of the next.
    while timing == Alert.Timing.QUIET and _is_quiet(hours, now=now):
        now = _end(hours, now=now)
    return now


def _is_quiet(hours: Hours, *, now: datetime) -> bool:
    """From `quiet_from` on and before `quiet_until`, perhaps over midnight; never when both are equal."""
    clock, first, end = now.astimezone(_zone(hours)).time(), hours.quiet_from, hours.quiet_until
    return first <= clock < end if first <= end else clock >= first or clock < end


def _end(hours: Hours, *, now: datetime) -> datetime:
    """When clocks show `quiet_until`, or before that are put to a time that is not quiet."""
    zone = _zone(hours)
    end = _next(hours.quiet_until, zone=zone, now=now)
    put = _put(zone, first=now, last=end)
    return end if _is_quiet(hours, now=put) else put


def _put(zone: ZoneInfo, *, first: datetime, last: datetime) -> datetime:
    """The second at which the zone's clocks are put forward or back, or `last` if they are not before it."""
    whole = first.replace(microsecond=0)
    before = whole.astimezone(zone).utcoffset()

    def is_put(second: int) -> bool:
        return (whole + timedelta(seconds=second)).astimezone(zone).utcoffset() != before

    seconds = range(int((last - whole).total_seconds()))
    return whole + timedelta(seconds=bisect_left(seconds, x=True, key=is_put))


def _next(clock: time, *, zone: ZoneInfo, now: datetime) -> datetime:
    """The first moment after `now` at which the zone's clocks show this time."""
    return min(moment for moment in _moments(clock, zone=zone, now=now) if moment > now)


def _moments(clock: time, *, zone: ZoneInfo, now: datetime) -> Iterator[datetime]:
    """On this day and the next two, as clocks put back may show a time of yesterday again."""
    today = now.astimezone(zone).date()
    for days in range(3):
        for fold in (0, 1):
            shown = datetime.combine(today + timedelta(days=days), clock, tzinfo=zone).replace(fold=fold)
            moment = shown.astimezone(UTC)
            # A time that clocks jump over is read as one after the jump with fold 0, before it with fold 1.
            if fold == 0 or moment.astimezone(zone).time() == clock:
                yield moment


def _zone(hours: Hours) -> ZoneInfo:
    """Zones are renamed now and then; one that this system no longer knows must not keep a message back."""
    try:
        return ZoneInfo(hours.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
