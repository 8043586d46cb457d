"""The pages of an act: what would follow is said first, and only what was shown is done."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from alerts.tests import factories as alarms
from catalog.models import Card, CardSet, Rarity, SetRedirect
from catalog.tests.factories import CardFactory, CardSetFactory, GameFactory, PrintingFactory
from collections_app.tests import factories as holdings
from pricing.tests.factories import SeriesFactory
from pricing.tests.market import Shop

ClientFor = Callable[[User], Client]


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # its statements are not the admin's
    return client_for(carla)


def ask(client: Client, model: str, action: str, *rows: Any, **form: Any) -> Any:
    """Choose rows and an action, or send the page that followed again."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(f"/admin/catalog/{model}/", {**chosen, **form})


def look(client: Client, model: str, action: str, *rows: Any, **form: Any) -> list[str]:
    return list(ask(client, model, action, *rows, asked="1", **form).context["foreseen"])


def act(client: Client, model: str, action: str, *rows: Any, **form: Any) -> list[str]:
    """Look at what follows, then confirm it; what the list then says."""
    shape = ask(client, model, action, *rows, asked="1", **form).context["shape"]
    ask(client, model, action, *rows, asked="1", confirmed="1", foreseen=shape, **form)
    answer = client.get(f"/admin/catalog/{model}/")
    return [str(message) for message in answer.context["messages"]]


def said() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


def test_a_merge_of_cards_is_foreseen_in_numbers_and_then_done(staff: Client, alice: User) -> None:
    card_set = CardSetFactory.create()
    kept, gone = CardFactory.create_batch(2, card_set=card_set)
    printing = PrintingFactory.create(card=gone)
    SeriesFactory.create(printing=printing)
    holdings.lot(holdings.collection(alice), printing)
    alarms.alert(alice, printing)
    lines = look(staff, "card", "merge", kept, gone, kept=kept.pk)
    assert "With them go 1 price series, 1 lots in 1 collections, 1 alerts." in lines
    assert Card.objects.count() == 2
    (told,) = act(staff, "card", "merge", kept, gone, kept=kept.pk)
    assert told == "1 cards merged, 0 printings became one with another, 0 cards moved, 1 redirects made."
    assert list(Card.objects.all()) == [kept]
    assert said()[0] == f"Merged into {kept} (card {kept.pk})."
    assert said()[1].startswith(f"Merged into it: {gone} (card {gone.pk}).")


def test_a_merge_that_prices_forbid_is_refused_with_the_reason(staff: Client, shop: Shop) -> None:
    shop.says({"1": 100, "2": 200})
    kept, gone = (shop.series(key).printing.card for key in "12")
    answer = ask(staff, "card", "merge", kept, gone, asked="1", kept=kept.pk)
    assert "prices on both sides" in answer.content.decode()
    assert 'name="confirmed"' not in answer.content.decode()


def test_what_was_not_shown_is_not_done(staff: Client) -> None:
    kept, gone = CardFactory.create_batch(2, card_set=CardSetFactory.create())
    shape = ask(staff, "card", "merge", kept, gone, asked="1", kept=kept.pk).context["shape"]
    answer = ask(staff, "card", "merge", kept, gone, asked="1", confirmed="1", foreseen=shape, kept=gone.pk)
    assert answer.context["foreseen"]
    assert (Card.objects.count(), said()) == (2, [])


@pytest.mark.parametrize("count", [1, 51])
def test_one_card_alone_cannot_be_merged_nor_more_than_anybody_looks_at(count: int, staff: Client) -> None:
    cards = CardFactory.create_batch(count, card_set=CardSetFactory.create())
    answer = ask(staff, "card", "merge", *cards, asked="1", kept=cards[0].pk)
    assert "Choose at least two to merge, and at most 50." in answer.content.decode()


def test_sets_are_merged(staff: Client) -> None:
    kept, gone = CardSetFactory.create_batch(2, game=GameFactory.create())
    CardFactory.create(card_set=gone)
    lines = look(staff, "cardset", "merge", kept, gone, kept=kept.pk)
    assert f"1 cards go to “{kept}”." in lines
    act(staff, "cardset", "merge", kept, gone, kept=kept.pk)
    assert list(CardSet.objects.all()) == [kept]
    assert SetRedirect.objects.get().slug == gone.slug
    assert len(said()) == 2


def test_sets_of_two_games_are_not_merged(staff: Client) -> None:
    kept, gone = CardSetFactory.create_batch(2)
    answer = ask(staff, "cardset", "merge", kept, gone, asked="1", kept=kept.pk)
    assert "Sets of two games are never the same set." in answer.content.decode()


def test_sets_are_placed(staff: Client) -> None:
    rows = CardSetFactory.create_batch(2)
    assert act(staff, "cardset", "place", *rows, position="-3") == ["2 placed."]
    assert set(CardSet.objects.values_list("position", flat=True)) == {-3}
    assert said() == ["Place in lists: 0 → -3."] * 2


def test_cards_are_split_off_into_a_new_set(staff: Client) -> None:
    card_set = CardSetFactory.create()
    moved = CardFactory.create_batch(2, card_set=card_set)
    name = {"name": "Shadowless", "code": "SL", "into": ""}
    assert any("the new set “Shadowless”" in line for line in look(staff, "card", "split", *moved, **name))
    assert act(staff, "card", "split", *moved, **name) == ["2 cards moved to Shadowless."]
    into = CardSet.objects.get(name="Shadowless")
    assert (into.cards.count(), into.code, into.game) == (2, "SL", card_set.game)
    assert len(said()) == 4


def test_cards_move_to_a_set_that_is_there_but_not_to_another_games(staff: Client) -> None:
    card = CardFactory.create()
    into, strange = CardSetFactory.create(game=card.game), CardSetFactory.create()
    empty = {"name": "", "code": ""}
    refused = ask(staff, "card", "split", card, asked="1", into=strange.pk, **empty)
    assert "another game" in refused.content.decode()
    assert act(staff, "card", "split", card, into=into.pk, **empty) == [f"1 cards moved to {into}."]


def test_a_split_wants_one_target(staff: Client) -> None:
    answer = ask(staff, "card", "split", CardFactory.create(), asked="1", into="", name="", code="")
    assert "Choose a set, or name a new one." in answer.content.decode()


def test_many_cards_are_edited(staff: Client) -> None:
    cards = CardFactory.create_batch(2, card_set=CardSetFactory.create())
    rare = Rarity.objects.create(game=cards[0].game, name="Secret")
    form = {"rarity": rare.pk, "kind": "", "image_url": "", "is_curated": ""}
    assert "2 cards change: rarity: Secret." in look(staff, "card", "edit", *cards, **form)
    assert act(staff, "card", "edit", *cards, **form) == ["2 cards changed. rarity: Secret."]
    assert said() == ["Edited with others: rarity: Secret."] * 2


def test_an_edit_of_nothing_is_refused(staff: Client) -> None:
    answer = ask(staff, "card", "edit", CardFactory.create(), asked="1", kind="")
    assert "Nothing is to be changed." in answer.content.decode()


def test_a_merge_is_not_offered_to_who_may_only_change(bob: User, client_for: ClientFor) -> None:
    bob.is_staff = True
    bob.save()
    for name in ("view_card", "change_card"):
        bob.user_permissions.add(Permission.objects.get(codename=name))
    kept, gone = CardFactory.create_batch(2, card_set=CardSetFactory.create())
    client = client_for(bob)
    ask(client, "card", "merge", kept, gone, asked="1", confirmed="1", kept=kept.pk)
    page = client.get("/admin/catalog/card/").content.decode()
    assert Card.objects.count() == 2
    assert 'value="edit"' in page
    assert 'value="merge"' not in page


def test_a_preview_costs_the_same_with_one_card_and_with_three(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    card_set = CardSetFactory.create()
    kept, *gone = CardFactory.create_batch(4, card_set=card_set)
    for card in gone:
        PrintingFactory.create(card=card)
    look(staff, "card", "merge", kept, gone[0], kept=kept.pk)
    with django_assert_num_queries(18):
        look(staff, "card", "merge", kept, gone[0], kept=kept.pk)
    with django_assert_num_queries(18):
        look(staff, "card", "merge", kept, *gone, kept=kept.pk)


def test_a_renamed_set_says_its_new_address(staff: Client) -> None:
    card_set = CardSetFactory.create(name="Fosil", slug="fosil")
    form = {"name": "Fossil", "position": 0, "is_published": "on"}
    for prefix in ("external_ids", "redirects"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = staff.post(f"/admin/catalog/cardset/{card_set.pk}/change/", form, follow=True)
    address = f"/games/{card_set.game.slug}/fossil/"
    assert f"Its address is {address} now; the old one leads there." in answer.content.decode()
    assert staff.get(f"/admin/catalog/cardset/{card_set.pk}/change/").content.decode().count("fosil") >= 1


def test_a_name_that_another_set_has_is_refused_in_the_form(staff: Client) -> None:
    card_set = CardSetFactory.create(name="Fosil")
    CardSetFactory.create(name="Fossil", game=card_set.game)
    form = {"name": "Fossil", "position": 0, "external_ids-TOTAL_FORMS": 0, "external_ids-INITIAL_FORMS": 0}
    form |= {"redirects-TOTAL_FORMS": 0, "redirects-INITIAL_FORMS": 0}
    answer = staff.post(f"/admin/catalog/cardset/{card_set.pk}/change/", form)
    assert "merge the two instead" in answer.content.decode()


def test_a_new_set_gets_its_address_from_its_name(staff: Client) -> None:
    form = {"game": GameFactory.create().pk, "name": "Pokémon GO!", "position": 0}
    for prefix in ("external_ids", "redirects"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    assert staff.post("/admin/catalog/cardset/add/", form).status_code == 302
    assert CardSet.objects.get().slug == "pokemon-go"
