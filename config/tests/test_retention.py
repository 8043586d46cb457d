"""What is over goes after its time, and nothing else does."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import Settings

from accounts import keys, retention
from accounts.models import ApiKey, IdempotentCall, User
from alerts.models import AlertEvent, Delivery
from alerts.tests import factories as waiting
from catalog.models import Revision, UnmatchedItem
from catalog.tests.factories import GameFactory, PrintingFactory
from config.retention import RULES, keep
from config.tasks import keep as keep_at_night
from pricing import history, packing
from pricing.models import IngestRun, PriceHistory, PriceReview, Sighting
from pricing.tests.factories import RunFactory, SeriesFactory, SourceFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()  # the database dates revisions by its own clock


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def let_go() -> dict[str, int]:
    return {rule.name: count for rule, count in keep(NOW) if count}


def names(rows: QuerySet[Any], field: str) -> set[Any]:
    return set(rows.values_list(field, flat=True))


def test_sessions_answers_and_keys_go_once_they_are_over(alice: User) -> None:
    for key, expires in (("over", ago(1)), ("live", ago(-1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
        UserSession.objects.create(user=alice, session_key=key, ip="127.0.0.1", last_seen_at=ago(3))
    for hours in (1, 30):
        IdempotentCall.objects.create(
            person=alice, key=f"{hours} h", call="", fingerprint=b"", created_at=ago(hours / 24)
        )
    for name, days in (("new", 10), ("old", 400)):
        keys.revoke(keys.make(alice, name=name, scopes=["collections:read"])[0])
        ApiKey.objects.filter(name=name).update(revoked_at=ago(days))
    keys.make(alice, name="good", scopes=["collections:read"])
    assert set(let_go().values()) == {1}
    assert names(Session.objects.all(), "session_key") == {"live"}
    assert names(UserSession.objects.all(), "session_key") == {"live"}
    assert names(IdempotentCall.objects.all(), "key") == {"1 h"}
    assert names(ApiKey.objects.all(), "name") == {"new", "good"}


def test_what_was_sent_goes_while_events_and_what_waits_stay(alice: User, settings: Settings) -> None:
    channel = waiting.channel(alice)
    fired = [waiting.event(waiting.alert(alice, to=(channel,))) for _ in range(3)]
    sent = waiting.delivery(fired[0], channel, status="sent", sent_at=ago(100))
    late = waiting.delivery(fired[1], channel)
    new = waiting.delivery(fired[2], channel, status="dead")
    Delivery.objects.exclude(pk=new.pk).update(created_at=ago(100))
    Delivery.objects.filter(pk=new.pk).update(created_at=ago(1))
    AlertEvent.objects.update(created_at=ago(500))
    assert list(let_go().values()) == [1]
    assert not Delivery.objects.filter(pk=sent.pk).exists()
    assert AlertEvent.objects.count() == 3
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"events": 400}
    assert let_go() == {"Events of alerts": 2}
    assert names(Delivery.objects.all(), "pk") == {late.pk}


def test_idle_runs_and_closed_doubts_go_while_days_and_open_ones_stay() -> None:
    source, game = SourceFactory.create(), GameFactory.create()
    status = IngestRun.Status

    def run(state: str, **facts: Any) -> IngestRun:
        return RunFactory.create(source=source, game=game, status=state, started_at=ago(800), **facts)

    done, failed, open_run, closed_run, newest = map(
        run, (status.DONE, status.FAILED, status.HELD, status.HELD, status.FAILED)
    )
    about: dict[str, Any] = {"day": done.day, "reason": PriceReview.Reason.COLLAPSE, "quote": {}}
    doubted = PriceReview.objects.create(run=open_run, **about)
    PriceReview.objects.create(run=closed_run, status="rejected", decided_at=ago(750), **about)
    assert sorted(let_go().values()) == [1, 2]
    assert names(IngestRun.objects.all(), "pk") == {done.pk, open_run.pk, newest.pk}
    assert names(PriceReview.objects.all(), "pk") == {doubted.pk}
    assert not IngestRun.objects.filter(pk=failed.pk).exists()


def test_listings_and_sightings_go_while_what_staff_decided_stays() -> None:
    game, printing = GameFactory.create(), PrintingFactory.create()
    said: dict[str, Any] = {"source": "ebay", "game": game, "first_seen": ago(300)}
    items: dict[str, dict[str, Any]] = {
        "gone": {"is_listing": True, "last_seen": ago(100)},
        "there": {"is_listing": True, "last_seen": ago(2)},
        "product": {"last_seen": ago(100)},
        "ignored": {"is_listing": True, "last_seen": ago(100), "status": "ignored", "decided_at": ago(200)},
    }
    for name, facts in items.items():
        UnmatchedItem.objects.create(external_id=name, title=name, **said | facts)
    seen: dict[str, Any] = {
        "source": SourceFactory.create(),
        "printing": printing,
        "price": 1,
        "currency": "USD",
    }
    for name, days in (("old", 200), ("new", 30)):
        Sighting.objects.create(item_id=name, day=ago(days), **seen)
    assert list(let_go().values()) == [1, 1]
    assert names(UnmatchedItem.objects.all(), "title") == {"there", "product", "ignored"}
    assert names(Sighting.objects.all(), "item_id") == {"new"}


def test_a_cut_history_still_says_what_the_price_was_on_its_first_day(settings: Settings) -> None:
    changes = [
        (ago(days).date(), price, None, None) for days, price in ((900, 1), (700, 2), (300, 3), (200, 4))
    ]
    series = SeriesFactory.create()
    PriceHistory.objects.create(series=series, through=changes[-1][0], data=packing.pack(changes))
    assert let_go() == {}
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"history": 400}
    told = Revision.objects.count()
    assert history.cut(ago(400).date(), is_rehearsal=True) == 1
    assert [let_go(), let_go()] == [{"Changes of prices": 1}, {}]
    assert packing.unpack(bytes(PriceHistory.objects.get().data)) == changes[1:]
    assert Revision.objects.count() == told + 1


def test_much_goes_a_batch_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    Session.objects.bulk_create(
        Session(session_key=str(n), session_data="", expire_date=ago(1)) for n in range(25)
    )
    monkeypatch.setattr(retention, "AT_ONCE", 10)
    with connection.execute_wrapper(counting := Counting()):
        assert retention.forget(retention.ended_sessions, NOW) == 25
    assert counting.deletes == 3


class Counting:
    deletes = 0

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        self.deletes += sql.startswith("DELETE")
        return execute(sql, *rest)


def test_a_rehearsal_counts_and_leaves_all(alice: User) -> None:
    Session.objects.create(session_key="over", session_data="", expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    said = StringIO()
    call_command("retention", dry_run=True, stdout=said)
    assert "         1  Sessions, once they ended (not kept)" in said.getvalue()
    assert "(kept for 90 days)" in said.getvalue()
    assert "Events of alerts (kept for ever)" in said.getvalue()
    assert Session.objects.exists()
    assert "Sessions, once they ended: 1" in keep_at_night()
    assert not Session.objects.exists()


def test_no_rule_has_a_misspelt_setting(settings: Settings) -> None:
    asked = [rule.setting for rule in RULES if rule.kept is None]
    assert sorted(asked) == sorted(settings.RETENTION_DAYS)
