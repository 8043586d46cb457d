"""An evaluation killed before any one of its statements: no event is lost, none is made or sent twice."""

import pytest

from accounts.models import User
from alerts import editing, evaluation
from alerts.editing import Facts
from alerts.models import AlertEvent, Delivery, Progress, Watch
from alerts.tests import factories, judging
from catalog.tests.factories import GameFactory
from pricing.models import IngestRun
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later

CARDS = 12


def prices(amount: int) -> dict[str, int | None]:
    return {str(card): amount for card in range(CARDS)}


@pytest.mark.django_db(transaction=True)
def test_an_evaluation_that_dies_anywhere_is_finished_by_the_next(alice: User) -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says(prices(120_00))
    evaluation.catch_up()
    hook = factories.channel(alice, "webhook")
    for card in range(CARDS):
        facts = Facts(
            kind="below",
            currency="USD",
            threshold=100_00,
            rearms=True,
            printing_id=shop.series(str(card)).printing_id,
            channel_ids=(hook.pk,),
        )
        editing.create(alice, facts)
    deaths = day = 0
    while True:
        day += 1
        shop.says(prices(95_00 if day % 2 else 120_00), day=later(day))
        worker = judging.start(dies_at=day)
        worker.join(60)
        assert_whole_or_nothing(day)
        evaluation.catch_up()
        assert AlertEvent.objects.count() == Delivery.objects.count() == CARDS * -(-day // 2)
        if worker.exitcode == 0:
            break
        assert worker.exitcode == -9
        deaths += 1
    assert deaths > 15
    assert Progress.objects.get().levelled_run == IngestRun.objects.latest("pk").pk
    assert not Watch.objects.exclude(levelled_on=later(day)).exists()


def assert_whole_or_nothing(day: int) -> None:
    """The events of a day, their deliveries and the mark that it was judged come together."""
    judged = Progress.objects.get().judged_run == IngestRun.objects.latest("pk").pk
    expected = CARDS if judged and day % 2 else 0
    assert AlertEvent.objects.filter(day=later(day)).count() == expected
    assert Delivery.objects.filter(event__day=later(day)).count() == expected
