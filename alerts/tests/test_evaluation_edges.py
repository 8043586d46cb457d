"""Where an alert could be missed or fire twice: late runs, drifting rates, silent sources, neighbours."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.models import User
from alerts import editing, evaluation, levelling, watching
from alerts.models import Alert, AlertEvent, Watch
from alerts.tests.making import below, events
from catalog.models import CardSet, ExternalId
from catalog.tests.factories import GameFactory
from collections_app.models import Multiplier
from collections_app.tests import factories as holdings
from integrations.quotes import Rate
from pricing import rates
from pricing.models import Source
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later

pytestmark = pytest.mark.django_db


def rate(day: int, per_euro: str) -> None:
    rates.record([Rate(day=later(day), currency="USD", per_euro=Decimal(per_euro))])


def says(shop: Shop, day: int, price: int | None, other: int | None = 120_00) -> None:
    shop.says({"1": price, "2": other}, day=later(day))


def test_a_rate_that_brings_the_price_back_arms_the_rule_again(dollars: Shop, alice: User) -> None:
    """€99.15, then €100.87 at the same dollars, then €99.13."""
    rate(2, "1.17")
    alert = below(alice, dollars, currency="EUR", rearms=True)
    says(dollars, 3, 116_00)
    evaluation.catch_up()
    rate(4, "1.15")
    says(dollars, 4, 116_00, other=119_00)
    evaluation.catch_up()
    says(dollars, 5, 114_00)
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(3), later(5)]


def test_a_day_that_is_judged_late_is_held_against_its_own_rate(dollars: Shop, alice: User) -> None:
    rate(2, "1.20")
    alert = below(alice, dollars, currency="EUR", threshold=95_00)
    rate(4, "1.40")
    says(dollars, 4, 129_00)
    rate(5, "1.40")
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(4)]


def test_a_low_is_found_after_a_time_without_a_price(shop: Shop, alice: User) -> None:
    for day in range(4):
        says(shop, day, 120_00)
    evaluation.catch_up()
    alert = below(alice, shop, kind="low", days=8)
    for day in range(4, 11):
        says(shop, day, None)
        evaluation.catch_up()
    says(shop, 11, 90_00)
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(11)]


def test_levels_of_an_older_day_are_not_written_over_those_of_a_newer(dollars: Shop, alice: User) -> None:
    """A second evaluator, long at its levels, finds that somebody went on."""
    alert = below(alice, dollars, rearms=True)
    says(dollars, 3, 96_00)
    evaluation.catch_up()
    says(dollars, 4, 95_00)
    evaluation.catch_up()
    run = dollars.source.runs.get(day=later(4))
    says(dollars, 5, 105_00)
    evaluation.catch_up()
    before = Watch.objects.values_list("fire_down", "ceiling", "levelled_on").get()
    Watch.objects.update(sure_until=later(4), levelled_on=later(3))
    evaluation.level(run)
    Watch.objects.update(sure_until=None)
    assert Watch.objects.values_list("fire_down", "ceiling").get() == before[:2]
    says(dollars, 6, 99_00)
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(3), later(6)]


def test_a_gap_counts_anew_once_the_alert_was_resumed(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars, kind="back", days=2)
    for day, price in ((3, None), (4, None), (5, None), (6, 120_00)):
        says(dollars, day, price)
        evaluation.catch_up()
    editing.resume(alert)
    for day, price in ((7, None), (8, None), (9, None), (10, 120_00), (11, None), (12, None), (13, None)):
        says(dollars, day, price)
        evaluation.catch_up()
    says(dollars, 14, 120_00)
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(6), later(10)]


def test_the_last_day_counts_though_its_prices_come_after_midnight(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    Alert.objects.update(expires_on=later(3))
    editing.expire(later(4))
    says(dollars, 3, 95_00)
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(3)]
    assert editing.expire(later(3) + watching.GRACE + timedelta(days=1)) == 1


def test_a_new_card_of_a_set_is_judged_late_as_it_would_be_in_time(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars, card_set_id=CardSet.objects.get().pk)
    dollars.says({"1": 120_00, "2": 120_00, "3": 120_00}, day=later(3))
    dollars.says({"1": 120_00, "2": 120_00, "3": 90_00}, day=later(4))
    evaluation.catch_up()
    assert events(alert) == [(later(4), 90_00, 120_00)]


def twin(of: Shop, product: str = "1", *, rank: int) -> Shop:
    """Another source for the same printing."""
    other = Source.objects.create(slug=f"rank-{rank}", name="Another", currency="USD", rank=rank)
    series = of.series(product)
    ExternalId.objects.create(source=other.slug, kind="card", external_id=product, card=series.printing.card)
    series.pk, series.source = None, other
    series.save(force_insert=True)
    return Shop(source=other, game=of.game)


def test_a_source_without_a_price_gives_way_to_one_that_has_one(shop: Shop, alice: User) -> None:
    shop.says({"1": None, "2": 120_00})
    evaluation.catch_up()
    alert = below(alice, shop)
    other = twin(shop, rank=900)
    other.says({"1": 150_00}, day=later(1))
    evaluation.catch_up()
    other.says({"1": 90_00}, day=later(2))
    evaluation.catch_up()
    assert events(alert) == [(later(2), 90_00, 150_00)]


def test_a_printing_that_was_told_of_once_is_not_told_of_again_by_a_better_source(
    dollars: Shop, alice: User
) -> None:
    one = below(alice, dollars)
    whole = below(alice, dollars, card_set_id=CardSet.objects.get().pk)
    says(dollars, 3, 95_00)
    evaluation.catch_up()
    better = twin(dollars, rank=1)
    for day, price in ((4, 120_00), (5, 95_00)):
        better.says({"1": price}, day=later(day))
        evaluation.catch_up()
    assert [day for day, *_ in events(one)] == [later(3)]
    assert [day for day, *_ in events(whole)] == [later(3)]
    one.refresh_from_db()
    assert one.finished_on == later(3)


def test_what_no_rule_judges_any_more_is_put_right_by_a_second_look(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    says(dollars, 3, 95_00)
    evaluation.catch_up()
    editing.resume(alert)
    dollars.says({"1": 110_00, "2": 120_00}, day=later(3), replay=True)
    evaluation.catch_up()
    event = AlertEvent.objects.get()
    assert (event.corrected_to, event.corrections) == (110_00, 1)


def test_what_a_second_evaluator_finds_taken_it_leaves_alone(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    says(dollars, 3, 95_00)
    answers: list[evaluation.Evaluated] = []

    def other() -> None:
        try:
            with watching.only_one() as is_free:
                answers.append(evaluation.Evaluated(runs=int(is_free), corrections=0, events=0))
        finally:
            connection.close()

    with watching.only_one() as is_free:
        assert is_free
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(60)
    assert answers == [evaluation.Evaluated(runs=0, corrections=0, events=0)]
    evaluation.catch_up()
    assert len(events(alert)) == 1


def test_nightly_an_alert_looks_for_a_price_where_its_source_fell_silent(shop: Shop, alice: User) -> None:
    shop.says({"1": None, "2": 120_00})
    evaluation.catch_up()
    below(alice, shop)
    assert watching.look_for_prices() == 0
    other = twin(shop, rank=900)
    other.says({"1": 150_00}, day=later(1), ranks=False)
    assert watching.look_for_prices() == 1
    evaluation.settle(today=later(1))
    assert Watch.objects.get().series == other.series("1")


@pytest.mark.django_db(transaction=True)
def test_a_holding_that_comes_while_its_alert_is_settled_is_not_forgotten(alice: User) -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    says(shop, 0, 120_00)
    evaluation.catch_up()
    Multiplier.objects.get_or_create(game=None, condition="NM", defaults={"percent": 100})
    binder = holdings.collection(alice)
    holdings.lot(binder, shop.series("1").printing)
    alert = below(alice, shop, collection_id=binder.pk)
    Alert.objects.update(is_stale=True)
    bought: Callable[[], object] = lambda: holdings.lot(binder, shop.series("2").printing)  # noqa: E731

    def buy() -> None:
        try:
            bought()
        finally:
            connection.close()

    thread = threading.Thread(target=buy)
    with transaction.atomic():
        watching.choose([alert.pk], today=later(0))
        thread.start()
        thread.join(0.5)  # it waits for the alert's row, or wrote before
    thread.join(60)
    evaluation.settle(today=later(0))
    assert Watch.objects.filter(alert=alert).count() == 2


def test_a_level_is_set_for_the_day_it_is_asked_for(dollars: Shop, alice: User) -> None:
    below(alice, dollars)
    watch = Watch.objects.get()
    levelling.level([watch.pk], day=later(1))
    watch.refresh_from_db()
    assert watch.levelled_on == later(1)
