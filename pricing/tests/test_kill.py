"""A worker killed in mid-sync, twenty times over: never a half day, never a duplicate."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from django.db import connection, transaction
from django.db.models import Count

from accounts.tests.sizes import many
from catalog.models import Card, ExternalId, Game, Printing
from catalog.tests.factories import GameFactory, category
from pricing.models import IngestRun, LatestPrice, PriceChange, PriceDay, PriceReview, PriceSeries, Source
from pricing.tests import drills, dumps
from pricing.tests.dumps import Group, Row
from pricing.tests.market import Shop, later

KILLS = many(20, sample=8)
STRIDE = many(1, sample=3)
GROUPS, PRODUCTS = 5, 120
ROWS = GROUPS * PRODUCTS * 2


def _groups(first: int, *, day: int, count: int = GROUPS) -> list[Group]:
    """Two prices a product. Each day two of three prices change and a few rows are missing."""
    return [_group(first + place * 1000, day=day) for place in range(count)]


def _group(key: int, *, day: int) -> Group:
    products = range(key + 1, key + 1 + PRODUCTS)
    return dumps.group(
        key,
        name=f"Set {key % 100_000}",
        products=[_product(product) for product in products],
        prices=[price for product in products for price in _prices(product, day=day)],
    )


def _product(key: int) -> Row:
    number = str(key % 100_000)
    return {"productId": key, "name": f"Card {number}", "extendedData": [{"name": "Number", "value": number}]}


def _prices(key: int, *, day: int) -> Iterator[Row]:
    number = key % 100_000
    for place, finish in enumerate(("Normal", "Foil")):
        step = (day if (number + place) % 3 else 0) + number % 50
        if (number + day) % 97 or day == 0:
            yield {"productId": key, "subTypeName": finish, "marketPrice": 10 + step, "lowPrice": 5 + step}


@dataclass(frozen=True, kw_only=True)
class Drill:
    game: Game
    root: Path
    first: int
    groups: int = GROUPS

    def listed(self, day: int) -> list[Group]:
        return _groups(self.first, day=day, count=self.groups)

    def folder(self, day: int) -> Path:
        folder = self.root / self.game.slug / str(day)
        if not folder.exists():
            dumps.write(folder, category=str(self.first), groups=self.listed(day), day=later(day))
        return folder

    def finish(self, day: int) -> None:
        drills.finish(self.folder(day), game=self.game.slug)

    def kill(self, day: int, *, after: float) -> int | None:
        worker = drills.start(self.folder(day), game=self.game.slug)
        worker.join(after)
        worker.kill()
        worker.join(60)
        return worker.exitcode


def _drill(root: Path, *, slug: str, first: int, groups: int = GROUPS) -> Drill:
    game = GameFactory.create(slug=slug)
    category(game, source="tcgplayer", external_id=str(first))
    return Drill(game=game, root=root, first=first, groups=groups)


def _seconds(drill: Drill, day: int) -> float:
    """How long one whole run in a process of its own takes."""
    started = time.monotonic()
    worker = drills.start(drill.folder(day), game=drill.game.slug)
    worker.join(60)
    assert worker.exitcode == 0
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_twenty_times_leaves_whole_days_and_nothing_twice(tmp_path: Path) -> None:
    Source.objects.get_or_create(slug="tcgplayer", defaults={"name": "TCGplayer", "currency": "USD"})
    clean = _drill(tmp_path, slug="clean", first=100_000)
    killed = _drill(tmp_path, slug="killed", first=200_000)
    first, usual = (_seconds(clean, day) for day in (0, 1))
    random, day, deaths = Random(20), 0, 0
    while deaths < KILLS:
        # The first day dies again and again while its catalogue is made; then each day once or more.
        after = random.uniform(0, usual if day else first / 2)
        deaths += killed.kill(day, after=after) == -9
        if _assert_whole_or_nothing(killed, day) or (deaths >= KILLS // 2 and random.random() < 0.8):
            killed.finish(day)
            assert _assert_whole_or_nothing(killed, day)
            day += 1
            assert day < 3 * KILLS
    killed.finish(day)
    for each in range(2, day + 1):
        clean.finish(each)
    assert _digest(killed.game) == _digest(clean.game)
    _assert_nothing_twice(killed.game)


@transaction.atomic
def _assert_whole_or_nothing(drill: Drill, day: int) -> bool:
    """As of one moment: the server may be about to commit what a killed process asked it to."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    game, today = drill.game, later(day)
    listed = sum(len(one.prices) for one in drill.listed(day))
    vectors = list(PriceDay.objects.filter(game=game, day=today).values_list("size", flat=True))
    done = IngestRun.objects.filter(game=game, day=today, status="done").count()
    changes = PriceChange.objects.filter(series__game=game, day=today).count()
    moved = LatestPrice.objects.filter(series__game=game, changed_on=today).count()
    if done:
        expected = listed if day == 0 else changes
        assert (vectors, changes, moved) == ([listed], expected, expected)
        assert changes > listed // 2
    else:
        assert (vectors, changes, moved) == ([], 0, 0)
        assert not LatestPrice.objects.filter(series__game=game, missing_since=today).exists()
    return bool(done)


def _digest(game: Game) -> str:
    """Of every row that a sync writes, by what does not depend on the order of inserts."""
    series = PriceSeries.objects.filter(game=game)
    named = series.values_list("id", "printing__card__number", "printing__finish__name")
    names = {key: (number, finish) for key, number, finish in named}
    latest = LatestPrice.objects.filter(series__game=game).values_list(*LATEST)
    changes = PriceChange.objects.filter(series__game=game).values_list(*CHANGE)
    rows = [sorted((*names[key], *map(str, row)) for key, *row in table) for table in (latest, changes)]
    shop = Shop(source=Source.objects.get(slug="tcgplayer"), game=game)
    days = PriceDay.objects.filter(game=game).order_by("day").values_list("day", flat=True)
    vectors = [(str(day), _by_number(shop.vector(day))) for day in days]
    cards = sorted(Card.objects.filter(game=game).values_list("name", "number", "card_set__name", "folded"))
    runs = sorted(map(str, IngestRun.objects.filter(game=game, status="done").values_list("day", "rows")))
    return hashlib.md5(repr([rows, vectors, cards, runs]).encode(), usedforsecurity=False).hexdigest()


LATEST = (
    "series_id",
    "market",
    "low",
    "mid",
    "high",
    "direct_low",
    "previous_market",
    "changed_on",
    "missing_since",
)
CHANGE = ("series_id", "day", "market", "low", "mid", "previous_market")


def _by_number(vector: dict[tuple[str, str], int]) -> list[tuple[int, str, int]]:
    return sorted((int(product) % 100_000, finish, price) for (product, finish), price in vector.items())


def _assert_nothing_twice(game: Game) -> None:
    assert Card.objects.filter(game=game).count() == GROUPS * PRODUCTS
    assert Printing.objects.filter(card__game=game).count() == ROWS
    assert (
        PriceSeries.objects.filter(game=game).count()
        == LatestPrice.objects.filter(series__game=game).count()
        == ROWS
    )
    assert ExternalId.objects.filter(card__game=game).count() == GROUPS * PRODUCTS
    twice = IngestRun.objects.filter(game=game, status="done").values("day").annotate(runs=Count("id"))
    assert {row["runs"] for row in twice} == {1}
    assert not IngestRun.objects.filter(game=game, status="running").exists()
    assert not PriceReview.objects.filter(run__game=game).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_before_any_one_statement_leaves_a_whole_day_or_none(tmp_path: Path) -> None:
    Source.objects.get_or_create(slug="tcgplayer", defaults={"name": "TCGplayer", "currency": "USD"})
    drill = _drill(tmp_path, slug="mortal", first=100_000, groups=1)
    drill.finish(0)
    outcomes: list[bool] = []
    days = range(1, 200, STRIDE)
    for day in days:
        worker = drills.start(drill.folder(day), game="mortal", dies_at=day)
        worker.join(60)
        outcomes.append(_assert_whole_or_nothing(drill, day))
        drill.finish(day)
        assert _assert_whole_or_nothing(drill, day)
        if worker.exitcode == 0:
            break
    # Up to the commit there is nothing, from the commit on everything.
    assert outcomes == sorted(outcomes)
    assert 25 < days[outcomes.index(True)] < days[len(outcomes) - 1]


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_bring_the_day_once(tmp_path: Path) -> None:
    Source.objects.get_or_create(slug="tcgplayer", defaults={"name": "TCGplayer", "currency": "USD"})
    drill = _drill(tmp_path, slug="contested", first=100_000)
    workers = [drills.start(drill.folder(0), game="contested") for _ in range(2)]
    for worker in workers:
        worker.join(60)
    assert min(worker.exitcode or 0 for worker in workers) == 0
    assert _assert_whole_or_nothing(drill, 0)
    _assert_nothing_twice(drill.game)
