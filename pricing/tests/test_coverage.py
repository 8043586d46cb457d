from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.models import Card, UnmatchedItem
from catalog.tests.factories import CardFactory, CardSetFactory, GameFactory, PrintingFactory
from pricing import coverage, tasks
from pricing.models import Source
from pricing.tests.factories import SourceFactory
from pricing.tests.market import DAY, Shop, later

PAGE = "/admin/coverage/"


@pytest.fixture
def staff(carla: User, client_for: Callable[[User], Client], settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    return client_for(carla)


def figures(shop: Shop) -> coverage.Covered:
    sources = list(Source.objects.all())
    rows = coverage.by_game(coverage.count_anew(), sources=sources)
    return next(row for row in rows if row.pk == shop.game.pk)


def test_a_game_says_what_has_a_price_at_which_source_an_image_and_a_match(shop: Shop) -> None:
    shop.says({"1": 100, "2": None, "3": 300})
    shop.says({"1": 150, "2": None, "3": 300}, day=later(2))
    other = Shop(source=SourceFactory.create(), game=shop.game)
    CardFactory.create(card_set__game=shop.game, image_url="https://images.example/a.jpg")
    PrintingFactory.create(card=Card.objects.latest("pk"))
    other.says({"9": 100})
    found = figures(shop)
    columns = [source.pk for source in Source.objects.all()]
    by_source = dict(zip(columns, found.by_source, strict=True))
    assert (found.cards, found.without_image, found.printings, found.unpriced) == (5, 4, 5, 2)
    assert (by_source[shop.source.pk], by_source[other.source.pk]) == (2, 1)
    assert found.day == later(2)


def test_a_printing_that_two_sources_price_counts_at_both_and_once_as_a_printing(shop: Shop) -> None:
    shop.says({"1": 100})
    other = Shop(source=SourceFactory.create(), game=shop.game)
    other.says({"1": 120})
    found = figures(shop)
    assert sum(found.by_source) == 2
    assert (found.printings, found.unpriced) == (1, 0)


def test_only_items_that_still_wait_are_counted(shop: Shop) -> None:
    plain: dict[str, Any] = {"source": "market", "game": shop.game, "title": "Mew", "reason": "none fits"}
    plain |= {"first_seen": DAY, "last_seen": DAY}
    UnmatchedItem.objects.create(external_id="1", **plain)
    UnmatchedItem.objects.create(
        external_id="2", status="ignored", decided_at="2026-03-02T00:00:00Z", **plain
    )
    assert figures(shop).unmatched == 1


def test_a_set_without_cards_has_a_row_of_its_own(shop: Shop) -> None:
    empty = CardSetFactory.create(game=shop.game)
    (row,) = coverage.by_set(coverage.count_anew(), game_id=shop.game.pk, sources=[])
    assert (row.pk, row.cards, row.printings, row.day) == (empty.pk, 0, 0, None)


def test_figures_are_kept_until_they_are_counted_anew(shop: Shop, staff: Client) -> None:
    before = coverage.read()
    shop.says({"1": 100})
    assert coverage.read() == before
    assert staff.post(PAGE, follow=True).redirect_chain == [(PAGE, 302)]
    assert sum(row.cards for row in coverage.read().sets) == 1
    assert tasks.cover() == "1 sets counted"


def test_the_page_leads_from_games_to_their_sets(shop: Shop, staff: Client) -> None:
    shop.says({"1": 100})
    first = staff.get(PAGE).content.decode()
    assert f'href="?game={shop.game.slug}"' in first
    assert f"Priced at {shop.source}" in first
    second = staff.get(f"{PAGE}?game={shop.game.slug}").content.decode()
    assert "Base Set" in second
    assert staff.get(f"{PAGE}?game=unheard-of").status_code == 404
    assert f'href="{PAGE}"' in staff.get("/admin/").content.decode()


def test_who_may_not_see_prices_does_not_see_what_they_cover(
    bob: User, client_for: Callable[[User], Client]
) -> None:
    bob.is_staff = True
    bob.save()
    assert client_for(bob).get(PAGE).status_code == 403
    bob.user_permissions.add(Permission.objects.get(codename="view_latestprice"))
    assert client_for(bob).get(PAGE).status_code == 200


def test_the_page_costs_the_same_with_one_game_and_with_three(
    shop: Shop, staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shop.says({"1": 100})
    staff.post(PAGE)
    with django_assert_num_queries(4):
        staff.get(PAGE)
    for _ in range(2):
        CardFactory.create()
    staff.post(PAGE)
    with django_assert_num_queries(4):
        staff.get(PAGE)


def test_only_sources_that_price_something_have_a_column(shop: Shop) -> None:
    shop.says({"1": 100})
    counted = coverage.count_anew()
    assert coverage.columns(counted) == [shop.source]
    assert coverage.columns(counted, game_id=GameFactory.create().pk) == []
