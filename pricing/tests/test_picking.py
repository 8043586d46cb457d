"""Choosing a printing by some words."""

import pytest

from catalog.models import CardSet
from catalog.tests.factories import CardFactory, FinishFactory, PrintingFactory
from catalog.words import index_all
from pricing import picking

pytestmark = pytest.mark.django_db


def test_cards_come_with_the_finishes_they_come_in() -> None:
    normal = PrintingFactory.create(card=CardFactory.create(name="Charizard"))
    foil = PrintingFactory.create(
        card=normal.card, finish=FinishFactory.create(game=normal.card.game, name="Holofoil")
    )
    CardFactory.create(name="Charizard ex")  # none of its printings is known
    index_all()
    ((card, printings),) = picking.by_words("charizard")
    assert card.name == "Charizard"
    assert {one.pk for one in printings} == {normal.pk, foil.pk}


def test_nothing_typed_finds_nothing() -> None:
    assert picking.by_words("  ") == []
    assert picking.by_words('"charizard') == picking.by_words("price>") == []


def test_what_is_not_shown_is_not_found() -> None:
    PrintingFactory.create(card=CardFactory.create(name="Charizard"))
    index_all()
    CardSet.objects.update(is_published=False)
    assert picking.by_words("charizard") == []


def test_words_are_cut_to_what_is_searched() -> None:
    assert picking.words("a\x00b" + "c" * 200) == "ab" + "c" * 98
