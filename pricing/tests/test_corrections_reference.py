"""Corrected prices against paths on which they were right from the start."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from accounts.tests.sizes import many
from catalog.tests.factories import GameFactory
from pricing import corrections, history, queries
from pricing.models import Mover, PriceChange, PriceHistory
from pricing.rows import Point
from pricing.steps import Steps, number
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Amounts, Product, Shop, listing, quote
from pricing.tests.queue import own_queue
from pricing.tests.reference import Reference

CARD: Product = ("1", "Normal")
OTHER: Product = ("2", "Normal")
BEGIN = date(2025, 1, 1)
ONE_DAY = timedelta(days=1)
UNKNOWN = (None, None, None)  # mid, high and direct low
MARKETS = (None, 100, 250, 600, 900)  # within tenfold of each other, so that none is doubtful
AMOUNTS = st.builds(
    lambda market, low: (market, low, *UNKNOWN), st.sampled_from(MARKETS), st.sampled_from([None, 90])
)
# How many days after the one before, and what the card is listed at, if it is.
DAYS = st.lists(
    st.tuples(st.sampled_from([1, 1, 1, 2, 7, 30, 45]), st.none() | AMOUNTS), min_size=1, max_size=9
)
# Which change to correct, counted around, and to what.
PICKS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(MARKETS)), min_size=1, max_size=3)
Path = dict[date, Amounts | None]
Pick = tuple[int, int | None]


def _path(days: list[tuple[int, Amounts | None]]) -> Path:
    path: Path = {BEGIN: (600, 90, *UNKNOWN)}
    for wait, amounts in days:
        path[max(path) + timedelta(days=wait)] = amounts
    return path


def _amended(path: Path, *, since: date, until: date, market: int | None) -> Path:
    """As if the source had said so for as long as the price held."""
    return {
        day: (market, *amounts[1:]) if amounts and since <= day < until else amounts
        for day, amounts in path.items()
    }


def _listed(amounts: Amounts | None) -> list[tuple[Product, Amounts]]:
    return [(OTHER, (250, None, *UNKNOWN)), *([(CARD, amounts)] if amounts else [])]


def _bring(path: Path, *, shop: Shop) -> None:
    for day, amounts in path.items():
        quotes = [quote(product, said) for (product, _), said in _listed(amounts)]
        run = shop.brings(listing(quotes, day=day), accept_collapse=True, ranks=day == max(path))
        assert (run.status, run.reviewed) == ("done", 0)


def _brought(path: Path) -> Shop:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    _bring(path, shop=shop)
    return shop


def _reference(path: Path) -> Reference:
    reference = Reference()
    for day, amounts in path.items():
        reference.bring(day, _listed(amounts))
    return reference


def _points(shop: Shop) -> list[Point]:
    key = shop.series("1").pk
    return queries.history([key], since=None)[key]


@pytest.mark.django_db
@settings(
    max_examples=many(50, sample=10),
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(days=DAYS, picks=PICKS, is_packed=st.booleans())
def test_a_corrected_path_is_one_that_was_right_from_the_start(
    days: list[tuple[int, Amounts | None]],
    picks: list[Pick],
    is_packed: bool,
    carla: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with transaction.atomic():
        _assert_right(_path(days), picks, carla, django_capture_on_commit_callbacks, is_packed=is_packed)
        transaction.set_rollback(True)  # the next example begins with empty tables


@pytest.mark.django_db
@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("markets", [(None, 600), (100, 250), (900, None, 100)])
def test_any_change_becomes_unknown_and_known_again(
    place: int,
    is_packed: bool,
    markets: tuple[int | None, ...],
    carla: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    said = (250, 90, *UNKNOWN)
    path = _path([(1, said), (2, (900, 90, *UNKNOWN)), (1, None), (30, said), (2, None), (70, said)])
    picks = [(place, market) for market in markets]
    _assert_right(path, picks, carla, django_capture_on_commit_callbacks, is_packed=is_packed)
    assert PriceHistory.objects.exists() == is_packed


def _assert_right(
    path: Path, picks: list[Pick], by: User, on_commit: DjangoCaptureOnCommitCallbacks, *, is_packed: bool
) -> None:
    shop = _brought(path)
    if is_packed:
        history.pack_closed(max(path))
    for place, market in picks:
        changes = {point.day: point.market for point in _points(shop)}
        day = sorted(changes)[place % len(changes)]
        if market == changes[day]:
            continue
        until = min((later for later in changes if later > day), default=date.max)
        path = _amended(path, since=day, until=until, market=market)
        with own_queue("default"), on_commit(execute=True):
            made = corrections.correct(shop.series("1"), day=day, market=market, by=by)
        assert (made.was, made.now) == (changes[day], market)
        _assert_agrees(shop, _reference(path), days=path)
    assert _movers(shop) == _movers(_brought(path))
    following: Path = {max(path) + ONE_DAY: (250, 90, *UNKNOWN)}
    _bring(following, shop=shop)
    _assert_agrees(shop, _reference(path | following), days=path | following)


def _assert_agrees(shop: Shop, reference: Reference, *, days: Path) -> None:
    known, latest = reference.products[CARD], shop.latest("1")
    assert (latest.market, latest.low, latest.previous_market, latest.missing_since) == (
        *known.amounts[:2],
        known.previous_market,
        known.missing_since,
    )
    assert {day: shop.vector(day) for day in days} == reference.vectors
    for row in PriceChange.objects.filter(series=shop.series("1")):
        assert row.previous_market == known.market_on(row.day - ONE_DAY)
    _assert_same_lines(shop, reference)


def _assert_same_lines(shop: Shop, reference: Reference) -> None:
    """On every day, as a chart and as the steps of valuations have it."""
    known, series, points = reference.products[CARD], shop.series("1").pk, _points(shop)
    wanted = [BEGIN + timedelta(days=n) for n in range((reference.today - BEGIN).days + 3)]
    charted = [[(point.market, point.low) for point in points if point.day <= day][-1] for day in wanted]
    assert charted == [known.changes[max(d for d in known.changes if d <= day)][:2] for day in wanted]
    for since in (BEGIN, reference.today - timedelta(days=20)):
        days = [day for day in wanted if day >= since]
        numbers = np.array([number(day) for day in days])
        found = Steps.load([series], since=since).at(np.full(len(days), series), numbers)
        assert found.tolist() == [known.market_on(day) or 0 for day in days]


def _movers(shop: Shop) -> set[tuple[object, ...]]:
    names = shop.names()
    facts = ("window", "direction", "floor", "is_thin", "day", "old", "new", "percent")
    rows = Mover.objects.filter(game=shop.game).values_list("series_id", *facts)
    return {(names[key], *rest) for key, *rest in rows}
