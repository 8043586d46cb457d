"""How complete a set is and what the rest costs: by example, and against a slow reference."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import CardSet
from catalog.tests.factories import CardFactory, CardSetFactory, PrintingFactory
from collections_app import completion, lots, sales
from collections_app.models import Collection, Lot
from collections_app.rows import FinishProgress, SetProgress
from collections_app.tests import sets
from collections_app.tests.factories import BOUGHT, collection, lot
from pricing.rates import rounded
from pricing.tests.market import DAY
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
WISH = Collection.Kind.WISH
TWO = ("Holofoil", "Normal")


def progress(owner: User, of: CardSet, *, currency: str = "USD") -> SetProgress:
    return completion.of_set(owner, of, currency=currency)


def counts(part: FinishProgress) -> tuple[int, int, int, int]:
    return part.owned, part.total, part.cost_to_complete, part.unpriced


def test_a_card_is_owned_in_any_finish_and_a_printing_in_its_own(alice: User) -> None:
    of = sets.of_cards(2, finishes=TWO)
    lot(collection(alice), sets.printing(of, 1, finish="Holofoil"))
    found = progress(alice, of)
    assert counts(found.base)[:2] == (1, 2)
    assert counts(found.master)[:2] == (1, 4)
    assert [(part.finish, part.owned, part.total) for part in found.finishes] == [
        ("Holofoil", 1, 2),
        ("Normal", 0, 2),
    ]


def test_a_missing_card_costs_its_lowest_priced_finish_and_the_master_set_every_missing_one(
    alice: User,
) -> None:
    of = sets.of_cards(2, finishes=TWO)
    for number, holo, normal in ((1, 500, 100), (2, 300, None)):
        sets.costs(sets.printing(of, number, finish="Holofoil"), holo)
        sets.costs(sets.printing(of, number), normal)
    found = progress(alice, of)
    assert counts(found.base) == (0, 2, 400, 0)
    assert counts(found.master) == (0, 4, 900, 1)


def test_what_is_owned_costs_nothing_more(alice: User) -> None:
    of = sets.of_cards(1, finishes=TWO)
    sets.costs(sets.printing(of, 1), 100)
    sets.costs(sets.printing(of, 1, finish="Holofoil"), 700)
    lot(collection(alice), sets.printing(of, 1))
    found = progress(alice, of)
    assert counts(found.base) == (1, 1, 0, 0)
    assert counts(found.master) == (1, 2, 700, 0)


def test_a_card_without_a_price_is_counted_and_never_nought(alice: User) -> None:
    of = sets.of_cards(2)
    sets.costs(sets.printing(of, 1), None)
    assert counts(progress(alice, of).base) == (0, 2, 0, 2)


def test_prices_of_several_currencies_are_converted_together_and_rounded_once(alice: User) -> None:
    says(DAY, USD="1.50", JPY="160")
    of = sets.of_cards(3)
    sets.costs(sets.printing(of, 1), 101, currency="EUR")  # 151.5 cents
    sets.costs(sets.printing(of, 2), 101, currency="EUR")
    sets.costs(sets.printing(of, 3), 160, currency="JPY")
    assert counts(progress(alice, of).base) == (0, 3, 303 + 150, 0)
    assert counts(progress(alice, of, currency="EUR").base) == (0, 3, 202 + 100, 0)


def test_the_lowest_price_is_the_lowest_after_conversion(alice: User) -> None:
    says(DAY, USD="2", JPY="100")
    of = sets.of_cards(1, finishes=TWO)
    sets.costs(sets.printing(of, 1, finish="Holofoil"), 90, currency="EUR")  # 180 cents
    sets.costs(sets.printing(of, 1), 120)
    assert counts(progress(alice, of).base) == (0, 1, 120, 0)


def test_a_price_without_a_rate_is_unknown(alice: User) -> None:
    of = sets.of_cards(1)
    sets.costs(sets.printing(of, 1), 90, currency="EUR")
    assert counts(progress(alice, of).base) == (0, 1, 0, 1)


def test_sealed_products_wishes_and_copies_that_left_do_not_count(alice: User, bob: User) -> None:
    of = sets.of_cards(2)
    box = PrintingFactory.create(card=CardFactory.create(card_set=of, kind="sealed"))
    lot(collection(alice), box)
    lot(collection(alice, kind=WISH), sets.printing(of, 1))
    lot(collection(bob), sets.printing(of, 1))
    gone = lot(collection(alice), sets.printing(of, 2))
    sales.sell(gone, sales.Terms(quantity=1, sold_on=BOUGHT, currency="USD"))
    assert counts(progress(alice, of).base)[:2] == (0, 2)
    assert completion.sets(alice, currency="USD") == []


def test_a_set_without_cards_is_no_error(alice: User) -> None:
    empty = CardSetFactory.create()
    found = progress(alice, empty)
    assert (found.slug, counts(found.base), found.finishes) == (empty.slug, (0, 0, 0, 0), ())


def begun(owner: User, *, owned: int, cards: int, price: int | None, name: str) -> CardSet:
    of = sets.of_cards(cards, name=name)
    into = collection(owner)
    for number in range(1, cards + 1):
        sets.costs(sets.printing(of, number), price)
        if number <= owned:
            lot(into, sets.printing(of, number))
    return of


@pytest.mark.parametrize(("sort", "order"), [("name", "ABC"), ("-percent", "CAB"), ("cost", "CBA")])
def test_sets_are_sorted_and_costs_known_in_part_come_last(alice: User, sort: str, order: str) -> None:
    begun(alice, owned=2, cards=4, price=None, name="A")
    begun(alice, owned=1, cards=4, price=300, name="B")
    begun(alice, owned=3, cards=4, price=500, name="C")
    assert "".join(of.name for of in completion.sets(alice, currency="USD", sort=sort)) == order


def test_a_hidden_set_is_not_listed(alice: User) -> None:
    of = begun(alice, owned=1, cards=1, price=100, name="A")
    CardSet.objects.filter(pk=of.pk).update(is_published=False)
    assert completion.sets(alice, currency="USD") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_sets_cost_three_statements(alice: User, rows: int, django_assert_num_queries: Queries) -> None:
    for place in range(rows):
        begun(alice, owned=1, cards=2, price=100, name=f"Set {place}")
    sets.costs(PrintingFactory.create(), 100, currency="EUR")
    with django_assert_num_queries(3):  # the currencies of the sources, their rates, the sets
        assert len(completion.sets(alice, currency="USD")) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_checklist_costs_one_statement(alice: User, rows: int, django_assert_num_queries: Queries) -> None:
    of = sets.of_cards(rows)
    with django_assert_num_queries(1):
        assert len(completion.checklist(alice, of.pk)) == rows


def test_a_checklist_counts_copies_owned_and_wished_for(alice: User, bob: User) -> None:
    of = sets.of_cards(2)
    one = sets.printing(of, 1)
    sets.costs(one, 100)
    lot(collection(alice), one, quantity=2)
    lot(collection(alice), one, quantity=3, condition="LP")
    lot(collection(alice, kind=WISH), one, quantity=4)
    lot(collection(bob), one, quantity=9)
    first, second = completion.checklist(alice, of.pk)
    assert (first.number, first.owned, first.wished, first.market) == ("1", 5, 4, 100)
    assert (second.number, second.owned, second.wished, second.market) == ("2", 0, 0, None)


def wished(wish: Collection) -> set[tuple[str, str]]:
    found = Lot.objects.filter(collection=wish)
    return set(found.values_list("printing__card__number", "printing__finish__name"))


@pytest.fixture
def mixed(alice: User) -> CardSet:
    """Card 1 is owned in one finish, card 2 costs less as Holofoil, card 3 has no price."""
    of = sets.of_cards(3, finishes=TWO)
    lot(collection(alice), sets.printing(of, 1))
    sets.costs(sets.printing(of, 2), 200)
    sets.costs(sets.printing(of, 2, finish="Holofoil"), 100)
    return of


@pytest.mark.parametrize(
    ("goal", "wanted"),
    [
        ("base", {("2", "Holofoil"), ("3", "Holofoil")}),
        (
            "master",
            {("1", "Holofoil"), ("2", "Holofoil"), ("2", "Normal"), ("3", "Holofoil"), ("3", "Normal")},
        ),
        ("Normal", {("2", "Normal"), ("3", "Normal")}),
        ("1st Edition", set()),
    ],
)
def test_what_is_missing_is_put_on_a_wish_list(
    alice: User, mixed: CardSet, goal: str, wanted: set[tuple[str, str]]
) -> None:
    wish = collection(alice, kind=WISH)
    assert completion.wish_for_missing(wish, mixed, goal=goal) == len(wanted)
    assert wished(wish) == wanted


def test_what_is_wished_for_already_is_not_added_twice(alice: User, mixed: CardSet) -> None:
    wish = collection(alice, kind=WISH)
    lot(collection(alice, kind=WISH), sets.printing(mixed, 2))
    assert completion.wish_for_missing(wish, mixed, goal="base") == 1
    assert wished(wish) == {("3", "Holofoil")}
    assert completion.wish_for_missing(wish, mixed, goal="base") == 0
    assert completion.wish_for_missing(wish, mixed, goal="master") == 3


@pytest.mark.parametrize("rows", [1, 3])
def test_wishing_costs_as_many_statements_for_many_as_for_one(
    alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    of = sets.of_cards(rows)
    wish = collection(alice, kind=WISH)
    with django_assert_num_queries(14):
        completion.wish_for_missing(wish, of, goal="base")


CURRENCIES = {"USD": "1.25", "EUR": "1", "JPY": "150"}
PRICE = st.one_of(
    st.none(), st.tuples(st.sampled_from([*CURRENCIES, "XXX"]), st.one_of(st.none(), st.integers(1, 5_000)))
)
PRINTING = st.tuples(PRICE, st.sampled_from(["", "", "owned", "wish", "sold", "bob"]))
CARDS = st.lists(
    st.dictionaries(st.sampled_from(["Foil", "Normal", "Reverse"]), PRINTING, max_size=3), max_size=5
)


@settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cards=CARDS, currency=st.sampled_from(list(CURRENCIES)))
def test_any_ownership_is_counted_as_the_reference_does(
    alice: User, bob: User, cards: list[dict[str, Any]], currency: str
) -> None:
    says(DAY, USD=CURRENCIES["USD"], JPY=CURRENCIES["JPY"])
    of = sets.of_cards(len(cards), finishes=())
    mine, wish, his = collection(alice), collection(alice, kind=WISH), collection(bob)
    for number, card in enumerate(cards, 1):
        for finish, (price, fate) in card.items():
            one = PrintingFactory.create(
                card=of.cards.get(number=str(number)), finish__game=of.game, finish__name=finish
            )
            if price:
                sets.costs(one, price[1], currency=price[0])
            if fate:
                held = lot({"wish": wish, "bob": his}.get(fate, mine), one)
                if fate == "sold":
                    sales.sell(held, sales.Terms(quantity=1, sold_on=lots.today(), currency="USD"))
    found = progress(alice, of, currency=currency)
    assert counts(found.base) == reference_base(cards, currency=currency)
    pieces = [(finish, *piece) for card in cards for finish, piece in card.items()]
    assert counts(found.master) == reference(pieces, currency=currency)
    for part in found.finishes:
        assert counts(part) == reference([one for one in pieces if one[0] == part.finish], currency=currency)
    listed = [one for one in completion.sets(alice, currency=currency) if one.set_id == of.pk]
    assert listed == ([found] if found.base.owned else [])


def worth(price: Any, *, currency: str) -> Fraction | None:
    """Minor units of `currency`, not rounded."""
    if not price or price[1] is None or price[0] not in CURRENCIES:
        return None
    units = Fraction(price[1], 1 if price[0] == "JPY" else 100) / Fraction(CURRENCIES[price[0]])
    return units * Fraction(CURRENCIES[currency]) * (1 if currency == "JPY" else 100)


def reference(pieces: list[Any], *, currency: str) -> tuple[int, int, int, int]:
    missing = [worth(price, currency=currency) for _, price, fate in pieces if fate != "owned"]
    known = [amount for amount in missing if amount is not None]
    cost = rounded(sum(known, Fraction(0)))
    return len(pieces) - len(missing), len(pieces), cost, len(missing) - len(known)


def reference_base(cards: list[dict[str, Any]], *, currency: str) -> tuple[int, int, int, int]:
    owned, unpriced, cost = 0, 0, Fraction(0)
    for card in cards:
        amounts = [worth(price, currency=currency) for price, _ in card.values()]
        known = [amount for amount in amounts if amount is not None]
        if any(fate == "owned" for _, fate in card.values()):
            owned += 1
        elif known:
            cost += min(known)
        else:
            unpriced += 1
    return owned, len(cards), rounded(cost), unpriced
