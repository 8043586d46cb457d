"""Starter content: loaded once, removed without a trace, and adopted by the real source."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from catalog.models import Card, CardSet, ExternalId, Game, SearchWord
from catalog.starter import SETS
from catalog.tests.factories import CardFactory
from pricing import captured, corrections, demo, queries
from pricing.models import (
    IngestRun,
    LatestPrice,
    Mover,
    PriceChange,
    PriceCorrection,
    PriceDay,
    PriceHistory,
    PriceReview,
    PriceSeries,
    Source,
)
from pricing.tests import dumps

pytestmark = pytest.mark.django_db
SERIES = sum(len(one.finishes) for starter_set in SETS for one in starter_set.products)
OF_PRICES: list[Any] = [PriceSeries, LatestPrice, PriceChange, PriceHistory, PriceDay, Mover, IngestRun]
OF_PRICES += [PriceReview, PriceCorrection]


def _starter(*arguments: str) -> str:
    out = StringIO()
    call_command("starter", *arguments, stdout=out)
    return out.getvalue()


def test_starter_content_is_loaded_once_with_every_card_and_day() -> None:
    assert demo.is_needed()
    said = _starter("load", "--days", "20")
    assert said.count("done: ") == len({starter_set.game for starter_set in SETS})
    assert (Card.objects.count(), CardSet.objects.count()) == (916, 6)
    assert (PriceSeries.objects.count(), LatestPrice.objects.count()) == (SERIES, SERIES)
    runs = IngestRun.objects.values("game__slug").annotate(days=Count("day", distinct=True))
    assert {row["days"] for row in runs} == {20}
    assert set(IngestRun.objects.values_list("status", flat=True)) == {"done"}
    assert not PriceReview.objects.exists()
    fresh = queries.freshness()
    assert (fresh.day, fresh.is_demo) == (timezone.now().date(), True)
    assert not demo.is_needed()
    _assert_loading_again_changes_nothing()
    _assert_removed()


def _assert_loading_again_changes_nothing() -> None:
    before = [model.objects.count() for model in OF_PRICES]
    assert _starter("load").startswith("The catalogue has cards already")
    assert [model.objects.count() for model in OF_PRICES] == before


def _assert_removed() -> None:
    assert _starter("remove") == f"{SERIES} demonstration price series removed.\n"
    assert [model.objects.count() for model in OF_PRICES] == [0] * len(OF_PRICES)
    assert (Card.objects.count(), CardSet.objects.count()) == (0, 0)
    assert not ExternalId.objects.exclude(kind="game").exists()
    assert Source.objects.filter(slug="demo").exists()
    assert demo.is_needed()
    assert _starter("remove") == "0 demonstration price series removed.\n"


@pytest.fixture
def small_demo(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Only the smallest set, for two days."""
    smallest = min(SETS, key=lambda one: len(one.products))
    monkeypatch.setattr("catalog.starter.layout.SETS", (smallest,))
    monkeypatch.setattr("pricing.demo.SETS", (smallest,))
    return lambda: (demo.load(timezone.now().date(), days=2), smallest)[1]


def test_a_real_sync_of_the_same_set_adopts_its_cards_and_removal_leaves_them(
    small_demo: Callable[[], Any], tmp_path: Path
) -> None:
    starter_set = small_demo()
    count = Card.objects.count()
    real = next(one for one in starter_set.products if one.kind == "single")
    run = _sync_one(tmp_path, starter_set, number=real.number, name=real.name)
    assert (run.changed, Card.objects.count(), CardSet.objects.count()) == (1, count, 1)
    card = Card.objects.get(external_ids__source="tcgplayer")
    assert sorted(card.external_ids.values_list("source", flat=True)) == ["demo", "tcgplayer"]
    prices = {price.finish: price for price in queries.printings(card.pk)}
    assert (prices["Real"].market, prices["Real"].source and prices["Real"].source.is_demo) == (12345, False)
    assert queries.freshness().is_demo is False
    demo.remove()
    assert list(Card.objects.all()) == [card]
    assert list(card.external_ids.values_list("source", flat=True)) == ["tcgplayer"]
    assert [price.market for price in queries.printings(card.pk) if price.market] == [12345]
    assert set(PriceDay.objects.values_list("source__slug", flat=True)) == {"tcgplayer"}


def _sync_one(root: Path, starter_set: Any, *, number: str, name: str) -> IngestRun:
    details = [{"name": "Number", "value": number}, {"name": "Rarity", "value": "Rare"}]
    one = dumps.group(
        604,
        name=starter_set.name,
        products=[{"productId": 1, "name": name, "extendedData": details}],
        prices=[{"productId": 1, "marketPrice": 123.45, "subTypeName": "Real"}],
    )
    today = timezone.now().date()
    folder = dumps.write(root, category=str(starter_set.category_id), groups=[one], day=today)
    run = captured.sync(folder, game=starter_set.game)
    assert run
    return run


def test_what_staff_entered_by_hand_outlives_the_demonstration(small_demo: Callable[[], Any]) -> None:
    starter_set = small_demo()
    game = Game.objects.get(slug=starter_set.game)
    mine = CardFactory.create(card_set__game=game)
    empty = CardSet.objects.create(game=game, name="To be filled", slug="to-be-filled")
    demo.remove()
    assert list(Card.objects.all()) == [mine]
    assert set(CardSet.objects.all()) == {mine.card_set, empty}


def test_corrected_prices_of_the_demonstration_go_with_it(small_demo: Callable[[], Any], carla: User) -> None:
    small_demo()
    latest = LatestPrice.objects.exclude(market=None)[0]
    corrections.correct(latest.series, day=latest.changed_on, market=None, by=carla)
    demo.remove()
    assert [model.objects.count() for model in OF_PRICES] == [0] * len(OF_PRICES)


def test_words_of_removed_cards_are_suggested_no_more(small_demo: Callable[[], Any]) -> None:
    small_demo()
    assert SearchWord.objects.exists()
    demo.remove()
    assert not SearchWord.objects.exists()


def test_a_load_that_fails_leaves_nothing(
    small_demo: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pricing.demo.history.pack_closed", _refuse)
    with pytest.raises(OSError, match="disk full"):
        small_demo()
    assert demo.is_needed()
    assert [model.objects.count() for model in OF_PRICES] == [0] * len(OF_PRICES)


def _refuse(today: date) -> int:
    raise OSError("disk full")
