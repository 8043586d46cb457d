"""Home, game, set and movers pages: what they show, and that their cost does not follow their rows."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import CardSet, Game
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, PrintingFactory
from pricing.models import Mover
from pricing.tests.factories import SeriesFactory, SourceFactory
from pricing.tests.market import DAY, Shop, later

Queries = DjangoAssertNumQueries
ADDRESS = re.compile(r'(?:href|action|hx-get|data-suggest)="(/(?!static)[^"#]*)')


@pytest.fixture
def pokemon(db: None) -> Game:
    return Game.objects.get(slug="pokemon")


@pytest.fixture
def shop(pokemon: Game) -> Shop:
    return Shop(source=SourceFactory.create(name="Card Shop"), game=pokemon)


@pytest.fixture
def base_set(shop: Shop) -> CardSet:
    shop.says({"1": 1_000, "2": 2_000, "3": None}, day=DAY)
    shop.says({"1": 1_100, "2": 2_000, "3": None}, day=later(1))
    return CardSet.objects.get(name="Base Set")


def body(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def mover(shop: Shop, product: str, **facts: object) -> Mover:
    plain = {"window": 7, "direction": "up", "floor": 500, "is_thin": False, "percent": 10}
    prices = {"day": DAY, "old": 1_000, "new": 1_100}
    of = {"source": shop.source, "game": shop.game, "series": shop.series(product)}
    return Mover.objects.create(**of | prices | plain | facts)


def test_home_of_an_empty_catalogue_says_what_to_do(client: Client, db: None) -> None:
    page = body(client, "/")
    assert "The catalogue is still empty" in page
    assert "Moved this week" not in page


def test_home_shows_movers_newest_sets_games_and_the_day_of_its_prices(
    client: Client, base_set: CardSet, shop: Shop
) -> None:
    mover(shop, "1")
    page = body(client, "/")
    assert "Prices of <b>3 Mar 2026</b>" in page
    assert "+10.0%" in page
    assert f'href="/games/pokemon/{base_set.slug}/"' in page
    assert "Disney Lorcana" in page
    assert "Demonstration prices" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_home_costs_six_queries(
    client: Client, base_set: CardSet, shop: Shop, rows: int, django_assert_num_queries: Queries
) -> None:
    CardSetFactory.create_batch(rows)
    for product in ("1", "2", "3")[:rows]:
        mover(shop, product)
    with django_assert_num_queries(6):  # generation, games, gainers, losers, newest sets, freshness
        body(client, "/")


def test_demonstration_prices_are_labelled_wherever_they_stand(client: Client, pokemon: Game) -> None:
    shop = Shop(source=SourceFactory.create(is_demo=True), game=pokemon)
    shop.says({"1": 1_000})
    mover(shop, "1")
    shown = CardSet.objects.get(name="Base Set")
    card = shop.series("1").printing.card
    addresses = ("/", "/games/pokemon/", "/movers/", shown.get_absolute_url(), card.get_absolute_url())
    for address in addresses:
        assert "Demonstration prices" in body(client, address)
    assert "generated, not a market" in body(client, "/search/")


def test_a_game_page_lists_its_sets_newest_first(client: Client, pokemon: Game) -> None:
    CardSetFactory.create(game=pokemon, name="Undated")
    CardSetFactory.create(game=pokemon, name="Old", released_on=date(1999, 1, 9))
    CardFactory.create(card_set=CardSetFactory.create(game=pokemon, name="New", released_on=date(2023, 1, 9)))
    CardSetFactory.create(game=pokemon, name="Hidden", is_published=False)
    page = body(client, "/games/pokemon/")
    assert page.index(">New<") < page.index(">Old<") < page.index(">Undated<")
    assert "9 Jan 2023 · 1 card<" in page
    assert "Hidden" not in page


def test_a_game_without_sets_says_so(client: Client, db: None) -> None:
    assert "No set yet" in body(client, "/games/lorcana/")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_game_page_costs_six_queries(
    client: Client, pokemon: Game, rows: int, django_assert_num_queries: Queries
) -> None:
    CardSetFactory.create_batch(rows, game=pokemon)
    with django_assert_num_queries(6):  # generation, the game, its sets, gainers, losers, games of the header
        body(client, "/games/pokemon/")


def test_an_unknown_game_is_not_found_and_the_supported_ones_are_named(client: Client, db: None) -> None:
    page = body(client, "/games/digimon/", status=404)
    assert (
        "There is no game “digimon” here. Supported are "
        "Pokémon, Magic: The Gathering, Yu-Gi-Oh!, One Piece Card Game, Disney Lorcana."
    ) in page


def test_unknown_and_unpublished_sets_are_not_found(client: Client, pokemon: Game) -> None:
    hidden = CardSetFactory.create(game=pokemon, is_published=False)
    assert "Pokémon has no set “nothing” here." in body(client, "/games/pokemon/nothing/", status=404)
    body(client, f"/games/pokemon/{hidden.slug}/", status=404)
    assert "There is no game “digimon”" in body(client, f"/games/digimon/{hidden.slug}/", status=404)


def test_a_set_page_shows_its_value_and_every_printing(client: Client, base_set: CardSet) -> None:
    page = body(client, f"/games/pokemon/{base_set.slug}/")
    assert "<dd>$31.00</dd>" in page
    assert "1 card has no price and is left out of both sums, not counted as zero." in page
    assert '<td class="up">+10.0%</td>' in page
    assert page.index("Card 1<") < page.index("Card 2<") < page.index("Card 3<")


def test_a_set_page_shows_new_prices_at_once(client: Client, base_set: CardSet, shop: Shop) -> None:
    address = f"/games/pokemon/{base_set.slug}/"
    assert "$11.00" in body(client, address)
    shop.says({"1": 1_234, "2": 2_000, "3": None}, day=later(2))
    assert "$12.34" in body(client, address)


@pytest.mark.parametrize(
    ("sort", "order"),
    [("number", "123"), ("name", "123"), ("-market", "213"), ("-change_24h", "123"), ("finish", "123")],
)
def test_a_checklist_is_sorted_by_links_and_unknown_values_come_last(
    client: Client, base_set: CardSet, sort: str, order: str
) -> None:
    page = body(client, f"/games/pokemon/{base_set.slug}/?sort={sort}")
    places = [page.index(f"Card {number}<") for number in order]
    assert places == sorted(places)


def test_a_wrong_sort_is_a_400_that_still_shows_the_set(client: Client, base_set: CardSet) -> None:
    page = body(client, f"/games/pokemon/{base_set.slug}/?sort=colour", status=400)
    assert "Select a valid choice. colour is not one of the available choices." in page
    assert "Card 1<" in page


def test_sealed_products_have_a_list_of_their_own(client: Client, base_set: CardSet) -> None:
    box = CardFactory.create(card_set=base_set, kind="sealed", name="Booster Box", number="")
    PrintingFactory.create(card=box)
    page = body(client, f"/games/pokemon/{base_set.slug}/")
    assert page.index("Sealed products") < page.index("Booster Box")


def test_old_prices_are_marked(client: Client, base_set: CardSet) -> None:
    assert '<tr class="stale">' in body(client, f"/games/pokemon/{base_set.slug}/")


def test_a_set_without_cards_says_so(client: Client, pokemon: Game) -> None:
    empty = CardSetFactory.create(game=pokemon)
    assert "No cards yet" in body(client, f"/games/pokemon/{empty.slug}/")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_set_page_costs_seven_queries_and_one_while_nothing_changes(
    client: Client, pokemon: Game, rows: int, django_assert_num_queries: Queries
) -> None:
    shown = CardSetFactory.create(game=pokemon)
    for card in CardFactory.create_batch(rows, card_set=shown):
        SeriesFactory.create(printing__card=card, printing__finish=FinishFactory.create(game=pokemon))
    with django_assert_num_queries(
        7
    ):  # generation (2), the set, checklist, provenance, value, games of the header
        body(client, f"/games/pokemon/{shown.slug}/")
    with django_assert_num_queries(1):
        body(client, f"/games/pokemon/{shown.slug}/")


def test_movers_are_filtered(client: Client, base_set: CardSet, shop: Shop) -> None:
    mover(shop, "1", percent=31)
    mover(shop, "2", percent=32, is_thin=True)
    mover(shop, "3", percent=-33, direction="down", window=30)
    usual, with_thin = body(client, "/movers/"), body(client, "/movers/?thin=on")
    assert ("+31.0%" in usual, "+32.0%" in usual, "33.0%" in usual) == (True, False, False)
    assert "+32.0%" in with_thin
    assert "33.0%" in body(client, "/movers/?window=30&game=pokemon")
    assert "No card fits" in body(client, "/movers/?game=lorcana")


def test_wrong_movers_filters_are_a_400_that_keeps_the_rest(client: Client, db: None) -> None:
    page = body(client, "/movers/?game=digimon&window=30", status=400)
    assert "This game is not supported. Choose one of Pokémon, Magic: The Gathering" in page
    assert '<option value="30" selected>30 days</option>' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_movers_cost_six_queries(
    client: Client, base_set: CardSet, shop: Shop, rows: int, django_assert_num_queries: Queries
) -> None:
    for product in ("1", "2", "3")[:rows]:
        mover(shop, product)
    # generation (2), games of the form, gainers, losers, games of the header
    with django_assert_num_queries(6):
        body(client, "/movers/")


@pytest.mark.parametrize("address", ["/", "/search/", "/movers/", "/methodology/", "/games/pokemon/"])
def test_pages_are_read_only(client: Client, db: None, address: str) -> None:
    assert client.post(address).status_code == 405


def test_methodology_explains_every_word_the_pages_use(client: Client, db: None) -> None:
    page = body(client, "/methodology/")
    for anchor in ("kinds", "unknown", "history", "changes", "thin", "doubt", "sets", "age", "demo"):
        assert f'id="{anchor}"' in page


def test_every_address_written_out_in_a_template_exists(
    client: Client, alice: User, base_set: CardSet, shop: Shop
) -> None:
    client.force_login(alice)  # who can follow those of the collections, too
    mover(shop, "1")
    card = shop.series("1").printing.card.get_absolute_url()
    seen: set[str] = set()
    for address in ("/", "/search/", "/games/pokemon/", f"/games/pokemon/{base_set.slug}/", card, "/movers/"):
        seen |= set(ADDRESS.findall(body(client, address)))
    seen.discard("/preferences/theme/")  # answers POST only
    assert {link: client.get(unescape(link)).status_code for link in seen} == dict.fromkeys(seen, 200)
