"""What pages and API read of alerts. Every function costs a fixed number of statements.

It takes whose it is: what is somebody else's is not there.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from alerts import phrases, standing
from alerts.models import Alert, AlertEvent, Attempt, Channel, Delivery, Hours, Watch
from alerts.rows import AlertPage, AlertRow, EventRow, InboxPage, Page, Thing
from alerts.standing import Standing
from catalog.models import CardSet, Printing
from pricing.models import PriceSeries, SavedSearch
from pricing.queries import change

ON_A_PAGE: Final = 25
LOGGED: Final = 50
BADGE: Final = 100
OF_PRINTING: Final = ("card__card_set", "card__game", "finish")


def alert(owner: User, pk: int) -> Alert:
    """Raises Alert.DoesNotExist, also for somebody else's."""
    return _alerts(Alert.objects.filter(owner=owner)).get(pk=pk)


def _alerts(found: QuerySet[Alert]) -> QuerySet[Alert]:
    of_printing = [f"printing__{name}" for name in OF_PRINTING]
    return found.select_related("owner", "card_set__game", "collection", "search", *of_printing)


def alerts_of(owner: User, *, page: int = 1, state: str = "") -> AlertPage:
    """The newest first; `state` leaves only those that are active, paused, finished or expired."""
    found = Alert.objects.filter(owner=owner)
    if state:
        found = found.filter(STATES[state](timezone.now().date()))
    shown, place = _page(found.order_by("-pk"), page=page, size=ON_A_PAGE)
    return AlertPage(rows=rows(_alerts(shown)), page=place.page, pages=place.pages, count=place.count)


def _running(today: date) -> Q:
    over = Q(expires_on__lt=today)
    return Q(is_paused=False, trouble="", finished_on=None) & (Q(expires_on=None) | ~over)


STATES: Final[Mapping[str, Callable[[date], Q]]] = {
    "active": _running,
    "paused": lambda _: Q(finished_on=None) & (Q(is_paused=True) | ~Q(trouble="")),
    "finished": lambda _: Q(finished_on__isnull=False),
    "expired": lambda today: Q(expires_on__lt=today, is_paused=False, trouble="", finished_on=None),
}


def rows(alerts: Iterable[Alert]) -> list[AlertRow]:
    """Each with its distance to firing."""
    found = list(alerts)
    today = timezone.now().date()
    priced = [one for one in found if one.kind != Alert.Kind.FOUND]  # no price is near to being found
    active = [one for one in priced if state_of(one, today=today) == "active"]
    standings = standing.of(active, today=today) if active else {}
    series = _series(one.series for one in standings.values())
    counts = _counts([one.pk for one in found])
    return [
        _row(one, today=today, standing=standings.get(one.pk), series=series, **counts[one.pk])
        for one in found
    ]


def row(alert: Alert) -> AlertRow:
    return rows([alert])[0]


def _row(  # noqa: PLR0913 -- what is known of an alert comes from several reads
    alert: Alert,
    *,
    today: date,
    standing: Standing | None,
    series: dict[int, PriceSeries],
    watched: int,
    events: int,
    last: date | None,
) -> AlertRow:
    nearest = series.get(standing.series) if standing else None
    return AlertRow(
        alert=alert,
        thing=thing_of(alert),
        rule=phrases.rule(alert),
        state=state_of(alert, today=today),
        watched=watched,
        standing=standing,
        near=_of_series_thing(nearest) if nearest and alert.printing_id is None else None,
        source=nearest.source.slug if nearest else None,
        is_demo=bool(nearest and nearest.source.is_demo),
        events=events,
        last_event_on=last,
    )


def state_of(alert: Alert, *, today: date) -> str:
    if alert.finished_on:
        return "finished"
    if alert.is_paused or alert.trouble:
        return "paused"
    return "expired" if alert.expires_on and alert.expires_on < today else "active"


def _counts(alert_ids: list[int]) -> dict[int, dict[str, Any]]:
    def of(model: Any, expression: Any) -> Subquery:
        rows = model.objects.filter(alert=OuterRef("pk")).order_by().values("alert")
        return Subquery(rows.annotate(found=expression).values("found"))

    found = Alert.objects.filter(pk__in=alert_ids).annotate(
        watched=Coalesce(of(Watch, Count("pk")), 0, output_field=IntegerField()),
        fired=Coalesce(of(AlertEvent, Count("pk")), 0, output_field=IntegerField()),
        last=of(AlertEvent, Max("day")),
    )
    named = found.values_list("pk", "watched", "fired", "last")
    return {pk: {"watched": watched, "events": fired, "last": last} for pk, watched, fired, last in named}


def _series(series_ids: Iterable[int]) -> dict[int, PriceSeries]:
    wanted = set(series_ids)
    if not wanted:
        return {}
    of_printing = [f"printing__{name}" for name in OF_PRINTING]
    found = PriceSeries.objects.filter(pk__in=wanted).select_related("source", *of_printing)
    return {one.pk: one for one in found}


def _of_series_thing(series: PriceSeries) -> Thing:
    return of_printing_thing(series.printing, grading=series.condition or series.grade)


def thing_of(alert: Alert) -> Thing:
    """What an alert is about."""
    if alert.printing:
        return of_printing_thing(alert.printing, grading=alert.condition or alert.grade)
    if alert.card_set:
        return of_set_thing(alert.card_set)
    if alert.search:
        return of_search_thing(alert.search)
    assert alert.collection
    kind = "Everything on this wish list" if alert.collection.kind == "wish" else "Every card in it"
    return Thing(name=alert.collection.name, detail=kind, url=alert.collection.get_absolute_url())


def of_printing_thing(printing: Printing, *, grading: str = "") -> Thing:
    card = printing.card
    facts = (card.card_set.name, card.number, printing.finish.name, grading)
    return Thing(
        name=card.name,
        detail=" · ".join(fact for fact in facts if fact),
        url=card.get_absolute_url(),
        image_url=card.image_url,
        game_slug=card.game.slug,
        printing=printing,
    )


def of_set_thing(card_set: CardSet) -> Thing:
    game = card_set.game
    detail = f"{game.name} · every card of the set"
    return Thing(name=card_set.name, detail=detail, url=card_set.get_absolute_url(), game_slug=game.slug)


def of_search_thing(search: SavedSearch) -> Thing:
    chosen = search.chosen()
    asked = [search.q, *(f"{name}: {value}" for name, value in chosen.items())]
    return Thing(
        name=search.name,
        detail=f"Saved search · {' · '.join(filter(None, asked)) or 'everything'}",
        url=search.get_absolute_url(),
        game_slug=chosen.get("game", ""),
    )


def inbox(owner: User, *, page: int = 1, only_unread: bool = False) -> InboxPage:
    """What happened, the newest first."""
    found = AlertEvent.objects.filter(owner=owner, **({"read_at": None} if only_unread else {}))
    shown, place = _page(found.order_by("-pk"), page=page, size=ON_A_PAGE)
    return InboxPage(
        rows=event_rows(shown), unread=unread(owner), page=place.page, pages=place.pages, count=place.count
    )


def unread(owner: User) -> int:
    return AlertEvent.objects.filter(owner=owner, read_at=None).count()


def badge(user: User | AnonymousUser) -> int:
    """The unread events that every page of somebody signed in tells of, BADGE at most; one statement."""
    if not isinstance(user, User):
        return 0
    return AlertEvent.objects.filter(owner=user, read_at=None)[:BADGE].count()


def events_of(alert: Alert, *, page: int = 1) -> InboxPage:
    found = AlertEvent.objects.filter(alert=alert)
    shown, place = _page(found.order_by("-day", "-pk"), page=page, size=ON_A_PAGE)
    waiting = found.filter(read_at=None).count()
    return InboxPage(
        rows=event_rows(shown), unread=waiting, page=place.page, pages=place.pages, count=place.count
    )


def fired_days(alert: Alert, *, series_id: int, since: date) -> list[date]:
    """The days on which one series met it, those that a correction withdrew left out."""
    found = AlertEvent.objects.filter(alert=alert, series=series_id, day__gte=since, is_withdrawn=False)
    return list(found.order_by("day").values_list("day", flat=True))


def event(owner: User, pk: int) -> AlertEvent:
    """Raises AlertEvent.DoesNotExist, also for somebody else's."""
    return AlertEvent.objects.select_related("alert").get(owner=owner, pk=pk)


def event_rows(events: QuerySet[AlertEvent]) -> list[EventRow]:
    of_printing = [f"printing__{name}" for name in OF_PRINTING]
    found = events.select_related("alert", "series__source", *of_printing)
    return [_event_row(one) for one in found]


def _event_row(event: AlertEvent) -> EventRow:
    series = event.series
    condition, grade = (series.condition, series.grade) if series else ("", "")
    return EventRow(
        id=event.pk,
        alert_id=event.alert_id,
        alert_name=event.alert.name,
        rule=event.rule,
        thing=of_printing_thing(event.printing, grading=condition or grade),
        day=event.day,
        created_at=event.created_at,
        is_read=event.read_at is not None,
        price=event.price,
        before=event.before,
        currency=event.currency,
        percent=change(event.before, event.price),
        level=event.level,
        level_currency=event.level_currency,
        corrections=event.corrections,
        corrected_to=event.corrected_to,
        is_withdrawn=event.is_withdrawn,
        condition=condition,
        grade=grade,
        source=series.source.slug if series else None,
        is_demo=bool(series and series.source.is_demo),
    )


def log_of(alert: Alert, *, limit: int = LOGGED) -> list[Attempt]:
    """What was sent for an alert, where to, and what was answered, the newest first; digests included."""
    own = Delivery.objects.filter(event__alert=alert).order_by()
    # Two lists of ids, each by its index: joined with OR every attempt there is would be looked at.
    sent = own.values("pk").union(own.filter(digest__isnull=False).values("digest"))
    found = Attempt.objects.filter(delivery__in=sent).select_related("delivery__channel", "delivery__event")
    return list(found.order_by("-pk")[:limit])


def channels_of(owner: User) -> QuerySet[Channel]:
    return Channel.objects.filter(owner=owner).annotate(alert_count=Count("alerts")).order_by("pk")


def channel(owner: User, pk: int) -> Channel:
    """Raises Channel.DoesNotExist, also for somebody else's."""
    return Channel.objects.select_related("owner").get(owner=owner, pk=pk)


def hours_of(owner: User) -> Hours:
    """Those of the person, or the usual ones, not saved."""
    return Hours.objects.filter(owner=owner).first() or Hours(owner=owner)


def _page(found: QuerySet[Any], *, page: int, size: int) -> tuple[QuerySet[Any], Page]:
    """A page behind the last is the last."""
    count = found.count()
    pages = max(1, -(-count // size))
    place = min(max(page, 1), pages)
    return found[(place - 1) * size : place * size], Page(page=place, pages=pages, count=count)
