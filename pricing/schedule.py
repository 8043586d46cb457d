"""What runs by itself and when: the entries a new installation gets, which staff then change in the admin.

TCGCSV publishes a day at about 20:00 UTC and replaces it 24 hours later, so prices are fetched at 20:30 and,
for a day that failed, once more at 02:30. A day that is recorded already costs one request.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from catalog.models import Game
from integrations import ebay
from integrations.registry import ADAPTERS, Adapter
from pricing import consent, sources

LOCK = "SELECT pg_advisory_xact_lock(hashtext('pricing.schedule'))"
LEADING = {"daily": "20:30", "catch-up": "02:30"}
FOLLOWING = {"daily": "21:30", "catch-up": "03:30"}  # when the catalogue has what is new in it
PACK, COVER, BULK = "03:40", "03:50", "04:30"
COMPARE, RATES = "05:10", "16:30"
BUDGET, LOOKS, ESTIMATES = "08:10", "12:00", "23:00"
LOOKED_AT = "400"  # printings of a game in a day
APART = 4  # minutes between two games, so that a source never meets all at once
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A task at `at` ("HH:MM", UTC) every day, or every minute without it.

    A message that waited longer than `expires` seconds for a worker is dropped: the next one does its work.
    """

    name: str
    task: str
    queue: str
    expires: int
    args: tuple[str, ...] = ()
    at: str = ""
    is_on: bool = True
    description: str = ""


def entries() -> list[Entry]:
    """What should be scheduled, as of the games and sources there are."""
    return [*_syncs(), *_looks(), *UPKEEP, *_registered.values()]


def register(entry: Entry) -> None:
    """Adds what another app wants to run by itself."""
    _registered[entry.name] = entry


_registered: dict[str, Entry] = {}

UPKEEP = (
    Entry(
        name="Look for missed days and dead runs",
        task="pricing.watch",
        queue="ingest",
        expires=MINUTE,
        description="Tells staff by mail once of each day that no sync brought.",
    ),
    Entry(
        name="Exchange rates of the ECB",
        task="pricing.rates",
        queue="ingest",
        expires=12 * HOUR,
        at=RATES,
        description="It publishes them on working days at about 16:00 in Frankfurt.",
    ),
    Entry(
        name="What is left of eBay's requests",
        task="pricing.budget",
        queue="ingest",
        expires=12 * HOUR,
        at=BUDGET,
        description="Asks nothing while eBay is off.",
    ),
    Entry(
        name="Compare sources",
        task="pricing.compare",
        queue="ingest",
        expires=12 * HOUR,
        at=COMPARE,
        description="Finds what a lost message left out; otherwise sources are compared after each sync.",
    ),
    Entry(name="Pack old prices", task="pricing.pack", queue="ingest", expires=12 * HOUR, at=PACK),
    Entry(
        name="Write the daily files",
        task="pricing.bulk",
        queue="ingest",
        expires=12 * HOUR,
        at=BULK,
        description="The catalogue and all latest prices, for those who would crawl the site otherwise.",
    ),
    Entry(
        name="Count the coverage",
        task="pricing.cover",
        queue="ingest",
        expires=12 * HOUR,
        at=COVER,
        description="What has a price, an image and a match, for the staff's page of it.",
    ),
)


def _syncs() -> Iterator[Entry]:
    served: set[str] = set()
    for adapter in ADAPTERS.values():
        is_on = adapter.is_configured() and adapter.source not in served
        if is_on:
            served.add(adapter.source)
        for place, game in enumerate(sources.games_of(adapter.id_space)):
            for purpose, start in (FOLLOWING if adapter.links else LEADING).items():
                yield Entry(
                    name=f"{adapter.label}: {game.slug}, {purpose}",
                    task="pricing.sync",
                    queue="market",
                    expires=5 * HOUR,
                    args=(adapter.slug, game.slug),
                    at=later(start, minutes=place * APART),
                    is_on=is_on,
                    description=_why(adapter, is_on=is_on),
                )


def _looks() -> Iterator[Entry]:
    """Of eBay's prices, which are kept only where eBay has consented in writing."""
    is_on = ebay.is_on() and consent.stands()
    why = "" if is_on else "Off: needs EBAY_CLIENT_ID, EBAY_CLIENT_SECRET and EBAY_PRICE_CONSENT."
    for place, game in enumerate(Game.objects.order_by("pk")):
        yield Entry(
            name=f"eBay: {game.slug}, looks",
            task="pricing.look",
            queue="market",
            expires=HOUR,
            args=(game.slug, LOOKED_AT),
            at=later(LOOKS, minutes=place * 60),  # an hour of eBay's holds the requests of one game
            is_on=is_on,
            description=why or "One or two requests for each printing.",
        )
        yield Entry(
            name=f"eBay: {game.slug}, estimates",
            task="pricing.estimate",
            queue="ingest",
            expires=5 * HOUR,
            args=(game.slug,),
            at=later(ESTIMATES, minutes=place * APART),
            is_on=is_on,
            description=why,
        )


def _why(adapter: Adapter, *, is_on: bool) -> str:
    if is_on:
        return ""
    if missing := adapter.missing_settings():
        return f"Off: needs the settings {', '.join(missing)}."
    return f"Off: another way brings the prices of {adapter.source} already. Run one of them, not both."


def later(clock: str, *, minutes: int) -> str:
    hour, minute = map(int, clock.split(":"))
    hours, rest = divmod(hour * 60 + minute + minutes, 60)
    return f"{hours % 24:02}:{rest:02}"


@transaction.atomic
def ensure() -> list[Entry]:
    """Creates and returns the entries whose name is missing. One that is there is staff's and stays.

    A lock makes a second caller wait and then find the entries of the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    known = set(PeriodicTask.objects.values_list("name", flat=True))
    missing = [entry for entry in entries() if entry.name not in known]
    for entry in missing:
        _create(entry)
    return missing


def _create(entry: Entry) -> None:
    PeriodicTask.objects.create(
        name=entry.name,
        task=entry.task,
        args=json.dumps(entry.args),
        queue=entry.queue,
        expire_seconds=entry.expires,
        enabled=entry.is_on,
        description=entry.description,
        **({"crontab": _daily(entry.at)} if entry.at else {"interval": _every_minute()}),
    )


def _daily(clock: str) -> CrontabSchedule:
    hour, minute = (str(int(part)) for part in clock.split(":"))
    wanted = {"minute": minute, "hour": hour, "timezone": "UTC"}
    every_day = {"day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}
    # Nothing keeps staff from making the same schedule twice.
    found = CrontabSchedule.objects.filter(**wanted, **every_day).first()
    return found or CrontabSchedule.objects.create(**wanted, **every_day)


def _every_minute() -> IntervalSchedule:
    wanted = {"every": 1, "period": IntervalSchedule.MINUTES}
    return IntervalSchedule.objects.filter(**wanted).first() or IntervalSchedule.objects.create(**wanted)
