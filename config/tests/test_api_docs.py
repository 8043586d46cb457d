"""docs/api.md names every endpoint and every parameter's accepted values."""

from pathlib import Path

import pytest
from django.urls import URLPattern

from catalog import api_urls
from catalog.forms import SORTS
from pricing import movers

DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
EXAMPLES = {"<slug:game_slug>": "pokemon", "<slug:set_slug>": "base-set", "<int:pk>": "162"}
NAMED = [pattern for pattern in api_urls.urlpatterns if isinstance(pattern, URLPattern) and pattern.name]


@pytest.mark.parametrize("pattern", NAMED, ids=lambda pattern: pattern.name)
def test_every_endpoint_is_documented_with_an_example(pattern: URLPattern) -> None:
    address = str(pattern.pattern)
    for placeholder, example in EXAMPLES.items():
        address = address.replace(placeholder, example)
    assert f"`GET /api/v1/{address}" in DOCS


@pytest.mark.parametrize(
    "value", [*(key for key, _ in SORTS), *map(str, movers.WINDOWS), *map(str, movers.FLOORS)]
)
def test_every_accepted_value_is_documented(value: str) -> None:
    assert f"`{value}`" in DOCS
