"""What a source lists becomes cards: added once, corrected, adopted from another source, never doubled."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog import words
from catalog.models import Card, CardSet, ExternalId, Finish, Game, Printing, Rarity, SearchWord
from catalog.tests.factories import CardFactory, CardSetFactory, GameFactory
from catalog.upsert import Catalogue
from integrations.quotes import GroupEntry, ProductEntry

pytestmark = pytest.mark.django_db
BASE = GroupEntry(external_id="604", name="Base Set", code="BS", released_on=date(1999, 1, 9))
CHARIZARD = ProductEntry(
    external_id="42382",
    name="Charizard",
    kind="single",
    number="4/102",
    rarity="Holo Rare",
    image_url="https://example.org/42382.jpg",
    url="https://example.org/charizard",
    is_presale=False,
    details={"HP": "120"},
)
BOX = replace(CHARIZARD, external_id="7", name="Booster Box", kind="sealed", number="", rarity="", details={})


@pytest.fixture
def game() -> Game:
    return GameFactory.create()


def _catalogue(game: Game, *, source: str = "market") -> Catalogue:
    return Catalogue(game=game, source=source)


def _record(
    game: Game, *products: ProductEntry, group: GroupEntry = BASE, source: str = "market"
) -> dict[str, int]:
    return _catalogue(game, source=source).record(group, products=products)


def _words(card: Card) -> list[str]:
    return str(Card.objects.values_list("words", flat=True).get(pk=card.pk)).replace("'", "").split()


def test_a_new_group_becomes_a_set_with_its_cards(game: Game) -> None:
    found = _record(game, CHARIZARD, BOX)
    card, box = Card.objects.get(pk=found["42382"]), Card.objects.get(pk=found["7"])
    assert (card.name, card.slug, card.number, card.kind) == ("Charizard", "charizard", "4/102", "single")
    assert (card.rarity and card.rarity.name, card.details, card.game) == ("Holo Rare", {"HP": "120"}, game)
    assert (card.folded, card.number_key) == ("charizard", words.number_key("4/102"))
    assert (box.kind, box.rarity, box.number_key) == ("sealed", None, "~")
    card_set = card.card_set
    assert (card_set.name, card_set.slug, card_set.code) == ("Base Set", "base-set", "BS")
    assert card_set.released_on == date(1999, 1, 9)
    keys = ExternalId.objects.filter(source="market").values_list("kind", "external_id")
    assert sorted(keys) == [("card", "42382"), ("card", "7"), ("set", "604")]


def test_a_new_card_can_be_searched_at_once(game: Game) -> None:
    found = _record(game, CHARIZARD)
    assert {"charizard", "4/102", "base", "set"} <= set(_words(Card.objects.get(pk=found["42382"])))


def test_the_same_again_changes_nothing_and_costs_as_much_for_one_card_as_for_three(
    game: Game, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 3):
        products = [replace(CHARIZARD, external_id=str(place), number=str(place)) for place in range(count)]
        first = _record(game, *products)
        before = list(Card.objects.order_by("id").values())
        with django_assert_num_queries(6):
            assert _record(game, *products) == first
        assert list(Card.objects.order_by("id").values()) == before


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "Charizard ex"},
        {"number": "5/102"},
        {"rarity": "Common"},
        {"rarity": ""},
        {"kind": "sealed"},
        {"image_url": ""},
        {"url": ""},
        {"is_presale": True},
        {"details": {"HP": "130"}},
    ],
)
def test_what_the_source_corrects_is_corrected(game: Game, facts: dict[str, Any]) -> None:
    found = _record(game, CHARIZARD)
    corrected = replace(CHARIZARD, **facts)
    assert _record(game, corrected) == found
    card = Card.objects.get()
    (name, value), *_ = facts.items()
    shown = (card.rarity.name if card.rarity else "") if name == "rarity" else getattr(card, name)
    assert shown == value
    fresh = (words.fold(corrected.name), words.number_key(corrected.number))
    assert (card.folded, card.number_key) == fresh


def test_a_corrected_name_is_found_and_the_old_one_no_more(game: Game) -> None:
    _record(game, CHARIZARD)
    _record(game, replace(CHARIZARD, name="Glurak"))
    found = set(_words(Card.objects.get()))
    assert "glurak" in found
    assert "charizard" not in found
    assert not SearchWord.objects.filter(word="charizard").exists()


def test_a_number_longer_than_its_column_settles_at_the_first_sync(
    game: Game, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    long = replace(CHARIZARD, number="A1" * 30)
    _record(game, long)
    before = Card.objects.values().get()
    with django_assert_num_queries(6):
        _record(game, long)
    assert Card.objects.values().get() == before
    assert before["number"] == "A1" * 20


def test_a_renamed_group_renames_its_set_keeps_its_address_and_is_found_by_the_new_name(game: Game) -> None:
    _record(game, CHARIZARD)
    renamed = replace(BASE, name="Base Set Unlimited", code="BSU", released_on=None)
    _record(game, CHARIZARD, group=renamed)
    card_set = CardSet.objects.get()
    assert (card_set.name, card_set.code, card_set.released_on) == ("Base Set Unlimited", "BSU", None)
    assert card_set.slug == "base-set"
    assert "unlimited" in _words(Card.objects.get())


def test_an_unpublished_set_stays_unpublished(game: Game) -> None:
    _record(game, CHARIZARD)
    CardSet.objects.update(is_published=False)
    _record(game, CHARIZARD, group=replace(BASE, code="X"))
    assert (CardSet.objects.get().is_published, CardSet.objects.get().code) == (False, "X")


def test_groups_of_one_name_are_two_sets_with_two_addresses(game: Game) -> None:
    for key, name in (("1", "Promo 2"), ("2", "Promo"), ("3", "Promo"), ("4", "Promo")):
        _record(game, replace(CHARIZARD, external_id=key), group=replace(BASE, external_id=key, name=name))
    slugs = CardSet.objects.filter(game=game).order_by("id").values_list("slug", flat=True)
    assert list(slugs) == ["promo-2", "promo", "promo-3", "promo-4"]


@pytest.mark.parametrize(
    ("name", "slug"), [("Pokémon GO!", "pokemon-go"), ("拡張パック", "604"), ("☆", "star")]
)
def test_the_address_of_a_set_is_plain(game: Game, name: str, slug: str) -> None:
    _record(game, CHARIZARD, group=replace(BASE, name=name))
    assert CardSet.objects.get().slug == slug


def test_a_card_whose_name_has_no_plain_letter_has_an_address(game: Game) -> None:
    _record(game, replace(CHARIZARD, name="リザードン"))
    assert Card.objects.get().slug == "card"


def test_another_source_finds_the_set_and_the_card_and_doubles_neither(game: Game) -> None:
    ours = _record(game, CHARIZARD, BOX, source="demo")
    theirs = _record(
        game,
        replace(CHARIZARD, external_id="900", number="004/102", rarity="Rare Holo"),
        replace(BOX, external_id="901"),
        group=replace(BASE, external_id="1"),
    )
    assert (theirs["900"], theirs["901"]) == (ours["42382"], ours["7"])
    assert (Card.objects.count(), CardSet.objects.count()) == (2, 1)
    card = Card.objects.get(pk=theirs["900"])
    assert (card.number, card.rarity and card.rarity.name) == ("004/102", "Rare Holo")
    assert card.external_ids.count() == 2


@pytest.mark.parametrize(
    "facts", [{"name": "Charmander"}, {"number": "5/102"}, {"kind": "sealed"}, {"number": ""}]
)
def test_a_card_that_differs_in_name_number_or_kind_is_another(game: Game, facts: dict[str, Any]) -> None:
    _record(game, CHARIZARD, source="demo")
    _record(game, replace(CHARIZARD, external_id="900", **facts), group=replace(BASE, external_id="1"))
    assert Card.objects.count() == 2


def test_two_products_alike_do_not_share_one_adopted_card(game: Game) -> None:
    _record(game, CHARIZARD, source="demo")
    found = _record(
        game, CHARIZARD, replace(CHARIZARD, external_id="43"), group=replace(BASE, external_id="1")
    )
    assert len(set(found.values())) == 2
    assert Card.objects.count() == 2


def test_a_namesake_that_the_same_source_lists_later_is_another_card(game: Game) -> None:
    first = _record(game, CHARIZARD)
    both = _record(game, CHARIZARD, replace(CHARIZARD, external_id="43"))
    assert both["42382"] == first["42382"] != both["43"]


def test_a_card_entered_by_hand_is_adopted(game: Game) -> None:
    by_hand = CardFactory.create(
        card_set=CardSetFactory.create(game=game, name="Base Set"), name="Charizard", number="4/102"
    )
    assert _record(game, CHARIZARD) == {"42382": by_hand.pk}


def test_a_set_of_the_same_name_in_another_game_is_not_adopted(game: Game) -> None:
    CardSetFactory.create(name="Base Set")
    _record(game, CHARIZARD)
    assert CardSet.objects.filter(game=game).count() == 1


def test_a_product_that_moves_to_another_group_moves_its_card(game: Game) -> None:
    before = _record(game, CHARIZARD)
    after = _record(game, CHARIZARD, group=replace(BASE, external_id="605", name="Promos"))
    assert before == after
    assert Card.objects.get().card_set.name == "Promos"


def test_a_product_known_in_another_game_stays_there(game: Game) -> None:
    _record(game, CHARIZARD)
    other = GameFactory.create()
    found = _record(other, CHARIZARD, BOX, group=replace(BASE, external_id="9"))
    assert list(found) == ["7"]
    assert Card.objects.get(external_ids__external_id="42382").game == game


def test_a_group_known_in_another_game_stays_there(game: Game) -> None:
    _record(game, CHARIZARD)
    assert _record(GameFactory.create(), BOX, group=replace(BASE, name="Taken")) == {}
    assert (CardSet.objects.get().name, CardSet.objects.get().game) == ("Base Set", game)


def test_a_product_twice_in_a_group_is_one_card_and_the_last_word_holds(game: Game) -> None:
    _record(game, CHARIZARD, replace(CHARIZARD, name="Glurak"))
    assert Card.objects.get().name == "Glurak"


def test_a_group_without_products_is_a_set_without_cards(game: Game) -> None:
    assert _record(game) == {}
    assert CardSet.objects.get().name == "Base Set"


def test_rarities_and_finishes_are_one_row_a_word(game: Game) -> None:
    catalogue = _catalogue(game)
    products = [CHARIZARD, replace(CHARIZARD, external_id="2", number="5/102")]
    cards = list(catalogue.record(BASE, products=products).values())
    pairs = [(cards[0], "Foil"), (cards[1], "Foil"), (cards[0], "Normal")]
    made = catalogue.printings(pairs)
    assert sorted(made) == sorted(pairs)
    assert _catalogue(game).printings(pairs) == made
    assert (Rarity.objects.count(), Printing.objects.count()) == (1, 3)
    assert sorted(Finish.objects.values_list("name", flat=True)) == ["Foil", "Normal"]


def test_texts_longer_than_their_columns_are_cut(game: Game) -> None:
    long = replace(
        CHARIZARD, name="N" * 400, number="7" * 90, rarity="R" * 90, url="u" * 600, image_url="i" * 600
    )
    _record(game, long, group=replace(BASE, name="S" * 300, code="C" * 90))
    card = Card.objects.select_related("card_set", "rarity").get()
    assert (len(card.name), len(card.number), len(card.url), len(card.image_url)) == (250, 40, 500, 500)
    assert card.rarity
    assert (len(card.rarity.name), len(card.card_set.name), len(card.card_set.code)) == (80, 200, 40)
