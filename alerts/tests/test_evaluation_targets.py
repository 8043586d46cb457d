"""Each kind of rule, and what it is about: printings, sets, collections, currencies, sources."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from alerts import editing, evaluation, watching
from alerts.editing import Facts
from alerts.models import Alert, AlertEvent, Channel, Progress, RateBand, Watch
from alerts.tests import factories
from alerts.tests.making import below, events
from catalog.models import CardSet
from catalog.tests.factories import GameFactory
from collections_app import lots
from collections_app.tests import factories as holdings
from integrations.quotes import Rate
from pricing import demo, history, rates
from pricing.models import IngestRun, Source
from pricing.tests.market import Shop, later, listing, quote

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("facts", "prices", "fired"),
    [
        ({"kind": "falls", "percent": Decimal(15), "days": 2}, [110_00, 100_00, 95_00], 4),
        ({"kind": "rises", "percent": Decimal(20), "days": 2}, [140_00, 144_00, 150_00], 4),
        ({"kind": "low", "days": 30}, [121_00, 119_00, 125_00], 4),
        ({"kind": "high", "days": 30}, [119_00, 118_00, 121_00], 5),
    ],
)
def test_rules_about_changes_fire_on_their_day(
    facts: dict[str, Any], prices: list[int], fired: int, dollars: Shop, alice: User
) -> None:
    alert = below(alice, dollars, **facts)
    for day, price in enumerate(prices, start=3):
        dollars.says({"1": price, "2": 120_00}, day=later(day))
        evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(fired)]


def test_a_price_is_back_after_a_week_without(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars, kind="back", days=7)
    for day in range(3, 11):
        dollars.says({"2": 120_00}, day=later(day))
        evaluation.catch_up()
    dollars.says({"1": 120_00, "2": 120_00}, day=later(11))  # at the price it had
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(11)]


def test_the_first_price_of_a_card_counts_for_the_rule_that_waited_for_it(dollars: Shop, alice: User) -> None:
    dollars.brings(listing([quote("1", (120_00,)), quote("2", (120_00,))], day=later(3)))
    printing = dollars.series("1").printing
    foil = printing.card.printings.create(finish=dollars.game.finishes.create(name="Foil"))
    alert = editing.create(
        alice, Facts(kind="below", currency="USD", threshold=100_00, printing_id=foil.pk, channel_ids=())
    )
    assert not Watch.objects.exists()
    quotes = [quote("1", (120_00,)), quote("1", (80_00,), finish="Foil"), quote("2", (120_00,))]
    dollars.brings(listing(quotes, day=later(4)))
    evaluation.catch_up()
    assert events(alert) == [(later(4), 80_00, None)]


def test_a_set_is_watched_card_by_card_and_new_cards_join_it(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars, card_set_id=CardSet.objects.get().pk)
    dollars.says({"1": 95_00, "2": 120_00, "3": 90_00}, day=later(3))
    evaluation.catch_up()
    dollars.says({"1": 94_00, "2": 99_00, "3": 101_00}, day=later(4))
    evaluation.catch_up()
    dollars.says({"1": 94_00, "2": 99_00, "3": 100_00}, day=later(5))
    evaluation.catch_up()
    told = AlertEvent.objects.filter(alert=alert).order_by("day").values_list("day", "printing__card__number")
    assert list(told) == [(later(3), "1"), (later(4), "2"), (later(5), "3")]
    alert.refresh_from_db()
    assert alert.finished_on is None


def test_cheap_cards_of_a_set_do_not_count_below_the_least_price(dollars: Shop, alice: User) -> None:
    card_set = CardSet.objects.get().pk
    falling: dict[str, Any] = {"kind": "falls", "percent": Decimal(10), "days": 1, "card_set_id": card_set}
    alert = below(alice, dollars, least=100_00, **falling)
    dollars.says({"1": 107_00, "2": 99_00}, day=later(3))
    evaluation.catch_up()
    assert [price for _, price, _ in events(alert)] == [107_00]


def test_what_a_collection_holds_is_watched_as_long_as_it_holds_it(
    dollars: Shop, alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    binder = holdings.collection(alice)
    first = holdings.lot(binder, dollars.series("1").printing)
    alert = below(alice, dollars, collection_id=binder.pk, rearms=True)
    holdings.lot(binder, dollars.series("2").printing)
    lots.remove(binder.lots.filter(pk=first.pk))
    dollars.says({"1": 95_00, "2": 94_00}, day=later(3))
    evaluation.catch_up()
    assert [price for _, price, _ in events(alert)] == [94_00]
    assert Watch.objects.get().series == dollars.series("2")


def test_a_collection_that_is_deleted_takes_its_alerts_along(dollars: Shop, alice: User) -> None:
    binder = holdings.collection(alice)
    below(alice, dollars, collection_id=binder.pk)
    binder.delete()
    assert not Alert.objects.exists()


def test_a_paused_rule_sees_nothing_and_starts_anew(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    editing.pause(alert)
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    editing.resume(alert)
    for day, price in ((4, 94_00), (5, 120_00), (6, 93_00)):
        dollars.says({"1": price, "2": 120_00}, day=later(day))
        evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(6)]


def test_an_expired_rule_is_silent(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    Alert.objects.update(expires_on=later(3))
    for day, price in ((3, 101_00), (4, 95_00)):
        dollars.says({"1": price, "2": 120_00}, day=later(day))
        evaluation.catch_up()
    assert events(alert) == []
    assert editing.expire(later(4)) == 0
    assert editing.expire(later(3) + watching.GRACE + timedelta(days=1)) == 1
    assert not Watch.objects.exists()


def test_a_threshold_in_euros_is_held_against_the_days_rate(dollars: Shop, alice: User) -> None:
    """€100.00: at 1.20 the price of $120.00 is exactly that, and not above it."""
    rates.record([Rate(day=later(day), currency="USD", per_euro=Decimal("1.10")) for day in range(9)])
    alert = below(alice, dollars, currency="EUR")
    dollars.says({"1": 111_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    assert events(alert) == []
    dollars.says({"1": 110_00, "2": 120_00}, day=later(4))
    evaluation.catch_up()
    assert events(alert) == [(later(4), 110_00, 111_00)]
    event = AlertEvent.objects.get()
    assert (event.level, event.level_currency) == (100_00, "EUR")


def test_a_rate_that_drifts_moves_the_level_with_it(dollars: Shop, alice: User) -> None:
    """The price hardly moves; the dollar loses a third, so it is worth less than €80.00."""
    rates.record([Rate(day=later(2), currency="USD", per_euro=Decimal("1.10"))])
    alert = below(alice, dollars, currency="EUR", threshold=80_00)
    assert RateBand.objects.get().factor == Decimal("1.1")
    rates.record([Rate(day=later(3), currency="USD", per_euro=Decimal("1.60"))])
    dollars.says({"1": 121_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    assert events(alert) == [(later(3), 121_00, 120_00)]
    assert RateBand.objects.get().factor == Decimal("1.6")


def test_a_threshold_without_a_rate_waits_for_one(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars, currency="EUR")
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    assert events(alert) == []
    rates.record([Rate(day=later(4), currency="USD", per_euro=Decimal("1.10"))])
    dollars.says({"1": 96_00, "2": 120_00}, day=later(4))
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(4)]


def test_a_price_that_stays_away_from_the_level_is_never_judged(dollars: Shop, alice: User) -> None:
    below(alice, dollars, threshold=50_00)
    before = Watch.objects.get()
    dollars.says({"1": 60_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    after = Watch.objects.get()
    assert (before.fire_down, before.levelled_on) == (50_00, later(2))
    assert (after.fire_down, after.levelled_on) == (50_00, later(2))


def test_packed_prices_are_judged_like_others(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars, kind="low", days=90)
    for day in range(3, 80):
        dollars.says({"1": 130_00 + day, "2": 120_00}, day=later(day))
        evaluation.catch_up()
    history.pack_closed(later(80))
    dollars.says({"1": 119_99, "2": 120_00}, day=later(81))
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(81)]


def test_a_better_source_takes_over_without_an_alarm(dollars: Shop, alice: User) -> None:
    """Its price lies below the threshold, but nothing fell: another source speaks."""
    alert = below(alice, dollars, rearms=True)
    better = Source.objects.create(slug="better", name="Better", currency="USD", rank=1)
    twin = dollars.series("1")
    twin.pk, twin.source = None, better
    twin.save(force_insert=True)
    twin.printing.card.external_ids.create(source="better", kind="card", external_id="1")
    other = Shop(source=better, game=dollars.game)
    other.says({"1": 90_00}, day=later(3))
    evaluation.catch_up()
    Alert.objects.update(is_stale=True)
    evaluation.catch_up()
    assert Watch.objects.get().series == other.series("1")
    other.says({"1": 89_00}, day=later(4))
    evaluation.catch_up()
    assert events(alert) == []


def test_a_shelf_nobody_looked_at_begins_with_its_newest_day(shop: Shop) -> None:
    for day in range(5):
        shop.says({"1": 100_00 + day}, day=later(day))
    assert evaluation.catch_up() == evaluation.Evaluated(runs=1, corrections=0, events=0)
    assert Progress.objects.get().levelled_run == IngestRun.objects.latest("pk").pk


def test_demonstration_prices_go_and_leave_the_alert_and_its_events(alice: User) -> None:
    shop = Shop(source=Source.objects.get(slug="demo"), game=GameFactory.create())
    shop.says({"1": 120_00}, day=later(0))
    evaluation.catch_up()
    alert = below(alice, shop, rearms=True)
    shop.says({"1": 95_00}, day=later(1))
    evaluation.catch_up()
    demo.remove()
    evaluation.catch_up()
    assert not Watch.objects.exists()
    assert AlertEvent.objects.get().series is None
    alert.refresh_from_db()
    assert alert.printing


def test_sets_of_demonstration_cards_that_an_alert_is_about_stay(alice: User) -> None:
    shop = Shop(source=Source.objects.get(slug="demo"), game=GameFactory.create())
    shop.says({"1": 120_00}, day=later(0))
    below(alice, shop, card_set_id=CardSet.objects.get().pk)
    demo.remove()
    assert Alert.objects.get().card_set


def test_nothing_is_judged_of_the_day_an_alert_is_made_on(shop: Shop, alice: User) -> None:
    shop.says({"1": 120_00}, day=later(0))
    shop.says({"1": 95_00}, day=later(1))
    alert = below(alice, shop)
    evaluation.catch_up()
    assert events(alert) == []
    assert Watch.objects.get().since == later(1)


def test_a_channel_hears_of_each_event_once(dollars: Shop, alice: User) -> None:
    hook = factories.channel(alice, "webhook")
    below(alice, dollars, channel_ids=(hook.pk,), rearms=True)
    for day, price in enumerate((95_00, 120_00, 94_00), start=3):
        dollars.says({"1": price, "2": 120_00}, day=later(day))
        evaluation.catch_up()
        evaluation.catch_up()
    assert Channel.objects.get().deliveries.count() == 2


def test_an_alert_of_yesterday_is_settled_before_the_prices_of_today(dollars: Shop, alice: User) -> None:
    """Its watches were to be made anew: that comes first, so the day is not missed."""
    alert = below(alice, dollars)
    Alert.objects.update(is_stale=True)
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    assert events(alert) == [(later(3), 95_00, 120_00)]
    assert later(3) - later(2) == timedelta(days=1)
