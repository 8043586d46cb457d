"""The search page and the suggestions under the search box."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.text import slugify
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog import words
from catalog.models import Card, Game, Rarity
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, PrintingFactory

Queries = DjangoAssertNumQueries


def add(name: str, **facts: Any) -> Card:
    """A card of the game Pokémon that the search knows."""
    game = Game.objects.get(slug="pokemon")
    shown = game.sets.first() or CardSetFactory.create(game=game, name="Base Set")
    card: Card = CardFactory.create(name=name, slug=slugify(name), card_set=shown, **facts)
    PrintingFactory.create(card=card, finish=FinishFactory.create(game=game, name="Holofoil"))
    words.index_cards([card.pk])
    return card


@pytest.fixture
def charizard(db: None) -> Card:
    return add("Charizard", number="4/102")


def body(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_a_search_finds_by_name_and_number(client: Client, charizard: Card) -> None:
    add("Blastoise", number="2/102")
    page = body(client, "/search/?q=charizard+4/102")
    assert f'href="{charizard.get_absolute_url()}"' in page
    assert "Blastoise" not in page
    assert "1 card on this page" in page


def test_a_typing_error_is_corrected_and_said(client: Client, charizard: Card) -> None:
    page = body(client, "/search/?q=charzard")
    assert f'href="{charizard.get_absolute_url()}"' in page
    assert "Showing <b>charizard</b>" in page


def test_nothing_found_offers_ways_on(client: Client, charizard: Card) -> None:
    page = body(client, "/search/?q=zzzzzzzz&kind=sealed")
    assert "No card fits" in page
    assert 'href="/search/?q=zzzzzzzz">“zzzzzzzz” without filters' in page


def test_filters_narrow_and_stay_chosen(client: Client, charizard: Card) -> None:
    rare = Rarity.objects.create(game=charizard.game, name="Rare")
    add("Machamp", rarity=rare)
    page = body(client, "/search/?game=pokemon&rarity=Rare&finish=Holofoil&kind=single&sort=name")
    assert "Machamp" in page
    assert "Charizard" not in page
    assert '<option value="Rare" selected>Rare</option>' in page


def test_another_game_forgets_the_filters_of_the_one_before(client: Client, charizard: Card) -> None:
    slug = charizard.card_set.slug
    body(client, f"/search/?game=lorcana&was=pokemon&set={slug}")
    page = body(client, f"/search/?game=lorcana&was=lorcana&set={slug}", status=400)
    assert f"“{slug}” is no set of Disney Lorcana." in page


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("game=digimon", "This game is not supported. Choose one of Pokémon, Magic: The Gathering"),
        ("rarity=Shiny", "“Shiny” is no rarity of any game."),
        ("min=abc", "Enter a number."),
        ("min=NaN", "Enter a number."),
        ("min=-1", "Ensure this value is greater than or equal to 0."),
        ("min=9&max=3", "The highest price lies below the lowest."),
        ("sort=colour", "Select a valid choice. colour is not one of the available choices."),
        ("after=tampered", "This page of results is gone. Start again from the first."),
        ("q=%00", "Null characters are not allowed."),
    ],
)
def test_a_wrong_filter_is_a_400_that_loses_nothing(
    client: Client, charizard: Card, query: str, message: str
) -> None:
    page = body(client, f"/search/?kind=single&{query}", status=400)
    assert message in page
    assert '<option value="single" selected>' in page
    assert "No card fits" not in page


def test_the_next_page_continues_where_this_one_ends(client: Client, charizard: Card) -> None:
    for place in range(50):
        add(f"Unown{place:02}")
    first = body(client, "/search/?sort=name&layout=list")
    link = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = body(client, link)
    assert (first.count('class="tile"'), second.count('class="tile"')) == (48, 3)
    assert 'rel="next"' not in second
    assert 'class="cards cards-list"' in second


def test_suggestions_are_json(client: Client, charizard: Card) -> None:
    assert client.get("/search/suggest/?q=chari").json() == {
        "suggestions": [
            {
                "card_id": charizard.pk,
                "slug": "charizard",
                "name": "Charizard",
                "number": "4/102",
                "set_name": "Base Set",
                "game_name": "Pokémon",
            }
        ]
    }
    assert client.get("/search/suggest/?q=chari&game=lorcana").json() == {"suggestions": []}
    assert client.get("/search/suggest/?q=%00").json() == {"suggestions": []}


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_costs_a_fixed_number_of_queries(
    client: Client, charizard: Card, rows: int, django_assert_num_queries: Queries
) -> None:
    for place in range(rows - 1):
        add(f"Charizard {place}")
    # generation, the form takes 3 or 4, the header 1, the rows 1, and the rest finds them
    with django_assert_num_queries(11):
        assert body(client, "/search/?game=pokemon&q=charizard").count('class="tile"') == rows
    with django_assert_num_queries(8):
        assert body(client, "/search/").count('class="tile"') == rows


# ---- the grammar ----


def test_a_search_may_hold_conditions(client: Client, charizard: Card) -> None:
    add("Blastoise", number="2/102")
    page = body(client, "/search/?q=set:%22base+set%22+-blastoise")
    assert f'href="{charizard.get_absolute_url()}"' in page
    assert "1 card on this page" in page


def test_what_cannot_be_understood_is_marked_with_what_may_have_been_meant(
    client: Client, charizard: Card
) -> None:
    page = body(client, "/search/?q=mew+set:bsae+%3Cb%3E&kind=single&after=x", status=400)
    assert "There is no set “bsae”. Did you mean Base Set?" in page
    assert "<code>mew set:<mark>bsae</mark> &lt;b&gt;</code>" in page
    meant = "?kind=single&amp;q=mew+set%3A%22Base+Set%22+%3Cb%3E"
    assert f'href="/search/{meant}"' in page
    assert "Part of this address" not in page


def test_what_you_own_needs_a_visitor_who_is_signed_in(client: Client, charizard: Card, alice: User) -> None:
    assert "once you are signed in" in body(client, "/search/?q=owned:yes", status=400)

    client.force_login(alice)
    assert "No card fits" in body(client, "/search/?q=owned:yes")
    assert charizard.name in body(client, "/search/?q=owned:no")


@pytest.mark.django_db
def test_every_example_of_the_syntax_page_can_be_searched(client: Client, alice: User) -> None:
    game = Game.objects.get(slug="pokemon")
    CardSetFactory.create(game=game, name="Base Set")
    FinishFactory.create(game=game, name="Holofoil")
    Rarity.objects.create(game=game, name="Rare")
    client.force_login(alice)
    examples = re.findall(r'href="(/search/\?q=[^"]+)"><code>', body(client, "/search/syntax/"))
    assert len(examples) == 14
    for address in examples:
        body(client, unescape(address))


def test_the_search_box_takes_a_long_search(client: Client, charizard: Card) -> None:
    long = " or ".join(["charizard"] * 30)
    assert charizard.get_absolute_url() in body(client, "/search/?" + urlencode({"q": long}))
    body(client, "/search/?" + urlencode({"q": "x" * 501}), status=400)
