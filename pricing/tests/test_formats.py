"""How amounts, changes, days and ages are written."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from pricing import formats


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (None, "USD", "–"),
        (0, "USD", "$0.00"),
        (5, "USD", "$0.05"),
        (123_456, "USD", "$1,234.56"),
        (-123_456, "USD", "−$1,234.56"),
        (-5, "EUR", "−€0.05"),
        (100, "BRL", "R$1.00"),
        (100, "CHF", "CHF 1.00"),
        (1234, "JPY", "¥1,234"),
        (-1234, "KRW", "−₩1,234"),
        (1234, "ISK", "ISK 1,234"),
        (1234, "HUF", "HUF 12.34"),
        (1234, "IDR", "IDR 12.34"),
        (1234, "CNY", "CN¥12.34"),
        (2**31 - 1, "USD", "$21,474,836.47"),
    ],
)
def test_money(amount: int | None, currency: str, written: str) -> None:
    assert formats.money(amount, currency) == written


@pytest.mark.parametrize(
    ("change", "written"),
    [
        (None, "–"),
        ("0", "±0.0%"),
        ("12.5", "+12.5%"),
        ("-3.14", "−3.1%"),
        ("99.94", "+99.9%"),
        ("100", "+100%"),
        ("-99.99", "−100.0%"),
        ("12345.6", "+12,346%"),
    ],
)
def test_percent(change: str | None, written: str) -> None:
    assert formats.percent(Decimal(change) if change else None) == written


def test_day() -> None:
    assert formats.day(date(2026, 11, 3)) == "3 Nov 2026"
    assert formats.day(None) == "–"


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (-1, "today"),
        (0, "today"),
        (1, "yesterday"),
        (2, "2 days ago"),
        (59, "59 days ago"),
        (60, "2 months ago"),
        (729, "24 months ago"),
        (730, "2 years ago"),
    ],
)
def test_age(days: int, written: str) -> None:
    assert formats.age(days) == written


def test_number() -> None:
    assert formats.number(1_234_567) == "1,234,567"


def test_every_currency_we_offer_is_written_in_its_own_way() -> None:
    written = {formats.money(100, currency) for currency in settings.DISPLAY_CURRENCIES}
    assert len(written) == len(settings.DISPLAY_CURRENCIES) == 30
    assert [one for one in settings.DISPLAY_CURRENCIES if not formats.digits(one)] == ["JPY", "ISK", "KRW"]
