"""Finding cards: words, numbers, typing errors, filters, orders, pages and suggestions."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from catalog import words
from catalog.models import Card, CardSet, Rarity
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, GameFactory, PrintingFactory
from pricing import search, selection
from pricing.models import LatestPrice, Source
from pricing.search import BadCursor, Criteria, find, suggest
from pricing.tests.factories import SeriesFactory, SourceFactory

pytestmark = pytest.mark.django_db


def price(card: Card, market: int | None, *, source: Source, finish: str = "Normal", **series: Any) -> None:
    printing = PrintingFactory.create(card=card, finish=FinishFactory.create(game=card.game, name=finish))
    row = SeriesFactory.create(printing=printing, source=source, **series)
    LatestPrice.objects.create(
        series=row, source=source, game=card.game, market=market, changed_on=date(2026, 11, 20)
    )


def another_price(card: Card, market: int | None, *, source: Source, **series: Any) -> None:
    """One more series of the card's only printing."""
    row = SeriesFactory.create(printing=card.printings.get(), source=source, **series)
    LatestPrice.objects.create(
        series=row, source=source, game=card.game, market=market, changed_on=date(2026, 11, 20)
    )


def make(name: str, number: str = "", *, to: CardSet, rarity: str = "", kind: str = "single") -> Card:
    known = Rarity.objects.get_or_create(game=to.game, name=rarity)[0] if rarity else None
    return CardFactory.create(name=name, number=number, card_set=to, rarity=known, kind=kind)


def add(name: str, *, to: CardSet, kind: str = "single") -> Card:
    card = make(name, to=to, kind=kind)
    words.index_cards([card.pk])
    return card


@pytest.fixture
def base(db: None) -> CardSet:
    game = GameFactory.create(name="Monsters", slug="monsters")
    return CardSetFactory.create(
        name="Base Set", slug="base-set", code="BS", game=game, released_on=date(1999, 1, 9)
    )


@pytest.fixture
def newer(base: CardSet) -> CardSet:
    return CardSetFactory.create(
        name="Legends 151", slug="151", game=base.game, released_on=date(2023, 9, 22)
    )


@pytest.fixture
def pirates(db: None) -> CardSet:
    game = GameFactory.create(name="Corsairs", slug="pirates")
    return CardSetFactory.create(
        name="Dawn", slug="dawn", code="OP01", game=game, released_on=date(2022, 12, 2)
    )


@pytest.fixture
def shop(db: None) -> Source:
    return SourceFactory.create(slug="shop", rank=10)


def names(q: str = "", **criteria: Any) -> list[str]:
    return named(find(Criteria(q=q, **criteria)).card_ids)


def named(card_ids: list[int]) -> list[str]:
    cards = Card.objects.in_bulk(card_ids)
    return [str(cards[key]) for key in card_ids]


# ---- words ----


@pytest.fixture
def cast(base: CardSet, newer: CardSet, pirates: CardSet) -> None:
    cards = [
        make("Charizard", "4/102", to=base, rarity="Rare"),
        make("Charizard ex", "6/165", to=newer, rarity="Rare"),
        make("Charizard", "4/130", to=newer, rarity="Rare"),
        make("Dark Raichu", "83/82", to=base),
        make("Blue-Eyes White Dragon", "1/126", to=base),
        make("Pikachu", "25/165", to=newer),
        make("Pikachu", "58/102", to=base),
        make("Farfetch\u2019d", "27/102", to=base),
        make("Flabébé", "83/146", to=base),
        make("Mew", "151/165", to=newer),
        make("Mewtwo", "10/102", to=base),
        make("Ancient Mew", to=base),
        make("Bark", "70/102", to=base),
        make("Monkey.D.Luffy", "OP01-003", to=pirates),
        make("Roronoa Zoro", "OP01-001", to=pirates),
    ]
    words.index_cards([card.pk for card in cards])


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("charizard 4/102", "Charizard 4/102"),
        ("4/102", "Charizard 4/102"),
        ("004/102", "Charizard 4/102"),
        ("4/102 charizard", "Charizard 4/102"),
        ("op01-001", "Roronoa Zoro OP01-001"),
        ("OP01001", "Roronoa Zoro OP01-001"),
        ("zoro 001", "Roronoa Zoro OP01-001"),
        ("luffy op01", "Monkey.D.Luffy OP01-003"),
        ("pikachu 151", "Pikachu 25/165"),
        ("charizard base set", "Charizard 4/102"),
        ("charizard bs", "Charizard 4/102"),
        ("base char", "Charizard 4/102"),
        ("monsters pikachu base", "Pikachu 58/102"),
        ("farfetchd", "Farfetch\u2019d 27/102"),
        ("farfetch'd", "Farfetch\u2019d 27/102"),
        ("flabebe", "Flabébé 83/146"),
        ("blueeyes white dragon", "Blue-Eyes White Dragon 1/126"),
        ("dragon white", "Blue-Eyes White Dragon 1/126"),
        ("pika", "Pikachu 25/165"),
    ],
)
def test_cards_are_found_as_people_write_them(q: str, first: str) -> None:
    found = find(Criteria(q=q))

    assert named(found.card_ids)[0] == first
    assert found.corrected == ""


@pytest.mark.usefixtures("cast")
def test_a_name_and_its_number_find_exactly_that_card() -> None:
    assert names("charizard 4/102") == ["Charizard 4/102"]
    assert names("charizard 4/999") == []


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("q", "corrected", "first"),
    [
        ("charzard", "charizard", "Charizard 4/130"),
        ("darkraichu", "dark raichu", "Dark Raichu 83/82"),
        ("dar kraichu", "dark raichu", "Dark Raichu 83/82"),
        ("bark raichu", "dark raichu", "Dark Raichu 83/82"),
        ("charzard 4/102", "charizard 4/102", "Charizard 4/102"),
        ("pikkachoo", "pikachu", "Pikachu 25/165"),
    ],
)
def test_a_typing_error_is_corrected_and_said(q: str, corrected: str, first: str) -> None:
    found = find(Criteria(q=q))

    assert (found.corrected, named(found.card_ids)[0]) == (corrected, first)


@pytest.mark.usefixtures("cast")
def test_the_name_itself_comes_first_then_names_that_begin_so_then_names_that_hold_it() -> None:
    assert names("mew") == ["Mew 151/165", "Ancient Mew", "Mewtwo 10/102"]
    assert names("charizard") == ["Charizard 4/130", "Charizard 4/102", "Charizard ex 6/165"]


@pytest.mark.usefixtures("cast")
def test_what_is_spelled_as_typed_stands_before_what_is_only_similar() -> None:
    add("Dark", to=CardSet.objects.get(slug="dawn"))

    found = find(Criteria(q="bark"))

    assert named(found.card_ids)[:2] == ["Bark 70/102", "Dark"]
    assert found.corrected == ""


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("q", ["zzzzqqq", "!!!", "'", "\x00"])
def test_nothing_is_found_for_what_no_card_says(q: str) -> None:
    assert find(Criteria(q=q)) == search.Found(card_ids=[])


@pytest.mark.usefixtures("cast")
def test_other_orders_hold_only_what_is_spelled_as_typed() -> None:
    assert names("charizard", sort="name") == ["Charizard 4/102", "Charizard 4/130", "Charizard ex 6/165"]
    assert names("charzard", sort="number") == ["Charizard 4/102", "Charizard 4/130", "Charizard ex 6/165"]
    assert names("bark", sort="name") == ["Bark 70/102"]


@pytest.mark.usefixtures("cast")
def test_cards_of_unpublished_sets_are_hidden_everywhere() -> None:
    CardSet.objects.filter(slug="dawn").update(is_published=False)

    assert names("zoro") == []
    assert names(game="pirates") == []
    assert suggest("zoro") == []


# ---- filters ----


@pytest.mark.usefixtures("cast")
def test_filters_narrow_with_and_without_words(base: CardSet) -> None:
    add("Booster Box", to=base, kind="sealed")

    assert names(game="pirates", sort="name") == ["Monkey.D.Luffy OP01-003", "Roronoa Zoro OP01-001"]
    assert names("pikachu", game="monsters", card_set="base-set") == ["Pikachu 58/102"]
    assert names(rarity="Rare", sort="name") == ["Charizard 4/102", "Charizard 4/130", "Charizard ex 6/165"]
    assert names(kind="sealed") == ["Booster Box"]
    assert names("booster", kind="single") == []


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("field", ["game", "card_set", "rarity", "finish", "kind"])
@pytest.mark.parametrize("value", ["no such", "\x00", "\ud800", "'; --"])
def test_a_filter_nothing_has_finds_nothing(field: str, value: str) -> None:
    assert find(replace(Criteria(), **{field: value})) == search.Found(card_ids=[])  # type: ignore[arg-type]


def test_a_price_is_the_lowest_of_the_printings(base: CardSet, shop: Source) -> None:
    cheap, dear = add("Cheap", to=base), add("Dear", to=base)
    price(cheap, 100, source=shop)
    price(cheap, 9_000, source=shop, finish="Foil")
    price(dear, 500, source=shop)

    assert names(sort="price") == ["Cheap", "Dear"]
    assert names(sort="-price") == ["Dear", "Cheap"]
    assert names(price_min=101, sort="name") == ["Dear"]
    assert names(price_max=100, sort="name") == ["Cheap"]
    assert names("cheap", price_min=100, price_max=100) == ["Cheap"]
    assert names("cheap", price_min=101) == []


def test_with_a_finish_only_its_printings_count(base: CardSet, shop: Source) -> None:
    both, foil = add("Both", to=base), add("Foil only", to=base)
    price(both, 100, source=shop)
    price(both, 9_000, source=shop, finish="Foil")
    price(foil, 500, source=shop, finish="Foil")

    assert names(finish="Normal", sort="name") == ["Both"]
    assert names(finish="Foil", sort="price") == ["Foil only", "Both"]
    assert names(finish="Foil", price_min=501, sort="name") == ["Both"]


def test_the_source_of_the_lowest_rank_that_has_a_price_is_shown(base: CardSet, shop: Source) -> None:
    behind = SourceFactory.create(slug="behind", rank=99)
    shown, fallen_back = add("Shown", to=base), add("Fallen back", to=base)
    price(shown, 500, source=shop)
    another_price(shown, 100, source=behind)
    price(fallen_back, None, source=shop)
    another_price(fallen_back, 200, source=behind)

    assert names(sort="price") == ["Fallen back", "Shown"]
    assert names(price_max=100) == []


def test_prices_of_a_condition_or_a_grade_are_not_the_cards(base: CardSet, shop: Source) -> None:
    card = add("Graded", to=base)
    price(card, 500, source=shop)
    another_price(card, 100, source=shop, condition="DMG")
    another_price(card, 90_000, source=shop, grade="PSA 10")

    assert names(price_max=499) == []
    assert names(price_min=501) == []
    assert names(price_min=500, price_max=500) == ["Graded"]


# ---- orders and pages ----


@pytest.fixture
def shelf(base: CardSet, newer: CardSet, pirates: CardSet, shop: Source) -> list[int]:
    """Forty cards with few different names, numbers and prices; every fifth has no price."""
    cards = []
    for place in range(40):
        to = (base, newer, pirates)[place % 3]
        card = CardFactory.create(name=f"Twin {place % 3}", number=str(place % 7), card_set=to)
        price(card, None if place % 5 == 0 else 100 * (place % 4 + 1), source=shop)
        cards.append(card.pk)
    words.index_cards(cards)
    CardSet.objects.filter(pk=pirates.pk).update(released_on=None)
    return cards


def walked(criteria: Criteria) -> list[int]:
    found = find(criteria)
    listed = list(found.card_ids)
    while found.after:
        found = find(replace(criteria, after=found.after))
        assert found.card_ids
        listed += found.card_ids
    return listed


SORTS = ["relevance", "name", "number", "newest", "price", "-price"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("q", ["", "twin", "twni"])
def test_pages_neither_lose_nor_repeat_a_card(shelf: list[int], sort: Any, q: str) -> None:
    whole = find(Criteria(q=q, sort=sort, limit=40)).card_ids

    assert sorted(whole) == sorted(shelf)
    for limit in (3, 7, 39):
        assert walked(Criteria(q=q, sort=sort, limit=limit)) == whole


@pytest.mark.parametrize("most", [1, 2_000])
def test_words_with_a_price_have_the_same_pages_however_many_are_ranked_first(
    shelf: list[int], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "SORTED", most)
    whole = find(Criteria(q="twin price>1", limit=40)).card_ids

    assert len(whole) == len(shelf) - 8 - 8
    assert walked(Criteria(q="twin price>1", limit=3)) == whole


@pytest.mark.parametrize("sort", ["price", "-price"])
def test_pages_by_price_need_not_fit_the_window(
    shelf: list[int], sort: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = find(Criteria(sort=sort)).card_ids
    monkeypatch.setattr(selection, "WINDOWS", (1,))

    assert walked(Criteria(sort=sort, limit=3)) == whole


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(("sort", "first"), [("price", 100), ("-price", 400)])
def test_unknown_prices_stand_last_in_both_directions(sort: Any, first: int) -> None:
    market = dict(LatestPrice.objects.values_list("series__printing__card", "market"))
    prices = [market[key] for key in walked(Criteria(sort=sort, limit=9))]

    known = [market for market in prices if market is not None]
    assert prices[0] == first
    assert known == sorted(known, reverse=sort == "-price")
    assert prices[len(known) :] == [None] * 8


@pytest.mark.usefixtures("cast")
def test_newest_sets_come_first_and_sets_without_a_day_last() -> None:
    CardSet.objects.filter(slug="151").update(released_on=None)

    sets = [Card.objects.get(pk=key).card_set.slug for key in find(Criteria(sort="newest")).card_ids]

    assert list(dict.fromkeys(sets)) == ["dawn", "base-set", "151"]


@pytest.mark.usefixtures("cast")
def test_numbers_are_in_the_order_of_a_binder() -> None:
    assert names(game="monsters", card_set="151", sort="number") == [
        "Charizard 4/130",
        "Charizard ex 6/165",
        "Pikachu 25/165",
        "Mew 151/165",
    ]


@pytest.mark.usefixtures("shelf")
def test_a_cursor_belongs_to_its_own_search() -> None:
    mine = Criteria(sort="name", limit=3)
    after = find(mine).after

    assert find(replace(mine, after=after, limit=9)).card_ids  # a page of another size is the same list
    for other in (replace(mine, sort="price"), replace(mine, game="monsters"), replace(mine, q="twin")):
        with pytest.raises(BadCursor):
            find(replace(other, after=after))


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("change", ["x", "é", "\ud800", "\x00", ":"])
def test_a_changed_cursor_is_refused(change: str) -> None:
    criteria = Criteria(sort="name", limit=3)
    after = find(criteria).after

    for forged in (after + change, change + after, change):
        with pytest.raises(BadCursor):
            find(replace(criteria, after=forged))


# ---- suggestions ----


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("p", []),
        ("", []),
        ("pi", ["Pikachu"]),
        ("PIK", ["Pikachu"]),
        ("mew", ["Mew", "Mewtwo", "Ancient Mew"]),
        ("char", ["Charizard", "Charizard ex"]),
        ("charzard", ["Charizard", "Charizard ex"]),
        ("op01-001", ["Roronoa Zoro"]),
        ("4/102", ["Charizard"]),
        ("blue e", ["Blue-Eyes White Dragon"]),
    ],
)
def test_suggestions_begin_as_typed_or_are_similar(text: str, suggested: list[str]) -> None:
    assert [found.name for found in suggest(text)] == suggested


@pytest.mark.usefixtures("cast")
def test_a_suggestion_names_one_card_the_newest_of_its_name() -> None:
    newest = Card.objects.get(name="Charizard", number="4/130")

    assert suggest("charizard", limit=1) == [
        search.Suggestion(newest.pk, "card", "Charizard", "4/130", "Legends 151", "Monsters")
    ]


@pytest.mark.usefixtures("cast")
def test_suggestions_stay_within_the_game() -> None:
    assert [found.name for found in suggest("zoro", game="pirates")] == ["Roronoa Zoro"]
    assert suggest("zoro", game="monsters") == []
    assert suggest("zoro", game="no such") == []


# ---- whatever is typed ----

NASTY = ["\x00", "\ud800", "' OR 1=1 --", "a & b | !c <-> d:*", "\\", "%", "_", "{}", "{0}", "%s", "x" * 5000]
TEXT = st.one_of(st.sampled_from(NASTY), st.text(max_size=60), st.text("chariz &|!:*'()-/4", max_size=40))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(q="'", game="", rarity="", after="", sort="name", low=None, limit=48)
@given(
    q=TEXT,
    game=st.one_of(st.just(""), TEXT),
    rarity=st.one_of(st.just(""), TEXT),
    after=st.one_of(st.just(""), TEXT),
    sort=st.one_of(st.sampled_from(SORTS), TEXT),
    low=st.one_of(st.none(), st.integers()),
    limit=st.integers(),
)
def test_nothing_typed_breaks_a_search(
    cast: None, low: int | None, limit: int, sort: Any, **texts: str
) -> None:
    with CaptureQueriesContext(connection) as statements:
        try:
            find(replace(Criteria(price_min=low, limit=limit, sort=sort), **texts))  # type: ignore[arg-type]
        except BadCursor:
            assert texts["after"]
        except search.ParseError:
            assert set(texts["q"]) & set("-()")

    assert len(statements) <= 8


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXT, game=st.one_of(st.none(), TEXT))
def test_nothing_typed_breaks_a_suggestion(cast: None, text: str, game: str | None) -> None:
    with CaptureQueriesContext(connection) as statements:
        suggest(text, game=game)

    assert len(statements) <= 7
