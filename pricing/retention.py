"""How long what syncs leave behind is kept. Prices and their corrections stay, unless history is cut."""

from datetime import datetime
from typing import Final

from django.db.models import Max, QuerySet

from accounts.retention import Rule, rows
from catalog import revisions
from catalog.models import UnmatchedItem
from pricing import feed, history
from pricing.models import IngestRun, PriceReview, Sighting

Status = IngestRun.Status


def closed_reviews(before: datetime) -> QuerySet[PriceReview]:
    """Doubtful prices that were decided."""
    decided = PriceReview.objects.exclude(status=PriceReview.Status.OPEN)
    return decided.filter(decided_at__lt=before).order_by("pk")


def idle_runs(before: datetime) -> QuerySet[IngestRun]:
    """Those that recorded nothing. What was recorded stays on record: it says which days are there.

    So does the newest of each adapter and game, which says how its source is, and what a review is about.
    """
    newest = IngestRun.objects.order_by().values("adapter", "game").annotate(newest=Max("pk"))
    idle = IngestRun.objects.filter(status__in=[Status.FAILED, Status.UNCHANGED, Status.HELD])
    idle = idle.filter(started_at__lt=before).exclude(pk__in=newest.values("newest"))
    return idle.exclude(pk__in=PriceReview.objects.values("run")).order_by("pk")


def ended_listings(before: datetime) -> QuerySet[UnmatchedItem]:
    """Sellers' copies that wait for staff, and were not seen since. What staff decided stays."""
    waiting = UnmatchedItem.objects.filter(is_listing=True, status=UnmatchedItem.Status.OPEN)
    return waiting.filter(last_seen__lt=before.date()).order_by("pk")


def old_sightings(before: datetime) -> QuerySet[Sighting]:
    return Sighting.objects.filter(day__lt=before.date()).order_by("pk")


RULES: Final = (
    rows("Doubtful prices that were decided", over=closed_reviews, setting="reviews"),
    rows("Runs that recorded nothing", over=idle_runs, setting="runs"),
    rows("Listings that wait for staff, since they were last seen", over=ended_listings, setting="listings"),
    rows("Single listings seen at a marketplace", over=old_sightings, setting="sightings"),
    rows("Revisions of the change feed", over=revisions.over, kept=feed.KEPT),
    Rule(
        name="Changes of prices",
        count=lambda before: history.cut(before.date(), is_rehearsal=True),
        forget=lambda before: history.cut(before.date()),
        setting="history",
    ),
)
