"""`manage.py sync --path` over captured files, counted against the files themselves."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command

from catalog.models import Card, CardSet, ExternalId, Game
from catalog.tests.factories import GameFactory, category
from integrations.tests.marketplace import Marketplace
from integrations.tests.stand_in import stand_in
from pricing.ledger import AMOUNTS
from pricing.models import IngestRun, LatestPrice, PriceChange, Source
from pricing.tests import dumps
from pricing.tests.dumps import Group, Row
from pricing.tests.market import DAY, later

SHARED = Path(site.BASE_DIR).parent / "shared"
SHAPE, CONTRACT = SHARED / "data" / "tcgcsv_shape", SHARED / "contracts" / "tcgcsv"
FIELDS = ("marketPrice", "lowPrice", "midPrice", "highPrice", "directLowPrice")
needs_shared = pytest.mark.skipif(not SHAPE.is_dir(), reason="the captured files of ../shared are not here")
pytestmark = pytest.mark.django_db
Dump = dict[str, list[Group]]  # category id → groups


def _read(path: Path) -> Any:
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text("utf-8")
    return json.loads(text, parse_float=Decimal)


def _results(path: Path) -> list[Row]:
    found: list[Row] = _read(path)["results"]
    return found


def _with_groups_file(folder: Path, groups: str, **files: tuple[str, str]) -> Dump:
    """The groups that are listed; those without files of their own have no products."""
    listed = []
    for row in _results(folder / groups):
        products, prices = files.get(f"g{row['groupId']}", ("", ""))
        listed.append(
            Group(
                row=row,
                products=_results(folder / products) if products else [],
                prices=_results(folder / prices) if prices else [],
            )
        )
    return {"3": listed}


def _capture() -> Dump:
    files = ("capture_products-23821.json", "capture_prices-23821.json")
    return _with_groups_file(SHAPE, "capture_groups.json", g23821=files)


def _fixture() -> Dump:
    return _with_groups_file(
        CONTRACT, "fixture_groups.json", g3170=("fixture_products.json", "fixture_prices.json")
    )


def _structural() -> Dump:
    files = ("fixture2_products-structural-sv8.json", "fixture2_prices-structural-sv8.json")
    return _with_groups_file(CONTRACT, "fixture2_groups.json", g23821=files)


def _official() -> Dump:
    files = ("official_doc_sample_products.json", "official_doc_sample_prices.json")
    return _with_groups_file(CONTRACT, "official_doc_sample_groups.json", g3170=files)


def _japanese() -> Dump:
    """The file has names of groups only; any number will do for an id."""
    found = _read(SHAPE / "derived_pokemon_japan_by_group.json.gz")
    return {
        "85": [
            dumps.group(
                900_000 + place,
                name=name,
                products=said["products"]["results"],
                prices=said["prices"]["results"],
            )
            for place, (name, said) in enumerate(found.items(), start=1)
        ]
    }


def _half_price() -> Dump:
    """A list of products with their prices merged, of several games."""
    listed: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for row in _read(SHAPE / "real_products_with_prices_500half.json"):
        listed.setdefault(str(row["categoryId"]), {}).setdefault(row["groupId"], []).append(row)
    return {
        key: [_merged_group(group, rows) for group, rows in groups.items()] for key, groups in listed.items()
    }


def _merged_group(key: int, rows: list[dict[str, Any]]) -> Group:
    details = {"Number": "cardNumber", "Rarity": "rarity"}
    products = {
        row["productId"]: row
        | {"extendedData": [{"name": name, "value": row[of]} for name, of in details.items() if row[of]]}
        for row in rows
    }
    return dumps.group(key, name=rows[0]["groupName"], products=list(products.values()), prices=rows)


DUMPS = {
    "captured group": _capture,
    "fixture": _fixture,
    "structural fixture": _structural,
    "documentation": _official,
    "Japanese Pokémon": _japanese,
    "five hundred at half price": _half_price,
}


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a game's files hold, counted without any of our code."""

    products: set[str]
    rows: int
    unmatched: list[str]
    prices: dict[tuple[str, str], tuple[int | None, ...]]


def _counted(groups: list[Group]) -> Counted:
    products = {str(row["productId"]) for group in groups for row in group.products}
    rows = [row for group in groups for row in group.prices]
    listed = [row for row in rows if str(row["productId"]) in products]
    return Counted(
        products=products,
        rows=len(rows),
        unmatched=[key for row in rows if (key := str(row["productId"])) not in products],
        prices={
            (str(row["productId"]), row["subTypeName"] or "Normal"): tuple(
                _cents(row[name]) for name in FIELDS
            )
            for row in listed
        },
    )


def _cents(amount: Decimal | int | None) -> int | None:
    if not amount:
        return None
    return int((Decimal(amount) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)) or None


def _game(key: str) -> Game:
    """A game of the first migration, or a row added as staff would."""
    known = ExternalId.objects.filter(source="tcgplayer", kind="game", external_id=key).first()
    if known and known.game:
        return known.game
    game = GameFactory.create(name=f"Category {key}", slug=f"category-{key}")
    category(game, source="tcgplayer", external_id=key)
    return game


def _stored(game: Game) -> dict[tuple[str, str], tuple[int | None, ...]]:
    latest = LatestPrice.objects.filter(series__game=game)
    keys = ("series__printing__card__external_ids__external_id", "series__printing__finish__name")
    return {(row[0], row[1]): row[2:] for row in latest.values_list(*keys, *AMOUNTS)}


def _sync(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("sync", *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def marketplace() -> Source:
    return Source.objects.get_or_create(slug="tcgplayer", defaults={"name": "TCGplayer", "currency": "USD"})[
        0
    ]


@needs_shared
@pytest.mark.parametrize("name", DUMPS)
def test_every_product_and_price_of_a_dump_is_loaded_exactly_and_the_second_time_nothing(
    name: str, tmp_path: Path
) -> None:
    dump = DUMPS[name]()
    games = {key: _game(key) for key in dump}
    for key, groups in dump.items():
        dumps.write(tmp_path, category=key, groups=groups, day=DAY)
    _sync("--path", str(tmp_path))
    for key, groups in dump.items():
        _assert_exact(games[key], _counted(groups), sets=sum(1 for group in groups if group.products))
    before = list(LatestPrice.objects.order_by("series_id").values())
    _sync("--path", str(tmp_path))
    again = IngestRun.objects.filter(status="unchanged")
    assert (again.count(), sum(run.changed + run.new_series for run in again)) == (len(dump), 0)
    assert list(LatestPrice.objects.order_by("series_id").values()) == before


def _assert_exact(game: Game, counted: Counted, *, sets: int) -> None:
    run = IngestRun.objects.get(game=game, status="done")
    cards = ExternalId.objects.filter(card__game=game).values_list("external_id", flat=True)
    assert set(cards) == counted.products
    assert (run.products, Card.objects.filter(game=game).count()) == (len(counted.products),) * 2
    assert CardSet.objects.filter(game=game).count() == sets
    assert (run.rows, run.unmatched, run.reviewed) == (counted.rows, len(counted.unmatched), 0)
    assert run.unmatched_ids == counted.unmatched[:100]
    assert _stored(game) == counted.prices
    changes = PriceChange.objects.filter(series__game=game)
    assert (run.changed, changes.count(), run.new_series) == (len(counted.prices),) * 3


@needs_shared
def test_the_dumps_hold_as_much_as_when_they_were_counted_by_hand() -> None:
    counted = {name: [_counted(groups) for groups in dump().values()] for name, dump in DUMPS.items()}
    sums = {
        name: (sum(len(one.products) for one in found), sum(one.rows for one in found))
        for name, found in counted.items()
    }
    assert sums == {
        "captured group": (6, 7),
        "fixture": (3, 4),
        "structural fixture": (6, 8),
        "documentation": (1, 2),
        "Japanese Pokémon": (11_789, 12_533),
        "five hundred at half price": (246, 250),
    }
    assert counted["captured group"][0].unmatched == ["999999"]
    assert counted["documentation"][0].unmatched == ["451784", "451784"]


def _small(root: Path, *, price: float = 1.5, **where: Any) -> Path:
    one = dumps.group(
        604,
        name="Base Set",
        products=[{"productId": 1, "name": "Charizard"}],
        prices=[{"productId": 1, "marketPrice": price, "subTypeName": "Holofoil"}],
    )
    return dumps.write(root, category="999", groups=[one], **{"day": DAY} | where)


@pytest.fixture
def game() -> Game:
    game = GameFactory.create(slug="known")
    category(game, source="tcgplayer", external_id="999")
    return game


def test_a_line_tells_what_was_done(tmp_path: Path, game: Game) -> None:
    said = _sync("--path", str(_small(tmp_path)), "--game", "known")
    assert said == (
        f"files {game} 2026-03-02: done: 1 products, 1 prices, 1 written, 0 to review, 0 unmatched\n"
    )


def test_the_day_can_be_told_when_no_file_does(tmp_path: Path, game: Game) -> None:
    folder = _small(tmp_path, day=None)
    with pytest.raises(CommandError, match=r"last-updated.txt is missing: say which day the prices are of"):
        _sync("--path", str(folder), "--game", "known")
    _sync("--path", str(folder), "--day", "2026-02-01", "--game", "known")
    assert str(IngestRun.objects.get(status="done").day) == "2026-02-01"


def test_a_corrected_dump_of_the_same_day_is_taken(tmp_path: Path, game: Game) -> None:
    _sync("--path", str(_small(tmp_path / "1")), "--game", "known")
    said = _sync("--path", str(_small(tmp_path / "2", price=1.75)), "--game", "known")
    assert "corrected the same day: 1 products, 1 prices, 1 written" in said
    assert LatestPrice.objects.get().market == 175


def test_an_older_dump_is_refused(tmp_path: Path, game: Game) -> None:
    _sync("--path", str(_small(tmp_path / "2", day=later(1))), "--game", "known")
    with pytest.raises(CommandError, match=r"known: prices of 2026-03-02 are older than 2026-03-03"):
        _sync("--path", str(_small(tmp_path / "1")), "--game", "known")


def test_a_folder_without_the_game_says_so(tmp_path: Path, game: Game) -> None:
    with pytest.raises(CommandError, match="holds nothing of this game"):
        _sync("--path", str(tmp_path), "--game", "known")


def test_a_folder_that_is_not_there_says_so(tmp_path: Path, game: Game) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        _sync("--path", str(tmp_path / "nowhere"), "--game", "known")


def test_an_unknown_game_is_named_with_those_there_are(tmp_path: Path, game: Game) -> None:
    with pytest.raises(CommandError, match=r"no game 'chess'; there are .*known"):
        _sync("--path", str(_small(tmp_path)), "--game", "chess")


def test_one_bad_game_does_not_keep_the_others_from_their_prices(tmp_path: Path, game: Game) -> None:
    _small(tmp_path)
    other = GameFactory.create(slug="other")
    category(other, source="tcgplayer", external_id="998")
    (tmp_path / "998").mkdir()
    with pytest.raises(CommandError, match=r"other: .*998/groups is missing"):
        _sync("--path", str(tmp_path), "--game", "other", "--game", "known")
    assert LatestPrice.objects.get().market == 150


def test_a_collapsed_dump_is_taken_when_told(tmp_path: Path, game: Game) -> None:
    rows = [{"productId": key, "marketPrice": 1, "subTypeName": "Normal"} for key in range(1, 41)]
    products = [{"productId": key, "name": f"Card {key}"} for key in range(1, 41)]
    for day, kept in ((0, 40), (1, 5)):
        one = dumps.group(604, name="Base Set", products=products, prices=rows[:kept])
        dumps.write(tmp_path / str(day), category="999", groups=[one], day=later(day))
    _sync("--path", str(tmp_path / "0"), "--game", "known")
    assert "held for review" in _sync("--path", str(tmp_path / "1"), "--game", "known")
    said = _sync("--path", str(tmp_path / "1"), "--game", "known", "--accept-collapse")
    assert "done: 40 products, 5 prices, 0 written" in said


@pytest.fixture
def online(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Marketplace]:
    with Marketplace(root=_small(tmp_path / "site")) as market:
        stand_in(market, settings=settings, monkeypatch=monkeypatch, spool=tmp_path / "spool")
        yield market


def test_without_a_path_the_source_is_asked(online: Marketplace, game: Game) -> None:
    said = _sync("--game", "known", "--adapter", "tcgcsv")
    assert said.startswith(f"tcgcsv {game} 2026-03-02: done: 1 products, 1 prices, 1 written")
    assert online.hits["/tcgplayer/999/604/prices"] == 1


def test_a_source_that_fails_makes_the_command_fail(online: Marketplace, game: Game) -> None:
    online.misbehave("*", "html")
    with pytest.raises(CommandError, match=r"known: GET .*last-updated.txt is no timestamp"):
        _sync("--game", "known")
