"""A second source's day: its prices stand beside those of the source that made the cards."""

from dataclasses import dataclass

import pytest

from catalog.models import Card, Finish, UnmatchedItem
from catalog.tests.factories import GameFactory
from pricing.models import IngestRun, LatestPrice, PriceSeries, Source
from pricing.tests.factories import SourceFactory
from pricing.tests.market import BASE, DAY, Listing, Shop, later, product, quote

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class Follower(Shop):
    """A source of euros whose products are tied to the first shop's cards."""

    def brings_linked(self, capture: Listing) -> IngestRun:
        return self.brings(capture, links=True, ids="market-ids")


@pytest.fixture
def first() -> Shop:
    made = Shop(source=SourceFactory.create(slug="first"), game=GameFactory.create())
    quotes = [quote("1", (1000,)), quote("1", (3000,), finish="Foil"), quote("2", (500,))]
    made.brings(Listing(listed={BASE: [product("1"), product("2")]}, quoted={"604": quotes}))
    return made


@pytest.fixture
def follower(first: Shop) -> Follower:
    return Follower(source=SourceFactory.create(slug="second", currency="EUR"), game=first.game)


def said(*, day: int = 0, foil: int = 2500) -> Listing:
    products = [product("a", name="Card 1", number="1"), product("b", name="Card 2", number="2")]
    products.append(product("c", name="Nobody", number="77"))
    quotes = [
        quote("a", (900,), finish="nonfoil", currency="EUR"),
        quote("a", (foil,), finish="foil", currency="EUR"),
        quote("b", (400,), finish="nonfoil", currency="EUR"),
        quote("b", (800,), finish="foil", currency="EUR"),
        quote("c", (70,), finish="nonfoil", currency="EUR"),
    ]
    return Listing(day=later(day), listed={BASE: products}, quoted={"604": quotes})


def prices(source: Source) -> list[tuple[str, str, int | None]]:
    latest = LatestPrice.objects.filter(source=source).select_related("series__printing__card")
    rows = latest.values_list(
        "series__printing__card__name", "series__printing__finish__name", "market"
    ).order_by("series__printing__card__name", "market")
    return [(name, finish, market) for name, finish, market in rows]


def test_prices_of_tied_products_are_recorded_under_our_own_finishes(follower: Follower) -> None:
    run = follower.brings_linked(said())
    assert prices(follower.source) == [
        ("Card 1", "Normal", 900),
        ("Card 1", "Foil", 2500),
        ("Card 2", "Normal", 400),
    ]
    # The foil of card 2 is no printing of ours, and card 77 no card.
    assert (run.rows, run.unmatched, run.unmatched_ids) == (5, 2, ["b", "c"])
    assert Card.objects.count() == 2
    assert set(Finish.objects.values_list("name", flat=True)) == {"Normal", "Foil"}
    item = UnmatchedItem.objects.get()
    assert (item.source, item.external_id, item.market, item.first_seen) == ("market-ids", "c", 70, DAY)


def test_the_next_day_finds_the_same_series(follower: Follower) -> None:
    follower.brings_linked(said())
    run = follower.brings_linked(said(day=1, foil=2600))
    assert (run.new_series, run.changed) == (0, 1)
    assert PriceSeries.objects.filter(source=follower.source).count() == 3


def test_the_first_source_is_as_it_was(first: Shop, follower: Follower) -> None:
    before = prices(first.source)
    follower.brings_linked(said())
    assert prices(first.source) == before


def test_two_products_of_one_card_share_its_series(first: Shop) -> None:
    """As after staff merged two cards: the source still lists both."""
    kept, gone = (Card.objects.get(external_ids__external_id=key) for key in ("1", "2"))
    gone.external_ids.update(card=kept)
    quotes = [quote("1", (1000,)), quote("2", (510,)), quote("2", (99,), finish="Reverse")]
    quotes.append(quote("1", (99,), finish="Reverse"))
    capture = Listing(day=later(1), listed={BASE: []}, quoted={"604": quotes})
    run = first.brings(capture)
    assert run.status == "done"
    assert PriceSeries.objects.filter(printing__card=kept, printing__finish__name="Reverse").count() == 1
