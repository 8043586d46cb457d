"""Whatever a source puts in the place of anything in its answer: entries and quotes, or a MarketError."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import MarketError
from integrations.optcgapi import parse as optcgapi_parse
from integrations.tcgdex import parse as tcgdex_parse
from integrations.tests.conftest import FIXTURES
from integrations.ygoprodeck import parse as ygoprodeck_parse

TODAY = date(2026, 11, 20)
Read = Callable[[bytes], object]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, 1e308, 0.1, "", "NULL", "..", "2026-11-20", "<b>", "\ud800", "1e9999"]),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just({"": []}),
)


def _card(body: bytes) -> object:
    card = tcgdex_parse.card(body)
    return tcgdex_parse.usd_quotes(card, day=TODAY), tcgdex_parse.eur_quotes(card, day=TODAY)


def _lists(body: bytes) -> object:
    sets = optcgapi_parse.card_sets(body, is_promo=False) + optcgapi_parse.card_sets(body, is_promo=True)
    return [optcgapi_parse.quotes(card_set.prints.values(), day=TODAY) for card_set in sets]


READERS: list[tuple[str, Read]] = [
    ("optcgapi/allSetCards", _lists),
    ("tcgdex/cards/inv1-1", _card),
    ("tcgdex/cards/inv1-2", _card),
    ("tcgdex/sets/inv1", tcgdex_parse.card_set),
    ("ygoprodeck/cardinfo", ygoprodeck_parse.card_sets),
    ("ygoprodeck/checkDBVer", ygoprodeck_parse.version),
]


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in pairs:
        yield from _places(part, (*place, name))


def _replaced(whole: Any, place: tuple[Any, ...], odd: Any) -> Any:
    if not place:
        return odd
    changed = copy.deepcopy(whole)
    part = changed
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = odd
    return changed


@pytest.mark.parametrize(("name", "read"), READERS)
@given(data=st.data())
def test_nothing_but_a_market_error_comes_out(name: str, read: Read, data: st.DataObject) -> None:
    whole = json.loads((FIXTURES / f"{name}.json").read_bytes())
    place = data.draw(st.sampled_from(list(_places(whole))))
    body = json.dumps(_replaced(whole, place, data.draw(ODD))).encode()
    with suppress(MarketError):
        read(body)
