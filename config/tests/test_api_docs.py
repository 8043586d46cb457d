"""docs/api.md names every endpoint and every parameter's accepted values."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern

from accounts.models import User
from alerts import messages
from alerts.api_urls import urlpatterns as of_alerts
from alerts.models import Alert, Attempt, Channel, Delivery
from alerts.queries import STATES
from alerts.sending import webhook
from alerts.tests import factories
from catalog import api_urls
from catalog.forms import SORTS
from collections_app import completion, valuation
from collections_app.api_urls import urlpatterns as of_collections
from collections_app.models import RAW_CONDITIONS, Collection, ImportRow, Lot
from pricing import movers
from pricing.api import searches
from pricing.api.urls import urlpatterns as of_pricing

OF_SEARCHES = [one for one in of_pricing if one.callback in {searches.searches, searches.search}]
OF_PRICES = [one for one in of_pricing if one not in OF_SEARCHES]
DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
PAGES_OF_PRICES = ("prices-api.md", "changes.md")
PRICES_DOCS = "".join((Path(__file__).parents[2] / "docs" / name).read_text() for name in PAGES_OF_PRICES)
EXAMPLES = {"<slug:game_slug>": "pokemon", "<slug:set_slug>": "base-set", "<int:pk>": "162"}
EXAMPLES |= dict.fromkeys(["<str:token>", "<str:code>"], "q5X0jT3uWd8_2kVb7LmN1w") | {"<slug:format>": "csv"}
NAMED = [pattern for pattern in api_urls.urlpatterns if isinstance(pattern, URLPattern) and pattern.name]


VALUES = [*(key for key, _ in SORTS), *map(str, movers.WINDOWS), *map(str, movers.FLOORS)]
VALUES += [*valuation.SORTS, *completion.SORTS, *Lot.Basis.values, *(key for key, _ in RAW_CONDITIONS)]
VALUES += [
    *ImportRow.Verdict.values,
    *Collection.Kind.values,
    *Collection.Visibility.values,
    completion.BASE,
    completion.MASTER,
]
VALUES += [*Alert.Kind.values, *Alert.Timing.values, *STATES, *Channel.Kind.values, *Attempt.Outcome.values]
VALUES += [kind for kind in Delivery.Kind.values if kind != Delivery.Kind.TEST]


def example(pattern: URLPattern) -> str:
    address = str(pattern.pattern)
    for placeholder, value in EXAMPLES.items():
        address = address.replace(placeholder, value)
    return f"/api/v1/{address}"


@pytest.mark.parametrize("pattern", OF_PRICES, ids=lambda pattern: pattern.name)
def test_every_endpoint_of_prices_is_documented(pattern: URLPattern) -> None:
    address = example(pattern).split("<")[0]
    assert f"GET {address}" in PRICES_DOCS


@pytest.mark.parametrize("pattern", NAMED, ids=lambda pattern: pattern.name)
def test_every_endpoint_is_documented_with_an_example(pattern: URLPattern) -> None:
    assert f"`GET {example(pattern)}" in DOCS


@pytest.mark.parametrize(
    "pattern", [*of_collections, *of_alerts, *OF_SEARCHES], ids=lambda pattern: pattern.name
)
def test_every_method_of_an_endpoint_for_members_is_documented(pattern: URLPattern) -> None:
    view: Any = pattern.callback
    methods = {method.upper() for method in view.cls.http_method_names} - {"OPTIONS"}
    assert methods
    assert {method for method in methods if not re.search(f"`{method} {example(pattern)}[`?]", DOCS)} == set()


@pytest.mark.django_db
def test_the_documented_webhook_is_what_is_sent(alice: User) -> None:
    example = json.loads(DOCS[DOCS.index('{\n  "type": "alert.fired"') :].partition("```")[0])
    hook = factories.channel(alice, "webhook")
    sent = factories.delivery(factories.event(factories.alert(alice)), hook)
    assert shape(json.loads(webhook.body_of(messages.of(sent)))) == shape(example)


def shape(said: Any) -> Any:
    """The names without what they name."""
    return {name: shape(value) for name, value in said.items()} if isinstance(said, dict) else None


@pytest.mark.parametrize("value", dict.fromkeys(VALUES))
def test_every_accepted_value_is_documented(value: str) -> None:
    assert f"`{value}`" in DOCS
