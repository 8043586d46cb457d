from datetime import date

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from catalog import curation, merging, words
from catalog.curation import CannotCurateError
from catalog.models import Card, CardSet, Rarity, SetRedirect
from catalog.tests.factories import CardFactory, CardSetFactory, GameFactory, PrintingFactory

pytestmark = pytest.mark.django_db


def named(name: str, **facts: object) -> CardSet:
    made: CardSet = CardSetFactory.create(name=name, slug=name.lower().replace(" ", "-"), **facts)
    return made


def renamed(card_set: CardSet, name: str) -> CardSet:
    card_set.name = name
    curation.save_set(card_set)
    card_set.refresh_from_db()
    return card_set


def found_by(card: Card) -> str:
    return str(Card.objects.values_list("words", flat=True).get(pk=card.pk))


def test_a_renamed_set_gets_a_new_address_keeps_the_old_one_and_is_kept_from_syncs() -> None:
    card_set = named("Fosil")
    card = CardFactory.create(card_set=card_set)
    renamed(card_set, "Fossil")
    assert (card_set.slug, card_set.is_curated) == ("fossil", True)
    assert list(card_set.redirects.values_list("slug", flat=True)) == ["fosil"]
    assert "fossil" in found_by(card)


def test_a_set_that_is_renamed_back_needs_no_redirect_from_its_own_address() -> None:
    card_set = named("Fosil")
    renamed(card_set, "Fossil")
    renamed(card_set, "Fosil")
    assert (card_set.slug, list(card_set.redirects.values_list("slug", flat=True))) == ("fosil", ["fossil"])


def test_saving_a_set_again_changes_nothing() -> None:
    card_set = renamed(named("Fosil"), "Fossil")
    assert not curation.save_set(card_set)
    assert SetRedirect.objects.count() == 1


def test_an_address_that_another_set_had_is_not_given_away() -> None:
    game = GameFactory.create()
    renamed(named("Fosil", game=game), "Fossil")
    assert renamed(named("Jungle", game=game), "Fosil").slug == "fosil-2"


def test_a_name_without_a_plain_letter_keeps_the_address() -> None:
    assert renamed(named("Fosil"), "拡張パック").slug == "fosil"


def test_two_sets_of_a_game_get_no_common_name_by_hand() -> None:
    game = GameFactory.create()
    named("Fossil", game=game)
    with pytest.raises(CannotCurateError, match="merge the two"):
        renamed(named("Fosil", game=game), "Fossil")


def test_publishing_hiding_and_placing_say_how_many_changed() -> None:
    keys = [row.pk for row in CardSetFactory.create_batch(2)]
    assert (curation.hide(keys), curation.hide(keys)) == (2, 0)
    assert (curation.publish(keys), curation.publish(keys)) == (2, 0)
    assert (curation.place(keys, position=-1), curation.place(keys, position=-1)) == (2, 0)


def test_a_code_or_date_changed_by_hand_is_kept() -> None:
    card_set = named("Fossil")
    card_set.released_on = date(1999, 10, 10)
    curation.save_set(card_set)
    assert card_set.is_curated


def test_a_card_changed_by_hand_is_kept_and_one_that_was_not_is_left_to_syncs() -> None:
    changed, same = CardFactory.create(), CardFactory.create()
    changed.number = "4/102"
    curation.save_card(changed)
    curation.save_card(same)
    assert (changed.is_curated, same.is_curated) == (True, False)


def test_a_card_with_printings_stays_in_its_game() -> None:
    card = PrintingFactory.create().card
    card.card_set = CardSetFactory.create()
    with pytest.raises(CannotCurateError, match="stays in its game"):
        curation.save_card(card)


def test_many_cards_are_edited_at_once_and_kept() -> None:
    card_set = CardSetFactory.create()
    cards = [CardFactory.create(card_set=card_set).pk for _ in range(3)]
    rare = Rarity.objects.create(game=card_set.game, name="Secret")
    assert curation.edit_cards(cards, changes={"rarity": rare, "kind": "sealed"}) == cards
    assert curation.edit_cards(cards, changes={"rarity": rare, "kind": "sealed"}) == []
    assert set(Card.objects.values_list("rarity", "kind", "is_curated")) == {(rare.pk, "sealed", True)}
    assert "secret" in found_by(Card.objects.get(pk=cards[0]))


def test_cards_are_given_back_to_the_syncs() -> None:
    card = CardFactory.create(is_curated=True)
    assert curation.edit_cards([card.pk], changes={"is_curated": False}) == [card.pk]
    card.refresh_from_db()
    assert not card.is_curated


def test_cards_get_no_rarity_of_another_game() -> None:
    stranger = Rarity.objects.create(game=GameFactory.create(), name="Secret")
    with pytest.raises(CannotCurateError, match="another game"):
        curation.edit_cards([CardFactory.create().pk], changes={"rarity": stranger})


def test_too_many_cards_at_once_are_refused() -> None:
    with pytest.raises(CannotCurateError, match="at most 10,000"):
        curation.edit_cards(range(10_001), changes={"kind": "sealed"})


def test_only_what_staff_may_set_is_edited_in_bulk() -> None:
    with pytest.raises(ValueError, match="not to be edited"):
        curation.edit_cards([], changes={"name": "x"})


def test_cards_are_split_off_into_a_new_set() -> None:
    card_set = named("Base Set")
    moved, stays = CardFactory.create_batch(2, card_set=card_set)
    words.index_cards([moved.pk, stays.pk])
    into = merging.new_set(card_set.game, name="Base Set Shadowless", code="BSS")
    assert curation.edit_cards([moved.pk], changes={"card_set": into}) == [moved.pk]
    assert list(into.cards.all()) == [moved]
    assert "shadowless" in found_by(moved)
    assert "shadowless" not in found_by(stays)


def test_an_image_that_no_page_would_show_is_refused(settings: Settings) -> None:
    settings.IMAGE_HOSTS = ["https://images.example"]
    curation.check_image("https://images.example/a.jpg")
    with pytest.raises(ValidationError, match=r"images\.example only"):
        curation.check_image("https://images.example.evil/a.jpg")
