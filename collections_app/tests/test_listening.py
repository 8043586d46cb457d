"""When prices were recorded, the worker hears of it; whether it can does not concern the ingest."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from integrations.errors import MarketError
from pricing import corrections, review
from pricing.models import PriceReview
from pricing.signals import prices_recorded
from pricing.tests.market import DAY, Shop, later
from pricing.tests.queue import Sent, own_queue, unreachable_queue

pytestmark = pytest.mark.django_db
Told = tuple[str, date]


@pytest.fixture
def heard() -> Any:
    told: list[Told] = []

    def hear(*, game: str, day: date, **_: Any) -> None:
        told.append((game, day))

    prices_recorded.connect(hear)
    yield told
    prices_recorded.disconnect(hear)


def asked(shop: Shop, offset: int = 0) -> Sent:
    return Sent("collections_app.choose_prices", [shop.game.slug, str(later(offset))], {})


def test_a_run_that_changed_prices_is_told_of_once_it_is_committed(
    shop: Shop, heard: list[Told], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        shop.says({"1": 100})
        assert heard == []
    assert heard == [(shop.game.slug, DAY)]


def test_a_day_is_told_of_once_and_once_more_when_it_was_corrected(
    shop: Shop, heard: list[Told], django_capture_on_commit_callbacks: Any
) -> None:
    shop.says({"1": 100, "2": 50})
    with django_capture_on_commit_callbacks(execute=True):
        assert shop.says({"2": 50}, day=later(1)).changed == 0  # the other one vanished
        for market, status in ((50, "unchanged"), (60, "corrected"), (60, "unchanged")):
            assert shop.says({"2": market}, day=later(1), replay=True).status == status
        assert shop.says({"2": 70}, day=later(1)).status == "unchanged"
    assert heard == [(shop.game.slug, later(1))] * 2


def test_a_run_that_recorded_no_day_is_not_told_of(
    shop: Shop, heard: list[Told], django_capture_on_commit_callbacks: Any
) -> None:
    shop.says({str(place): 100 for place in range(30)}, day=later(1))
    with django_capture_on_commit_callbacks(execute=True):
        assert shop.says({"1": 200}, day=later(2)).status == "held"
        with pytest.raises(MarketError):
            shop.says({"1": 200})
    assert heard == []


def test_the_worker_is_asked_to_choose_prices_of_the_game(
    shop: Shop, django_capture_on_commit_callbacks: Any
) -> None:
    with own_queue("default") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            shop.says({"1": 100}, day=later(2))
        assert sent() == [asked(shop, 2)]


def test_a_price_that_staff_accept_is_told_of_too(
    shop: Shop, carla: User, django_capture_on_commit_callbacks: Any
) -> None:
    shop.says({"1": 100, "2": 50})
    shop.says({"1": 9_000, "2": 50}, day=later(1))
    with own_queue("default") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            review.accept(PriceReview.objects.get(), by=carla)
        assert sent() == [asked(shop, 1)]


def test_a_price_that_staff_correct_is_told_of_too(
    shop: Shop, carla: User, django_capture_on_commit_callbacks: Any
) -> None:
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(1))
    with own_queue("default") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            corrections.correct(shop.series("1"), day=DAY, market=110, by=carla)
        assert sent() == [asked(shop)]


def test_an_unreachable_queue_does_not_stop_an_ingest(
    shop: Shop, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with unreachable_queue(), django_capture_on_commit_callbacks(execute=True):
        run = shop.says({"1": 100})
    assert run.status == "done"
    assert f"Prices of {shop.game.slug} are chosen at night: the queue cannot be reached." in caplog.messages


def test_a_listener_that_fails_does_not_stop_an_ingest(
    shop: Shop, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: Any) -> None:
        raise LookupError("deaf")

    prices_recorded.connect(fail)
    try:
        with own_queue("default"), django_capture_on_commit_callbacks(execute=True):
            assert shop.says({"1": 100}).status == "done"
    finally:
        prices_recorded.disconnect(fail)
    assert any("deaf" in message for message in caplog.messages)
