"""Workers killed with -9 again and again while alerts fire and go out: none is lost.

`make drills` kills forty times while five hundred alerts fire; otherwise a sample.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from accounts.models import User
from accounts.tests.sizes import many
from alerts import evaluation
from alerts.models import Alert, AlertEvent, Delivery
from alerts.tests import drills
from alerts.tests.receiver import PATH, Receiver
from catalog.tests.factories import GameFactory
from integrations.tests.marketplace import Request, Response
from pricing.models import PriceSeries
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later
from pricing.tests.queue import own_queue

KILLS, EVENTS, WORKERS = many(40, sample=14), many(500, sample=150), 2
LEASE = timedelta(seconds=5)


@pytest.fixture
def waiting(receiver: Receiver, alice: User) -> Shop:
    """Cards at $120.00, and an alert at $100.00 for each; all tell one webhook."""
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says(dict.fromkeys(map(str, range(EVENTS)), 120_00))
    evaluation.catch_up()
    hook = receiver.channel(alice)
    facts = {"owner": alice, "kind": "below", "threshold": 100_00, "currency": "USD", "timing": "urgent"}
    printings = PriceSeries.objects.values_list("printing_id", flat=True)
    made = Alert.objects.bulk_create(Alert(printing_id=printing, **facts) for printing in printings)
    hook.alerts.set(made)
    evaluation.catch_up()
    return shop


def until(condition: Callable[[], bool]) -> None:
    """Waits, on a busy machine too."""
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.01)
    raise TimeoutError("it never came")


def left() -> bool:
    """Whether something is still to be judged or sent."""
    return Delivery.objects.count() < EVENTS or Delivery.objects.filter(status="pending").exists()


def kill(received: Counter[str], *, random: Random) -> None:
    """Lets workers begin, and kills each at a moment of its own."""
    before = received.total()
    workers = [drills.start(lease=LEASE) for _ in range(WORKERS)]
    until(lambda: received.total() > before)
    for worker in workers:
        worker.join(random.uniform(0, 0.1))
        worker.kill()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == -9


def finish() -> None:
    """Workers that are left alone; what the killed held is free once their leases end."""
    workers = [drills.start(lease=LEASE) for _ in range(WORKERS)]
    try:
        until(lambda: not left())
    finally:
        for worker in workers:
            worker.kill()
            worker.join(60)


@pytest.mark.django_db(transaction=True)
def test_of_many_alerts_none_is_lost_and_hardly_one_comes_twice(receiver: Receiver, waiting: Shop) -> None:
    random, received = Random(40), Counter[str]()

    def take(request: Request) -> Response:
        received[request.headers["webhook-id"]] += 1
        time.sleep(random.uniform(0, 0.02))  # many die while they wait for the answer
        return Response(body=b"ok")

    receiver.market.routes[PATH] = take
    with own_queue("alerts"):
        waiting.says(dict.fromkeys(map(str, range(EVENTS)), 95_00), day=later(1))
    for _ in range(KILLS // WORKERS):
        kill(received, random=random)
        assert left(), "the kills met nothing"
    finish()
    assert AlertEvent.objects.count() == Delivery.objects.count() == EVENTS
    assert set(received) == {str(pk) for pk in Delivery.objects.values_list("pk", flat=True)}
    assert Delivery.objects.filter(status="sent").count() == EVENTS
    assert received.total() - EVENTS <= KILLS
    assert Delivery.objects.filter(attempts__gt=1).exists()  # some did die with a message in their hands
