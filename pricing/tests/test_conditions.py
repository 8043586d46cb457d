"""What a search asks for beyond its words, against cards with known sets, numbers, prices and changes."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog import words
from catalog.models import Card, CardSet, Rarity
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, GameFactory, PrintingFactory
from pricing import conditions, moving, packing, patience, search
from pricing.models import IngestRun, LatestPrice, PriceChange, PriceDay, Source
from pricing.search import Criteria, ParseError, find
from pricing.tests.factories import SeriesFactory, SourceFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture
def shop(db: None) -> Source:
    return SourceFactory.create(slug="shop", rank=10)


@pytest.fixture
def base(db: None) -> CardSet:
    game = GameFactory.create(name="Monsters", slug="monsters")
    return CardSetFactory.create(name="Base Set", slug="base-set", code="BS", game=game)


def add(name: str, number: str = "", *, to: CardSet, rarity: str = "", kind: str = "single") -> Card:
    known = Rarity.objects.get_or_create(game=to.game, name=rarity)[0] if rarity else None
    return CardFactory.create(name=name, number=number, card_set=to, rarity=known, kind=kind)


def price(
    card: Card, market: int | None, *, source: Source, finish: str = "Normal", week_ago: int = 0
) -> None:
    printing = PrintingFactory.create(card=card, finish=FinishFactory.create(game=card.game, name=finish))
    series = SeriesFactory.create(printing=printing, source=source)
    LatestPrice.objects.create(
        series=series, source=source, game=card.game, market=market, changed_on=TODAY, missing_since=None
    )
    if week_ago:
        day = TODAY - timedelta(days=3)
        PriceChange.objects.create(series=series, day=day, market=market, previous_market=week_ago)


@pytest.fixture
def cast(base: CardSet, shop: Source) -> None:
    jungle = CardSetFactory.create(name="Jungle", slug="jungle", code="JU", game=base.game)
    again = CardSetFactory.create(name="Base Set 2", slug="base-set-2", code="B2", game=base.game)
    IngestRun.objects.create(
        source=shop, game=base.game, day=TODAY, status="done", started_at="2026-11-20T06:00Z",
        finished_at="2026-11-20T06:00Z", adapter="shop",
    )  # fmt: skip
    price(add("Charizard", "4/102", to=base, rarity="Rare"), 40_000, source=shop, week_ago=20_000)
    price(add("Dark Charizard", "4/130", to=again, rarity="Rare Holo"), 9_000, source=shop, week_ago=10_000)
    price(add("Charizard Dark", "14/64", to=jungle, rarity="Common"), 500, source=shop)
    price(add("Mew", "OP01-004", to=jungle, rarity="Common"), 1_000, source=shop, finish="Foil")
    mewtwo = add("Mewtwo", "10/102", to=base, rarity="Rare")
    price(mewtwo, 800, source=shop)
    price(mewtwo, 5_000, source=shop, finish="Foil")
    price(add("Booster Box", to=jungle, kind="sealed"), None, source=shop)
    words.index_cards(Card.objects.values_list("pk", flat=True))


def names(q: str, **criteria: Any) -> list[str]:
    cards = Card.objects.in_bulk(find(Criteria(q=q, **criteria)).card_ids)
    return sorted(card.name for card in cards.values())


FOUND = {
    '"dark charizard"': ["Dark Charizard"],
    "name:charizard": ["Charizard", "Charizard Dark", "Dark Charizard"],
    "dark charizard": ["Charizard Dark", "Dark Charizard"],
    "set:jungle": ["Booster Box", "Charizard Dark", "Mew"],
    "set:JU": ["Booster Box", "Charizard Dark", "Mew"],
    'set:"base set"': ["Charizard", "Mewtwo"],
    "set:base-set": ["Charizard", "Mewtwo"],
    "set:base": ["Charizard", "Dark Charizard", "Mewtwo"],
    "number:4/102": ["Charizard"],
    "number:004/102": ["Charizard"],
    "number:4": ["Charizard", "Dark Charizard", "Mew"],
    "number:004": ["Charizard", "Dark Charizard", "Mew"],
    "number:op01-004": ["Mew"],
    "rarity:rare": ["Charizard", "Mewtwo"],
    "rarity:holo": ["Dark Charizard"],
    "game:monsters -charizard": ["Booster Box", "Mew", "Mewtwo"],
    "finish:foil": ["Mew", "Mewtwo"],
    "kind:sealed": ["Booster Box"],
    "price>=10": ["Charizard", "Dark Charizard", "Mew"],
    "price>10": ["Charizard", "Dark Charizard"],
    "price<10": ["Charizard Dark", "Mewtwo"],
    "price<=8 price>5": ["Mewtwo"],
    "price=5": ["Charizard Dark"],
    "finish:foil price>=50": ["Mewtwo"],
    "-price>=10": ["Booster Box", "Charizard Dark", "Mewtwo"],
    "price=5 or price=90": ["Charizard Dark", "Dark Charizard"],
    "change7d>10%": ["Charizard"],
    "change7d=-10": ["Dark Charizard"],
    "change7d<0": ["Dark Charizard"],
    "change7d=0": ["Charizard Dark", "Mew", "Mewtwo"],
    "change24h=0": ["Charizard", "Charizard Dark", "Dark Charizard", "Mew", "Mewtwo"],
    "charizard change7d>=-10 change7d<10": ["Charizard Dark", "Dark Charizard"],
    "-mew -charizard": ["Booster Box", "Mewtwo"],
    "charizard -dark": ["Charizard"],
    'charizard -"dark charizard"': ["Charizard", "Charizard Dark"],
    "mew or booster": ["Booster Box", "Mew", "Mewtwo"],
    "-(mew or charizard)": ["Booster Box", "Mewtwo"],
    "-(charizard or set:base)": ["Booster Box", "Mew"],
    "(rarity:common or price>100) -set:base": ["Charizard Dark", "Mew"],
    "charizard (set:jungle or number:4/102)": ["Charizard", "Charizard Dark"],
    "(charizard or mew) price<10": ["Charizard Dark", "Mewtwo"],
    "zzzzqqq set:jungle": [],
    "--": [],
}


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("sort", ["relevance", "price"])
def test_exactly_the_cards_that_meet_a_search_are_found(sort: Any) -> None:
    assert {q: names(q, sort=sort) for q in FOUND} == FOUND


@pytest.mark.usefixtures("cast")
def test_words_among_conditions_are_corrected() -> None:
    assert names("charzard set:jungle") == ["Charizard Dark"]
    assert names('"charzard" set:jungle') == []


@pytest.mark.usefixtures("cast")
def test_conditions_join_the_filters() -> None:
    assert names("charizard price<=90", card_set="base-set-2") == ["Dark Charizard"]
    assert names("price<50", price_min=600) == ["Mew", "Mewtwo"]
    assert names("set:jungle", kind="sealed") == ["Booster Box"]
    assert names("price>1", game="no such") == []


MISREAD = [
    ("set:basee", "basee", 'set:"Base Set"'),
    ("mew set:jungel x", "jungel", "mew set:Jungle x"),
    ("rarity:comon", "comon", "rarity:Common"),
    ("game:monster", "monster", "game:Monsters"),
    ("-finish:foill", "foill", "-finish:Foil"),
    ("kind:box", "box", "kind:single"),
    ("(number:!! or mew)", "!!", ""),
    ("owned:yes", "owned:yes", ""),
]


@pytest.mark.usefixtures("cast")
def test_a_name_that_is_not_there_is_pointed_at() -> None:
    for q, wrong, meant in MISREAD:
        with pytest.raises(ParseError) as error:
            find(Criteria(q=q))

        assert q[error.value.position :][: error.value.length] == wrong
        assert next(iter(error.value.corrected(q)), "") == meant


def test_the_names_of_another_game_or_of_hidden_sets_are_not_there(base: CardSet) -> None:
    other = CardSetFactory.create(name="Dawn", slug="dawn", game=GameFactory.create(slug="pirates"))
    hidden = CardSetFactory.create(name="Secret", slug="secret", game=base.game, is_published=False)

    for q, game in ((f"set:{other.slug}", "monsters"), (f"set:{hidden.slug}", "")):
        with pytest.raises(ParseError):
            find(Criteria(q=q, game=game))


LONG = ["price>1", "change7d<50", "-kind:sealed", "mew or charizard or mewtwo", "charizard -x"]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("sort", ["relevance", "name", "number", "newest", "price", "-price"])
def test_pages_of_a_search_neither_lose_nor_repeat_a_card(sort: Any) -> None:
    for q in LONG:
        whole = find(Criteria(q=q, sort=sort)).card_ids

        assert walked(Criteria(q=q, sort=sort, limit=2)) == whole
        assert len(whole) > 2


def walked(criteria: Criteria) -> list[int]:
    page = find(criteria)
    listed = list(page.card_ids)
    while page.after:
        page = find(replace(criteria, after=page.after))
        listed += page.card_ids
    return listed


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("q", "statements"),
    [
        ("mew", 4),
        ("charizard set:base rarity:rare price>1", 7),
        ("price>1", 3),
        ("kind:sealed", 2),
        ("change7d>5", 9),
    ],
)
def test_a_search_costs_a_fixed_number_of_statements(
    q: str, statements: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    find(Criteria(q=q))
    with django_assert_num_queries(statements):
        find(Criteria(q=q))


@pytest.mark.usefixtures("cast")
def test_a_search_that_would_read_the_market_for_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PATIENCE", 1)
    monkeypatch.setattr(conditions, "CHANGES", {"change7d": SQL("(SELECT 0 FROM pg_sleep(0.05))")})

    for q in ("change7d>1", "mew change7d>1", "-change7d<0 or kind:single"):
        with pytest.raises(ParseError, match="too many cards"):
            find(Criteria(q=q))
    assert names("mew") == ["Mew", "Mewtwo"]


def test_the_time_that_others_may_take_stays_as_it_was() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '7s'")
        with patience.bounded(50):
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("50ms",)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("7s",)


PIECES = (
    *(
        "mew",
        "or",
        "-",
        "(",
        ")",
        '"',
        " ",
        " ",
        "set:base",
        "number:",
        "4/102",
        "price>",
        "5",
        "-1",
        "change7d<",
    ),
    *("owned:no", "kind:sealed", "finish:foil", "name:", "\x00", "\ud800", "%", "'", "\\", "{}", "é", "♀"),
)
SEARCHES = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    q=st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    sort=st.sampled_from(["relevance", "price"]),
)
def test_nothing_typed_breaks_a_search(cast: None, alice: User, q: str, sort: Any) -> None:
    del cast
    with suppress(ParseError):
        find(Criteria(q=q, sort=sort, who=alice.pk))


# ---- what moved ----


def test_what_moved_is_found_where_few_did_and_where_many_did(
    cast: None, base: CardSet, shop: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    del cast
    series = dict(LatestPrice.objects.values_list("series__printing__card__name", "series_id"))
    keep_day(
        shop, base, day=TODAY, market={series["Charizard"]: 40_000, series["Mew"]: 1_000, series["Mewtwo"]: 1}
    )
    keep_day(
        shop, base, day=TODAY - timedelta(days=8), market={series["Charizard"]: 20_000, series["Mew"]: 1_000}
    )

    moved = moving.series(7, sign=">", percent=Decimal(10), game="monsters")

    assert moved is not None
    assert moved.tolist() == sorted([series["Charizard"], series["Mewtwo"]])
    assert names("change7d>10") == ["Charizard"]
    monkeypatch.setattr(moving, "FEW", 0)
    for q in ("change7d>10", "charizard change7d>10"):
        assert names(q) == ["Charizard"]


def keep_day(source: Source, card_set: CardSet, *, day: date, market: dict[int, int]) -> None:
    keys = np.array(sorted(market), dtype=np.int32)
    prices = np.array([market[key] for key in sorted(market)], dtype=np.int32)
    data = packing.pack_day(keys, prices)
    PriceDay.objects.create(source=source, game=card_set.game, day=day, size=len(keys), data=data)


# ---- docs/search.md ----

DOCS = (Path(__file__).parents[2] / "docs" / "search.md").read_text()


def rows_below(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without their code marks."""
    part = DOCS.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in row] for row in rows]


@pytest.mark.usefixtures("cast")
def test_the_documented_searches_find_what_is_said() -> None:
    said = {q: found.split(", ") for q, found in rows_below("Examples")}

    assert len(said) == 18
    assert {q: names(q) for q in said} == said


@pytest.mark.usefixtures("cast")
def test_the_documented_errors_are_those_there_are() -> None:
    for q, wrong, meant in rows_below("Errors"):
        with pytest.raises(ParseError) as error:
            find(Criteria(q=q))

        assert q[error.value.position :][: error.value.length] == wrong
        assert error.value.corrected(q)[0] == meant
