"""What a search finds by how many copies somebody owns."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from catalog import words
from catalog.models import Card, CardSet
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, PrintingFactory
from collections_app import sales
from collections_app.models import Collection
from collections_app.tests import factories
from pricing.search import Criteria, find

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(alice: User, bob: User) -> CardSet:
    """Alice owns two of Mew in one finish and one in another, one Pikachu; she wishes for a Raichu."""
    card_set = CardSetFactory.create()
    cards = {name: CardFactory.create(name=name, card_set=card_set) for name in ("Mew", "Pikachu", "Raichu")}
    finishes = [FinishFactory.create(game=card_set.game, name=name) for name in ("Normal", "Foil")]
    mine = factories.collection(alice)
    for card, finish, quantity in (("Mew", 0, 2), ("Mew", 1, 1), ("Pikachu", 0, 1)):
        printing = PrintingFactory.create(card=cards[card], finish=finishes[finish])
        factories.lot(mine, printing, quantity=quantity)
    wanted = PrintingFactory.create(card=cards["Raichu"], finish=finishes[0])
    factories.lot(factories.collection(alice, kind=Collection.Kind.WISH), wanted)
    factories.lot(factories.collection(bob), wanted, quantity=5)
    words.index_cards(card.pk for card in cards.values())
    return card_set


def names(q: str, who: User) -> list[str]:
    cards = Card.objects.in_bulk(find(Criteria(q=q, who=who.pk)).card_ids)
    return sorted(card.name for card in cards.values())


OWNED = {
    "owned:yes": ["Mew", "Pikachu"],
    "owned:no": ["Raichu"],
    "owned>1": ["Mew"],
    "owned>=3": ["Mew"],
    "owned=1": ["Pikachu"],
    "owned<3": ["Pikachu", "Raichu"],
    "owned<=0": ["Raichu"],
    "owned>=0": ["Mew", "Pikachu", "Raichu"],
    "owned<0": [],
    "-owned:yes": ["Raichu"],
    "mew owned:no": [],
    "owned>1 or raichu": ["Mew", "Raichu"],
}


@pytest.mark.usefixtures("shelf")
def test_all_printings_of_a_card_count_wishes_do_not(alice: User) -> None:
    assert {q: names(q, alice) for q in OWNED} == OWNED


@pytest.mark.usefixtures("shelf")
def test_everybody_finds_their_own(bob: User) -> None:
    assert names("owned:yes", bob) == ["Raichu"]


def test_what_was_sold_is_owned_no_longer(shelf: CardSet, alice: User) -> None:
    del shelf
    lot = alice.collections.get(kind="owned").lots.get(printing__card__name="Pikachu")
    terms = sales.Terms(quantity=1, sold_on=factories.BOUGHT, unit_price=100, fees=0, currency="USD")
    sales.sell(lot, terms)

    assert names("owned:yes", alice) == ["Mew"]
    assert names("owned:no", alice) == ["Pikachu", "Raichu"]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("address", ["/search/", "/api/v1/search/"])
def test_what_somebody_owns_is_found_for_nobody_else(
    alice: User, bob: User, client: Client, client_for: Callable[[User], Client], address: str
) -> None:
    """Answers are kept for everybody, but not these, whoever asks first."""
    for _ in range(2):
        found = {
            who.name: client_for(who).get(address, {"q": "owned:yes"}).content.decode()
            for who in (alice, bob)
        }
        assert ("Mew" in found["Alice"], "Raichu" in found["Alice"]) == (True, False)
        assert ("Mew" in found["Bob"], "Raichu" in found["Bob"]) == (False, True)
        assert client.get(address, {"q": "owned:yes"}).status_code == 400
