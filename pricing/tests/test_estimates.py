"""A robust price from single sightings, and a day made of such prices."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from pricing import ingest
from pricing.estimates import FEWEST, Counted, Estimates, Line, estimate
from pricing.models import IngestRun, LatestPrice, Sighting, Source
from pricing.shelf import Shelf
from pricing.tests.factories import SourceFactory
from pricing.tests.market import DAY

AMOUNTS = st.lists(st.integers(1, 10_000_000), min_size=0, max_size=40)


@pytest.mark.parametrize(
    ("amounts", "said", "left_out"),
    [
        ([100, 110, 105], 105, 0),
        ([100, 110, 105, 108], 107, 0),  # half a cent is rounded up
        ([100, 110, 105, 10_000], 105, 1),  # another card
        ([100, 110, 105, 1], 105, 1),  # a penny auction
        ([100, 119, 100, 100, 100], 100, 0),  # within a fifth, however closely the others agree
        ([100, 130, 100, 100, 100], 100, 1),
    ],
)
def test_prices_far_from_the_others_do_not_count(amounts: list[int], said: int, left_out: int) -> None:
    made = estimate(amounts)
    assert made
    assert (made.amount, len(amounts) - len(made.kept)) == (said, left_out)


def test_fewer_than_three_say_nothing() -> None:
    assert estimate([]) is None
    assert estimate([100, 100]) is None


@given(AMOUNTS)
def test_an_estimate_lies_among_what_it_rests_on(amounts: list[int]) -> None:
    made = estimate(amounts)
    if made is None:
        return
    kept = [amounts[place] for place in made.kept]
    assert len(kept) >= FEWEST
    assert min(kept) <= made.amount <= max(kept)
    assert len(kept) * 2 >= len(amounts)  # half of them are nearer than the median deviation


@given(st.lists(st.integers(900, 1100), min_size=5, max_size=20), st.integers(10_000, 10_000_000))
def test_one_absurd_price_moves_nothing_out_of_the_range_of_the_others(
    amounts: list[int], absurd: int
) -> None:
    made = estimate([*amounts, absurd])
    assert made
    assert min(amounts) <= made.amount <= max(amounts)
    assert len(amounts) not in made.kept


@given(AMOUNTS, st.randoms())
def test_the_order_does_not_matter(amounts: list[int], random: Any) -> None:
    shuffled = random.sample(amounts, len(amounts))
    first, second = estimate(amounts), estimate(shuffled)
    assert (first and first.amount) == (second and second.amount)


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory.create(slug="sales")


@pytest.fixture
def printing(db: None) -> Printing:
    return PrintingFactory.create()


def sight(source: Source, printing: Printing, price: int, *, days_ago: int = 0, **facts: Any) -> Sighting:
    plain = {"item_id": f"i{Sighting.objects.count()}", "currency": "USD", "title": "A card", "url": ""}
    day = DAY - timedelta(days=days_ago)
    return Sighting.objects.create(source=source, printing=printing, price=price, day=day, **(plain | facts))


def brought(source: Source, printing: Printing, *, day: date = DAY, is_sold: bool = True) -> Estimates:
    game = printing.card.game
    made = Estimates(source, game=game, day=day, is_sold=is_sold)
    shelf = Shelf.of_cards(source, game=game, cards=made.cards())
    run = ingest.sync(lambda: made, adapter="ebay", source=source, game=game, shelf=shelf)
    assert run.status in IngestRun.Status.values
    return made


def prices(source: Source) -> dict[tuple[str, str], int | None]:
    rows = LatestPrice.objects.filter(source=source)
    found = rows.values_list("series__condition", "series__grade", "market")
    return {(condition, grade): market for condition, grade, market in found}


def test_conditions_and_grades_have_prices_of_their_own(source: Source, printing: Printing) -> None:
    for price in (100, 104, 108):
        sight(source, printing, price, condition="NM")
    sight(source, printing, 90)
    for price in (40, 42, 44):
        sight(source, printing, price, condition="HP")
    for price in (900, 950, 1000):
        sight(source, printing, price, grade="PSA 10")
    made = brought(source, printing)
    assert prices(source) == {("", ""): 102, ("NM", ""): 104, ("HP", ""): 42, ("", "PSA 10"): 950}
    assert made.samples[Line(printing.card_id, "Normal", "", "")] == Counted(4, 0)


def test_what_was_left_out_or_is_in_another_currency_counts_for_nothing(
    source: Source, printing: Printing
) -> None:
    for price in (100, 100, 100):
        sight(source, printing, price)
    for _ in range(5):
        sight(source, printing, 500, left_out="lot")
        sight(source, printing, 500, currency="EUR")
    brought(source, printing)
    assert prices(source) == {("", ""): 100}


def test_the_last_month_counts_where_it_says_enough(source: Source, printing: Printing) -> None:
    for _ in range(10):
        sight(source, printing, 100, days_ago=60)
    for _ in range(7):
        sight(source, printing, 110)
    brought(source, printing, day=DAY)
    assert prices(source) == {("", ""): 100}
    sight(source, printing, 110)
    brought(source, printing, day=DAY + timedelta(days=1))
    assert prices(source) == {("", ""): 110}


def test_what_is_offered_counts_for_two_days(source: Source, printing: Printing) -> None:
    for _ in range(3):
        sight(source, printing, 100, days_ago=2)
        sight(source, printing, 130, days_ago=1)
    brought(source, printing, is_sold=False)
    assert prices(source) == {("", ""): 130}
