"""Whatever changes what is shown leaves a revision, at a place in the order of the commits."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from queue import Queue
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.retention import forget
from catalog import revisions
from catalog.models import Card, Revision
from catalog.tests.committing import commit
from catalog.tests.factories import CardFactory, CardSetFactory, FinishFactory, GameFactory, PrintingFactory

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def said() -> list[tuple[str, str, int | None, list[int]]]:
    found = Revision.objects.order_by("id").values_list("kind", "action", "game_id", "ids")
    return [(kind, action, game, list(ids)) for kind, action, game, ids in found]


@pytest.mark.django_db
def test_a_card_that_comes_changes_and_goes_is_named_each_time() -> None:
    card = CardFactory.create()
    Revision.objects.all().delete()
    new = CardFactory.create(card_set=card.card_set)
    Card.objects.filter(pk=new.pk).update(name="Pikachu")
    key = new.pk
    new.delete()
    game = card.game_id
    assert said() == [("card", action, game, [key]) for action in ("added", "changed", "removed")]


@pytest.mark.django_db
def test_many_cards_of_one_statement_are_one_revision_a_game() -> None:
    one, two = CardFactory.create(), CardFactory.create()
    third = CardFactory.create(card_set=one.card_set)
    Revision.objects.all().delete()
    Card.objects.update(image_url="https://example.org/a.png")
    assert said() == [
        ("card", "changed", one.game_id, [one.pk, third.pk]),
        ("card", "changed", two.game_id, [two.pk]),
    ]


@pytest.mark.django_db
def test_a_card_written_as_it_was_says_nothing() -> None:
    card = CardFactory.create()
    Revision.objects.all().delete()
    Card.objects.update(name=card.name)
    Card.objects.filter(pk=card.pk + 1).update(name="nobody")
    assert said() == []


@pytest.mark.django_db
def test_the_index_of_a_search_is_no_news_of_a_card() -> None:
    card = CardFactory.create()
    Revision.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_card SET words = to_tsvector('simple', 'bulbasaur')")
    assert said() == [("words", "", card.game_id, [])]


@pytest.mark.django_db
def test_a_printing_is_of_its_cards_game_and_a_set_of_its_own() -> None:
    card, card_set = CardFactory.create(), CardSetFactory.create()
    finish = FinishFactory.create(game=card.game)
    Revision.objects.all().delete()
    printing = PrintingFactory.create(card=card, finish=finish)
    card_set.is_published = False
    card_set.save()
    assert said() == [
        ("printing", "added", card.game_id, [printing.pk]),
        ("set", "changed", card_set.game_id, [card_set.pk]),
    ]


@pytest.mark.django_db
def test_the_generation_of_a_game_changes_with_it_and_with_what_concerns_all() -> None:
    card, other = CardFactory.create(), CardFactory.create()
    commit()
    seen = [(revisions.generation(card.game_id), revisions.generation(None))]
    assert (revisions.generation(card.game_id), revisions.generation(None)) == seen[0]

    Card.objects.filter(pk=other.pk).update(name="Pikachu")
    commit()
    of_game, of_all = revisions.generation(card.game_id), revisions.generation(None)
    assert (of_game == seen[0][0], of_all == seen[0][1]) == (True, False)

    revisions.add("rates", game_id=None)
    commit()
    assert revisions.generation(card.game_id) != of_game


@pytest.mark.django_db
def test_a_transaction_sees_its_own_changes_before_they_have_a_place() -> None:
    game = GameFactory.create()
    first = revisions.generation(game.pk)
    revisions.add("price", game_id=game.pk)
    assert Revision.objects.filter(position=None).exists()
    assert revisions.generation(game.pk) != first


@pytest.mark.django_db
def test_asking_costs_one_statement(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        revisions.generation(1)
    with django_assert_num_queries(1):
        revisions.generation(None)


@pytest.mark.django_db(transaction=True)
def test_places_follow_the_order_of_the_commits_not_of_the_writes() -> None:
    """Who read up to a place never finds a smaller one later, however transactions overlap."""
    game = GameFactory.create()
    first_wrote, second_is_done = threading.Event(), threading.Event()
    failed: Queue[BaseException] = Queue()

    def first() -> None:
        try:
            with transaction.atomic():
                revisions.add("first", game_id=game.pk)
                first_wrote.set()
                assert second_is_done.wait(20)
        except BaseException as error:  # noqa: BLE001 -- told by the test's own thread
            failed.put(error)
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert first_wrote.wait(20)
    revisions.add("second", game_id=game.pk)
    read_up_to = revisions.position()
    second_is_done.set()
    thread.join()
    assert failed.empty()
    later = Revision.objects.filter(position__gt=read_up_to).values_list("kind", flat=True)
    assert list(later) == ["first"]


@pytest.mark.django_db
def test_old_revisions_are_forgotten_but_never_the_newest() -> None:
    Revision.objects.all().delete()  # those of the migrations
    for kind in ("a", "b", "c"):
        revisions.add(kind, game_id=None)
    commit()
    Revision.objects.update(made_at=NOW)
    Revision.objects.filter(kind="a").update(made_at=NOW - timedelta(days=40))
    assert forget(revisions.over, NOW - timedelta(days=31)) == 1
    Revision.objects.update(made_at=NOW - timedelta(days=40))
    forget(revisions.over, NOW)
    assert list(Revision.objects.values_list("kind", flat=True)) == ["c"]
