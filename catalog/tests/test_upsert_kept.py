"""What staff decided stays as it is, whatever sources say afterwards."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from catalog import curation, merging
from catalog.models import Card, CardSet, Game
from catalog.tests.factories import CardSetFactory, GameFactory
from catalog.upsert import Catalogue
from integrations.quotes import GroupEntry
from pricing.tests.market import product

pytestmark = pytest.mark.django_db
BASE = GroupEntry(external_id="604", name="Base Set", code="BS", released_on=date(1999, 1, 9))
MEW = product("1", name="Mew", number="8")


@pytest.fixture
def game() -> Game:
    made: Game = GameFactory.create()
    return made


def lists(game: Game, *products: Any, group: GroupEntry = BASE, source: str = "market") -> dict[str, int]:
    return Catalogue(game=game, source=source).record(group, products=products or [MEW])


def test_a_set_that_staff_renamed_keeps_its_name_code_and_date(game: Game) -> None:
    lists(game)
    card_set = CardSet.objects.get()
    card_set.name, card_set.code = "First Edition", "1E"
    curation.save_set(card_set)
    lists(game, group=replace(BASE, name="Base Set Unlimited", code="X", released_on=None))
    card_set.refresh_from_db()
    assert (card_set.name, card_set.code, card_set.released_on) == ("First Edition", "1E", BASE.released_on)


def test_another_source_finds_a_renamed_set_by_its_old_name(game: Game) -> None:
    lists(game)
    card_set = CardSet.objects.get()
    card_set.name = "First Edition"
    curation.save_set(card_set)
    lists(game, source="other", group=replace(BASE, external_id="x"))
    assert CardSet.objects.get() == card_set


def test_a_card_that_staff_changed_stays_and_others_are_corrected(game: Game) -> None:
    lists(game, MEW, replace(MEW, external_id="2", name="Muk"))
    mew = Card.objects.get(name="Mew")
    mew.name = "Mew, ancient"
    curation.save_card(mew)
    lists(game, MEW, replace(MEW, external_id="2", name="Muk ex"))
    assert set(Card.objects.values_list("name", flat=True)) == {"Mew, ancient", "Muk ex"}


def test_another_source_adopts_a_kept_card_and_leaves_it_as_it_is(game: Game) -> None:
    ours = lists(game)
    Card.objects.update(is_curated=True, image_url="https://images.example/ours.jpg")
    theirs = lists(game, replace(MEW, image_url="https://other.example/a.jpg"), source="other")
    assert theirs == ours
    assert Card.objects.get().image_url == "https://images.example/ours.jpg"


def test_a_split_is_not_undone_by_the_next_sync(game: Game) -> None:
    (key,) = lists(game).values()
    into = merging.new_set(game, name="Shadowless")
    curation.edit_cards([key], changes={"card_set": into})
    lists(game)
    assert Card.objects.get().card_set == into


def test_a_merged_set_gets_what_either_of_its_sources_groups_lists_from_then_on(game: Game) -> None:
    lists(game)
    gone = CardSet.objects.get()
    kept = CardSetFactory.create(game=game, name="Base")
    merging.merge_sets(gone, kept=kept)
    lists(game, MEW, replace(MEW, external_id="2", name="Muk"))
    kept.refresh_from_db()
    assert (CardSet.objects.get(), kept.name) == (kept, "Base")
    assert set(kept.cards.values_list("name", flat=True)) == {"Mew", "Muk"}


def test_another_source_finds_the_set_that_a_merged_one_became_part_of(game: Game) -> None:
    lists(game)
    kept = CardSetFactory.create(game=game, name="Base")
    merging.merge_sets(CardSet.objects.get(name="Base Set"), kept=kept)
    lists(game, source="other", group=replace(BASE, external_id="x"))
    assert CardSet.objects.get() == kept
