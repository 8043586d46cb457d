"""Doubtful prices wait for a person and reach no page before."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from catalog.models import Card
from catalog.tests.factories import GameFactory
from pricing import history, ingest, queries, review
from pricing.models import LatestPrice, PriceChange, PriceCorrection, PriceReview
from pricing.review import CannotAcceptError, Reason
from pricing.rows import Point
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Amounts, Shop, later, listing, quote

DOUBTS: list[tuple[Amounts, dict[str, Any], Reason]] = [
    ((-1, 90), {}, Reason.NEGATIVE),
    ((100, 90, 95, 120, -5), {}, Reason.NEGATIVE),
    ((100_000_001,), {}, Reason.ABSURD),
    ((100, 90, 100_000_001), {}, Reason.ABSURD),
    ((100, 90, 95, 2**31), {}, Reason.ABSURD),
    ((10**300,), {}, Reason.ABSURD),
    ((100,), {"currency": "EUR"}, Reason.CURRENCY),
    ((1001,), {}, Reason.JUMP),
    ((9,), {}, Reason.JUMP),
]


@pytest.mark.parametrize(("amounts", "facts", "reason"), DOUBTS)
def test_a_doubtful_price_goes_to_review_and_never_to_latest(
    shop: Shop, amounts: Amounts, facts: dict[str, Any], reason: Reason
) -> None:
    shop.says({"1": 100, "2": 50})
    run = shop.brings(listing([quote("1", amounts, **facts), quote("2", (50,))], day=later(1)))
    doubt = PriceReview.objects.get()
    assert (doubt.reason, doubt.status, doubt.day) == (reason, "open", later(1))
    assert (doubt.series, doubt.run, doubt.quote["market"]) == (shop.series("1"), run, amounts[0])
    assert (run.status, run.rows, run.changed, run.reviewed) == ("done", 2, 0, 1)
    latest = shop.latest("1")
    assert (latest.market, latest.missing_since) == (100, later(1))
    assert shop.vector(later(1)) == {("2", "Normal"): 50}


def test_a_doubted_price_shows_the_age_of_the_one_before(shop: Shop) -> None:
    shop.says({"1": 100, "2": 50})
    shop.says({"1": -3, "2": 50}, day=later(4))
    prices = {row.name: queries.printings(row.pk)[0].as_of for row in Card.objects.filter(game=shop.game)}
    assert prices == {"Card 1": later(0), "Card 2": later(4)}


@pytest.mark.parametrize(
    "amounts", [(100_000_000,), (100, 90, 95, 2**31 - 1), (None, None, None, 500_000_000), (1, 1, 1, 1, 1)]
)
def test_the_largest_believable_amounts_pass(shop: Shop, amounts: Amounts) -> None:
    run = shop.brings(listing([quote("1", amounts)]))
    assert (run.reviewed, shop.market("1")) == (0, amounts[0])


def test_a_price_in_another_currency_of_a_new_product_makes_its_series_but_no_price(shop: Shop) -> None:
    run = shop.brings(listing([quote("1", (100,), currency="JPY")]))
    assert (run.new_series, run.reviewed, shop.series("1").currency) == (1, 1, "USD")
    assert PriceReview.objects.get().quote["currency"] == "JPY"
    assert not LatestPrice.objects.exists()


def test_a_doubt_that_persists_renews_one_open_review(shop: Shop) -> None:
    shop.says({"1": 100})
    for day, market in ((1, 5000), (2, 5100), (2, 5200)):
        run = shop.says({"1": market}, day=later(day), replay=True)
        assert run.reviewed == 1
    doubt = PriceReview.objects.get()
    assert (doubt.day, doubt.run, doubt.quote["market"]) == (later(2), run, 5200)
    assert doubt.known == {
        "market": 100, "low": None, "mid": None, "high": None, "direct_low": None, "currency": "USD"
    }  # fmt: skip


def test_the_same_doubt_twice_in_a_file_is_one(shop: Shop) -> None:
    run = shop.brings(listing([quote("1", (-1,)), quote("1", (-2,))]))
    assert (run.reviewed, PriceReview.objects.get().quote["market"]) == (1, -2)


def test_two_reasons_are_two_reviews(shop: Shop) -> None:
    shop.says({"1": 100})
    shop.says({"1": 5000}, day=later(1))
    shop.says({"1": -1}, day=later(2))
    assert sorted(PriceReview.objects.values_list("reason", flat=True)) == ["jump", "negative"]


def test_an_accepted_price_is_the_price_of_its_day_everywhere(shop: Shop, carla: User) -> None:
    shop.says({"1": 100, "2": 50})
    shop.brings(listing([quote("1", (5000, 4000, 4500, 9000, 4100)), quote("2", (50,))], day=later(1)))
    review.accept(PriceReview.objects.get(), by=carla)
    latest = shop.latest("1")
    amounts = (latest.market, latest.low, latest.mid, latest.high, latest.direct_low)
    assert amounts == (5000, 4000, 4500, 9000, 4100)
    assert (latest.previous_market, latest.changed_on, latest.missing_since) == (100, later(1), None)
    assert _points(shop, "1") == [
        Point(day=later(0), market=100, low=None, mid=None),
        Point(day=later(1), market=5000, low=4000, mid=4500),
    ]
    assert PriceChange.objects.get(day=later(1)).previous_market == 100
    assert shop.vector(later(1)) == {("1", "Normal"): 5000, ("2", "Normal"): 50}
    decided = PriceReview.objects.get()
    assert (decided.status, decided.decided_by, bool(decided.decided_at)) == ("accepted", carla, True)


def _points(shop: Shop, product: str) -> list[Point]:
    key = shop.series(product).pk
    return queries.history([key], since=None)[key]


def test_an_accepted_second_look_at_a_day_corrects_the_change_of_the_first(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(1))
    shop.says({"1": 5000}, day=later(1), replay=True)
    review.accept(PriceReview.objects.get(), by=carla)
    change = PriceChange.objects.get(day=later(1))
    assert (change.market, change.previous_market) == (5000, 100)
    assert (shop.market("1"), shop.latest("1").previous_market) == (5000, 100)
    assert shop.vector(later(1)) == {("1", "Normal"): 5000}


def test_what_a_day_was_told_at_first_is_put_on_record_as_corrected(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(1))
    shop.says({"1": 5000}, day=later(1), replay=True)
    review.accept(PriceReview.objects.get(), by=carla)
    made = PriceCorrection.objects.get()
    assert (made.series, made.day, made.was, made.now) == (shop.series("1"), later(1), 120, 5000)
    assert (made.reason, made.corrected_by) == ("Doubtful price accepted", carla)


def test_a_day_that_told_nothing_had_the_price_before_it_until_now(shop: Shop, carla: User) -> None:
    """Alerts hear of an accepted price by its record: it is put there also where no change was corrected."""
    shop.says({"1": 100, "2": 100})
    shop.says({"1": 5000, "2": 100}, day=later(1))
    shop.brings(listing([quote("2", (100, 200_000_000))], day=later(1)), replay=True)
    for doubt in PriceReview.objects.all():
        review.accept(doubt, by=carla)
    assert (shop.market("1"), shop.latest("2").low) == (5000, 200_000_000)
    made = PriceCorrection.objects.get()  # the low price is nobody's market price
    assert (made.series, made.day, made.was, made.now) == (shop.series("1"), later(1), 100, 5000)


def test_a_market_price_that_was_never_in_doubt_is_not_corrected_by_its_low(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    shop.says({"1": 120}, day=later(1))
    shop.brings(listing([quote("1", (120, 200_000_000))], day=later(1)), replay=True)
    review.accept(PriceReview.objects.get(), by=carla)
    latest = shop.latest("1")
    assert (latest.market, latest.low, latest.previous_market) == (120, 200_000_000, 100)
    assert not PriceCorrection.objects.exists()


def test_a_doubt_about_a_day_that_is_packed_by_now_can_be_accepted(shop: Shop, carla: User) -> None:
    shop.says({"1": 100, "2": 50})
    shop.says({"1": 120, "2": 50}, day=later(1))
    shop.says({"1": 5000, "2": 50}, day=later(1), replay=True)
    shop.says({"2": 50}, day=later(90))
    assert history.pack_closed(later(90)) == 3
    review.accept(PriceReview.objects.get(), by=carla)
    assert [(point.day, point.market) for point in _points(shop, "1")] == [(later(0), 100), (later(1), 5000)]
    assert (shop.market("1"), shop.latest("1").previous_market) == (5000, 100)
    assert not PriceChange.objects.exists()
    assert PriceCorrection.objects.get().was == 120


def test_the_day_after_an_accepted_jump_is_no_jump(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    shop.says({"1": 5000}, day=later(1))
    review.accept(PriceReview.objects.get(), by=carla)
    run = shop.says({"1": 5500}, day=later(2))
    assert (run.reviewed, shop.market("1"), shop.latest("1").previous_market) == (0, 5500, 5000)


def test_an_accepted_first_price_has_nothing_before_it(shop: Shop, carla: User) -> None:
    shop.says({"1": 200_000_000})
    review.accept(PriceReview.objects.get(), by=carla)
    latest = shop.latest("1")
    assert (latest.market, latest.previous_market, latest.changed_on) == (200_000_000, None, later(0))
    assert shop.vector(later(0)) == {("1", "Normal"): 200_000_000}


def test_an_accepted_price_that_was_not_listed_since_says_so(shop: Shop, carla: User) -> None:
    shop.says({"1": 100, "2": 50})
    shop.says({"1": 5000, "2": 50}, day=later(1))
    shop.says({"2": 50}, day=later(3))
    review.accept(PriceReview.objects.get(), by=carla)
    assert (shop.market("1"), shop.latest("1").missing_since) == (5000, later(3))
    assert shop.vector(later(3)) == {("2", "Normal"): 50}


@pytest.mark.parametrize("back_to", [100, 120])
def test_a_doubt_that_a_later_day_answered_cannot_be_accepted(shop: Shop, carla: User, back_to: int) -> None:
    shop.says({"1": 100})
    shop.says({"1": 5000}, day=later(1))
    shop.says({"1": back_to}, day=later(2))
    with pytest.raises(CannotAcceptError, match="A newer price is known already"):
        review.accept(PriceReview.objects.get(), by=carla)
    assert (shop.market("1"), PriceReview.objects.get().status) == (back_to, "open")


@pytest.mark.parametrize(
    ("amounts", "facts", "why"),
    [
        ((-1,), {}, "can only be rejected"),
        ((100,), {"currency": "EUR"}, "can only be rejected"),
        ((1, 1, 1, 2**31), {}, "larger than any price can be"),
    ],
)
def test_what_can_never_be_a_price_cannot_be_accepted(
    shop: Shop, carla: User, amounts: Amounts, facts: dict[str, Any], why: str
) -> None:
    shop.brings(listing([quote("1", amounts, **facts)]))
    with pytest.raises(CannotAcceptError, match=why):
        review.accept(PriceReview.objects.get(), by=carla)
    assert not LatestPrice.objects.exists()


def test_a_decided_review_stays_decided(shop: Shop, carla: User, bob: User) -> None:
    shop.says({"1": 200_000_000})
    doubt = PriceReview.objects.get()
    review.reject(doubt, by=carla)
    with pytest.raises(CannotAcceptError, match="decided already"):
        review.accept(doubt, by=bob)
    review.reject(doubt, by=bob)
    assert (PriceReview.objects.get().status, PriceReview.objects.get().decided_by) == ("rejected", carla)


def test_a_rejected_price_changes_nothing_and_the_same_again_is_a_new_doubt(shop: Shop, carla: User) -> None:
    shop.says({"1": 100})
    shop.says({"1": 5000}, day=later(1))
    review.reject(PriceReview.objects.get(), by=carla)
    assert (shop.market("1"), shop.latest("1").missing_since) == (100, later(1))
    shop.says({"1": 5000}, day=later(2))
    statuses = PriceReview.objects.order_by("id").values_list("status", "day")
    assert list(statuses) == [("rejected", later(1)), ("open", later(2))]


def test_accepting_a_held_file_only_closes_its_review(shop: Shop, carla: User) -> None:
    shop.says({str(place): 100 for place in range(30)})
    shop.says({"1": 100}, day=later(1))
    review.accept(PriceReview.objects.get(), by=carla)
    assert PriceReview.objects.get().status == "accepted"
    assert not PriceChange.objects.filter(day=later(1)).exists()


@pytest.mark.django_db(transaction=True)
def test_a_decision_waits_for_a_sync_and_then_sees_what_it_wrote(carla: User) -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 100})
    shop.says({"1": 5000}, day=later(1))
    outcome: list[str] = []
    with ingest.only_one(shop.source, game=shop.game):
        decision = threading.Thread(target=_accept, args=(carla, outcome))
        decision.start()
        decision.join(0.3)
        assert outcome == []
        # The sync that holds the lock renews the review; a row lock taken first would be a deadlock.
        with transaction.atomic():
            PriceReview.objects.select_for_update(nowait=True).get()
            _list_again(shop, day=later(2))
    decision.join(10)
    assert outcome == ["A newer price is known already."]
    assert shop.market("1") == 101


def _list_again(shop: Shop, *, day: date) -> None:
    changed = {"market": 101, "changed_on": day, "missing_since": None}
    LatestPrice.objects.filter(series=shop.series("1")).update(**changed)


def _accept(by: User, outcome: list[str]) -> None:
    try:
        review.accept(PriceReview.objects.get(), by=by)
        outcome.append("accepted")
    except CannotAcceptError as refusal:
        outcome.append(str(refusal))
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(carla: User) -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 100})
    shop.says({"1": 5000}, day=later(1))
    doubt, start, outcome = PriceReview.objects.get(), threading.Barrier(2), list[str]()

    def decide(market: int) -> None:
        start.wait(10)
        try:
            review.fix(doubt, market=market, by=carla)
            outcome.append(str(market))
        except CannotAcceptError as error:
            outcome.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(market,)) for market in (110, 120)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(outcome) == sorted([str(shop.market("1")), "It is decided already."])
    assert PriceCorrection.objects.count() == 1
