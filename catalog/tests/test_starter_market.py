from datetime import date
from itertools import pairwise

import pytest

from catalog.starter import SETS, StarterProduct, StarterSet
from catalog.starter.market import Price, anchors, cents, level, price_paths, ranges, seeded

LAST_DAY = date(2026, 11, 23)
DAYS = 400
Paths = dict[tuple[str, str, str, str], list[Price]]


def generate(starter_set: StarterSet, *, days: int = DAYS) -> Paths:
    return {
        (starter_set.slug, product.number, product.name, finish): path
        for product, finish, path in price_paths(starter_set, last_day=LAST_DAY, days=days)
    }


@pytest.fixture(scope="module")
def paths() -> Paths:
    return {key: path for starter_set in SETS for key, path in generate(starter_set).items()}


def every_product() -> list[tuple[StarterSet, StarterProduct]]:
    return [(starter_set, product) for starter_set in SETS for product in starter_set.products]


def test_every_finish_of_every_product_has_a_price_on_every_day(paths: Paths) -> None:
    wanted = {
        (starter_set.slug, product.number, product.name, finish)
        for starter_set, product in every_product()
        for finish in product.finishes
    }
    assert paths.keys() == wanted
    assert {len(path) for path in paths.values()} == {DAYS}


def test_the_same_arguments_give_the_same_prices(paths: Paths) -> None:
    again = generate(SETS[0])
    assert again == {key: path for key, path in paths.items() if key[0] == SETS[0].slug}


def test_the_seed_is_the_same_on_every_machine() -> None:
    assert seeded("base-set", "4/102").randrange(10**9) == 130_999_696


def test_prices_are_positive_whole_cents_in_order(paths: Paths) -> None:
    for path in paths.values():
        for market, low, mid, high in path:
            assert type(low) is type(mid) is type(high) is int
            assert 0 < low <= mid <= high
            if market is not None:
                assert type(market) is int
                assert low <= market < high


def test_between_30_and_50_percent_of_the_rows_change_on_a_day(paths: Paths) -> None:
    changed = [
        sum(path[day] != path[day - 1] for path in paths.values()) / len(paths) for day in range(1, DAYS)
    ]
    assert min(changed) > 0.30
    assert max(changed) < 0.50
    assert sum(changed) / len(changed) == pytest.approx(0.40, abs=0.02)


def test_cheap_cards_rest_more_often_than_dear_ones(paths: Paths) -> None:
    def restlessness(floor: int, ceiling: int) -> float:
        chosen = [path for path in paths.values() if floor <= path[-1].mid < ceiling]
        changes = sum(before != after for path in chosen for before, after in pairwise(path))
        return changes / (len(chosen) * (DAYS - 1))

    assert restlessness(1, 100) < restlessness(100, 1_000) < restlessness(10_000, 10**9)


def test_no_price_moves_so_far_in_a_day_that_ingest_would_doubt_it(paths: Paths) -> None:
    for path in paths.values():
        for field in ("market", "low", "mid", "high"):
            known = [getattr(price, field) for price in path if getattr(price, field) is not None]
            assert all(max(pair) < 10 * min(pair) for pair in pairwise(known))


def test_a_path_ends_near_its_level(paths: Paths) -> None:
    for starter_set, product in every_product():
        for finish in product.finishes:
            last = paths[starter_set.slug, product.number, product.name, finish][-1]
            wanted = level(starter_set, product, finish=finish)
            assert wanted / 2 <= last.mid <= max(wanted * 2, 3)


def test_known_cards_stand_in_the_right_order_of_value(paths: Paths) -> None:
    def today(slug: str, number: str, name: str, finish: str) -> int:
        return paths[slug, number, name, finish][-1].mid

    assert (
        today("base-set", "4/102", "Charizard", "Holofoil")
        > today("base-set", "2/102", "Blastoise", "Holofoil")
        > today("base-set", "58/102", "Pikachu", "Normal")
        > today("base-set", "99/102", "Grass Energy", "Normal")
    )
    lob = "legend-of-blue-eyes-white-dragon"
    for number, name in [("LOB-001", "Blue-Eyes White Dragon"), ("LOB-004", "Skull Servant")]:
        assert today(lob, number, name, "1st Edition") > today(lob, number, name, "Unlimited")
    skies = {key: path[-1].mid for key, path in paths.items() if key[0] == "evolving-skies" and key[1]}
    assert max(skies, key=skies.__getitem__)[1:3] == ("215/203", "Umbreon VMAX")
    dawn = {key: path[-1].mid for key, path in paths.items() if key[0] == "romance-dawn" and key[1]}
    assert max(dawn, key=dawn.__getitem__)[2] == "Shanks (Parallel) (Manga) (Alternate Art)"


def test_sealed_products_rise_over_the_year_as_a_whole(paths: Paths) -> None:
    sealed = [path for (_, number, _, _), path in paths.items() if not number]
    assert len(sealed) == 30
    assert sum(path[-1].mid > path[0].mid for path in sealed) >= 27


def test_there_are_clear_gainers_and_losers_for_every_window(paths: Paths) -> None:
    for window in (1, 7, 30):
        moves = [
            now / then
            for path in paths.values()
            if (now := path[-1].market) is not None
            and (then := path[-1 - window].market) is not None
            and now >= 100
        ]
        assert max(moves) > 1.15
        assert min(moves) < 0.85


def test_a_few_thin_cards_have_days_without_a_market_price(paths: Paths) -> None:
    thin = {key: path for key, path in paths.items() if any(price.market is None for price in path)}
    assert 10 <= len(thin) <= 40
    assert all(any(price.market is not None for price in path) for path in thin.values())
    assert not {key[:3] for key in thin} & anchors().keys()


def test_every_hand_written_price_belongs_to_a_finish_on_a_checklist() -> None:
    finishes = {(s.slug, card.number, card.name): set(card.finishes) for s, card in every_product()}
    assert anchors().keys() <= finishes.keys()
    for key, prices in anchors().items():
        assert prices.keys() <= finishes[key]


def test_every_sealed_product_has_a_hand_written_price_and_every_rarity_a_range() -> None:
    for starter_set, product in every_product():
        if product.kind == "sealed":
            assert (starter_set.slug, "", product.name) in anchors()
    rarities = {(s.slug, product.rarity) for s, product in every_product() if product.kind == "single"}
    assert ranges().keys() == rarities
    assert all(cheapest < dearest for cheapest, dearest in ranges().values())


def test_dollars_become_cents_without_rounding() -> None:
    assert (cents("0.29"), cents("1.15"), cents("21500.00")) == (29, 115, 2_150_000)
