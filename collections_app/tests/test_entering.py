"""A set typed in as a whole: only what was changed, and nothing that somebody changed meanwhile."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import CardSet
from collections_app import completion, entering, lots
from collections_app.entering import Change, Entered
from collections_app.models import Collection, Lot
from collections_app.tests import sets
from collections_app.tests.factories import collection, lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def of(db: None) -> CardSet:
    return sets.of_cards(3)


@pytest.fixture
def binder(alice: User) -> Collection:
    return collection(alice)


def held(binder: Collection, of: CardSet) -> dict[str, int]:
    numbers = dict(of.cards.values_list("printings", "number"))
    return {numbers[key]: count for key, count in entering.held(binder, of).items()}


def enter(binder: Collection, of: CardSet, **pairs: tuple[int, int]) -> Entered:
    """`enter(binder, of, _1=(0, 3))`: card 1 showed 0 and now says 3."""
    changes = {sets.printing(of, int(n[1:])).pk: Change(was=a, now=b) for n, (a, b) in pairs.items()}
    return entering.enter(binder, of, changes=changes)


def test_only_what_differs_is_changed(binder: Collection, of: CardSet) -> None:
    kept = lot(binder, sets.printing(of, 1), quantity=2)
    lot(binder, sets.printing(of, 2), quantity=2)
    assert enter(binder, of, _1=(2, 2), _2=(2, 5), _3=(0, 4)) == Entered(changed=2, overtaken={})
    assert held(binder, of) == {"1": 2, "2": 5, "3": 4}
    assert Lot.objects.get(printing=sets.printing(of, 1)).updated_at == kept.updated_at


def test_nothing_is_entered_by_nought(binder: Collection, of: CardSet) -> None:
    lot(binder, sets.printing(of, 1), quantity=2)
    assert enter(binder, of, _1=(2, 0)).changed == 1
    assert held(binder, of) == {}


def test_copies_of_another_kind_are_neither_shown_nor_touched(
    binder: Collection, of: CardSet, alice: User
) -> None:
    one = sets.printing(of, 1)
    lot(binder, one, quantity=7, condition="LP")
    lot(binder, one, quantity=7, condition="", grader="PSA", grade="10")
    lot(binder, one, quantity=7, language="de")
    lot(collection(alice), one, quantity=7)
    assert held(binder, of) == {}
    enter(binder, of, _1=(0, 1))
    assert held(binder, of) == {"1": 1}
    assert Lot.objects.filter(collection=binder, quantity=7).count() == 3


def test_what_changed_meanwhile_is_left_alone_and_said(binder: Collection, of: CardSet) -> None:
    lot(binder, sets.printing(of, 1), quantity=3)
    lot(binder, sets.printing(of, 2), quantity=1)
    done = enter(binder, of, _1=(1, 5), _2=(1, 2), _3=(4, 0))
    assert done == Entered(changed=1, overtaken={sets.printing(of, 1).pk: 3, sets.printing(of, 3).pk: 0})
    assert held(binder, of) == {"1": 3, "2": 2}


def test_printings_of_other_sets_are_passed_over(binder: Collection, of: CardSet) -> None:
    other = sets.of_cards(1)
    changes = {sets.printing(other, 1).pk: Change(was=0, now=1)}
    assert entering.enter(binder, of, changes=changes) == Entered(changed=0, overtaken={})
    assert held(binder, other) == {}


def test_new_copies_are_plain_ones_acquired_today(binder: Collection, of: CardSet) -> None:
    enter(binder, of, _2=(0, 3))
    new = Lot.objects.get(collection=binder)
    assert (new.quantity, new.condition, new.language, new.unit_cost) == (3, "NM", "en", None)
    assert new.acquired_on == lots.today()


@pytest.mark.parametrize("rows", [1, 3])
def test_new_cards_cost_thirteen_statements_however_many(
    binder: Collection, of: CardSet, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wanted = {sets.printing(of, number).pk: Change(was=0, now=1) for number in range(1, rows + 1)}
    with django_assert_num_queries(13):
        entering.enter(binder, of, changes=wanted)


def test_a_long_list_is_cut_between_cards(monkeypatch: pytest.MonkeyPatch, alice: User) -> None:
    from_a_set = sets.of_cards(5, finishes=("Foil", "Normal"))
    rows = completion.checklist(alice, from_a_set.pk)
    monkeypatch.setattr(entering, "MOST_PRINTINGS", 3)
    assert [[row.number for row in part] for part in entering.pages(rows)] == [
        ["1", "1", "2", "2"],
        ["3", "3", "4", "4"],
        ["5", "5"],
    ]
    assert entering.pages([]) == [[]]
