from decimal import Decimal

import pytest

from integrations.errors import MarketError
from integrations.payload import parse_json


def test_fractions_become_decimals_exactly() -> None:
    assert parse_json(b'{"price": 0.10, "count": 3}', expect=dict) == {"price": Decimal("0.10"), "count": 3}


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert parse_json(b"\xef\xbb\xbf[]", expect=list) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"price": NaN}', "NaN is not a JSON number"),
        (b'{"price": Infinity}', "Infinity is not a JSON number"),
        (b'{"price": -Infinity}', "-Infinity is not a JSON number"),
        (b"<html>Please sign in</html>", "Expecting value"),
        (b"", "Expecting value"),
        (b'{"success": tr', "Expecting value"),
        (b'{"name": "\xff"}', "byte 10 is not UTF-8"),
        ('{"name": "x"}'.encode("utf-16"), "byte 0 is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"price": ' + b"9" * 5000 + b"}", "digits"),
        (b'{"price": 1e99999999999999999999}', "InvalidOperation"),
    ],
)
def test_what_no_honest_source_sends_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(MarketError, match=reason) as caught:
        parse_json(body, expect=dict, source="tcgcsv")
    assert caught.value.permanent is True
    assert caught.value.source == "tcgcsv"


def test_another_top_level_than_expected_is_refused() -> None:
    with pytest.raises(MarketError, match="top level is a list, not a dict"):
        parse_json(b"[]", expect=dict)
