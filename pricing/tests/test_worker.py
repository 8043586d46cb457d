"""Who asks for a task is told at once when the queue is down."""

import time

from django.conf import settings

from pricing import worker
from pricing.tests.queue import configured, own_queue


def test_a_task_waits_in_the_queue() -> None:
    with own_queue("ingest") as sent:
        assert worker.ask("pricing.rates", 1, name="x")
        (found,) = sent()
        assert (found.task, found.args, found.kwargs) == ("pricing.rates", [1], {"name": "x"})


def test_a_queue_that_is_down_costs_no_time() -> None:
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with configured(broker_url="redis://127.0.0.1:1/0", broker_transport_options=options):
        began = time.monotonic()
        assert not worker.ask("pricing.rates")
        assert time.monotonic() - began < 1
