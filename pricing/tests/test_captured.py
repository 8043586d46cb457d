"""Captured files go the same way as a source on the network."""

from pathlib import Path

import pytest

from catalog.models import Game
from catalog.tests.factories import GameFactory, category
from integrations.errors import MarketError
from pricing import captured
from pricing.models import IngestRun, LatestPrice
from pricing.tests import dumps
from pricing.tests.factories import SourceFactory
from pricing.tests.market import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def game() -> Game:
    game = GameFactory.create(slug="known")
    source = SourceFactory.create(slug="files-of")
    category(game, source=source.slug, external_id="999")
    return game


def _write(root: Path, *, key: str = "999", market: object = 1) -> Path:
    price = {"productId": 1, "marketPrice": market, "subTypeName": "Normal"}
    one = dumps.group(604, name="Base Set", products=[{"productId": 1, "name": "Pikachu"}], prices=[price])
    return dumps.write(root, category=key, groups=[one], day=DAY)


def test_the_folder_of_the_games_category_is_read(game: Game, tmp_path: Path) -> None:
    _write(tmp_path, key="998", market=7)
    run = captured.sync(_write(tmp_path), game="known", source="files-of")
    assert run
    assert (run.adapter, run.status, run.day, LatestPrice.objects.get().market) == ("files", "done", DAY, 100)


def test_the_leading_folder_and_the_ending_of_the_site_are_understood(game: Game, tmp_path: Path) -> None:
    top = _write(tmp_path / "tcgplayer")
    for name in ("groups", "604/products", "604/prices"):
        (top / "999" / name).rename(top / "999" / f"{name}.json")
    (top / "last-updated.txt").rename(tmp_path / "last-updated.txt")
    run = captured.sync(tmp_path, game="known", source="files-of")
    assert run
    assert (run.rows, run.changed) == (1, 1)


@pytest.mark.parametrize("key", ["998", "9990", "0999"])
def test_a_folder_without_the_category_is_none_of_this_game(game: Game, tmp_path: Path, key: str) -> None:
    assert captured.sync(_write(tmp_path, key=key), game="known", source="files-of") is None
    assert not IngestRun.objects.exists()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"success": true, "results": [{"productId": 1, "marketPrice": NaN}]}', "NaN is not a JSON number"),
        ('{"success": true, "results": [{"productId": 1, "marketPrice": "1.00"}]}', "not an amount"),
        ('{"success": true, "results": [{"productId": -1}]}', "not a positive whole number"),
        ('{"success": false, "errors": ["out of cards"]}', "The source reports: out of cards"),
        ('{"success": true, "results": [', "not JSON"),
        ("", "not JSON"),
    ],
)
def test_a_file_that_is_broken_fails_the_run_and_names_the_file(
    game: Game, tmp_path: Path, body: str, message: str
) -> None:
    (_write(tmp_path) / "999" / "604" / "prices").write_text(body)
    with pytest.raises(MarketError, match=message):
        captured.sync(tmp_path, game="known", source="files-of")
    run = IngestRun.objects.get()
    assert run.status == "failed"
    assert "999/604/prices" in run.error
    assert not LatestPrice.objects.exists()


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("1E+2", 10_000),
        ("1.5e-1", 15),
        ("0.005", 1),
        ("0.0049", None),
        ("0", None),
        ("51.9900016784668", 5199),
    ],
)
def test_amounts_are_read_to_the_cent_however_they_are_written(
    game: Game, tmp_path: Path, written: str, cents: int | None
) -> None:
    path = _write(tmp_path) / "999" / "604" / "prices"
    path.write_text(path.read_text().replace('"marketPrice": 1', f'"marketPrice": {written}'))
    captured.sync(tmp_path, game="known", source="files-of")
    assert LatestPrice.objects.get().market == cents
