"""The clients that `make client` makes: the Python one calls the site, the types are TypeScript."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from catalog.models import Game
from local import clients

USE = """
import type { Card, Operations } from "./tcg-price-tracker";
const address: Operations["getCard"]["path"] = "/api/v1/cards/{id}/";
const price = (card: Card): string | undefined => card.printings[0]?.market?.amount;
export { address, price };
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    clients.build(folder)
    return folder


@pytest.fixture
def package(built: Path) -> Iterator[str]:
    sys.path.insert(0, str(built / "python"))
    yield "tcg_price_tracker_client"
    sys.path.remove(str(built / "python"))


@pytest.mark.django_db(transaction=True)
def test_the_python_client_calls_the_site(package: str, live_server: LiveServer) -> None:
    Game.objects.get_or_create(slug="pokemon", defaults={"name": "Pokémon"})
    catalogue = f"{package}.api.catalogue"
    with import_module(package).Client(base_url=live_server.url) as client:
        games: Any = import_module(f"{catalogue}.list_games").sync(client=client)
        absent: Any = import_module(f"{catalogue}.get_card").sync(424242, client=client)
    assert "pokemon" in [game.slug for game in games.results]
    assert (type(absent).__name__, absent.status) == ("Problem", 404)


def test_the_document_is_there_in_both_forms(built: Path) -> None:
    assert {path.name for path in built.glob("openapi.*")} == {"openapi.json", "openapi.yaml"}


@pytest.mark.skipif(shutil.which("tsc") is None, reason="needs the TypeScript compiler")
def test_the_types_are_typescript(built: Path) -> None:
    (built / "use.ts").write_text(USE)
    command = ["tsc", "--noEmit", "--strict", "use.ts", "tcg-price-tracker.d.ts"]
    done = subprocess.run(command, cwd=built, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
