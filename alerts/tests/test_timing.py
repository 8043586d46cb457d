"""Messages wait for the end of quiet hours and for the digest, whatever the clocks do that night."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.models import Alert, Hours
from alerts.timing import due

Timing = Alert.Timing
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
FORWARD = {BERLIN: datetime(2026, 3, 29, tzinfo=UTC), NEW_YORK: datetime(2026, 3, 8, tzinfo=UTC)}
BACK = {BERLIN: datetime(2026, 10, 25, tzinfo=UTC), NEW_YORK: datetime(2026, 11, 1, tzinfo=UTC)}
CHANGES = [(zone, day) for table in (FORWARD, BACK) for zone, day in table.items()]


def hours(zone: str = "UTC", *, quiet: str = "22:00-07:00", digest: str = "08:00") -> Hours:
    first, end = (time.fromisoformat(clock) for clock in quiet.split("-"))
    return Hours(time_zone=zone, quiet_from=first, quiet_until=end, digest_at=time.fromisoformat(digest))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "expected"),
    [
        ("22:00-07:00", "2026-03-02 21:59", "2026-03-02 21:59"),
        ("22:00-07:00", "2026-03-02 22:00", "2026-03-03 07:00"),
        ("22:00-07:00", "2026-03-02 23:59", "2026-03-03 07:00"),
        ("22:00-07:00", "2026-03-03 00:00", "2026-03-03 07:00"),
        ("22:00-07:00", "2026-03-03 06:59", "2026-03-03 07:00"),
        ("22:00-07:00", "2026-03-03 07:00", "2026-03-03 07:00"),
        ("12:00-14:00", "2026-03-03 11:59", "2026-03-03 11:59"),
        ("12:00-14:00", "2026-03-03 13:00", "2026-03-03 14:00"),
        ("12:00-14:00", "2026-03-03 14:00", "2026-03-03 14:00"),
        ("00:00-00:00", "2026-03-03 00:00", "2026-03-03 00:00"),
        ("09:00-09:00", "2026-03-03 09:00", "2026-03-03 09:00"),
        ("22:00-00:00", "2026-03-03 23:00", "2026-03-04 00:00"),
        ("00:00-23:59", "2026-12-31 12:00", "2026-12-31 23:59"),
    ],
)
def test_a_message_waits_for_the_end_of_quiet_hours(quiet: str, now: str, expected: str) -> None:
    assert due(Timing.QUIET, hours(quiet=quiet), now=at(now)) == at(expected)


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "expected"),
    [
        # At 02:00 clocks in Berlin are put forward to 03:00, at 03:00 back to 02:00.
        (BERLIN, "22:00-07:00", "2026-03-28 21:30", "2026-03-29 05:00"),
        (BERLIN, "22:00-07:00", "2026-10-24 20:30", "2026-10-25 06:00"),
        (BERLIN, "22:00-02:30", "2026-03-29 00:30", "2026-03-29 01:00"),  # 02:30 is passed at once
        (BERLIN, "22:00-02:30", "2026-10-25 00:10", "2026-10-25 00:30"),  # the first 02:10
        (BERLIN, "22:00-02:30", "2026-10-25 01:10", "2026-10-25 01:30"),  # the second
        (NEW_YORK, "22:00-07:00", "2026-03-08 03:30", "2026-03-08 11:00"),
        (NEW_YORK, "22:00-07:00", "2026-11-01 03:30", "2026-11-01 12:00"),
    ],
)
def test_clocks_that_change_in_that_night_are_minded(zone: str, quiet: str, now: str, expected: str) -> None:
    assert due(Timing.QUIET, hours(zone, quiet=quiet), now=at(now)) == at(expected)


@pytest.mark.parametrize(
    ("zone", "digest", "now", "expected"),
    [
        ("UTC", "08:00", "2026-03-02 07:59", "2026-03-02 08:00"),
        ("UTC", "08:00", "2026-03-02 08:00", "2026-03-03 08:00"),
        ("UTC", "00:00", "2026-03-02 08:00", "2026-03-03 00:00"),
        (BERLIN, "08:00", "2026-03-28 12:00", "2026-03-29 06:00"),
        (NEW_YORK, "08:00", "2026-03-07 23:00", "2026-03-08 12:00"),
        ("Pacific/Kiritimati", "08:00", "2026-03-02 17:59", "2026-03-02 18:00"),
        ("Asia/Kathmandu", "08:00", "2026-03-02 00:00", "2026-03-02 02:15"),
    ],
)
def test_a_digest_goes_at_its_time_of_day(zone: str, digest: str, now: str, expected: str) -> None:
    assert due(Timing.DIGEST, hours(zone, digest=digest), now=at(now)) == at(expected)


def test_what_is_urgent_waits_for_nothing() -> None:
    assert due(Timing.URGENT, hours(), now=at("2026-03-02 23:00")) == at("2026-03-02 23:00")


def test_who_set_no_hours_has_the_usual_ones() -> None:
    assert due(Timing.QUIET, None, now=at("2026-03-02 23:00")) == at("2026-03-03 07:00")
    assert due(Timing.DIGEST, None, now=at("2026-03-02 23:00")) == at("2026-03-03 08:00")


@pytest.mark.parametrize("zone", ["Mars/Olympus_Mons", "", "../etc/passwd"])
def test_a_zone_nobody_knows_counts_as_utc(zone: str) -> None:
    assert due(Timing.QUIET, hours(zone), now=at("2026-03-02 23:00")) == at("2026-03-03 07:00")


MINUTES = st.integers(0, 24 * 60 - 1)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@given(change=st.sampled_from(CHANGES), start=st.integers(-36 * 60, 36 * 60), first=MINUTES, end=MINUTES)
@example(change=(BERLIN, FORWARD[BERLIN]), start=30, first=22 * 60, end=150)
@example(change=(BERLIN, BACK[BERLIN]), start=70, first=22 * 60, end=150)
@example(change=(BERLIN, FORWARD[BERLIN]), start=0, first=121, end=120)
@example(change=(NEW_YORK, BACK[NEW_YORK]), start=301, first=61, end=0)
@example(change=(BERLIN, FORWARD[BERLIN]), start=0, first=181, end=121)
def test_it_is_the_first_minute_that_is_not_quiet(
    change: tuple[str, datetime], start: int, first: int, end: int
) -> None:
    """Looked for minute by minute around the nights in which clocks change."""
    zone, day = change
    now = day + timedelta(minutes=start)
    found = due(Timing.QUIET, hours(zone, quiet=f"{clock(first)}-{clock(end)}"), now=now)

    def is_quiet(moment: datetime) -> bool:
        shown = moment.astimezone(ZoneInfo(zone))
        minute = shown.hour * 60 + shown.minute
        return first != end and (minute - first) % (24 * 60) < (end - first) % (24 * 60)

    moment = now
    while is_quiet(moment):
        moment += timedelta(minutes=1)
    assert found == moment


@given(change=st.sampled_from(CHANGES), start=st.integers(-36 * 60, 36 * 60), wanted=MINUTES)
def test_a_digest_comes_within_a_day_and_shows_its_time(
    change: tuple[str, datetime], start: int, wanted: int
) -> None:
    zone, day = change
    now = day + timedelta(minutes=start)
    found = due(Timing.DIGEST, hours(zone, digest=clock(wanted)), now=now)
    assert timedelta(0) < found - now <= timedelta(hours=25)
    shown = found.astimezone(ZoneInfo(zone))
    jumped = day == FORWARD[zone] and shown.date() == day.date() and 120 <= wanted < 180
    assert shown.hour * 60 + shown.minute == wanted + 60 * jumped
