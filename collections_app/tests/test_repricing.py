"""A lot is valued by the price that fits it best; only what no source prices is estimated."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import GameFactory, PrintingFactory
from collections_app import repricing
from collections_app.models import Collection, Lot, Multiplier
from collections_app.tests import factories
from pricing.models import LatestPrice, PriceSeries
from pricing.tests.factories import SeriesFactory, SourceFactory
from pricing.tests.market import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def binder(alice: User) -> Collection:
    return factories.collection(alice)


@pytest.fixture
def printing() -> Printing:
    return PrintingFactory.create()


def priced(printing: Printing, market: int | None = 100, *, rank: int = 10, **facts: Any) -> PriceSeries:
    series = SeriesFactory.create(printing=printing, source=SourceFactory.create(rank=rank), **facts)
    LatestPrice.objects.create(
        series=series, source=series.source, game=series.game, market=market, changed_on=DAY
    )
    return series


def valued(lot: Lot) -> tuple[int | None, Decimal, str]:
    lot.refresh_from_db()
    return lot.series_id, lot.percent, lot.basis


def test_the_market_price_of_a_near_mint_copy_is_taken_at_its_multiplier(
    binder: Collection, printing: Printing
) -> None:
    market = priced(printing)
    near_mint = factories.lot(binder, printing)
    played = factories.lot(binder, printing, condition="MP")
    assert valued(near_mint) == (market.pk, Decimal(100), "own")
    assert valued(played) == (market.pk, Decimal(70), "multiplier")


def test_a_price_of_exactly_this_condition_comes_before_any_multiplier(
    binder: Collection, printing: Printing
) -> None:
    priced(printing)
    own = priced(printing, rank=50, condition="MP")
    assert valued(factories.lot(binder, printing, condition="MP")) == (own.pk, Decimal(100), "own")


def test_a_price_of_exactly_this_grade_comes_before_any_multiplier(
    binder: Collection, printing: Printing
) -> None:
    market = priced(printing)
    own = priced(printing, grade="PSA 9")
    psa, cgc = (
        factories.lot(binder, printing, condition="", grader=grader, grade="9") for grader in ("PSA", "CGC")
    )
    assert valued(psa) == (own.pk, Decimal(100), "own")
    assert valued(cgc) == (market.pk, Decimal(188), "multiplier")


def test_a_price_of_the_own_language_comes_first_and_another_is_named(
    binder: Collection, printing: Printing
) -> None:
    english = priced(printing, rank=1)
    japanese = priced(printing, rank=90, language="ja")
    assert valued(factories.lot(binder, printing, language="ja")) == (japanese.pk, Decimal(100), "own")
    assert valued(factories.lot(binder, printing)) == (english.pk, Decimal(100), "own")
    assert valued(factories.lot(binder, printing, language="de")) == (english.pk, Decimal(100), "language")


def test_a_known_price_comes_before_an_unknown_one(binder: Collection, printing: Printing) -> None:
    priced(printing, None, rank=1)
    japanese = priced(printing, rank=90, language="ja")
    assert valued(factories.lot(binder, printing)) == (japanese.pk, Decimal(100), "language")


def test_an_unknown_price_is_better_than_none(binder: Collection, printing: Printing) -> None:
    unknown = priced(printing, None)
    assert valued(factories.lot(binder, printing)) == (unknown.pk, Decimal(100), "own")


def test_of_two_sources_the_better_ranked_counts(binder: Collection, printing: Printing) -> None:
    priced(printing, rank=20)
    better = priced(printing, rank=10)
    assert valued(factories.lot(binder, printing))[0] == better.pk


def test_without_a_price_or_a_multiplier_there_is_none(binder: Collection, printing: Printing) -> None:
    none = (None, Decimal(100), "none")
    assert valued(factories.lot(binder, printing)) == none
    priced(printing)
    assert valued(factories.lot(binder, printing, condition="", grader="PSA", grade="1")) == none


def test_a_multiplier_for_the_game_and_for_the_grader_comes_first(
    binder: Collection, printing: Printing
) -> None:
    priced(printing)
    lot = factories.lot(binder, printing, condition="", grader="PSA", grade="9")
    assert valued(lot)[1] == 188
    game = printing.card.game
    for grade, game_of, expected in (("PSA 9", None, 200), ("9", game, 300), ("PSA 9", game, 400)):
        Multiplier.objects.create(game=game_of, grade=grade, percent=expected)
        repricing.choose()
        assert valued(lot)[1] == expected
    Multiplier.objects.create(game=GameFactory.create(), grade="PSA 9", percent=999)
    repricing.choose()
    assert valued(lot)[1] == 400


def test_a_choice_tells_how_many_changed_and_restates_only_them(
    binder: Collection, printing: Printing, alice: User
) -> None:
    factories.lot(binder, printing)
    other = factories.collection(alice)
    factories.lot(other, PrintingFactory.create())
    Collection.objects.update(stale_from=None)
    priced(printing)
    assert (repricing.choose(), repricing.choose()) == (1, 0)
    assert set(Collection.objects.values_list("pk", "stale_from")) == {
        (binder.pk, factories.BOUGHT),
        (other.pk, None),
    }


def test_a_choice_can_be_for_a_game_or_for_some_lots(binder: Collection, printing: Printing) -> None:
    elsewhere = PrintingFactory.create()
    here, there = (factories.lot(binder, one) for one in (printing, elsewhere))
    priced(printing)
    priced(elsewhere)
    assert repricing.choose(game_id=printing.card.game_id) == 1
    assert (valued(here)[2], valued(there)[2]) == ("own", "none")
    assert (repricing.choose([here.pk]), repricing.choose([]), repricing.choose([there.pk])) == (0, 0, 1)


def test_the_database_refuses_a_multiplier_for_both_or_neither() -> None:
    for facts in ({"condition": "NM", "grade": "10"}, {"percent": 0, "grade": "1"}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Multiplier.objects.create(**{"percent": 5, **facts})
