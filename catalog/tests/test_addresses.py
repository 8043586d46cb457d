"""Old addresses of the site and the API lead to where things are now."""

import pytest
from django.test import Client

from catalog import curation, merging
from catalog.models import Card, CardSet
from catalog.tests.factories import CardFactory, CardSetFactory, GameFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed() -> CardSet:
    card_set: CardSet = CardSetFactory.create(name="Fosil", slug="fosil", game__slug="a-game")
    card_set.name = "Fossil"
    curation.save_set(card_set)
    return card_set


@pytest.fixture
def merged() -> tuple[int, Card]:
    card_set = CardSetFactory.create()
    kept, gone = CardFactory.create(card_set=card_set, slug="mew"), CardFactory.create(card_set=card_set)
    number = gone.pk
    merging.merge_cards([gone], kept=kept)
    return number, kept


@pytest.mark.parametrize("path", ["/games/a-game/{}/?sort=name", "/api/v1/sets/a-game/{}/?a=1"])
def test_the_old_address_of_a_set_leads_to_the_new_one_with_its_query(
    path: str, renamed: CardSet, client: Client
) -> None:
    answer = client.get(path.format("fosil"))
    assert (answer.status_code, answer["Location"]) == (301, path.format("fossil"))
    assert client.get(path.format("fossil")).status_code == 200


def test_the_old_address_of_a_card_leads_to_the_one_it_became_part_of(
    merged: tuple[int, Card], client: Client
) -> None:
    gone, kept = merged
    for path, now in (
        (f"/cards/{gone}/whatever/", f"/cards/{kept.pk}/mew/"),
        (f"/cards/{gone}/chart/?range=1y", f"/cards/{kept.pk}/chart/?range=1y"),
        (f"/api/v1/cards/{gone}/", f"/api/v1/cards/{kept.pk}/"),
        (f"/api/v1/cards/{gone}/history/", f"/api/v1/cards/{kept.pk}/history/"),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (301, now)
        assert client.get(now).status_code == 200


def test_an_old_address_of_what_is_hidden_leads_nowhere(
    renamed: CardSet, merged: tuple[int, Card], client: Client
) -> None:
    CardSet.objects.update(is_published=False)
    assert client.get("/games/a-game/fosil/").status_code == 404
    assert client.get(f"/cards/{merged[0]}/whatever/").status_code == 404


def test_sets_stand_in_the_place_that_staff_gave_them(client: Client) -> None:
    first, second, third = CardSetFactory.create_batch(3, game=GameFactory.create(slug="a-game"))
    curation.place([third.pk], position=-1)
    curation.place([first.pk], position=5)
    listed = client.get("/api/v1/games/a-game/sets/").json()["results"]
    assert [row["slug"] for row in listed] == [third.slug, second.slug, first.slug]
