"""Merging, with prices, holdings and alerts on both sides."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from alerts.models import Alert, AlertEvent
from alerts.tests import factories as alarms
from catalog import merging, words
from catalog.curation import CannotCurateError
from catalog.merging import Merged
from catalog.models import Card, CardRedirect, CardSet, ExternalId, Finish, Printing, SearchWord, SetRedirect
from catalog.models import UnmatchedItem as Item
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, GameFactory, PrintingFactory
from collections_app.models import Lot
from collections_app.tests import factories as holdings
from pricing.models import PriceSeries
from pricing.tests.factories import SeriesFactory, SourceFactory
from pricing.tests.market import DAY, Shop, later

pytestmark = pytest.mark.django_db


def pair(**facts: Any) -> tuple[Card, Card]:
    """Two rows of one card in one set, the second to go."""
    card_set = CardSetFactory.create()
    plain: dict[str, Any] = {"card_set": card_set, "name": "Charizard", "number": "4"}
    kept, gone = (CardFactory.create(**plain | facts) for _ in range(2))
    words.index_cards([kept.pk, gone.pk])
    return kept, gone


def printing(card: Card, finish: str = "Normal") -> Printing:
    found = FinishFactory.create(game=card.game, name=finish)
    made: Printing = PrintingFactory.create(card=card, finish=found)
    return made


def merge(kept: Card, *gone: Card) -> Merged:
    return merging.merge_cards(gone, kept=kept)


def test_a_printing_that_only_one_has_moves_with_all_that_rests_on_it(alice: User) -> None:
    kept, gone = pair()
    foil = printing(gone, "Foil")
    series = SeriesFactory.create(printing=foil)
    lot = holdings.lot(holdings.collection(alice), foil)
    alarm = alarms.alert(alice, foil)
    done = merge(kept, gone)
    assert (done.cards, done.printings, done.redirects) == (1, 0, 1)
    foil.refresh_from_db()
    assert foil.card == kept
    for row in (series, lot, alarm):
        row.refresh_from_db()
        assert row.printing == foil


def test_printings_of_one_finish_become_one_and_everything_moves_to_it(alice: User) -> None:
    kept, gone = pair()
    stays, goes = printing(kept), printing(gone)
    shops = SourceFactory.create(), SourceFactory.create()
    SeriesFactory.create(printing=stays, source=shops[0])
    moved = SeriesFactory.create(printing=goes, source=shops[1])
    lot = holdings.lot(holdings.collection(alice), goes)
    alarm = alarms.alert(alice, goes)
    Alert.objects.update(is_stale=False)
    event = alarms.event(alarm, series=moved)
    done = merge(kept, gone)
    assert (done.cards, done.printings) == (1, 1)
    for row in (moved, lot, alarm, event):
        row.refresh_from_db()
        assert row.printing == stays
    assert not Printing.objects.filter(pk=goes.pk).exists()
    assert alarm.is_stale
    assert (PriceSeries.objects.count(), Lot.objects.count(), AlertEvent.objects.count()) == (2, 1, 1)


def test_a_lot_is_valued_by_the_price_that_the_other_card_brought(alice: User, shop: Shop) -> None:
    shop.says({"1": 700})
    kept = CardFactory.create(card_set__game=shop.game)
    lot = holdings.lot(holdings.collection(alice), printing(kept))
    assert lot.series is None
    merge(kept, shop.series("1").printing.card)
    lot.refresh_from_db()
    assert lot.series == shop.series("1")


def test_cards_that_one_source_prices_apart_stay_two(shop: Shop) -> None:
    shop.says({"1": 100, "2": 200})
    kept, gone = (shop.series(key).printing.card for key in "12")
    with pytest.raises(CannotCurateError, match=r"prices on both sides at Source.*tells them apart"):
        merge(kept, gone)
    assert Card.objects.filter(pk=gone.pk).exists()
    assert (shop.market("1"), shop.market("2")) == (100, 200)


@pytest.mark.parametrize("priced", ["kept", "gone"])
def test_a_series_that_never_had_a_price_gives_way(priced: str, shop: Shop) -> None:
    shop.says({"1": 100})
    known = shop.series("1")
    other = CardFactory.create(card_set__game=shop.game)
    SeriesFactory.create(printing=printing(other), source=shop.source)
    kept, gone = (known.printing.card, other) if priced == "kept" else (other, known.printing.card)
    merge(kept, gone)
    series = PriceSeries.objects.get(printing__card=kept)
    assert (series.pk, shop.market("1")) == (known.pk, 100)


def test_what_sources_call_both_leads_to_the_one_that_stays(shop: Shop) -> None:
    kept, gone = pair()
    for key, card in (("1", kept), ("2", gone)):
        ExternalId.objects.create(source="market", kind="card", external_id=key, card=card)
    merge(kept, gone)
    assert set(ExternalId.objects.filter(source="market").values_list("card", flat=True)) == {kept.pk}


def test_a_sync_finds_the_merged_card_under_both_ids_and_leaves_it_as_staff_made_it(shop: Shop) -> None:
    shop.says({"1": 100})
    game = shop.game
    kept = shop.series("1").printing.card
    other = CardFactory.create(card_set=kept.card_set, name="Known by hand")
    merge(other, kept)
    shop.says({"1": 150}, day=later(1))
    assert Card.objects.filter(game=game).count() == 1
    other.refresh_from_db()
    assert (other.name, shop.market("1")) == ("Known by hand", 150)


def test_the_number_of_a_card_that_went_leads_on_also_over_two_merges() -> None:
    kept, gone = pair()
    last = CardFactory.create(card_set=kept.card_set)
    numbers = [gone.pk, kept.pk]
    merge(kept, gone)
    merge(last, kept)
    assert dict(CardRedirect.objects.values_list("gone", "card")) == dict.fromkeys(numbers, last.pk)


def test_what_only_the_other_one_knows_is_not_lost() -> None:
    kept, gone = pair()
    Card.objects.filter(pk=gone.pk).update(image_url="https://images.example/a.jpg", details={"hp": 120})
    merge(kept, gone)
    kept.refresh_from_db()
    assert (kept.image_url, kept.details, kept.is_curated) == (
        "https://images.example/a.jpg",
        {"hp": 120},
        True,
    )


def test_words_are_counted_without_the_card_that_went() -> None:
    kept, gone = pair()
    merge(kept, gone)
    assert SearchWord.objects.get(word="charizard").cards == 1


def test_items_that_wait_for_a_match_follow() -> None:
    kept, gone = pair()
    stays, goes = printing(kept), printing(gone)
    item = Item.objects.create(
        source="market",
        external_id="7",
        game=kept.game,
        title="Charizard",
        reason="several fit",
        candidates=[goes.pk, stays.pk],
        first_seen=DAY,
        last_seen=DAY,
    )
    merge(kept, gone)
    item.refresh_from_db()
    assert item.candidates == [stays.pk]


def test_three_rows_of_a_card_become_one_though_two_share_a_finish() -> None:
    kept, gone = pair()
    third = CardFactory.create(card_set=kept.card_set)
    for card in (gone, third):
        printing(card, "Foil")
    done = merge(kept, gone, third)
    assert (done.cards, done.printings, kept.printings.count()) == (2, 1, 1)


def test_merging_again_does_nothing() -> None:
    kept, _ = pair()
    assert merge(kept, kept) == Merged()


def test_cards_of_two_games_are_refused() -> None:
    with pytest.raises(CannotCurateError, match="two games"):
        merge(CardFactory.create(), CardFactory.create())


def test_a_running_sync_comes_first(shop: Shop) -> None:
    kept, gone = pair()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [shop.source.pk, kept.game_id])
        with pytest.raises(CannotCurateError, match="is running"):
            merge(kept, gone)
    finally:
        other.close()


# ---- sets ----


def test_a_set_becomes_part_of_another_and_cards_that_are_the_same_become_one() -> None:
    game = GameFactory.create()
    kept, gone = (CardSetFactory.create(game=game, name=name) for name in ("Fossil", "Fosil"))
    ours, theirs = (
        CardFactory.create(card_set=card_set, name="Mew", number="1") for card_set in (kept, gone)
    )
    alone = CardFactory.create(card_set=gone, name="Muk", number="2")
    ExternalId.objects.create(source="market", kind="set", external_id="9", card_set=gone)
    done = merging.merge_sets(gone, kept=kept)
    assert (done.cards, done.moved, done.objections) == (1, 1, ())
    assert set(kept.cards.all()) == {ours, alone}
    assert ExternalId.objects.get(external_id="9").card_set == kept
    assert CardRedirect.objects.get(gone=theirs.pk).card == ours
    assert SetRedirect.objects.get(card_set=kept).slug == gone.slug
    assert not CardSet.objects.filter(name="Fosil").exists()


def test_cards_that_are_the_same_but_priced_apart_stay_two_in_the_merged_set(shop: Shop) -> None:
    shop.says({"1": 100, "2": 200})
    kept_card, gone_card = (shop.series(key).printing.card for key in "12")
    same: dict[str, Any] = {"name": "Mew", "folded": "mew", "number": "1", "number_key": "1"}
    Card.objects.filter(pk__in=[kept_card.pk, gone_card.pk]).update(**same)
    other = CardSetFactory.create(game=shop.game)
    Card.objects.filter(pk=gone_card.pk).update(card_set=other)
    done = merging.merge_sets(other, kept=kept_card.card_set)
    assert (done.cards, done.moved, len(done.objections)) == (0, 1, 1)
    assert kept_card.card_set.cards.count() == 2


def test_cards_that_are_not_alone_in_being_alike_stay_apart() -> None:
    game = GameFactory.create()
    kept, gone = CardSetFactory.create_batch(2, game=game)
    for card_set in (kept, gone, gone):
        CardFactory.create(card_set=card_set, name="Energy", number="")
    assert merging.merge_sets(gone, kept=kept).cards == 0
    assert kept.cards.count() == 3


def test_an_alert_about_a_set_is_about_the_set_it_became_part_of(alice: User) -> None:
    kept, gone = CardSetFactory.create_batch(2, game=GameFactory.create())
    alarm = alarms.alert(alice, card_set=gone)
    Alert.objects.update(is_stale=False)
    merging.merge_sets(gone, kept=kept)
    alarm.refresh_from_db()
    assert (alarm.card_set, alarm.is_stale) == (kept, True)


def test_sets_of_two_games_are_refused() -> None:
    with pytest.raises(CannotCurateError, match="two games"):
        merging.merge_sets(CardSetFactory.create(), kept=CardSetFactory.create())


def test_finishes_of_the_game_stay() -> None:
    kept, gone = pair()
    printing(gone, "Foil")
    merge(kept, gone)
    assert Finish.objects.filter(game=kept.game, name="Foil").exists()
