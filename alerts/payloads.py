"""Rows of `alerts.rows` as the API writes them, in the forms of `pricing.payloads`.

What a message to a program says (`alerts.messages`) is called the same here. Secrets are never part of it.
"""

from typing import Any

from alerts.backtest import Trial
from alerts.models import Alert, Attempt, Channel, Hours
from alerts.rows import AlertRow, EventRow, InboxPage
from catalog.models import CardSet, Printing
from pricing.payloads import Json, day, money, percent


def alert(row: AlertRow) -> Json:
    one = row.alert
    return {
        "id": one.pk,
        "name": one.name,
        "kind": one.kind,
        "rule": row.rule,
        "state": row.state,
        "trouble": one.trouble,
        "url": one.get_absolute_url(),
        **about(one),
        "threshold": money(one.threshold, one.currency),
        "percent": percent(one.percent),
        "days": one.days,
        "least": money(one.least, one.currency),
        "currency": one.currency,
        "rearms": one.rearms,
        "margin": percent(one.margin),
        "timing": one.timing,
        "channel_ids": [channel.pk for channel in one.channels.all()],
        "expires_on": day(one.expires_on),
        "finished_on": day(one.finished_on),
        "created_at": one.created_at.isoformat(),
        "watched": row.watched,
        "events": row.events,
        "last_event_on": day(row.last_event_on),
        "standing": standing(row),
    }


def about(one: Alert) -> Json:
    """One of the four is not null."""
    collection, search = one.collection, one.search
    return {
        "printing": printing(one.printing) if one.printing else None,
        "condition": one.condition,
        "grade": one.grade,
        "set": card_set(one.card_set) if one.card_set else None,
        "collection": {"id": collection.pk, "name": collection.name} if collection else None,
        "search": {"id": search.pk, "name": search.name, "q": search.q} if search else None,
    }


def standing(row: AlertRow) -> Json | None:
    """How far it is from firing; of the nearest printing where it is about many."""
    found = row.standing
    if found is None:
        return None
    nearest = row.near.printing if row.near else row.alert.printing
    return {
        "printing": printing(nearest) if nearest else None,
        "price": money(found.price, found.currency),
        "mark": money(found.mark, found.currency),
        "away": percent(found.away),
        "waits": found.waits,
        "source": row.source,
        "is_demo": row.is_demo,
    }


def printing(one: Printing) -> Json:
    card = one.card
    return {
        "id": one.pk,
        "card_id": card.pk,
        "name": card.name,
        "number": card.number,
        "finish": one.finish.name,
        "set": {"slug": card.card_set.slug, "name": card.card_set.name},
        "game": {"slug": card.game.slug, "name": card.game.name},
        "url": card.get_absolute_url(),
    }


def card_set(one: CardSet) -> Json:
    return {
        "slug": one.slug,
        "name": one.name,
        "game": {"slug": one.game.slug, "name": one.game.name},
        "url": one.get_absolute_url(),
    }


def inbox(page: InboxPage, *, next_one: str | None) -> Json:
    return {
        "count": page.count,
        "pages": page.pages,
        "next": next_one,
        "unread": page.unread,
        "results": [event(row) for row in page.rows],
    }


def event(row: EventRow) -> Json:
    """`level` is what the price was held against, `correction` what was put right since."""
    correction = {"price": money(row.corrected_to, row.currency), "is_withdrawn": row.is_withdrawn}
    return {
        "id": row.id,
        "alert": {"id": row.alert_id, "name": row.alert_name, "rule": row.rule},
        "printing": printing(row.thing.printing) if row.thing.printing else None,
        "condition": row.condition,
        "grade": row.grade,
        "day": day(row.day),
        "created_at": row.created_at.isoformat(),
        "is_read": row.is_read,
        "price": money(row.price, row.currency),
        "before": money(row.before, row.currency),
        "percent": percent(row.percent),
        "level": money(row.level, row.level_currency),
        "source": row.source,
        "is_demo": row.is_demo,
        "correction": correction if row.corrections else None,
    }


def trial(found: Trial) -> Json:
    return {
        "since": day(found.since),
        "until": day(found.until),
        "known_since": day(found.known_since),
        "series": found.series,
        "tried": found.tried,
        "count": found.count,
        "lowest": money(found.lowest, found.currency),
        "highest": money(found.highest, found.currency),
        "sources": list(found.sources),
        "is_demo": found.is_demo,
        "results": [
            {
                "day": day(one.day),
                "fires": [
                    {
                        "printing_id": fire.printing_id,
                        "price": money(fire.price, fire.currency),
                        "before": money(fire.before, fire.currency),
                    }
                    for fire in one.fires
                ],
            }
            for one in found.days
        ],
    }


def logged(one: Attempt) -> Json:
    """With its delivery and channel; an event of its own has only what is no digest."""
    delivery = one.delivery
    return {
        **attempt(one),
        "delivery_id": str(delivery.pk),
        "kind": delivery.kind,
        "event_id": delivery.event_id,
        "edition": delivery.edition,
        "channel": {
            "id": delivery.channel_id,
            "kind": delivery.channel.kind,
            "name": delivery.channel.name,
        },
    }


def attempt(one: Attempt) -> Json:
    return {
        "id": one.pk,
        "at": one.at.isoformat(),
        "milliseconds": one.milliseconds,
        "outcome": one.outcome,
        "code": one.code,
        "answer": one.answer,
    }


def channel(one: Channel) -> Json:
    """With `alert_count`, as `queries.channels_of` annotates it."""
    counted: Any = one
    return {
        "id": one.pk,
        "kind": one.kind,
        "name": one.name,
        "address": one.address,
        "is_on": one.is_on,
        "off_reason": one.off_reason,
        "failures": one.failures,
        "alerts": counted.alert_count,
        "created_at": one.created_at.isoformat(),
    }


def hours(one: Hours) -> Json:
    return {
        "time_zone": one.time_zone,
        "quiet_from": f"{one.quiet_from:%H:%M}",
        "quiet_until": f"{one.quiet_until:%H:%M}",
        "digest_at": f"{one.digest_at:%H:%M}",
    }
