"""Amounts as files write them: decimal digits with a point, no sign of a currency, no thousands."""

from decimal import Decimal, InvalidOperation

from pricing import formats


def written(amount: int | None, currency: str) -> str:
    """`written(1234, "USD")` is 12.34; an unknown amount is nothing, never a zero."""
    return "" if amount is None else f"{Decimal(amount).scaleb(-formats.digits(currency)):f}"


def read(text: str, currency: str) -> int | None:
    """Minor units of what `written` wrote. Raises ValueError for anything that is no such amount."""
    if not text:
        return None
    try:
        amount = Decimal(text).scaleb(formats.digits(currency))
    except InvalidOperation:
        raise ValueError(f"“{text}” is no amount.") from None
    if not amount.is_finite() or amount % 1:
        raise ValueError(f"“{text}” is no amount of {currency}.")
    return int(amount)
