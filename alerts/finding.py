"""Alerts on saved searches: what a search finds, and which cards it began to find.

A search is asked anew with the prices of each run that can change its answer. What it finds by then is
watched from the last judged day on, so a card that came into it by crossing a price has crossed that price.
What it finds no longer is judged once more: a card that fell out of `price>50` did fall.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db import connection

from alerts.models import Alert
from pricing import members
from pricing.members import SearchError
from pricing.models import IngestRun, SavedSearch

BATCH: Final = 20  # alerts, each of thousands of series
# Of each card that a rule's search had not found before, the cheapest of the new watches.
NEW_CARDS: Final = """
WITH added AS (
    SELECT w.id, w.alert_id, p.card_id, l.market FROM alerts_watch w
    JOIN alerts_alert a ON a.id = w.alert_id AND a.kind = 'found' AND NOT a.id = ANY(%(resumed)s)
    JOIN pricing_priceseries s ON s.id = w.series_id JOIN catalog_printing p ON p.id = s.printing_id
    LEFT JOIN pricing_latestprice l ON l.series_id = s.id
    WHERE w.id = ANY(%(added)s)
)
UPDATE alerts_watch SET is_new = true WHERE id IN (
    SELECT DISTINCT ON (alert_id, card_id) id FROM added
    WHERE NOT EXISTS (
        SELECT FROM catalog_printing p JOIN pricing_priceseries s ON s.printing_id = p.id
        JOIN alerts_watch w ON w.series_id = s.id AND w.alert_id = added.alert_id
        WHERE p.card_id = added.card_id AND w.id NOT IN (SELECT id FROM added)
    )
    ORDER BY alert_id, card_id, market, id
)"""
TELL_NEW: Final = """
UPDATE alerts_watch w SET is_new = false, found_on = %(day)s, since = least(w.since, %(day)s::date - 1)
FROM pricing_priceseries s
WHERE s.id = w.series_id AND w.is_new AND s.source_id = %(source)s AND s.game_id = %(game)s
RETURNING w.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """By search the printings it finds, or why it finds none."""

    printings: dict[int | None, list[int]] = field(default_factory=dict)
    troubles: dict[int | None, str] = field(default_factory=dict)


def find(search_ids: Iterable[int]) -> Searched:
    """Each search is asked once, whoever follows it. One that is not understood concerns no other."""
    searched = Searched()
    for saved in SavedSearch.objects.filter(pk__in=list(search_ids)).order_by("pk"):
        try:
            searched.printings[saved.pk] = members.printings(saved)
        except SearchError as error:
            searched.troubles[saved.pk] = str(error)
    return searched


def concerned(run: IngestRun) -> list[Alert]:
    """The alerts whose search a run's prices can change."""
    searches = Alert.objects.filter(search__isnull=False, is_paused=False).select_related("search")
    slugs = {"", run.game.slug if run.game else ""}
    return [
        alert
        for alert in searches.order_by("search_id", "pk")
        if alert.search and alert.search.chosen().get("game", "") in slugs
    ]


def mark_new(watch_ids: list[int], *, resumed: Iterable[int]) -> None:
    """Of these new watches those of cards that their search had not found; none of alerts that go on."""
    if watch_ids:
        with connection.cursor() as cursor:
            cursor.execute(NEW_CARDS, {"added": watch_ids, "resumed": list(resumed)})


def tell_new(run: IngestRun) -> set[int]:
    """What is new among a run's prices counts on its day; the ids of the watches."""
    named: dict[str, int | date | None] = {"day": run.day, "source": run.source_id, "game": run.game_id}
    with connection.cursor() as cursor:
        cursor.execute(TELL_NEW, named)
        return {pk for (pk,) in cursor.fetchall()}
