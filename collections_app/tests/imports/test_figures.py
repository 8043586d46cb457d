"""Quantities, prices and days as people and their programs write them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app.imports import figures
from collections_app.imports.entries import RowError
from collections_app.imports.figures import Price


@pytest.mark.parametrize(
    ("text", "copies"),
    [
        ("1", 1),
        (" 4 ", 4),
        ("4x", 4),
        ("x4", 4),
        ("4.0", 4),
        ("1,000", 1000),
        ("100000", 100_000),
        ("\uff13", 3),
    ],
)
def test_a_quantity_is_a_whole_number(text: str, copies: int) -> None:
    assert figures.quantity(text) == copies


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The quantity is empty."),
        ("0", "Quantity is 0: nothing owned."),
        ("0.0", "Quantity is 0: nothing owned."),
        ("-1", "Quantity “-1” is not a whole number above 0."),
        ("1.5", "Quantity “1.5” is not a whole number above 0."),
        ("1.000", "Quantity “1.000” is not a whole number above 0."),
        ("two", "Quantity “two” is not a number."),
        ("1e3", "Quantity “1e3” is not a number."),
        ("NaN", "Quantity “NaN” is not a number."),
        ("100001", "Quantity 100,001 is more than 100,000."),
        ("9" * 5000, f"Quantity “{'9' * 40}” is not a number."),
    ],
)
def test_any_other_quantity_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(RowError) as refused:
        figures.quantity(text)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("3", 300, ""),
        ("3.2", 320, ""),
        ("0", 0, ""),
        (".5", 50, ""),
        ("27.1700", 2717, ""),
        ("12.0660", 1207, ""),
        ("0.125", 13, ""),
        ("$1,234.50", 123_450, "USD"),
        ("1.234,50", 123_450, ""),
        ("1.234.567", 123_456_700, ""),
        ("1,234", 123_400, ""),
        ("3,20", 320, ""),
        ("€ 3,20", 320, "EUR"),
        ("3,20\u00a0€", 320, "EUR"),
        ("1 234,50 EUR", 123_450, "EUR"),
        ("CHF 1'234.50", 123_450, "CHF"),
        ("US$4", 400, "USD"),
        ("£4.99", 499, "GBP"),
        ("¥1,200", 1200, "JPY"),
        ("1200 jpy", 1200, "JPY"),
        ("￥1200", 1200, "JPY"),
        ("R$ 10,00", 1000, "BRL"),
    ],
)
def test_a_price_is_read_in_every_spelling(text: str, amount: int, currency: str) -> None:
    assert figures.price(text) == Price(amount, currency)


@pytest.mark.parametrize(
    ("text", "known", "amount", "currency"),
    [
        ("$3.20", "CAD", 320, "CAD"),  # a dollar sign belongs to many
        ("¥12", "CNY", 1200, "CNY"),
        ("€3.20", "USD", 320, "EUR"),
        ("3.20 GBP", "USD", 320, "GBP"),
        ("1200", "JPY", 1200, "JPY"),
    ],
)
def test_a_price_s_own_currency_counts_unless_its_sign_is_shared(
    text: str, known: str, amount: int, currency: str
) -> None:
    assert figures.price(text, currency=known) == Price(amount, currency)


@pytest.mark.parametrize("text", ["", "-", "–", "N/A", "null", " "])
def test_an_unsaid_price_is_unknown_without_a_doubt(text: str) -> None:
    assert figures.price(text, currency="EUR") == Price(None, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "1.234",
        "12.345",
        "1,23,456",
        "1.2.3",
        "1,2,3",
        "3.",
        "-5.00",
        "−5",
        "(5)",
        "$",
        "ask me",
        "5 kr",
        "1e5",
    ],
)
def test_an_unclear_price_is_unknown_with_a_doubt(text: str) -> None:
    price = figures.price(text)

    assert price.amount is None
    assert price.doubt == f"“{text}” is not a clear price: cost left empty."


@pytest.mark.parametrize("text", ["99999999999", "9" * 40])
def test_a_price_beyond_all_measure_is_unknown_with_a_doubt(text: str) -> None:
    assert figures.price(text) == Price(None, "", f"“{text}” is beyond any price: cost left empty.")


@pytest.mark.parametrize(
    ("word", "code"),
    [("usd", "USD"), (" EUR ", "EUR"), ("€", "EUR"), ("", ""), ("dollars", None), ("U$", None)],
)
def test_a_currency_is_a_code_or_a_sign(word: str, code: str | None) -> None:
    assert figures.currency(word) == code


@pytest.mark.parametrize(
    ("text", "is_month_first", "value"),
    [
        ("2026-05-02", None, date(2026, 5, 2)),
        ("2026/5/2", None, date(2026, 5, 2)),
        ("2026-05-15 13:52:30.943000", None, date(2026, 5, 15)),
        ("2026-02-05T20:44:45.815Z", None, date(2026, 2, 5)),
        ("30.06.2026", None, date(2026, 6, 30)),
        ("3.4.26", True, date(2026, 4, 3)),
        ("6/30/2026", None, date(2026, 6, 30)),
        ("30/6/2026", None, date(2026, 6, 30)),
        ("30/6/2026", True, date(2026, 6, 30)),
        ("3/4/2026", True, date(2026, 3, 4)),
        ("3/4/2026", False, date(2026, 4, 3)),
        ("5/5/2026", None, date(2026, 5, 5)),
        ("1/7/2022 0:00", True, date(2022, 1, 7)),
        ("Fri May 15 2026 16:43:29 GMT+0200 (Central European Summer Time)", None, date(2026, 5, 15)),
        ("May 2, 2026", None, date(2026, 5, 2)),
        ("2 September 2026", None, date(2026, 9, 2)),
    ],
)
def test_a_day_is_read_in_every_spelling(text: str, is_month_first: bool | None, value: date) -> None:
    assert figures.day(text, is_month_first=is_month_first) == (value, "")


@pytest.mark.parametrize("text", ["", "-", "n/a"])
def test_an_unsaid_day_is_unknown_without_a_doubt(text: str) -> None:
    assert figures.day(text) == (None, "")


@pytest.mark.parametrize(
    "text",
    ["3/4/2026", "2026-02-30", "31/31/2026", "0001-01-01", "1899-12-31", "45123", "Foo 3 2026", "soon"],
)
def test_an_unclear_day_is_unknown_with_a_doubt(text: str) -> None:
    assert figures.day(text) == (None, f"“{text}” is not a clear date: left empty.")


@given(st.integers(0, 10**9))
def test_a_price_is_read_as_both_halves_of_the_world_write_it(cents: int) -> None:
    american = f"${cents // 100:,}.{cents % 100:02}"
    european = american[1:].translate(str.maketrans(",.", ".,"))

    assert figures.price(american) == Price(cents, "USD")
    assert figures.price(european) == Price(cents, "")


@given(st.text(max_size=60) | st.text("0123456789.,-$ '", max_size=45), st.booleans())
def test_whatever_is_written_there_is_an_answer(text: str, is_month_first: bool) -> None:
    price = figures.price(text)
    assert price.amount is None or price.amount >= 0
    assert figures.day(text, is_month_first=is_month_first).doubt.count("“") <= 1 + text.count("“")
    with suppress(RowError):
        assert 1 <= figures.quantity(text) <= 100_000
