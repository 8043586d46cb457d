import pytest

from pricing import payloads


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (1234, "USD", {"amount": "12.34", "currency": "USD"}),
        (5, "EUR", {"amount": "0.05", "currency": "EUR"}),
        (100_000_000, "USD", {"amount": "1000000.00", "currency": "USD"}),
        (1234, "JPY", {"amount": "1234", "currency": "JPY"}),
        (None, "USD", None),
    ],
)
def test_money_is_a_decimal_string_or_null(
    amount: int | None, currency: str, written: dict[str, str] | None
) -> None:
    assert payloads.money(amount, currency) == written


def test_an_unknown_set_has_no_value() -> None:
    assert payloads.set_value(None) is None
