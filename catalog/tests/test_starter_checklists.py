from collections import Counter

import pytest

from catalog.starter import SETS, StarterSet

BY_SLUG = {starter_set.slug: starter_set for starter_set in SETS}
every_set = pytest.mark.parametrize("starter_set", SETS, ids=lambda starter_set: starter_set.slug)


@pytest.mark.parametrize(
    ("slug", "cards", "sealed"),
    [
        ("base-set", 102, 6),
        ("fossil", 62, 6),
        ("evolving-skies", 237, 5),
        ("scarlet-violet-151", 207, 5),
        ("romance-dawn", 121 + 33, 4),
        ("legend-of-blue-eyes-white-dragon", 126, 2),
    ],
)
def test_a_checklist_is_complete(slug: str, cards: int, sealed: int) -> None:
    assert Counter(product.kind for product in BY_SLUG[slug].products) == {"single": cards, "sealed": sealed}


def test_three_games_are_covered() -> None:
    assert {(starter_set.game, starter_set.category_id) for starter_set in SETS} == {
        ("pokemon", 3),
        ("one-piece", 68),
        ("yugioh", 2),
    }


def test_product_ids_are_our_own_and_never_meet() -> None:
    ids = [product.product_id for starter_set in SETS for product in starter_set.products]
    assert len(set(ids)) == len(ids) == 916
    assert min(ids) == 900_010_001
    assert max(ids) < 2**31


@every_set
def test_every_single_has_number_and_rarity_and_no_sealed_product_has(starter_set: StarterSet) -> None:
    for product in starter_set.products:
        assert (bool(product.number), bool(product.rarity)) == ((product.kind == "single"),) * 2
        assert product.name == product.name.strip() != ""


@every_set
def test_no_product_stands_twice(starter_set: StarterSet) -> None:
    seen = Counter((product.number, product.name) for product in starter_set.products)
    assert max(seen.values()) == 1


@pytest.mark.parametrize(
    ("slug", "finishes"),
    [
        ("base-set", {"Holofoil", "Normal"}),
        ("fossil", {"1st Edition", "Unlimited", "1st Edition Holofoil", "Unlimited Holofoil", "Normal"}),
        ("evolving-skies", {"Normal", "Reverse Holofoil", "Holofoil"}),
        ("scarlet-violet-151", {"Normal", "Reverse Holofoil", "Holofoil"}),
        ("romance-dawn", {"Normal", "Foil"}),
        ("legend-of-blue-eyes-white-dragon", {"1st Edition", "Unlimited"}),
    ],
)
def test_finishes_are_the_marketplaces_words(slug: str, finishes: set[str]) -> None:
    assert {finish for product in BY_SLUG[slug].products for finish in product.finishes} == finishes


def test_a_parallel_stands_beside_a_card_of_the_same_number_and_rarity() -> None:
    products = BY_SLUG["romance-dawn"].products
    parallels = [product for product in products if " (Parallel)" in product.name]
    plain = {(card.number, card.name, card.rarity) for card in products if card not in parallels}
    assert len(parallels) == 33
    for parallel in parallels:
        assert (parallel.number, parallel.name.split(" (Parallel)")[0], parallel.rarity) in plain
        assert parallel.finishes == ("Foil",)
