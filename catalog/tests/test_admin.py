from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog import words
from catalog.models import Card, CardSet, ExternalId, Game, Rarity
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, GameFactory, category

ClientFor = Callable[[User], Client]
LISTS = ("game", "cardset", "card", "rarity", "finish", "externalid")


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # its statements are not the admin's
    return client_for(carla)


def shown(client: Client, model: str, **query: str) -> list[Any]:
    return list(client.get(f"/admin/catalog/{model}/", query).context["cl"].result_list)


def indexed(**facts: Any) -> Card:
    card = CardFactory.create(**facts)
    words.index_cards([card.pk])
    return card


def one_of_each() -> None:
    card = CardFactory.create()
    Rarity.objects.create(game=card.game, name="Rare")
    FinishFactory.create(game=card.game)
    category(card.game, source=f"source-{card.pk}", external_id="3")


def inlines(*names: str) -> dict[str, Any]:
    """The management forms of inlines that stay as they are."""
    counts = {f"{name}-{kind}_FORMS": 0 for name in names for kind in ("TOTAL", "INITIAL")}
    return {**counts}


@pytest.mark.parametrize("model", LISTS)
def test_bob_is_refused_every_list(model: str, bob: User, client_for: ClientFor) -> None:
    answer = client_for(bob).get(f"/admin/catalog/{model}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next=/admin/catalog/{model}/")


@pytest.mark.parametrize(
    ("model", "queries"),
    [("game", 4), ("cardset", 5), ("card", 4), ("rarity", 5), ("finish", 5), ("externalid", 3)],
)
def test_a_list_costs_the_same_with_one_row_and_with_three(
    model: str, queries: int, staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one_of_each()
    shown(staff, model)
    with django_assert_num_queries(queries):
        shown(staff, model)
    one_of_each()
    one_of_each()
    with django_assert_num_queries(queries):
        shown(staff, model)


def test_sets_are_hidden_and_published_again(staff: Client) -> None:
    sets = CardSetFactory.create_batch(2)
    for action, is_published, said in (("unpublish", False, "2 hidden."), ("publish", True, "2 published.")):
        form = {"action": action, "_selected_action": [row.pk for row in sets]}
        answer = staff.post("/admin/catalog/cardset/", form, follow=True)
        assert [str(message) for message in answer.context["messages"]] == [said]
        assert set(CardSet.objects.values_list("is_published", flat=True)) == {is_published}


@pytest.mark.parametrize("text", ["charizard base", "Charizárd", "4/102", "charizard bas"])
def test_cards_are_found_by_their_words(text: str, staff: Client) -> None:
    wanted = indexed(name="Charizard", number="4/102", card_set__name="Base Set")
    indexed(name="Charmander", number="46/102")
    assert shown(staff, "card", q=text) == [wanted]


def test_no_card_has_no_word(staff: Client) -> None:
    indexed()
    assert shown(staff, "card", q="?!") == []
    assert len(shown(staff, "card", q=" ")) == 1


def test_sets_are_offered_as_one_types(staff: Client) -> None:
    wanted = CardSetFactory.create(name="Evolving Skies")
    CardSetFactory.create(name="Fossil")
    query = {"term": "evol", "app_label": "catalog", "model_name": "card", "field_name": "card_set"}
    offered = staff.get("/admin/autocomplete/", query).json()["results"]
    assert offered == [{"id": str(wanted.pk), "text": "Evolving Skies"}]


def save_card(client: Client, card: Card, **changes: Any) -> Any:
    form = {"name": card.name, "number": card.number, "kind": card.kind, "card_set": card.card_set_id}
    form |= {"details": "{}", "rarity": "", **inlines("printings", "external_ids", "redirects"), **changes}
    return client.post(f"/admin/catalog/card/{card.pk}/change/", form)


def test_a_renamed_card_is_found_by_its_new_name_only(staff: Client) -> None:
    card = indexed(name="Charizrad", number="4/102")
    assert save_card(staff, card, name="Charizard").status_code == 302
    card.refresh_from_db()
    assert (card.slug, card.folded) == ("charizard", "charizard")
    assert shown(staff, "card", q="charizard") == [card]
    assert shown(staff, "card", q="charizrad") == []


def test_a_card_moves_into_the_game_of_its_new_set(staff: Client) -> None:
    card, card_set = indexed(), CardSetFactory.create()
    assert save_card(staff, card, card_set=card_set.pk).status_code == 302
    card.refresh_from_db()
    assert (card.card_set, card.game) == (card_set, card_set.game)


def test_a_rarity_of_another_game_is_refused(staff: Client) -> None:
    card = indexed()
    other = Rarity.objects.create(game=GameFactory.create(), name="Secret Rare")
    answer = save_card(staff, card, rarity=other.pk)
    refused = f"This is a rarity of another game than the set's, {card.game}."
    assert answer.context["adminform"].form.errors == {"rarity": [refused]}


def test_the_cards_of_a_renamed_set_are_found_by_its_new_name(staff: Client) -> None:
    card = indexed(card_set__name="Fosil", card_set__slug="fossil")
    form = {"name": "Fossil", "position": 0, "is_published": "on"}
    url = f"/admin/catalog/cardset/{card.card_set_id}/change/"
    assert staff.post(url, {**form, **inlines("external_ids", "redirects")}).status_code == 302
    assert shown(staff, "card", q="fossil") == [card]


def game_with_id(client: Client, game: Game, external_id: str) -> Any:
    ids: dict[str, Any] = {"external_ids-TOTAL_FORMS": 1, "external_ids-INITIAL_FORMS": 0}
    ids |= {"external_ids-0-source": "tcgplayer", "external_ids-0-external_id": external_id}
    form = {"name": game.name, "slug": game.slug, "language": "en", "position": 100}
    return client.post(f"/admin/catalog/game/{game.pk}/change/", {**form, **ids})


def test_a_game_gets_its_id_at_a_source(staff: Client) -> None:
    game = GameFactory.create()
    assert game_with_id(staff, game, "99").status_code == 302
    key = ExternalId.objects.get(game=game)
    assert (key.source, key.kind, key.external_id) == ("tcgplayer", "game", "99")


def test_an_id_that_another_game_has_is_refused(staff: Client) -> None:
    game = GameFactory.create()
    category(GameFactory.create(), source="tcgplayer", external_id="99")
    answer = game_with_id(staff, game, "99")
    assert answer.status_code == 200
    assert not ExternalId.objects.filter(game=game).exists()


def test_an_external_id_is_found_by_all_of_it(staff: Client) -> None:
    card = CardFactory.create()
    key = ExternalId.objects.create(source="tcgplayer", kind="card", external_id="107004", card=card)
    assert shown(staff, "externalid", q="107004") == [key]
    assert shown(staff, "externalid", q="10700") == []
    assert str(card) in staff.get("/admin/catalog/externalid/", {"q": "107004"}).content.decode()


def test_an_external_id_that_names_two_things_is_refused(staff: Client) -> None:
    card = CardFactory.create()
    form = {"source": "tcgplayer", "kind": "card", "external_id": "7", "card": card.pk, "game": card.game_id}
    assert staff.post("/admin/catalog/externalid/add/", form).status_code == 200
    assert not ExternalId.objects.filter(external_id="7", source="tcgplayer", kind="card").exists()
