import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import records
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.tcgcsv import parse as tcgcsv
from integrations.tcgplayer import parse as tcgplayer


def _product(**changes: Any) -> ProductEntry:
    row: Row = {"productId": 7, "name": "Mew", "extendedData": [], **changes}
    return records.product_entry(row)


def _data(**values: Any) -> list[dict[str, Any]]:
    return [{"name": name, "displayName": name, "value": value} for name, value in values.items()]


def test_a_number_or_a_rarity_makes_a_single_and_nothing_else_does() -> None:
    assert _product(extendedData=_data(Number="4/102")).kind == "single"
    assert _product(extendedData=_data(Rarity="None")).kind == "single"
    assert _product(extendedData=_data(UPC="820650858321", CardText="10 cards")).kind == "sealed"
    assert _product(extendedData=None).kind == "sealed"


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("Pikachu ex - 057/191", "057/191", "Pikachu ex"),
        ("Kunai of Retribution - GEM002", "GEM002", "Kunai of Retribution"),
        ("Pikachu - 58/102", "057/191", "Pikachu - 58/102"),
        ("Pikachu - 57 - 57", "57", "Pikachu - 57"),
        ("Pikachu", "57", "Pikachu"),
        (" - 57", "57", "- 57"),
        ("Pikachu - ", "", "Pikachu -"),
    ],
)
def test_the_number_behind_a_name_goes_when_it_is_the_cards_own(
    name: str, number: str, expected: str
) -> None:
    assert _product(name=name, extendedData=_data(Number=number)).name == expected


@pytest.mark.parametrize(
    ("raw", "number"),
    [(" 4 / 102\r\n", "4/102"), ("#25", "25"), ("OP01-001", "OP01-001"), (7, "7"), (None, "")],
)
def test_numbers_are_written_as_collectors_write_them(raw: Any, number: str) -> None:
    assert _product(extendedData=_data(Number=raw)).number == number


def test_a_product_without_a_name_is_called_by_what_else_is_known() -> None:
    assert _product(name="<b></b>", cleanName="Mew Two").name == "Mew Two"
    assert _product(name=None).name == "Product 7"


def test_presale_is_what_the_source_says_and_otherwise_not() -> None:
    assert _product(presaleInfo={"isPresale": True}).is_presale is True
    assert _product(presaleInfo={"isPresale": False}).is_presale is False
    assert _product(presaleInfo=None).is_presale is False


def test_details_hold_the_rest_without_number_and_rarity() -> None:
    found = _product(extendedData=_data(Number="1", Rarity="Rare", HP=280, Text="a<br>b"))
    assert (found.number, found.rarity, found.details) == ("1", "Rare", {"HP": "280", "Text": "a b"})


def test_a_group_without_a_name_or_a_date_is_still_a_group() -> None:
    assert records.group_entry({"groupId": 5}) == GroupEntry(
        external_id="5", name="Group 5", code="", released_on=None
    )


def test_a_price_row_becomes_a_quote_in_cents() -> None:
    row = {
        "productId": 7,
        "subTypeName": "Holofoil",
        "marketPrice": Decimal("0.53"),
        "lowPrice": Decimal("0.1"),
    }
    assert records.quote(row) == Quote(
        product_id="7",
        finish="Holofoil",
        currency="USD",
        market=53,
        low=10,
        mid=None,
        high=None,
        direct_low=None,
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"success": false, "errors": ["Oops! <b>We</b> failed."], "results": []}', "Oops! We failed."),
        (b'{"success": false, "results": []}', "no success"),
        (b'{"results": []}', "no success flag"),
        (b'{"success": true, "errors": "x", "results": []}', "no list of errors"),
        (b'{"success": true, "results": {}}', "not a list of records"),
        (b'{"success": true, "results": [3]}', "not a list of records"),
        (b'{"success": true, "results": [{"productId": null}]}', "productId of productId None is None"),
        (b'{"success": true, "results": [{"productId": 7, "lowPrice": "12,50"}]}', "lowPrice of productId 7"),
    ],
)
def test_an_answer_out_of_shape_is_a_permanent_error(body: bytes, message: str) -> None:
    with pytest.raises(MarketError, match=message) as caught:
        tcgcsv.quotes(body)
    assert caught.value.permanent is True


_scalar = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["<b>x</b>", "2022-11-11T00:00:00", "https://x.example/a", "\ud800", "Number", "Rarity"]),
)
_anything = st.recursive(
    _scalar,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
_PRICES = ("marketPrice", "lowPrice", "midPrice", "highPrice", "directLowPrice")
_record = st.fixed_dictionaries(
    {},
    optional={
        "productId": st.integers(-2, 10**6) | _anything,
        "groupId": st.integers(-2, 10**6) | _anything,
        "name": st.text(max_size=30) | _anything,
        "extendedData": st.lists(
            st.fixed_dictionaries({}, optional={"name": _scalar, "value": _anything}), max_size=3
        )
        | _anything,
        "presaleInfo": _anything,
        "subTypeName": _scalar,
        "publishedOn": _scalar,
        "imageUrl": _scalar,
        **{name: st.integers() | st.floats() | _scalar for name in _PRICES},
    },
)
_answer = st.fixed_dictionaries(
    {"success": st.just(value=True) | _scalar, "results": st.lists(_record, max_size=4) | _anything},
    optional={"errors": st.just([]) | _anything, "totalItems": _scalar},
)
_body = st.one_of(
    _answer.map(lambda found: json.dumps(found).encode()),
    _anything.map(lambda x: json.dumps(x).encode()),
    st.binary(),
)


@given(_body)
def test_whatever_comes_the_parser_answers_with_entries_or_a_market_error(body: bytes) -> None:
    for read in (tcgcsv.groups, tcgcsv.products, tcgcsv.quotes):
        with suppress(MarketError):
            for entry in read(body):
                _assert_sound(entry)


@given(_body, st.sampled_from([200, 207, 404]))
def test_so_does_the_one_of_the_api(body: bytes, status: int) -> None:
    with suppress(MarketError):
        found = tcgplayer.answer(body, status=status)
        assert status != 404 or found.results == []
        for row in found.results:
            tcgplayer.skus(row)


def _assert_sound(entry: GroupEntry | ProductEntry | Quote) -> None:
    if isinstance(entry, Quote):
        amounts = (entry.market, entry.low, entry.mid, entry.high, entry.direct_low)
        assert all(amount is None or (type(amount) is int and amount != 0) for amount in amounts)
        assert entry.finish
    else:
        assert entry.name
        entry.name.encode()  # a lone surrogate could not be stored
    if isinstance(entry, ProductEntry):
        assert not entry.image_url or entry.image_url.startswith(("http://", "https://"))
