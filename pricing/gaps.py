"""Notices days on which a source said nothing about a game, and tells staff once.

TCGCSV publishes at about 20:00 UTC and replaces the day 24 hours later. A day without a finished run is
called missed at 06:00 UTC of the next day: late enough to be sure, early enough to still fetch it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from pricing.models import IngestRun, MissedDay

CALLED_AT = timedelta(days=1, hours=6)


@transaction.atomic
def notice(now: datetime | None = None) -> list[MissedDay]:
    """Writes down every missed day not known yet and mails staff about them: both, or neither."""
    now = now or timezone.now()
    found = [missed for shelf in _shelves() for missed in _missed(*shelf, now=now)]
    before = set(MissedDay.objects.values_list("source_id", "game_id", "day"))
    fresh = [missed for missed in found if (missed.source_id, missed.game_id, missed.day) not in before]
    if fresh:
        MissedDay.objects.bulk_create(fresh, ignore_conflicts=True)
        _tell_staff(MissedDay.objects.filter(noticed_at=now).select_related("source", "game"))
    return fresh


def _shelves() -> Iterable[tuple[int, int, date]]:
    done = IngestRun.objects.filter(status=IngestRun.Status.DONE, source__is_demo=False)
    return done.values_list("source_id", "game_id").annotate(first=Min("day"))


def _missed(source: int, game: int, first: date, *, now: datetime) -> list[MissedDay]:
    last = (now - CALLED_AT).date()
    done = IngestRun.objects.filter(source_id=source, game_id=game, status=IngestRun.Status.DONE)
    days = set(done.values_list("day", flat=True))
    expected = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [
        MissedDay(source_id=source, game_id=game, day=day, noticed_at=now)
        for day in expected
        if day not in days
    ]


def _tell_staff(missed: QuerySet[MissedDay]) -> None:
    lines = [f"- {row.game}, {row.source}, {row.day}" for row in missed.order_by("day", "game__position")]
    staff = User.objects.filter(is_staff=True, is_active=True).values_list("email", flat=True)
    send_mail(
        subject=f"Prices are missing for {len(lines)} day{'s' if len(lines) > 1 else ''}",
        message="No finished sync brought these days:\n\n"
        + "\n".join(lines)
        + f"\n\nRuns and their errors: {settings.SITE_URL}{reverse('admin:pricing_ingestrun_changelist')}\n",
        from_email=None,
        recipient_list=list(staff),
    )
