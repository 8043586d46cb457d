"""Products of a source that makes no cards: tied to ours, or waiting for staff."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog import linking
from catalog.linking import Linker
from catalog.models import Card, ExternalId, Printing, UnmatchedItem
from catalog.tests.shelf import Printings, Shelf, shelf
from integrations.quotes import GroupEntry, ProductEntry, Quote

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
BASE = GroupEntry(external_id="base1", name="Base Set", code="BS", released_on=None)


def entry(key: str, name: str, number: str, **facts: Any) -> ProductEntry:
    plain = ProductEntry(
        external_id=key,
        name=name,
        kind="single",
        number=number,
        rarity="",
        image_url="",
        url="",
        is_presale=False,
        details={},
    )
    return replace(plain, **facts)


def quote(key: str, market: int, finish: str = "normal") -> Quote:
    return Quote(
        product_id=key,
        finish=finish,
        currency="EUR",
        market=market,
        low=None,
        mid=None,
        high=None,
        direct_low=None,
    )


@pytest.fixture
def pokemon() -> Shelf:
    made = shelf("pokemon")
    made.card_set("Base Set", code="BS")
    return made


@pytest.fixture
def charizard(pokemon: Shelf) -> Printings:
    return pokemon.holds("Charizard", "4/102", "Holofoil", card_set="Base Set", product_id="42382")


@pytest.fixture
def squirtle(pokemon: Shelf) -> Printings:
    return pokemon.holds("Squirtle", "63/102", "Normal", "Reverse Holofoil", card_set="Base Set")


def linker(pokemon: Shelf, source: str = "cardmarket", **facts: Any) -> Linker:
    return Linker(game=pokemon.game, source=source, **({"day": DAY} | facts))


def card_of(printings: Printings) -> int:
    return Printing.objects.get(pk=min(printings.values())).card_id


def test_a_product_is_tied_to_the_card_it_means_and_makes_none(
    pokemon: Shelf, charizard: Printings, squirtle: Printings
) -> None:
    found = linker(pokemon).record(
        BASE, products=[entry("a", "Charizard", "4"), entry("b", "Squirtle", "63")]
    )
    assert found == {"a": card_of(charizard), "b": card_of(squirtle)}
    assert Card.objects.count() == 2
    assert not UnmatchedItem.objects.exists()


def test_a_link_is_kept_when_the_source_names_the_product_anew(pokemon: Shelf, charizard: Printings) -> None:
    linker(pokemon).record(BASE, products=[entry("a", "Charizard", "4")])
    found = linker(pokemon).record(BASE, products=[entry("a", "Something else", "99")])
    assert found == {"a": card_of(charizard)}


def test_what_another_source_calls_it_decides_and_is_remembered(
    pokemon: Shelf, charizard: Printings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "BRIDGED", frozenset({"scryfall", "cardmarket"}))
    ids = (("tcgplayer", "42382"), ("cardmarket", "273699"), ("unknown", "7"))
    linker(pokemon, "scryfall").record(BASE, products=[entry("uuid", "Charizard", "", ids=ids)])
    known = set(ExternalId.objects.filter(kind="card").values_list("source", "external_id"))
    assert known == {("tcgplayer", "42382"), ("scryfall", "uuid"), ("cardmarket", "273699")}
    assert linker(pokemon).record(BASE, products=[entry("273699", "Dracaufeu", "")]) == {
        "273699": card_of(charizard)
    }


def test_an_id_that_another_card_has_is_left_there(
    pokemon: Shelf, charizard: Printings, squirtle: Printings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "BRIDGED", frozenset({"cardmarket"}))
    linker(pokemon).record(BASE, products=[entry("1", "Squirtle", "63")])
    ids = (("tcgplayer", "42382"), ("cardmarket", "1"))
    linker(pokemon, "scryfall").record(BASE, products=[entry("uuid", "Charizard", "4", ids=ids)])
    held = ExternalId.objects.get(source="cardmarket", kind="card", external_id="1")
    assert held.card_id == card_of(squirtle)


def test_what_no_rule_can_tie_waits_with_the_best_guesses(pokemon: Shelf, charizard: Printings) -> None:
    waits = linker(pokemon)
    assert waits.record(BASE, products=[entry("a", "Charizard", "44", url="https://m.example/a")]) == {}
    waits.price([quote("a", 900), quote("a", 12_00, "foil"), quote("b", 5), quote("a", 2**40)])
    item = UnmatchedItem.objects.get()
    assert (item.source, item.external_id, item.status) == ("cardmarket", "a", "open")
    assert item.title == "Charizard 44 · Base Set"
    assert item.candidates == list(charizard.values())
    assert item.reason == "The set has no number 44; Charizard is 4/102 there."
    assert item.said["number"] == "44"
    assert (item.market, item.currency) == (12_00, "EUR")
    assert (item.first_seen, item.last_seen) == (DAY, DAY)


def test_what_waits_is_asked_again_each_day_and_tied_once_the_catalogue_knows_it(pokemon: Shelf) -> None:
    linker(pokemon).record(BASE, products=[entry("a", "Charizard", "4")])
    later = DAY.replace(day=9)
    linker(pokemon, day=later).record(BASE, products=[entry("a", "Charizard", "4/102")])
    item = UnmatchedItem.objects.get()
    assert (item.first_seen, item.last_seen, item.said["number"]) == (DAY, later, "4/102")
    printings = pokemon.holds("Charizard", "4/102", "Holofoil", card_set="Base Set")
    found = linker(pokemon, day=later).record(BASE, products=[entry("a", "Charizard", "4/102")])
    assert found == {"a": card_of(printings)}
    assert not UnmatchedItem.objects.exists()


def test_what_staff_ruled_out_is_never_asked_again(pokemon: Shelf, charizard: Printings, carla: User) -> None:
    linker(pokemon).record(BASE, products=[entry("a", "Charizard", "44")])
    decided = {"status": "ignored", "decided_by": carla, "decided_at": timezone.now()}
    UnmatchedItem.objects.update(**decided)
    assert linker(pokemon).record(BASE, products=[entry("a", "Charizard", "4")]) == {}
    assert UnmatchedItem.objects.get().status == "ignored"


def test_two_products_never_share_a_card(pokemon: Shelf, charizard: Printings) -> None:
    products = [entry("a", "Charizard", ""), entry("b", "Charizard", "4/102")]
    found = linker(pokemon).record(BASE, products=products)
    assert found == {"b": card_of(charizard)}  # the surer one
    assert UnmatchedItem.objects.get().reason == linking.TAKEN
    assert linker(pokemon).record(BASE, products=products) == {"b": card_of(charizard)}


def test_a_card_whose_printing_is_open_is_a_card_all_the_same(pokemon: Shelf) -> None:
    printings = pokemon.holds("Pikachu", "58/102", "1st Edition", "Unlimited", card_set="Base Set")
    found = linker(pokemon).record(BASE, products=[entry("a", "Pikachu", "58")])
    assert found == {"a": card_of(printings)}


@pytest.mark.parametrize(
    ("finishes", "said", "meant"),
    [
        (["Normal", "Foil"], "foil", "Foil"),
        (["Normal", "Foil"], "nonfoil", "Normal"),
        (["Normal", "Foil"], "etched", None),
        (["Normal"], "etched", None),
        (["Normal"], "foil", None),
        (["Holofoil", "Reverse Holofoil"], "", "Holofoil"),
        (["Holofoil", "Reverse Holofoil"], "Reverse Holofoil", "Reverse Holofoil"),
        (["Holofoil"], "normal", None),
        (["Normal", "Foil"], "", "Normal"),
        (["Foil"], "", "Foil"),
        (["Normal", "Holofoil", "Reverse Holofoil"], "", "Normal"),
        (["Foil", "Galaxy Foil"], "", None),
        (["1st Edition", "Unlimited"], "", None),
        (["1st Edition Holofoil", "Unlimited Holofoil"], "Holofoil", "Unlimited Holofoil"),
        ([], "foil", None),
        ([], "", None),
    ],
)
def test_a_word_for_a_finish_means_one_printing_or_none(
    pokemon: Shelf, finishes: list[str], said: str, meant: str | None
) -> None:
    pokemon.holds("Mew", "8", *finishes, card_set="Base Set")
    ties = linker(pokemon)
    (card,) = ties.record(BASE, products=[entry("a", "Mew", "8")]).values()
    assert ties.finish(card, said) == meant


@pytest.mark.parametrize("count", [1, 3])
def test_a_set_costs_the_same_however_many_products_it_has(
    pokemon: Shelf, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        pokemon.holds(f"Card {number}", str(number + 1), "Normal", card_set="Base Set")
    known = [entry(str(number), f"Card {number}", str(number + 1)) for number in range(count)]
    strange = [entry(f"x{number}", f"Stranger {number}", "") for number in range(count)]
    with django_assert_num_queries(19):
        linker(pokemon).record(BASE, products=[*known, *strange])
