"""The change feed: every change once, in order, whoever asks for which part of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from accounts.models import User
from accounts.retention import forget
from catalog import revisions
from catalog.models import Card, Revision
from catalog.tests.committing import commit
from catalog.tests.factories import GameFactory
from pricing import corrections, feed
from pricing.feed import Cursor, Entry, GoneError
from pricing.models import Source
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later


@pytest.fixture
def start(shop: Shop) -> Cursor:
    """Behind a first day with three prices."""
    shop.says({"1": 1_000, "2": 2_000, "3": 3_000})
    commit()
    return feed.newest()


def prices(entries: list[Entry], shop: Shop) -> list[tuple[str, int | None]]:
    names = shop.names()
    return [(names[entry.key][0], entry.market) for entry in entries if entry.kind == "price"]


def test_what_changed_is_said_with_whose_price_it_is(shop: Shop, start: Cursor) -> None:
    shop.says({"1": 1_100, "2": 2_000, "3": 3_000}, day=later(1))
    commit()
    found = feed.page(start, kinds=["price"])
    (entry,) = found.entries
    series = shop.series("1")
    assert (entry.market, entry.day, entry.source, entry.action) == (1_100, later(1), shop.source.slug, "")
    assert entry.series
    assert (entry.series.printing_id, entry.series.currency) == (series.printing_id, "USD")
    assert not found.has_more


def test_following_page_by_page_gives_each_change_once(shop: Shop, start: Cursor) -> None:
    since = start
    for day in range(1, 4):
        shop.says({str(n): 1_000 + n + 10 * day for n in range(1, 6)}, day=later(day))
    commit()
    whole = feed.page(since, kinds=["price"])
    assert len(whole.entries) == 15
    found: list[Entry] = []
    while True:
        page = feed.page(since, kinds=["price"], limit=2)
        found += page.entries
        since = page.after
        if not page.has_more:
            break
    assert found == whole.entries
    assert since == whole.after == feed.newest()
    assert feed.page(since).entries == []


def test_any_entry_is_a_place_to_go_on_from(shop: Shop, start: Cursor) -> None:
    shop.says({"1": 1_100, "2": 2_100, "3": 3_100}, day=later(1))
    shop.says({"1": 1_200, "2": 2_200, "3": 3_200}, day=later(2))
    commit()
    whole = feed.page(start).entries
    for place, entry in enumerate(whole):
        assert feed.page(feed.read(str(entry.cursor))).entries == whole[place + 1 :]


def test_only_some_series_are_asked_for(shop: Shop, start: Cursor) -> None:
    shop.says({"1": 1_100, "2": 2_100, "3": 3_100}, day=later(1))
    commit()
    wanted = np.array([shop.series("2").pk], dtype=np.int32)
    found = feed.page(start, kinds=["price"], series=wanted)
    assert prices(found.entries, shop) == [("2", 2_100)]
    assert found.after == feed.newest()


def test_another_game_is_passed_over(shop: Shop, start: Cursor) -> None:
    other = Shop(source=SourceFactory.create(), game=GameFactory.create())
    other.says({"9": 900})
    commit()
    assert feed.page(start, game_id=shop.game.pk, kinds=["price"]).entries == []
    assert len(feed.page(start, game_id=other.game.pk, kinds=["price"]).entries) == 1


def test_a_correction_is_said_and_the_price_that_is_shown_now(shop: Shop, start: Cursor, carla: User) -> None:
    corrections.correct(shop.series("1"), day=later(0), market=1_050, by=carla)
    commit()
    found = feed.page(start, kinds=feed.PRICED).entries
    assert [(entry.kind, entry.key, entry.market) for entry in found] == [
        ("price", shop.series("1").pk, 1_050),
        ("correction", shop.series("1").pk, None),
    ]


def test_a_card_that_changed_is_said(shop: Shop, start: Cursor) -> None:
    card = Card.objects.filter(game=shop.game).first()
    assert card
    Card.objects.filter(pk=card.pk).update(name="Pikachu")
    commit()
    (entry,) = feed.page(start, kinds=feed.LISTED).entries
    assert (entry.kind, entry.action, entry.key) == ("card", "changed", card.pk)


@pytest.mark.parametrize("terms", [{"keeps_history": False}, {"shown_hours": 24}])
def test_terms_that_let_us_keep_no_history_keep_its_prices_out(
    shop: Shop, start: Cursor, terms: dict[str, Any]
) -> None:
    Source.objects.update(**terms)
    shop.source.refresh_from_db()
    shop.says({"1": 1_100, "2": 2_100, "3": 3_100}, day=later(1))
    commit()
    assert feed.page(start, kinds=["price"]).entries == []
    assert revisions.generation(shop.game.pk)


def test_what_was_forgotten_is_an_error_never_a_gap(shop: Shop, start: Cursor) -> None:
    shop.says({"1": 1_100, "2": 2_100, "3": 3_100}, day=later(1))
    commit()
    entry = feed.page(start, kinds=["price"]).entries[0]
    Revision.objects.filter(position__lte=entry.cursor.position).update(
        made_at=datetime.now(UTC) - timedelta(days=40)
    )
    shop.says({"1": 1_200}, day=later(2))
    commit()
    forget(revisions.over, datetime.now(UTC) - feed.KEPT)
    for since in (start, entry.cursor, Cursor(0)):
        with pytest.raises(GoneError, match="The feed holds what came after"):
            feed.page(since)
    assert prices(feed.page(feed.oldest(), kinds=["price"]).entries, shop) == [("1", 1_200)]


def test_a_cursor_ahead_of_the_feed_is_not_of_this_feed(shop: Shop, start: Cursor) -> None:
    with pytest.raises(GoneError):
        feed.page(Cursor(start.position + 1))


@pytest.mark.parametrize("text", ["", "1.", ".1", "-1", "1.2.3", "x", "1" * 30, "1.1x", "²", "1\n"])
def test_a_cursor_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(feed.BadCursor, match="is no cursor"):
        feed.read(text)


def test_a_page_costs_four_statements_and_one_for_each_day_of_prices(
    shop: Shop, start: Cursor, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    shop.says({"1": 1_100}, day=later(1))
    commit()
    with django_assert_max_num_queries(5):
        feed.page(start)
    shop.says({"1": 1_200, "2": 2_200, "3": 3_200}, day=later(2))
    commit()
    with django_assert_max_num_queries(6):
        feed.page(start)
