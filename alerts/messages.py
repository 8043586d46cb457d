"""What a delivery says, once for all channels: a price met a rule, was corrected, or many did in a day.

Every text in a message is one line of visible characters; who sends it escapes it for its own format.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from alerts import phrases
from alerts.models import Alert, AlertEvent, Delivery
from alerts.wording import line
from pricing import formats, payloads

Json = dict[str, Any]

MOST_LISTED: Final = 50
DEMO: Final = "A demonstration price: generated, not real."
RELATED = ("alert", "printing__finish", "printing__card__card_set", "printing__card__game", "series__source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What became of one card: the headline says it by itself. `facts` is the same for programs."""

    headline: str
    details: tuple[str, ...]
    url: str
    facts: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`more` items besides the listed ones are on the page at `url`, which `link` names.

    `at` is the moment of what it tells, the same in every attempt. `alert_id` is None when it is not of one
    alert alone.
    """

    kind: str
    title: str
    items: tuple[Item, ...]
    more: int
    link: str
    url: str
    at: datetime
    facts: Json
    alert_id: int | None = None

    @property
    def text(self) -> str:
        """For people, without markup: each item a paragraph."""
        paragraphs = ["\n".join([item.headline, *item.details, item.url]).strip() for item in self.items]
        return "\n\n".join([*paragraphs, *([self.rest] if self.more else [])])

    @property
    def rest(self) -> str:
        return f"And {formats.number(self.more)} more: {self.url}" if self.more else ""


def of(delivery: Delivery) -> Message:
    """What a delivery says; at most three statements."""
    if delivery.kind == Delivery.Kind.TEST:
        return _test(delivery)
    if delivery.kind == Delivery.Kind.DIGEST:
        return _digest(delivery)
    return _event(delivery)


def _event(delivery: Delivery) -> Message:
    assert delivery.event_id  # only digests and tests have none
    event = AlertEvent.objects.select_related(*RELATED).get(pk=delivery.event_id)
    item = _item(event, edition=delivery.edition)
    return Message(
        kind="alert.corrected" if delivery.edition else "alert.fired",
        title=item.headline,
        items=(item,),
        more=0,
        link="See the alert",
        url=_absolute(event.alert.get_absolute_url()),
        at=delivery.created_at,
        facts=item.facts,
        alert_id=event.alert_id,
    )


def _test(delivery: Delivery) -> Message:
    headline = "This is a test of your alerts"
    details = (f"Alerts will reach you here, through “{line(delivery.channel.name)}”.",)
    return Message(
        kind="alert.test",
        title=headline,
        items=(Item(headline=headline, details=details, url="", facts={}),),
        more=0,
        link="See your alerts",
        url=_inbox(),
        at=delivery.created_at,
        facts={"message": f"{headline}. {details[0]}"},
    )


def _digest(delivery: Delivery) -> Message:
    """Of an event that was corrected before it was told, the last edition."""
    parts = delivery.parts.order_by("event_id", "-edition").distinct("event_id")
    count = delivery.parts.values("event_id").distinct().count()
    listed = _items(parts[:MOST_LISTED])
    title = listed[0].headline if count == 1 else f"{formats.number(count)} price alerts"
    alerts = list(Alert.objects.filter(events__deliveries__digest=delivery).order_by("pk").distinct()[:2])
    return Message(
        kind="alert.digest",
        title=title,
        items=tuple(listed),
        more=count - len(listed),
        link="See your alerts",
        url=_inbox(),
        at=delivery.created_at,
        facts={"count": count, "events": [item.facts for item in listed]},
        alert_id=alerts[0].pk if len(alerts) == 1 else None,
    )


def _items(parts: QuerySet[Delivery]) -> list[Item]:
    related = parts.select_related(*(f"event__{name}" for name in RELATED))
    return [_item(part.event, edition=part.edition) for part in related if part.event]


def _item(event: AlertEvent, *, edition: int) -> Item:
    return Item(
        headline=_corrected(event) if edition else _fired(event),
        details=tuple(_details(event, edition=edition)),
        url=_absolute(event.printing.card.get_absolute_url()),
        facts=_facts(event, edition=edition),
    )


def _fired(event: AlertEvent) -> str:
    kind, days = Alert.Kind(event.kind), event.days or 0
    price, level = _money(event.price, event), formats.money(event.level, event.level_currency)
    said = {
        Alert.Kind.BELOW: f"{price}, at or below {level}",
        Alert.Kind.ABOVE: f"{price}, at or above {level}",
        Alert.Kind.FALLS: f"{_change(event)} within {phrases.days(days)}, now {price}",
        Alert.Kind.RISES: f"{_change(event)} within {phrases.days(days)}, now {price}",
        Alert.Kind.LOW: f"{price}, lower than ever {phrases.look_back(days)}",
        Alert.Kind.HIGH: f"{price}, higher than ever {phrases.look_back(days)}",
        Alert.Kind.BACK: f"{price}, priced again",
        Alert.Kind.FOUND: f"{price}, newly found",
    }
    return f"{_card(event)}: {said[kind]}"


def _corrected(event: AlertEvent) -> str:
    said = _money(event.price, event)
    if event.corrected_to == event.price:
        return f"Correction: {_card(event)}, {said} was right after all"
    if event.corrected_to is None:
        return f"Correction: {_card(event)} had no price, not {said}"
    return f"Correction: {_card(event)} was {_money(event.corrected_to, event)}, not {said}"


def _details(event: AlertEvent, *, edition: int) -> list[str]:
    card, series = event.printing.card, event.series
    found = [_rule(event)]
    if edition and event.is_withdrawn:
        found.append("At the right price your alert would not have told you.")
    elif event.corrections and not edition:
        found.append(f"{_corrected(event)}.")
    if event.before is not None:
        found.append(f"Before: {_money(event.before, event)}")
    if event.level is not None and (told := _level(event)):
        found.append(told)
    source = f", {line(series.source.name)}" if series else ""
    found += [f"{formats.day(event.day)}{source}", f"{line(card.card_set.name)}, {line(card.game.name)}"]
    return [*found, DEMO] if series and series.source.is_demo else found


def _rule(event: AlertEvent) -> str:
    name = f" “{line(event.alert.name)}”" if event.alert.name else ""
    return f"Your alert{name}: {event.rule}"


def _level(event: AlertEvent) -> str:
    level = formats.money(event.level, event.level_currency)
    kind = event.kind
    if kind in {Alert.Kind.FALLS, Alert.Kind.RISES}:
        return f"{phrases.days(event.days or 0).capitalize()} before: {level}"
    if kind in {Alert.Kind.LOW, Alert.Kind.HIGH}:
        return f"The {'lowest' if kind == Alert.Kind.LOW else 'highest'} until then: {level}"
    return ""


def _card(event: AlertEvent) -> str:
    """As `Charizard 4/102 (Holofoil), Near Mint`."""
    series = event.series
    said = [str(event.printing)]
    if series:
        language = series.language if series.language != event.printing.card.game.language else ""
        said += [series.get_condition_display() if series.condition else series.grade, language.upper()]
    return line(", ".join(filter(None, said)))


def _money(amount: int | None, event: AlertEvent) -> str:
    return formats.money(amount, event.currency)


def _change(event: AlertEvent) -> str:
    return formats.percent(Decimal(event.price - event.level) * 100 / event.level if event.level else None)


def _facts(event: AlertEvent, *, edition: int) -> Json:
    """Money and days as everywhere in the API."""
    card, series = event.printing.card, event.series
    return {
        "event_id": event.pk,
        "edition": edition,
        "alert": {
            "id": event.alert_id,
            "name": line(event.alert.name),
            "kind": event.kind,
            "url": _absolute(event.alert.get_absolute_url()),
        },
        "printing": {
            "id": event.printing_id,
            "card_id": card.pk,
            "name": line(card.name),
            "number": line(card.number),
            "finish": line(event.printing.finish.name),
            "set": {"slug": card.card_set.slug, "name": line(card.card_set.name)},
            "game": {"slug": card.game.slug, "name": line(card.game.name)},
            "url": _absolute(card.get_absolute_url()),
        },
        "condition": series.condition if series else "",
        "grade": series.grade if series else "",
        "price": payloads.money(event.price, event.currency),
        "before": payloads.money(event.before, event.currency),
        "level": payloads.money(event.level, event.level_currency),
        "day": event.day.isoformat(),
        "source": series.source.slug if series else None,
        "is_demo": bool(series and series.source.is_demo),
        "correction": _correction(event),
    }


def _correction(event: AlertEvent) -> Json | None:
    if not event.corrections:
        return None
    price = payloads.money(event.corrected_to, event.currency)
    return {"price": price, "is_withdrawn": event.is_withdrawn}


def _absolute(path: str) -> str:
    """Links start with SITE_URL: a message is not the answer to a request whose host could be trusted."""
    return f"{settings.SITE_URL}{path}"


def _inbox() -> str:
    return _absolute(reverse("alerts:inbox"))
