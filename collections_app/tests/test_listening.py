"""When prices were recorded, the worker hears of it; whether it can does not concern the ingest."""

from typing import Any

import pytest

from accounts.models import User
from pricing import review
from pricing.models import IngestRun, PriceReview
from pricing.signals import prices_recorded
from pricing.tests.market import DAY, Shop, later
from pricing.tests.queue import Sent, own_queue, unreachable_queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Any:
    runs: list[int] = []

    def hear(*, run_id: int, **_: Any) -> None:
        runs.append(run_id)

    prices_recorded.connect(hear)
    yield runs
    prices_recorded.disconnect(hear)


def asked(shop: Shop, offset: int = 0) -> Sent:
    return Sent("collections_app.choose_prices", [shop.game.slug, str(later(offset))], {})


def test_a_run_that_changed_prices_is_told_of_once_it_is_committed(
    shop: Shop, heard: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = shop.says({"1": 100})
        assert heard == []
    assert heard == [run.pk]


def test_a_run_that_changed_nothing_is_not_told_of(
    shop: Shop, heard: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        shop.says({"1": 100})
        shop.says({"1": 100}, day=later(1))
        shop.says({"1": 100}, day=later(1))
    assert heard == [IngestRun.objects.get(day=DAY).pk]


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


def test_an_unreachable_queue_does_not_stop_an_ingest(
    shop: Shop, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with unreachable_queue(), django_capture_on_commit_callbacks(execute=True):
        run = shop.says({"1": 100})
    assert run.status == "done"
    assert caplog.messages[-1:] == [
        f"Prices of {shop.game} are chosen at night: the queue cannot be reached."
    ]


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
