"""Several worker processes that share one pair of eBay keys."""

import time
from dataclasses import replace

from django.conf import settings

from integrations import breaker, budgets
from integrations.ebay import policies
from integrations.ebay.client import Client
from integrations.errors import MarketError
from integrations.http import DoorPolicy
from integrations.tests.crowd import crowd, together
from integrations.tests.ebay import answers
from integrations.tests.ebay.answers import SEARCH, TOKEN
from integrations.tests.marketplace import Marketplace

WORKERS, EACH = 4, 20
HOURLY, HOUR = 15, 0.8


def _policy(slug: str) -> DoorPolicy:
    return replace(
        policies.BROWSE,
        slug=slug,
        min_interval=0.001,
        hourly_quota=HOURLY,
        hour=HOUR,
        max_wait=60,
        attempts=1,
    )


def _enter(argument: str) -> None:
    """What the fixture does for the test's own process."""
    url, slug = argument.split("|")
    settings.EBAY_URL = url
    settings.EBAY_CLIENT_ID, settings.EBAY_CLIENT_SECRET = "id-of-a-test", "secret-of-a-test"
    policies.BROWSE = _policy(slug)
    policies.TOKEN = replace(policies.TOKEN, slug=f"{slug}-token")
    together()


def _search_often(argument: str) -> int:
    _enter(argument)
    return sum(len(Client().search("mew").listings) for _ in range(EACH))


def _search_until_paused(argument: str) -> int:
    _enter(argument)
    end = time.monotonic() + 60
    refused = 0
    while time.monotonic() < end:
        try:
            Client().search("mew")
        except MarketError as error:
            if "paused after failures" in str(error):
                return refused
            refused += 1
    raise AssertionError("the breaker never opened")


def test_four_workers_keep_to_one_hour_and_one_token(ebay: Marketplace, slug: str) -> None:
    answers.shelf(ebay, [answers.offer()])
    assert crowd(_search_often, size=WORKERS, argument=f"{ebay.url}|{slug}") == [EACH] * WORKERS
    arrivals = sorted(request.at for request in ebay.requests if request.path == SEARCH)
    assert len(arrivals) == WORKERS * EACH
    spans = [last - first for first, last in zip(arrivals, arrivals[HOURLY:], strict=False)]
    assert len(spans) == WORKERS * EACH - HOURLY
    assert min(spans) >= HOUR
    assert ebay.hits[TOKEN] == 1
    day = next(budget for budget in budgets.of(_policy(slug)) if budget.period == "day")
    assert day.used == WORKERS * EACH


def test_failures_of_four_workers_stop_all_of_them(ebay: Marketplace, slug: str) -> None:
    ebay.misbehave(SEARCH, "status", status=500)
    failed = crowd(_search_until_paused, size=WORKERS, argument=f"{ebay.url}|{slug}")
    # Five failures open the breaker; at most one call of each other worker was already on its way.
    assert 5 <= ebay.hits[SEARCH] == sum(failed) <= 5 + WORKERS - 1
    assert breaker.state(slug).state == "open"
