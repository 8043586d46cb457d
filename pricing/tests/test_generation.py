"""A rendered list may be kept until its prices change."""

from datetime import UTC, datetime

from accounts.models import User
from catalog.tests.factories import GameFactory
from pricing import corrections, generation
from pricing.models import PriceReview
from pricing.tests.market import Shop, later


def test_it_stays_until_prices_change(shop: Shop) -> None:
    shop.says({"1": 1_000})
    first = generation.of(shop.game.pk)
    assert generation.of(shop.game.pk) == first
    shop.says({"1": 1_100}, day=later(1))
    assert generation.of(shop.game.pk) != first


def test_another_game_changes_only_what_is_made_of_all_games(shop: Shop) -> None:
    shop.says({"1": 1_000})
    own, everything = generation.of(shop.game.pk), generation.of(None)
    other = Shop(source=shop.source, game=GameFactory.create())
    other.says({"9": 1_000})
    assert generation.of(shop.game.pk) == own
    assert generation.of(None) != everything


def test_a_decision_about_a_doubtful_price_changes_it(shop: Shop) -> None:
    shop.says({"1": 1_000})
    shop.says({"1": 90_000}, day=later(1))
    doubted = generation.of(shop.game.pk)
    assert PriceReview.objects.update(status="rejected", decided_at=datetime.now(UTC)) == 1
    assert generation.of(shop.game.pk) != doubted


def test_a_corrected_price_changes_it(shop: Shop, carla: User) -> None:
    shop.says({"1": 1_000})
    seen = {generation.of(shop.game.pk)}
    for market in (1_100, 1_000, 1_100):
        corrections.correct(shop.series("1"), day=later(0), market=market, by=carla)
        seen.add(generation.of(shop.game.pk))
    assert len(seen) == 4


def test_no_price_has_a_generation_too(shop: Shop) -> None:
    assert generation.of(shop.game.pk) == ".0."
