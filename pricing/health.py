"""How the syncs are doing: what staff see first, and what the API says of each source. Reads only."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Max, Q

from pricing import formats
from pricing.models import IngestRun, MissedDay, PriceReview, Source

Status = IngestRun.Status
DONE = Q(status=Status.DONE)
SYNCED = Q(status__in=(Status.DONE, Status.CORRECTED, Status.UNCHANGED))


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """The newest day that a source has told us of a game; None when every run failed so far.

    `synced_at` is when it was last asked with success, also where it had nothing new.
    """

    source: Source
    game_id: int
    slug: str
    game: str
    day: date | None
    synced_at: datetime | None
    age: str
    is_stale: bool

    @property
    def is_late(self) -> bool:
        """Generated prices are never renewed, and nobody waits for them."""
        return self.is_stale and not self.source.is_demo

    @property
    def synced(self) -> str:
        return f"{self.synced_at.astimezone(UTC):%Y-%m-%d %H:%M}" if self.synced_at else "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    last_days: list[LastDay]
    running: list[IngestRun]
    open_reviews: int
    missed_days: int


def read() -> Health:
    """The whole state of the syncs, in five statements."""
    runs = IngestRun.objects.select_related("source", "game")
    return Health(
        last_days=last_days(),
        running=list(runs.filter(status=IngestRun.Status.RUNNING).order_by("pk")),
        open_reviews=PriceReview.objects.filter(status=PriceReview.Status.OPEN).count(),
        missed_days=MissedDay.objects.filter(filled_at=None).count(),
    )


def last_days(today: date | None = None) -> list[LastDay]:
    """One row for each source and game that a sync was ever tried for; two statements."""
    today = today or datetime.now(UTC).date()
    sources = Source.objects.in_bulk()
    shelves = IngestRun.objects.values("source_id", "game_id", "game__slug", "game__name")
    told = {"newest": Max("day", filter=DONE), "synced_at": Max("finished_at", filter=SYNCED)}
    found = shelves.annotate(**told).order_by("source__rank", "game__position")
    return [_last_day(row, source=sources[row["source_id"]], today=today) for row in found]


def _last_day(row: Mapping[str, Any], *, source: Source, today: date) -> LastDay:
    newest: date | None = row["newest"]
    days = (today - newest).days if newest else 0
    return LastDay(
        source=source,
        game_id=row["game_id"],
        slug=row["game__slug"],
        game=row["game__name"],
        day=newest,
        synced_at=row["synced_at"],
        age=formats.age(days) if newest else "never",
        # A day's prices hold until its end, and fresh for so many hours after it.
        is_stale=not newest or (days - 1) * 24 > source.fresh_hours,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    rows: list[LastDay]

    @property
    def late(self) -> int:
        return sum(row.is_late for row in self.rows)


def freshness() -> Freshness:
    """What is late comes first; two statements."""
    return Freshness(rows=sorted(last_days(), key=lambda row: not row.is_late))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source, what its terms let us do, and how far it has come with each game."""

    slug: str
    name: str
    url: str
    attribution: str
    currency: str
    is_demo: bool
    is_blended: bool
    keeps_history: bool
    shown_hours: int | None
    origin: str
    day: date | None
    last_days: list[LastDay]


def sources() -> list[SourceRow]:
    """Every source and the newest day it has told us of, the best-ranked first; three statements."""
    found = Source.objects.annotate(day=Max("runs__day", filter=Q(runs__status=IngestRun.Status.DONE)))
    names = ["slug", "name", "url", "attribution", "currency", "is_demo", "is_blended", "keeps_history"]
    names += ["shown_hours", "origin", "day"]
    games: dict[str, list[LastDay]] = defaultdict(list)
    for last in last_days():
        games[last.source.slug].append(last)
    rows = found.order_by("rank", "slug").values(*names)
    return [SourceRow(**row, last_days=games[row["slug"]]) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the terms of a source let us do with its prices. `of` names the market whose prices it passes on,
    "" for its own.
    """

    name: str
    url: str
    attribution: str
    currency: str
    is_blended: bool
    keeps_history: bool
    shown_hours: int | None
    fresh_hours: int
    of: str
    is_demo: bool


def policies() -> list[Policy]:
    """Of every source, the best-ranked first; one statement."""
    known = list(Source.objects.order_by("rank", "slug"))
    names = {source.slug: source.name for source in known}
    return [
        Policy(
            name=source.name,
            url=source.url,
            attribution=source.attribution,
            currency=source.currency,
            is_blended=source.is_blended and not source.is_demo,
            keeps_history=source.keeps_history,
            shown_hours=source.shown_hours,
            fresh_hours=source.fresh_hours,
            of=names.get(source.origin, source.origin),
            is_demo=source.is_demo,
        )
        for source in known
    ]
