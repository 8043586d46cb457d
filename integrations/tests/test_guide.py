"""docs/add-a-source.md is followed to the letter: its files are written, opened and tested."""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as site
from pytest_django import Settings

import integrations
import integrations.tests
from catalog.models import ExternalId
from config.env import Env
from integrations import registry
from integrations.registry import Adapter
from integrations.tests import conftest
from integrations.tests.marketplace import Marketplace
from integrations.tests.stand_in import quick
from pricing.models import Source

GUIDE = (Path(site.BASE_DIR) / "docs" / "add-a-source.md").read_text()
BLOCK = re.compile(r"^`(?P<path>[\w./]+)`[^\n]*:\n\n```\w+\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = {found["path"]: found["code"] for found in BLOCK.finditer(GUIDE)}
TESTS = "integrations/tests/test_examplecards.py"
MIGRATION = "pricing/migrations/0099_examplecards.py"
OURS = ("config/settings.py", ".env.example", "integrations/registry.py", MIGRATION)


@pytest.fixture
def examplecards(
    marketplaces: Marketplace, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """The guide's own files lie beside ours, and its source is the local marketplace."""
    for name in BLOCKS.keys() - set(OURS):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BLOCKS[name])
    for package in (integrations, integrations.tests):
        beside = tmp_path.joinpath(*package.__name__.split("."))
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(beside)])
    monkeypatch.setattr(conftest, "FIXTURES", tmp_path / "integrations/tests/fixtures")
    settings.EXAMPLECARDS_URL = marketplaces.url
    known = set(sys.modules)
    client = _module("integrations.examplecards.client")
    monkeypatch.setattr(client, "POLICY", quick(client.POLICY))
    yield
    for name in set(sys.modules) - known:
        if "examplecards" in name:
            del sys.modules[name]
    vars(integrations).pop("examplecards")
    vars(integrations.tests).pop("test_examplecards", None)


def _module(name: str) -> ModuleType:
    importlib.invalidate_caches()
    return importlib.import_module(name)


def _adapter() -> Adapter:
    """What the guide adds to the registry: imports, then one expression."""
    imports, _, entry = BLOCKS["integrations/registry.py"].partition("\n\n")
    namespace: dict[str, Any] = dict(vars(registry))
    exec(imports, namespace)  # noqa: S102 -- our own page
    adapter = eval(entry, namespace)  # noqa: S307 -- our own page
    assert isinstance(adapter, Adapter)
    return adapter


def test_the_guide_has_every_file_it_speaks_of() -> None:
    assert set(BLOCKS) == {
        *(f"integrations/examplecards/{name}.py" for name in ("client", "parse", "capture")),
        "integrations/tests/fixtures/examplecards/cards.json",
        TESTS,
        *OURS,
    }


@pytest.mark.parametrize("name", re.findall(r"^def (test_\w+)", BLOCKS[TESTS], flags=re.MULTILINE))
def test_the_guides_own_tests_hold(examplecards: None, request: pytest.FixtureRequest, name: str) -> None:
    test = getattr(_module("integrations.tests.test_examplecards"), name)
    test(**{wanted: request.getfixturevalue(wanted) for wanted in inspect.signature(test).parameters})


def test_the_guides_line_of_the_registry_opens_its_source(
    examplecards: None, marketplaces: Marketplace
) -> None:
    marketplaces.files["/cards.json"] = BLOCKS["integrations/tests/fixtures/examplecards/cards.json"].encode()
    adapter = _adapter()
    assert (adapter.is_configured(), adapter.links, adapter.cost.requests(100)) == (True, True, 1)
    capture = adapter.open("cards")
    [group] = capture.groups()
    assert [quote.market for quote in capture.quotes(group)] == [408]
    assert marketplaces.hits == {"/cards.json": 1}


def test_without_its_address_the_guides_source_is_off(examplecards: None, settings: Settings) -> None:
    settings.EXAMPLECARDS_URL = ""
    assert _adapter().missing_settings() == ["EXAMPLECARDS_URL"]


@pytest.mark.django_db
def test_the_guides_migration_adds_the_source_and_its_name_for_the_game() -> None:
    namespace: dict[str, Any] = {}
    exec(BLOCKS[MIGRATION], namespace)  # noqa: S102 -- our own page
    namespace["add_source"](apps, None)
    source = Source.objects.get(slug=_source_of_the_registry())
    assert (source.currency, source.is_blended, source.attribution) == (
        "USD",
        False,
        "Prices by Example Cards.",
    )
    named = ExternalId.objects.get(source=source.slug, kind=ExternalId.Kind.GAME)
    assert (named.external_id, named.game and named.game.slug) == ("cards", "one-piece")


def _source_of_the_registry() -> str:
    [slug] = re.findall(r'source="(\w+)"', BLOCKS["integrations/registry.py"])
    return str(slug)


def test_the_guides_setting_is_read_and_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXAMPLECARDS_URL", raising=False)
    namespace: dict[str, Any] = {"env": Env()}
    exec(BLOCKS["config/settings.py"], namespace)  # noqa: S102 -- our own page
    explained, line = BLOCKS[".env.example"].splitlines()
    assert line == f"#EXAMPLECARDS_URL={namespace['EXAMPLECARDS_URL']}"
    assert explained.startswith("# ")


def test_the_guides_fixture_is_json() -> None:
    assert json.loads(BLOCKS["integrations/tests/fixtures/examplecards/cards.json"])["sets"]


def test_what_the_guide_points_to_is_there() -> None:
    said = re.findall(r"`((?:integrations|config|docs)/[\w./-]+)`", GUIDE)
    there = [path for path in said if "examplecards" not in path]
    assert len(there) > 3
    assert [path for path in there if not (Path(site.BASE_DIR) / path).exists()] == []
    folders = re.findall(r"^\| `(\w+)` \| ", GUIDE.partition("## What the sources")[2], flags=re.MULTILINE)
    assert [name for name in folders if not (Path(site.BASE_DIR) / "integrations" / name).is_dir()] == []
    assert len(folders) == 5
