from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations import fields
from integrations.errors import MarketError


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (Decimal("20.99"), 2099),
        (215, 21500),
        (Decimal("0.005"), 1),
        (Decimal("0.0049"), None),
        (Decimal("1.005"), 101),
        (Decimal("-0.005"), -1),
        (Decimal("51.9900016784668"), 5199),
        (Decimal("2499.989990234375"), 249999),
        (Decimal(-1), -100),
        (0, None),
        (Decimal("0.00"), None),
        (None, None),
        (Decimal("1E+20"), 10**22),
        (Decimal("123456789012345678901234567890.12"), 12345678901234567890123456789012),
        (10**300, 10**302),
        (Decimal("1E+308"), 10**310),
        (Decimal("1E-999999999"), None),
    ],
)
def test_amounts_become_cents_rounded_half_up_and_zero_is_unknown(amount: Any, expected: int | None) -> None:
    assert fields.cents({"price": amount}, "price") == expected


def test_an_absent_amount_is_unknown() -> None:
    assert fields.cents({}, "price") is None


@pytest.mark.parametrize(
    "amount", ["12,50", "1", True, 1.5, [], {}, Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999999")]
)
def test_what_is_no_amount_is_refused_with_the_record_named(amount: Any) -> None:
    with pytest.raises(MarketError, match=r"^price of productId 7 is .* not an amount$") as caught:
        fields.cents({"productId": 7, "price": amount}, "price")
    assert caught.value.permanent is True


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("4.08", 408),
        (" 1.4 ", 140),
        ("1,299.995", 130000),
        ("12,345,678", 1234567800),
        ("-3", -300),
        ("0", None),
        ("0.00", None),
        ("", None),
        ("  ", None),
        (None, None),
        (Decimal("4.08"), 408),
        (4, 400),
    ],
)
def test_amounts_that_are_written_as_text_become_cents(written: Any, expected: int | None) -> None:
    assert fields.written_cents({"price": written}, "price") == expected


@pytest.mark.parametrize(
    "written", ["1,00", "1.2.3", "$4", "NaN", "Infinity", "1e5", "\u0664", "9" * 400, "--1", True, [], {}]
)
def test_text_that_is_no_amount_is_refused(written: Any) -> None:
    with pytest.raises(MarketError, match=r"^price of id 7 is .* not an amount$") as caught:
        fields.written_cents({"id": 7, "price": written}, "price")
    assert caught.value.permanent is True


@pytest.mark.parametrize("value", [None, 0, -3, "3", 3.0, True, Decimal(3), [3]])
def test_an_identifier_is_a_positive_whole_number(value: Any) -> None:
    with pytest.raises(MarketError, match="not a positive whole number"):
        fields.identifier({"groupId": value}, "groupId")


def test_an_identifier_comes_out_as_text() -> None:
    assert fields.identifier({"groupId": 604}, "groupId") == "604"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-11-11T00:00:00", date(2022, 11, 11)),
        ("2025-11-19T15:58:35.27", date(2025, 11, 19)),
        ("2022-11-11", date(2022, 11, 11)),
        ("0001-01-01T00:00:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (20221111, None),
    ],
)
def test_dates_without_a_zone_are_read_and_nonsense_is_unknown(value: Any, expected: date | None) -> None:
    assert fields.day({"publishedOn": value}, "publishedOn") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.com/a_200w.jpg", "https://example.com/a_200w.jpg"),
        ("javascript:alert(1)", ""),
        ('https://example.com/"onload="', ""),
        ("https://example.com/a b", ""),
        ("//example.com/a", ""),
        ("https://example.com/" + "a" * 500, ""),
        (None, ""),
        (7, ""),
    ],
)
def test_only_plain_web_addresses_are_links(value: Any, expected: str) -> None:
    assert fields.link({"url": value}, "url") == expected


@pytest.mark.parametrize("value", ["x", {}, [1], [[]], 3])
def test_a_list_of_records_is_nothing_else(value: Any) -> None:
    with pytest.raises(MarketError, match="not a list of records"):
        fields.rows({"results": value}, "results")


def test_texts_may_be_numbers_but_not_objects() -> None:
    assert fields.text({"value": 280}, "value", limit=10) == "280"
    with pytest.raises(MarketError, match="value is \\{\\}, not a text"):
        fields.text({"value": {}}, "value", limit=10)
