"""What another price would do to alerts is what it then does."""

from dataclasses import dataclass, field

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from alerts import evaluation, foreseeing
from alerts.models import AlertEvent
from alerts.tests.making import below
from alerts.tests.stories import CARDS, Story
from pricing import corrections, doubts, review
from pricing.models import PriceChange, PriceReview
from pricing.tests.market import Shop, later

pytestmark = pytest.mark.django_db


@dataclass(kw_only=True)
class Foretold(Story):
    """Of each correction, how many alerts were foreseen to be told, and how many were."""

    foreseen: list[tuple[int, int]] = field(default_factory=list)

    def _correct(self) -> None:
        evaluation.catch_up()
        series = self.shop.series(self.chance.choice(CARDS))
        days = sorted(PriceChange.objects.filter(series_id=series.pk).values_list("day", flat=True))
        day = self.chance.choice(days[-6:] + days[-1:] * 3)
        market = self.chance.choice([None, self.chance.randint(40, 200), self.chance.randint(40, 200)])
        try:
            move = corrections.supposed(series, day=day, market=market)
        except corrections.CannotCorrectError:
            return
        said = foreseeing.foresee(move).count
        corrections.correct(series, day=day, market=market, by=self.staff)
        self.foreseen.append((said, evaluation.catch_up().events))


@pytest.mark.parametrize("seed", range(8))
def test_what_is_foreseen_of_a_correction_is_what_happens(
    seed: int, shop: Shop, alice: User, carla: User
) -> None:
    story = Foretold(shop=shop, owner=alice, staff=carla, seed=seed)
    story.live()
    assert len(story.foreseen) > 2
    assert [said for said, _ in story.foreseen] == [told for _, told in story.foreseen]


def test_what_accepting_would_fire_is_what_fires(dollars: Shop, alice: User, bob: User, carla: User) -> None:
    below(alice, dollars)
    below(bob, dollars, threshold=1_00)
    below(bob, dollars, kind="falls", percent=50, days=3)
    evaluation.catch_up()
    dollars.says({"1": 2_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    doubt = PriceReview.objects.select_related("series").get()
    move = doubts.supposed(doubt, market=doubt.quote["market"])
    assert move
    assert foreseeing.foresee(move).said == "2 alerts would fire."
    assert not AlertEvent.objects.exists()
    review.accept(doubt, by=carla)
    assert evaluation.catch_up().events == 2


def test_it_is_said_in_words_what_would_happen(dollars: Shop, alice: User, bob: User) -> None:
    below(alice, dollars)
    below(bob, dollars, threshold=60_00)
    dollars.says({"1": 95_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    series = dollars.series("1")
    said = {
        market: foreseeing.foresee(corrections.supposed(series, day=later(3), market=market)).said
        for market in (110_00, 90_00, 50_00, None)
    }
    assert said == {
        110_00: "1 alert would be withdrawn.",
        90_00: "1 alert would be told another price.",
        50_00: "1 alert would fire, 1 alert would be told another price.",
        None: "1 alert would be withdrawn.",
    }


def test_no_more_rules_are_tried_than_a_page_waits_for(
    dollars: Shop, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        below(alice, dollars)
    dollars.says({"1": 105_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    move = corrections.supposed(dollars.series("1"), day=later(3), market=95_00)
    assert foreseeing.foresee(move).said == "3 alerts would fire."
    monkeypatch.setattr(foreseeing, "MOST", 2)
    assert foreseeing.foresee(move).said == "2 alerts would fire; only the first 2 rules were tried."


def test_people_are_counted_once_for_a_printing(dollars: Shop, alice: User, bob: User) -> None:
    first, second = (dollars.series(product).printing for product in "12")
    for owner, product in ((alice, "1"), (alice, "1"), (bob, "1"), (bob, "2")):
        below(owner, dollars, product)
    below(alice, dollars, printing_id=None, card_set_id=first.card.card_set_id)
    evaluation.catch_up()
    assert foreseeing.waiting([first.pk, second.pk, 0]) == {first.pk: 2, second.pk: 2}


def test_foreseeing_costs_the_same_for_one_alert_and_for_three(
    dollars: Shop, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    dollars.says({"1": 105_00, "2": 120_00}, day=later(3))
    evaluation.catch_up()
    for _ in range(3):
        below(alice, dollars)
        move = corrections.supposed(dollars.series("1"), day=later(3), market=95_00)
        with django_assert_num_queries(6):
            foreseeing.foresee(move)
