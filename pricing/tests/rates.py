"""Exchange rates that a test dictates."""

from datetime import date
from decimal import Decimal

from integrations.quotes import Rate
from pricing import rates


def says(day: date, **per_euro: str) -> int:
    """What a euro costs on the day: `says(DAY, USD="1.10", GBP="0.85")`; how many rows that wrote."""
    return rates.record(
        Rate(currency=currency, day=day, per_euro=Decimal(amount)) for currency, amount in per_euro.items()
    )
