"""A day without prices is noticed once, told to staff, and filled later."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from pytest_django import Settings

from accounts.models import User
from catalog.tests.factories import GameFactory
from pricing import gaps
from pricing.models import MissedDay, Source
from pricing.tests.factories import RunFactory, SourceFactory
from pricing.tests.market import DAY, Shop, later


def _at(day: int, clock: str) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime.combine(later(day), datetime.min.time(), UTC) + timedelta(hours=hour, minutes=minute)


def test_a_day_is_missed_at_six_the_next_morning_and_not_before(shop: Shop) -> None:
    shop.says({"1": 100})
    assert gaps.notice(_at(2, "05:59")) == []
    (missed,) = gaps.notice(_at(2, "06:00"))
    assert (missed.day, missed.source_id, missed.game_id) == (later(1), shop.source.pk, shop.game.pk)


def test_it_is_noticed_once_and_staff_are_told_once(
    shop: Shop, carla: User, alice: User, settings: Settings
) -> None:
    settings.SITE_URL = "https://prices.example.org"
    shop.says({"1": 100})
    gaps.notice(_at(3, "12:00"))
    gaps.notice(_at(3, "12:01"))
    assert MissedDay.objects.count() == 2
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("Prices are missing for 2 days", ["carla@example.org"])
    assert message.body == (
        "No finished sync brought these days:\n\n"
        f"- {shop.game}, {shop.source}, 2026-03-03\n- {shop.game}, {shop.source}, 2026-03-04\n\n"
        "Runs and their errors: https://prices.example.org/admin/pricing/ingestrun/\n"
    )


def test_a_mail_names_what_is_new_and_nothing_told_before(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    gaps.notice(_at(2, "12:00"))
    other = Shop(source=shop.source, game=GameFactory.create())
    RunFactory.create(source=other.source, game=other.game, day=DAY)
    gaps.notice(_at(2, "13:00"))
    assert [message.subject for message in mail.outbox] == ["Prices are missing for 1 day"] * 2
    assert f"- {other.game}, {shop.source}, 2026-03-03" in mail.outbox[1].body
    assert f"- {shop.game}," not in mail.outbox[1].body


def test_a_mail_that_cannot_be_sent_is_tried_again(
    shop: Shop, carla: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.says({"1": 100})
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _refuse)
        with pytest.raises(ConnectionRefusedError):
            gaps.notice(_at(2, "12:00"))
    assert not MissedDay.objects.exists()
    gaps.notice(_at(2, "12:05"))
    assert (MissedDay.objects.count(), len(mail.outbox)) == (1, 1)


def _refuse(*_: object) -> int:
    raise ConnectionRefusedError


def test_a_missed_day_is_filled_by_a_later_sync_and_not_noticed_again(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    gaps.notice(_at(2, "07:00"))
    shop.says({"1": 110}, day=later(1))
    missed = MissedDay.objects.get()
    assert missed.filled_at
    assert gaps.notice(_at(2, "12:00")) == []


@pytest.mark.parametrize("status", ["failed", "held", "running"])
def test_a_run_that_did_not_finish_brings_no_day(shop: Shop, status: str) -> None:
    shop.says({"1": 100})
    finished = None if status == "running" else _at(1, "20:00")
    RunFactory.create(source=shop.source, game=shop.game, day=later(1), status=status, finished_at=finished)
    assert [missed.day for missed in gaps.notice(_at(2, "06:00"))] == [later(1)]


def test_what_was_never_brought_and_what_is_a_demonstration_is_not_missed(shop: Shop) -> None:
    demo = Shop(source=SourceFactory.create(is_demo=True), game=GameFactory.create())
    demo.says({"1": 100})
    RunFactory.create(source=shop.source, game=shop.game, day=None, status="failed")
    assert gaps.notice(_at(9, "12:00")) == []
    assert mail.outbox == []


def test_each_source_and_game_is_watched_from_its_first_day(shop: Shop) -> None:
    shop.says({"1": 100})
    rival = Shop(source=SourceFactory.create(), game=shop.game)
    rival.says({"1": 100}, day=later(2))
    noticed = {(missed.source_id, missed.day) for missed in gaps.notice(_at(4, "06:00"))}
    assert noticed == {
        *((shop.source.pk, later(days)) for days in (1, 2, 3)), (rival.source.pk, later(3))
    }  # fmt: skip
    assert Source.objects.filter(missed_days__isnull=False).distinct().count() == 2
