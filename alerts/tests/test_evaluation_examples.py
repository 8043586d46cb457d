"""What fires and what does not, and what is said when it was wrong: through the real ingest."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from alerts import editing, evaluation
from alerts.editing import Facts
from alerts.models import Alert, AlertEvent, Delivery, HeardCorrection
from alerts.tests import factories
from alerts.tests.making import below, events
from pricing import corrections, review
from pricing.models import PriceReview
from pricing.tests.market import Shop, later

pytestmark = pytest.mark.django_db


def test_a_price_that_crosses_fires_once(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    for day, price in ((3, 101_00), (4, 95_00), (5, 94_00), (6, 130_00), (7, 90_00)):
        dollars.says({"1": price, "2": 120_00}, day=later(day))
        evaluation.catch_up()
    assert events(alert) == [(later(4), 95_00, 101_00)]
    event = AlertEvent.objects.get()
    assert (event.level, event.level_currency, event.currency) == (100_00, "USD", "USD")
    assert (event.owner, event.printing, event.series) == (alice, alert.printing, dollars.series("1"))
    alert.refresh_from_db()
    assert alert.finished_on == later(4)


def test_it_fires_again_only_after_the_price_was_back_by_the_margin(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars, rearms=True, margin=Decimal(10))
    for day, price in enumerate((95_00, 109_00, 96_00, 110_00, 97_00), start=3):
        dollars.says({"1": price, "2": 120_00}, day=later(day))
        evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(3), later(7)]


def test_days_that_were_not_judged_in_time_are_made_up_for_in_order(dollars: Shop, alice: User) -> None:
    """The worker was away for four days, in which the price crossed twice."""
    alert = below(alice, dollars, rearms=True)
    for day, price in enumerate((95_00, 120_00, 90_00, 121_00), start=3):
        dollars.says({"1": price, "2": 120_00}, day=later(day))
    assert evaluation.catch_up() == evaluation.Evaluated(runs=4, corrections=0, events=2)
    assert events(alert) == [(later(3), 95_00, 120_00), (later(5), 90_00, 120_00)]


def test_what_is_met_already_waits_for_the_other_side(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars, threshold=150_00)
    for day, price in enumerate((110_00, 160_00, 149_00), start=3):
        dollars.says({"1": price, "2": 120_00}, day=later(day))
        evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(5)]


def test_the_same_day_again_changes_nothing(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    for _ in range(3):
        dollars.says({"1": 95_00, "2": 120_00}, day=later(3), replay=True)
        evaluation.catch_up()
    assert events(alert) == [(later(3), 95_00, 120_00)]
    assert AlertEvent.objects.get().corrections == 0


def test_a_second_look_at_the_day_withdraws_what_was_not_so(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    dollars.says({"1": 105_00, "2": 120_00}, day=later(3), replay=True)
    evaluation.catch_up()
    event = AlertEvent.objects.get()
    assert (event.price, event.corrected_to, event.is_withdrawn, event.corrections) == (
        95_00,
        105_00,
        True,
        1,
    )
    alert.refresh_from_db()
    assert alert.finished_on is None
    dollars.says({"1": 99_00, "2": 120_00}, day=later(4))  # the rule is open again
    evaluation.catch_up()
    assert [day for day, *_ in events(alert)] == [later(3), later(4)]


def test_a_second_look_can_fire_what_the_first_did_not(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    dollars.says({"1": 105_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3), replay=True)
    evaluation.catch_up()
    assert events(alert) == [(later(3), 95_00, 120_00)]


def test_a_doubtful_price_fires_nothing_until_it_is_accepted(dollars: Shop, alice: User, carla: User) -> None:
    alert = below(alice, dollars)
    dollars.says({"1": 2_00, "2": 120_00}, day=later(3))  # a sixtieth of the price
    assert evaluation.catch_up().events == 0
    assert PriceReview.objects.get().status == "open"
    review.accept(PriceReview.objects.get(), by=carla)
    assert evaluation.catch_up() == evaluation.Evaluated(runs=0, corrections=1, events=1)
    assert events(alert) == [(later(3), 2_00, 120_00)]


def test_a_doubtful_price_that_is_rejected_never_fires(dollars: Shop, alice: User, carla: User) -> None:
    alert = below(alice, dollars)
    dollars.says({"1": 2_00, "2": 120_00}, day=later(3))
    review.reject(PriceReview.objects.get(), by=carla)
    dollars.says({"1": 119_00, "2": 120_00}, day=later(4))
    evaluation.catch_up()
    assert events(alert) == []


def test_whoever_was_told_a_price_is_told_when_staff_correct_it(
    dollars: Shop, alice: User, carla: User
) -> None:
    hook = factories.channel(alice, "webhook")
    alert = below(alice, dollars, channel_ids=(hook.pk,))
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    AlertEvent.objects.update(read_at="2026-03-05T00:00Z")
    corrections.correct(dollars.series("1"), day=later(3), market=115_00, by=carla)
    evaluation.catch_up()
    event = AlertEvent.objects.get(alert=alert)
    assert (event.corrected_to, event.is_withdrawn, event.read_at) == (115_00, True, None)
    assert list(Delivery.objects.order_by("edition").values_list("edition", flat=True)) == [0, 1]
    corrections.correct(dollars.series("1"), day=later(3), market=90_00, by=carla)
    evaluation.catch_up()
    event.refresh_from_db()
    assert (event.corrected_to, event.is_withdrawn, event.corrections) == (90_00, False, 2)
    assert Delivery.objects.count() == 3


def test_a_correction_is_followed_once(dollars: Shop, alice: User, carla: User) -> None:
    below(alice, dollars)
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    corrections.correct(dollars.series("1"), day=later(3), market=115_00, by=carla)
    assert evaluation.catch_up().corrections == 1
    assert evaluation.catch_up().corrections == 0
    assert HeardCorrection.objects.count() == 1


def test_the_event_of_a_rule_that_was_changed_since_is_put_right_all_the_same(
    dollars: Shop, alice: User, carla: User
) -> None:
    alert = below(alice, dollars)
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    editing.edit(alert, Facts(**vars_of(alert) | {"threshold": 50_00}))
    corrections.correct(dollars.series("1"), day=later(3), market=115_00, by=carla)
    evaluation.catch_up()
    event = AlertEvent.objects.get()
    assert (event.corrected_to, event.corrections) == (115_00, 1)


def vars_of(alert: Alert) -> dict[str, Any]:
    facts = editing.facts_of(alert)
    return {name: getattr(facts, name) for name in facts.__slots__}


def test_the_database_lets_nobody_tell_a_change_twice(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars)
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    twin = AlertEvent.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError, match="alertevent_unique"), transaction.atomic():
        twin.save(force_insert=True)
    assert len(events(alert)) == 1


def test_an_event_keeps_the_rule_it_fired_by(dollars: Shop, alice: User) -> None:
    alert = below(alice, dollars, least=90_00)
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    editing.edit(alert, Facts(**vars_of(alert) | {"threshold": 50_00}))
    event = AlertEvent.objects.get()
    assert event.rule == "falls to $100.00 or below, at $90.00 or more"
    assert (event.kind, event.days) == ("below", None)
