"""Staff say which card an item is; who comes second is told, and what was decided can be taken back."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from catalog import deciding
from catalog.deciding import CannotDecideError
from catalog.models import ExternalId, Game, Printing, UnmatchedItem
from catalog.tests.factories import CardFactory, PrintingFactory
from pricing.tests.factories import SeriesFactory, SourceFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def waits(game: Game, external_id: str = "77", **facts: Any) -> UnmatchedItem:
    plain: dict[str, Any] = {"source": "shop", "title": "Charizard 4/102", "reason": "Two cards fit."}
    plain |= {"first_seen": DAY, "last_seen": DAY}
    return UnmatchedItem.objects.create(game=game, external_id=external_id, **plain | facts)


@pytest.fixture
def printing(db: None) -> Printing:
    return PrintingFactory.create()


@pytest.fixture
def item(printing: Printing) -> UnmatchedItem:
    return waits(printing.card.game)


def ids() -> list[tuple[str, str, str, int | None]]:
    return list(
        ExternalId.objects.filter(kind="card").values_list("source", "kind", "external_id", "card_id")
    )


def test_a_link_is_remembered_as_what_the_source_calls_the_card(
    item: UnmatchedItem, printing: Printing, carla: User
) -> None:
    deciding.link(item, printing=printing, by=carla)
    item.refresh_from_db()
    assert (item.status, item.printing, item.decided_by) == ("linked", printing, carla)
    assert item.decided_at is not None
    assert ids() == [("shop", "card", "77", printing.card_id)]


def test_the_link_of_one_persons_offer_names_no_card(printing: Printing, carla: User) -> None:
    item = waits(printing.card.game, is_listing=True)
    assert deciding.link(item, printing=printing, by=carla).status == "linked"
    assert ids() == []


def test_what_is_ignored_names_nothing(item: UnmatchedItem, carla: User) -> None:
    deciding.ignore(item, by=carla)
    item.refresh_from_db()
    assert (item.status, item.printing, item.decided_by, ids()) == ("ignored", None, carla, [])


def test_who_comes_second_is_told_what_was_decided_and_by_whom(
    item: UnmatchedItem, printing: Printing, carla: User, bob: User
) -> None:
    deciding.link(item, printing=printing, by=carla)
    said = f"“Charizard 4/102” is decided already: linked to {printing}, by carla@example.org."
    other: Printing = PrintingFactory.create(card__game=item.game)
    with pytest.raises(CannotDecideError) as ignored:
        deciding.ignore(item, by=bob)
    with pytest.raises(CannotDecideError) as linked:
        deciding.link(item, printing=other, by=bob)
    assert [str(ignored.value), str(linked.value)] == [said, said]
    item.refresh_from_db()
    assert (item.printing, item.decided_by) == (printing, carla)


def test_a_card_of_another_game_is_refused(item: UnmatchedItem, carla: User) -> None:
    with pytest.raises(CannotDecideError, match="a card of another game"):
        deciding.link(item, printing=PrintingFactory.create(), by=carla)
    assert ids() == []


def test_an_id_that_means_another_card_by_now_stays_what_it_is(
    item: UnmatchedItem, printing: Printing, carla: User
) -> None:
    other = CardFactory.create()
    ExternalId.objects.create(source="shop", kind="card", external_id="77", card=other)
    with pytest.raises(CannotDecideError, match="shop 77 is"):
        deciding.link(item, printing=printing, by=carla)
    item.refresh_from_db()
    assert (item.status, ids()) == ("open", [("shop", "card", "77", other.pk)])


def test_a_decision_is_taken_back(item: UnmatchedItem, printing: Printing, carla: User) -> None:
    deciding.link(item, printing=printing, by=carla)
    deciding.reopen(item, by=carla)
    item.refresh_from_db()
    assert (item.status, item.printing, item.decided_by, item.decided_at) == ("open", None, None, None)
    assert ids() == []
    deciding.ignore(item, by=carla)
    assert deciding.reopen(item, by=carla).status == "open"
    with pytest.raises(CannotDecideError, match="It waits already"):
        deciding.reopen(item, by=carla)


def test_a_link_that_prices_hang_on_stays(item: UnmatchedItem, printing: Printing, carla: User) -> None:
    deciding.link(item, printing=printing, by=carla)
    SeriesFactory.create(printing=printing, source=SourceFactory.create(slug="another"))
    SeriesFactory.create(printing=printing, source=SourceFactory.create(slug="shop"))
    with pytest.raises(CannotDecideError, match="shop has prices of"):
        deciding.reopen(item, by=carla)
    item.refresh_from_db()
    assert (item.status, len(ids())) == ("linked", 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told() -> None:
    by = [User.objects.create_user(f"staff-{place}@example.org") for place in range(2)]
    item = waits(PrintingFactory.create().card.game)
    start, outcome = threading.Barrier(2), list[str]()

    def decide(who: User) -> None:
        start.wait(10)
        try:
            outcome.append(str(deciding.ignore(item, by=who).decided_by))
        except CannotDecideError as error:
            outcome.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(who,)) for who in by]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    item.refresh_from_db()
    winner = str(item.decided_by)
    told = f"“Charizard 4/102” is decided already: not ours, by {winner}."
    assert sorted(outcome) == sorted([winner, told])
