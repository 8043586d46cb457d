"""Offers at eBay beside a price: live, at most six hours old, stored nowhere but in the cache."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from catalog.models import CardSet, Printing, UnmatchedItem
from integrations.tests.ebay.answers import SEARCH, offer
from integrations.tests.marketplace import Marketplace
from pricing import offers
from pricing.models import PriceSeries, Sighting
from pricing.tests.ebay import card_for_sale, price
from pricing.tests.ebay import offers as offered

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def mew() -> Printing:
    return card_for_sale()


def address(printing: Printing) -> str:
    return reverse("pricing:offers", args=[printing.pk])


def test_only_offers_that_are_certainly_this_printing_are_shown_the_cheapest_first(
    ebay: Marketplace, mew: Printing
) -> None:
    offered(
        ebay,
        offer(1, price=price("400.00")),
        offer(2, price=price("380.00")),
        offer(3, title="Pokemon card lot of 10 Mew ex 232/091 and more"),
        offer(4, title="Mew ex 232/091 Paldean Fates proxy"),
        offer(5, title="Mew ex 151/165 SV 151"),
    )
    found = offers.of(mew)
    assert [one.item_id for one in found.listings] == ["v1|2|0", "v1|1|0"]
    assert (found.others, found.problem, found.minutes) == (3, "", 0)
    (asked,) = [one for one in ebay.requests if one.path == SEARCH]
    assert asked.query["q"] == "Mew ex 232/091"


def test_nothing_of_it_reaches_the_database(ebay: Marketplace, mew: Printing) -> None:
    offered(ebay, offer(), offer(2, title="Mew ex"))
    offers.of(mew)
    assert not Sighting.objects.exists()
    assert not UnmatchedItem.objects.exists()
    assert set(PriceSeries.objects.values_list("source__slug", flat=True)) == {"tcgplayer"}


def test_ebay_is_asked_again_after_half_an_hour_only(ebay: Marketplace, mew: Printing) -> None:
    offered(ebay, offer())
    with time_machine.travel(NOON, tick=False) as clock:
        offers.of(mew)
        clock.shift(timedelta(minutes=29))
        assert offers.of(mew).minutes == 29
        assert ebay.hits[SEARCH] == 1
        clock.shift(timedelta(minutes=2))
        assert offers.of(mew).minutes == 0
    assert ebay.hits[SEARCH] == 2


def test_with_ebay_down_the_last_offers_stay_for_six_hours_with_their_age(
    ebay: Marketplace, mew: Printing
) -> None:
    offered(ebay, offer())
    with time_machine.travel(NOON, tick=False) as clock:
        offers.of(mew)
        del ebay.routes[SEARCH]
        ebay.misbehave(SEARCH, "status", status=400)
        clock.shift(timedelta(hours=6))
        found = offers.of(mew)
        assert (len(found.listings), found.minutes) == (1, 360)
        assert found.problem == "eBay cannot be asked at the moment."
        clock.shift(timedelta(seconds=1))
        assert offers.of(mew).listings == ()


def test_the_cache_itself_forgets_after_six_hours(ebay: Marketplace, mew: Printing) -> None:
    offered(ebay, offer())
    offers.of(mew)
    left = cache.ttl(f"offers:ebay:{mew.pk}")  # type: ignore[attr-defined]  # of django-redis
    assert 0 < left <= 6 * 3600


def test_the_page_says_what_an_offer_is_and_what_it_is_not(
    ebay: Marketplace, mew: Printing, client: Client
) -> None:
    offered(ebay, offer(price=price("389.00")))
    answer = client.get(address(mew))
    page = answer.content.decode()
    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert "max-age=0" in answer["Cache-Control"]
    assert "$389.00" in page
    assert "$4.99" in page
    assert "are part of no price, chart, average or alert here" in page
    assert 'href="https://www.ebay.com/itm/701" rel="noopener nofollow sponsored"' in page
    assert "a-seller-nobody-may-store" not in page
    assert "<html" in page
    part = client.get(address(mew), HTTP_HX_REQUEST="true").content.decode()
    assert part.startswith("<section")


def test_no_offer_and_no_ebay_are_said_plainly(
    ebay: Marketplace, mew: Printing, client: Client, settings: Settings
) -> None:
    assert (
        "eBay has no offer now that is certainly this printing." in client.get(address(mew)).content.decode()
    )
    cache.clear()
    del ebay.routes[SEARCH]
    ebay.misbehave(SEARCH, "status", status=400)
    answer = client.get(address(mew))
    assert (answer.status_code, "eBay cannot be asked" in answer.content.decode()) == (200, True)
    settings.EBAY_CLIENT_ID = ""
    assert client.get(address(mew)).status_code == 404


def test_a_printing_that_is_not_shown_has_no_offers(ebay: Marketplace, mew: Printing, client: Client) -> None:
    assert client.get("/printings/99999/offers/").status_code == 404
    CardSet.objects.update(is_published=False)
    assert client.get(address(mew)).status_code == 404
    assert ebay.hits[SEARCH] == 0


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_however_many_offers(
    ebay: Marketplace, mew: Printing, client: Client, count: int, django_assert_num_queries: object
) -> None:
    offered(ebay, *(offer(number) for number in range(1, count + 1)))
    with django_assert_num_queries(8):  # type: ignore[operator]
        client.get(address(mew))


def test_the_card_page_links_to_the_offers_where_ebay_is_on(
    ebay: Marketplace, mew: Printing, client: Client, settings: Settings
) -> None:
    page = client.get(mew.card.get_absolute_url()).content.decode()
    assert address(mew) in page
    assert ebay.hits.total() == 0
    settings.EBAY_CLIENT_ID = ""
    cache.clear()  # settings change with a start of the site, which makes its pages anew
    assert address(mew) not in client.get(mew.card.get_absolute_url()).content.decode()
