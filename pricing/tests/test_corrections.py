"""A corrected price is as if its source had said it so; who was told otherwise can be told."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from catalog.tests.factories import GameFactory
from pricing import corrections, history, ingest, movers, packing, queries
from pricing.corrections import CannotCorrectError
from pricing.models import LatestPrice, Mover, PriceChange, PriceCorrection, PriceHistory
from pricing.rows import Point
from pricing.signals import prices_recorded
from pricing.tests.factories import SeriesFactory, SourceFactory
from pricing.tests.market import DAY, Shop, later, listing, quote
from pricing.tests.queue import own_queue

pytestmark = pytest.mark.django_db
LONG = 90  # days: the first prices are packed by then


@pytest.fixture
def heard() -> Iterator[list[tuple[str, date]]]:
    told: list[tuple[str, date]] = []

    def hear(*, game: str, day: date, **_: Any) -> None:
        told.append((game, day))

    prices_recorded.connect(hear)
    yield told
    prices_recorded.disconnect(hear)


def correct(shop: Shop, by: User, *, day: date, market: int | None, product: str = "1") -> PriceCorrection:
    return corrections.correct(shop.series(product), day=day, market=market, by=by, reason="A slip")


def points(shop: Shop, product: str = "1") -> list[tuple[date, int | None]]:
    key = shop.series(product).pk
    return [(point.day, point.market) for point in queries.history([key], since=None)[key]]


def vectors(shop: Shop, *days: int) -> list[int | None]:
    return [shop.vector(later(day)).get(("1", "Normal")) for day in days]


def test_the_correction_holds_until_the_next_change(shop: Shop, carla: User) -> None:
    for day, market in ((0, 100), (1, 120), (2, 120), (3, 130)):
        shop.says({"1": market, "2": 120}, day=later(day))
    correct(shop, carla, day=later(1), market=210)
    assert points(shop) == [(DAY, 100), (later(1), 210), (later(3), 130)]
    assert points(shop, "2") == [(DAY, 120)]
    assert vectors(shop, 0, 1, 2, 3) == [100, 210, 210, 130]
    assert shop.vector(later(1))["2", "Normal"] == 120
    before = PriceChange.objects.filter(series_id=shop.series("1").pk).order_by("day")
    assert list(before.values_list("previous_market", flat=True)) == [None, 100, 210]
    assert (shop.market("1"), shop.latest("1").previous_market) == (130, 210)


def test_the_newest_change_is_the_latest_price(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(1))
    correct(shop, carla, day=later(1), market=None)
    latest = shop.latest("1")
    assert (latest.market, latest.previous_market, latest.changed_on) == (None, 100, later(1))
    assert vectors(shop, 0, 1) == [100, 0]
    run = shop.says({"1": 120}, day=later(2))
    assert (run.changed, PriceChange.objects.get(day=later(2)).previous_market) == (1, None)


def test_the_first_price_has_nothing_before_it(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(1))
    correct(shop, carla, day=DAY, market=110)
    assert points(shop) == [(DAY, 110), (later(1), 120)]
    assert shop.latest("1").previous_market == 110
    correct(shop, carla, day=later(1), market=110)
    assert (shop.market("1"), shop.latest("1").previous_market) == (110, None)


def test_only_the_market_price_is_corrected(shop: Shop, carla: User) -> None:
    shop.brings(listing([quote("1", (100, 90, 95, 300, 91))]))
    correct(shop, carla, day=DAY, market=105)
    latest = shop.latest("1")
    assert (latest.market, latest.low, latest.mid, latest.high, latest.direct_low) == (105, 90, 95, 300, 91)
    key = shop.series("1").pk
    assert queries.history([key], since=None)[key] == [Point(day=DAY, market=105, low=90, mid=95)]


def test_a_change_that_moves_nothing_any_more_stays_for_its_other_amounts(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    shop.brings(listing([quote("1", (120, 90))], day=later(1)))
    correct(shop, carla, day=later(1), market=100)
    change = PriceChange.objects.get(day=later(1))
    assert (change.market, change.low, change.previous_market) == (100, 90, 100)
    assert (shop.latest("1").previous_market, shop.latest("1").changed_on) == (None, later(1))


def test_a_day_on_which_it_was_not_listed_stays_without_it(shop: Shop, carla: User) -> None:
    shop.says({"1": 100, "2": 50})
    shop.says({"2": 50}, day=later(1))
    shop.says({"1": 100, "2": 50}, day=later(2))
    correct(shop, carla, day=DAY, market=150)
    assert vectors(shop, 0, 1, 2) == [150, None, 150]


@pytest.mark.parametrize("market", [230, None])
def test_a_packed_change_is_corrected_where_it_lies(shop: Shop, carla: User, market: int | None) -> None:
    shop.brings(listing([quote("1", (100, 90, 95))]))
    shop.brings(listing([quote("1", (120, 91, 96))], day=later(1)))
    shop.says({"1": 130}, day=later(LONG))
    assert history.pack_closed(later(LONG)) == 2
    correct(shop, carla, day=later(1), market=market)
    packed = PriceHistory.objects.get()
    assert packing.unpack(bytes(packed.data)) == [(DAY, 100, 90, 95), (later(1), market, 91, 96)]
    assert packed.through == later(1)
    change = PriceChange.objects.get()  # the next one, which is not packed yet
    assert (change.day, change.previous_market) == (later(LONG), market)
    assert vectors(shop, 0, 1, LONG) == [100, market or 0, 130]


def test_it_stays_on_record(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    before = timezone.now()
    made = correct(shop, carla, day=DAY, market=None)
    found = PriceCorrection.objects.get()
    assert (found, found.series, found.day, found.was, found.now) == (made, shop.series("1"), DAY, 100, None)
    assert (found.reason, found.corrected_by) == ("A slip", carla)
    assert before <= found.corrected_at <= timezone.now()
    correct(shop, carla, day=DAY, market=100)
    assert list(PriceCorrection.objects.order_by("id").values_list("was", "now")) == [
        (100, None),
        (None, 100),
    ]


def test_who_corrected_cannot_be_deleted_just_so(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    correct(shop, carla, day=DAY, market=110)
    with pytest.raises(ProtectedError):
        carla.delete()


@pytest.mark.parametrize(
    ("day", "market", "why"),
    [
        (0, 100, "This is the price it has already."),
        (3, None, "This is the price it has already."),
        (2, 110, "It did not change on 2026-03-04: correct its price of 2026-03-03, which held that day."),
        (9, 110, "It did not change on 2026-03-11: correct its price of 2026-03-05, which held that day."),
        (-1, 110, "No price of 2026-03-01 is known."),
        (0, 0, "A price is at least $0.01 and at most $1,000,000.00."),
        (0, -5, "A price is at least $0.01 and at most $1,000,000.00."),
        (0, 100_000_001, "A price is at least $0.01 and at most $1,000,000.00."),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    shop: Shop, carla: User, day: int, market: int | None, why: str
) -> None:
    for place, said in enumerate((100, 120, 120, None)):
        shop.says({"1": said}, day=later(place))
    before = points(shop)
    with pytest.raises(CannotCorrectError) as refusal:
        correct(shop, carla, day=later(day), market=market)
    assert str(refusal.value) == why
    assert points(shop) == before
    assert vectors(shop, 0, 1, 2, 3) == [100, 120, 120, 0]
    assert not PriceCorrection.objects.exists()


def test_the_largest_believable_price_can_be_the_right_one(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    correct(shop, carla, day=DAY, market=100_000_000)
    assert shop.market("1") == 100_000_000


def test_a_series_that_never_had_a_price_has_none_to_correct(carla: User) -> None:
    with pytest.raises(CannotCorrectError, match="No price of 2026-03-02 is known"):
        corrections.correct(SeriesFactory.create(), day=DAY, market=100, by=carla)


@pytest.mark.parametrize(("was", "now"), [(100, 100), (None, None), (0, 100), (100, 0), (-1, None)])
def test_the_database_keeps_no_correction_that_is_none(was: int | None, now: int | None) -> None:
    facts: dict[str, Any] = {"series": SeriesFactory.create(), "day": DAY, "corrected_at": timezone.now()}
    with pytest.raises(IntegrityError, match="pricecorrection_"):
        PriceCorrection.objects.create(was=was, now=now, **facts)


def test_it_is_told_of_from_its_day_on_and_movers_are_ranked_anew(
    shop: Shop,
    carla: User,
    heard: list[tuple[str, date]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    shop.says({"1": 1000})
    shop.says({"1": 1100}, day=later(1))
    with own_queue("default"), django_capture_on_commit_callbacks(execute=True):
        correct(shop, carla, day=DAY, market=2000)
        assert heard == []
        assert set(Mover.objects.values_list("old", "new")) == {(1000, 1100)}
    assert heard == [(shop.game.slug, DAY)]
    assert set(Mover.objects.values_list("old", "new", "direction")) == {(2000, 1100, "down")}


def test_a_ranking_that_fails_does_not_unmake_the_correction(
    shop: Shop,
    carla: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def broken(*_: Any, **__: Any) -> int:
        raise OperationalError("no space left")

    shop.says({"1": 100})
    monkeypatch.setattr(movers, "rank", broken)
    with own_queue("default"), django_capture_on_commit_callbacks(execute=True):
        correct(shop, carla, day=DAY, market=110)
    assert shop.market("1") == 110
    assert "no space left" in caplog.text


def _in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_correction_waits_for_a_sync_and_then_sees_what_it_wrote(carla: User) -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 100})
    series, outcome = shop.series("1"), list[str]()

    def decide() -> None:
        try:
            corrections.correct(series, day=DAY, market=110, by=carla)
        except CannotCorrectError as refusal:
            outcome.append(str(refusal))

    with ingest.only_one(shop.source, game=shop.game):
        correcting = _in_thread(decide)
        correcting.join(0.3)
        assert outcome == []
        # The sync that holds the lock writes the same rows; one locked first would be a deadlock.
        with transaction.atomic():
            LatestPrice.objects.select_for_update(nowait=True).get()
            PriceChange.objects.filter(series_id=series.pk).update(market=110)
            LatestPrice.objects.filter(series=series).update(market=110)
    correcting.join(10)
    assert outcome == ["This is the price it has already."]
    assert not PriceCorrection.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_packed_meanwhile_is_corrected_all_the_same(carla: User) -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(LONG))
    series = shop.series("1")
    with transaction.atomic():
        assert history.pack_closed(later(LONG)) == 1
        correcting = _in_thread(lambda: corrections.correct(series, day=DAY, market=110, by=carla))
        correcting.join(0.3)
        assert correcting.is_alive()
    correcting.join(10)
    assert points(shop) == [(DAY, 110), (later(LONG), 120)]
    assert packing.unpack(bytes(PriceHistory.objects.get().data)) == [(DAY, 110, None, None)]


@pytest.mark.django_db(transaction=True)
def test_a_packer_takes_a_change_that_is_corrected_meanwhile(carla: User) -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(LONG))
    with transaction.atomic():
        correct(shop, carla, day=DAY, market=110)
        packing_it = _in_thread(lambda: history.pack_closed(later(LONG)))
        packing_it.join(0.3)
        assert packing_it.is_alive()
    packing_it.join(10)
    assert points(shop) == [(DAY, 110), (later(LONG), 120)]
    assert not PriceChange.objects.filter(day__lt=later(LONG)).exists()


@pytest.mark.django_db(transaction=True)
def test_vectors_that_are_forgotten_meanwhile_stay_forgotten(carla: User) -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 100})
    shop.says({"1": 100}, day=later(1))
    series = shop.series("1")
    with transaction.atomic():
        assert history.drop_vectors(later(1) + timedelta(days=history.KEEP_VECTORS)) == 1
        correcting = _in_thread(lambda: corrections.correct(series, day=DAY, market=110, by=carla))
        correcting.join(0.3)
    correcting.join(10)
    assert vectors(shop, 1) == [110]
    assert PriceCorrection.objects.exists()
