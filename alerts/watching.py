"""Which series an alert looks at: the one writer of watches, which `alerts.levelling` then puts to sleep.

A printing has one watched series: that of exactly the wanted condition or grade at the best-ranked source,
where a price that is known, or was when it was chosen, comes first. A holding is watched by the price that
values it. A watch starts with the price of the last recorded day, whatever the rule says of that; one that
another holding brings, with that of the last day that was judged: what was bought before prices came counts.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F, QuerySet

from alerts import finding
from alerts.levels import AWAKE
from alerts.models import Alert, AlertEvent, Progress, Watch
from catalog.models import Printing
from pricing.models import PriceSeries

Pair = tuple[int, int]  # alert, series

OF_PRINTINGS = """
SELECT wanted.alert_id, best.id
FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[]) AS wanted(alert_id, printing_id, condition, grade)
CROSS JOIN LATERAL (
    SELECT s.id FROM pricing_priceseries s
    JOIN pricing_source o ON o.id = s.source_id JOIN catalog_game g ON g.id = s.game_id
    LEFT JOIN pricing_latestprice l ON l.series_id = s.id
    LEFT JOIN alerts_watch w ON w.series_id = s.id AND w.alert_id = wanted.alert_id
    WHERE s.printing_id = wanted.printing_id AND s.condition = wanted.condition AND s.grade = wanted.grade
    ORDER BY (l.market IS NULL AND NOT (w.id IS NOT NULL AND (
        EXISTS (SELECT FROM pricing_pricechange c WHERE c.series_id = s.id AND c.market IS NOT NULL)
        OR EXISTS (SELECT FROM pricing_pricehistory h WHERE h.series_id = s.id)
    ))), o.rank, (s.language <> g.language), s.id LIMIT 1
) best"""
ADD = """
INSERT INTO alerts_watch (alert_id, series_id, since, fire_down, fire_up, wakes_on_return)
SELECT wanted.alert_id, wanted.series_id, coalesce(
    (SELECT max(day) FROM pricing_ingestrun r
     WHERE r.status = 'done' AND r.source_id = s.source_id AND r.game_id = s.game_id
       AND (NOT %(judged)s OR r.id <= (SELECT p.judged_run FROM alerts_progress p
                                       WHERE p.source_id = s.source_id AND p.game_id = s.game_id))
    ), %(yesterday)s
), %(fire_down)s, %(fire_up)s, false
FROM unnest(%(alerts)s::int[], %(series)s::int[]) AS wanted(alert_id, series_id)
JOIN pricing_priceseries s ON s.id = wanted.series_id
ON CONFLICT (series_id, alert_id) DO NOTHING"""
NEW_SERIES = """
WITH fresh AS (
    SELECT s.printing_id, c.card_set_id FROM pricing_priceseries s
    JOIN catalog_printing p ON p.id = s.printing_id JOIN catalog_card c ON c.id = p.card_id
    WHERE s.source_id = %(source)s AND s.game_id = %(game)s AND s.id > %(after)s
)
SELECT a.id FROM alerts_alert a JOIN fresh ON fresh.printing_id = a.printing_id WHERE NOT a.is_paused
UNION
SELECT a.id FROM alerts_alert a
WHERE NOT a.is_paused AND a.card_set_id IN (SELECT card_set_id FROM fresh)"""
BATCH = 500  # alerts, each of a set's or collection's hundreds of series
GRACE = timedelta(days=7)  # in which the prices of an alert's last day may still come
LOCK, EVALUATING = 7_283_004, 7_283_005  # any numbers that nothing else in this database locks
PATIENCE = 10  # tenths of a second


def batches(keys: list[int], *, size: int = BATCH) -> Iterator[list[int]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def share() -> None:
    """Keeps evaluation out until the transaction ends: what a watch starts with is judged before or after.

    It comes before any row of an alert is locked, as evaluation locks in this order too.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])


def alone() -> None:
    """Keeps everybody out who makes or judges watches, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@contextmanager
def only_one() -> Iterator[bool]:
    """Whether nobody else evaluates; a process that died is waited for a little, until that is noticed."""
    with connection.cursor() as cursor:
        for _ in range(PATIENCE):
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [EVALUATING])
            if is_free := cursor.fetchone() == (True,):
                break
            time.sleep(0.1)
        try:
            yield is_free
        finally:
            if is_free and connection.connection and not connection.connection.closed:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [EVALUATING])


class Made(NamedTuple):
    """New watches, awake until levelled, and those of what an alert no longer looks at; by their ids."""

    added: list[int]
    gone: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Which series alerts are about, and by alert why a saved search finds nothing any more."""

    pairs: set[Pair]
    troubles: dict[int, str]


@transaction.atomic
def choose(alert_ids: Iterable[int], *, today: date, judged: bool = False) -> list[int]:
    """Makes the watches of these alerts what they should be; the ids of the new ones, awake until levelled.

    An alert that is paused or over has none. One whose series stays keeps its watch and with it its past; so
    does what fired once and does not count again, though another source speaks of the printing by now.
    With `judged` new ones start with the last judged day, not the last recorded one.
    """
    made = make(alert_ids, today=today, judged=judged)
    Watch.objects.filter(pk__in=made.gone).delete()
    return made.added


def make(alert_ids: Iterable[int], *, today: date, judged: bool) -> Made:
    """As `choose`, in its caller's transaction, but leaves it to the caller to delete what is gone."""
    share()
    found = Alert.objects.select_for_update().filter(pk__in=list(alert_ids)).order_by("pk")
    chosen = [alert for alert in found if not (alert.printing_id and alert.finished_on)]
    looked = look(alert for alert in chosen if not is_over(alert, today=today))
    known = {(alert, series): pk for pk, alert, series in _watches([alert.pk for alert in chosen])}
    wanted = _without_spent(looked.pairs, dropped=known.keys() - looked.pairs)
    added = _add(wanted - known.keys(), today=today, judged=judged)
    Alert.objects.filter(pk__in=[alert.pk for alert in found]).update(is_stale=False)
    _say_troubles(found, troubles=looked.troubles)
    return Made(added, [pk for pair, pk in known.items() if pair not in wanted])


def _say_troubles(alerts: Iterable[Alert], *, troubles: Mapping[int, str]) -> None:
    for alert in alerts:
        if alert.trouble != (trouble := troubles.get(alert.pk, "")):
            Alert.objects.filter(pk=alert.pk).update(trouble=trouble)


def is_over(alert: Alert, *, today: date) -> bool:
    """Paused, or expired so long that no price of its last day comes any more. One that fired is not: it is
    open again if its price was wrong.
    """
    return alert.is_paused or (alert.expires_on is not None and alert.expires_on + GRACE < today)


def _without_spent(wanted: set[Pair], *, dropped: Collection[Pair]) -> set[Pair]:
    """With the dropped watches of rules that counted once for their printing, in place of others of it."""
    if not dropped:
        return wanted
    told = _spent(alert__in={alert for alert, _ in dropped})
    spent = {
        (alert, series): printing
        for alert, series, printing in told.values_list("alert_id", "series_id", "printing_id")
        if (alert, series) in dropped
    }
    if not spent:
        return wanted
    printings = {(alert, printing) for (alert, _), printing in spent.items()}
    of_series = dict(
        PriceSeries.objects.filter(pk__in={series for _, series in wanted}).values_list("pk", "printing_id")
    )
    others = {pair for pair in wanted if (pair[0], of_series[pair[1]]) not in printings}
    return others | spent.keys()


def _spent(**which: Any) -> QuerySet[AlertEvent]:
    """The events of rules that counted once, each with the watch it rests on."""
    return AlertEvent.objects.filter(
        is_withdrawn=False,
        alert__rearms=False,
        alert__is_paused=False,
        alert__watches__series=F("series"),
        alert__watches__since__lt=F("day"),
        **which,
    )


def let_go(watch_ids: Collection[int]) -> None:
    """Deletes watches, but those whose rule counted for their printing by now, and counts once."""
    spent = _spent(alert__watches__in=watch_ids).values("alert__watches")
    Watch.objects.filter(pk__in=watch_ids).exclude(pk__in=spent).delete()


def _watches(alert_ids: Collection[int]) -> Iterable[tuple[int, int, int]]:
    return Watch.objects.filter(alert_id__in=alert_ids).values_list("pk", "alert_id", "series_id")


def look(alerts: Iterable[Alert]) -> Looked:
    """Which series these alerts are about, saved or not; a fixed number of statements, and of each saved
    search those that it takes.
    """
    known = list(alerts)
    members = _members({alert.card_set_id for alert in known if alert.card_set_id})
    searched = finding.find({alert.search_id for alert in known if alert.search_id})
    rows = [
        (alert.pk or 0, printing, alert.condition, alert.grade)
        for alert in known
        for printing in [
            *([alert.printing_id] if alert.printing_id else []),
            *members.get(alert.card_set_id, []),
            *searched.printings.get(alert.search_id, []),
        ]
    ]
    troubles = {
        alert.pk or 0: searched.troubles[alert.search_id]
        for alert in known
        if alert.search_id in searched.troubles
    }
    return Looked(pairs=_of_printings(rows) | _holdings(known), troubles=troubles)


def _members(set_ids: Collection[int]) -> Mapping[int | None, list[int]]:
    """The printings of each set."""
    members: dict[int | None, list[int]] = defaultdict(list)
    printings = Printing.objects.filter(card__card_set__in=set_ids)
    for card_set, printing in printings.values_list("card__card_set_id", "pk"):
        members[card_set].append(printing)
    return members


def series_of(alerts: Iterable[Alert]) -> set[Pair]:
    return look(alerts).pairs


def _of_printings(rows: list[tuple[int, int, str, str]]) -> set[Pair]:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    with connection.cursor() as cursor:
        cursor.execute(OF_PRINTINGS, columns)
        return set(cursor.fetchall())


def _holdings(alerts: list[Alert]) -> set[Pair]:
    """Through the relation itself: how a lot came to its price is the collection's business."""
    about = {alert.collection_id: alert.pk or 0 for alert in alerts if alert.collection_id}
    keepers = defaultdict(list)
    for alert in alerts:
        keepers[alert.collection_id].append(alert.pk or 0)
    held = PriceSeries.objects.filter(lots__collection__in=about, lots__quantity__gt=0)
    pairs = held.values_list("lots__collection_id", "pk").distinct()
    return {(alert, series) for collection, series in pairs for alert in keepers[collection]}


def _add(pairs: Iterable[Pair], *, today: date, judged: bool) -> list[int]:
    ordered = sorted(pairs)
    if not ordered:
        return []
    values: dict[str, Any] = {
        "alerts": [alert for alert, _ in ordered],
        "series": [series for _, series in ordered],
        "judged": judged,
        "yesterday": today - timedelta(days=1),
        "fire_down": AWAKE.fire_down,
        "fire_up": AWAKE.fire_up,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{ADD} RETURNING id", values)
        return [pk for (pk,) in cursor.fetchall()]


def begin_anew(alert: Alert, *, today: date) -> list[int]:
    """After its rule was changed, or it was paused: it starts with the prices of now, as if it were new."""
    Watch.objects.filter(alert=alert).delete()
    return choose([alert.pk], today=today)


def notice_series(progress: Progress, *, day: date) -> None:
    """Lets alerts look at series that are new: a printing without one counts with its first price.

    One that had another source's price, and any card new in a set, only starts with it.
    """
    newest = PriceSeries.objects.filter(source_id=progress.source_id, game_id=progress.game_id)
    latest = newest.order_by("-pk").values_list("pk", flat=True).first() or 0
    if latest <= progress.newest_series:
        return
    with connection.cursor() as cursor:
        after = {"source": progress.source_id, "game": progress.game_id, "after": progress.newest_series}
        cursor.execute(NEW_SERIES, after)
        concerned = sorted(pk for (pk,) in cursor.fetchall())
    for some in batches(concerned):
        _look_again(some, day=day)
    progress.newest_series = latest
    progress.save(update_fields=["newest_series"])


def _look_again(alert_ids: list[int], *, day: date) -> None:
    unwatched = Alert.objects.filter(pk__in=alert_ids, printing__isnull=False, watches=None)
    first = list(unwatched.values_list("pk", flat=True))
    added = Watch.objects.filter(pk__in=choose(alert_ids, today=day))
    # It may be judged late: what was recorded since is to count.
    added.filter(since__gt=day).update(since=day)
    added.filter(alert_id__in=first).update(since=day - timedelta(days=1))


def look_for_prices() -> int:
    """Lets alerts look again whose series has no price while another of the printing has one; how many."""
    silent = Alert.objects.filter(
        is_paused=False,
        watches__series__latest__market=None,
        watches__series__printing__series__latest__market__gt=0,
    )
    return Alert.objects.filter(pk__in=silent.values("pk")).update(is_stale=True)
