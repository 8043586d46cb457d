"""How money, changes, days and ages are written. Pure functions; amounts are integer minor units."""

from datetime import date
from decimal import Decimal

# Unicode CLDR, English: the signs that mean one currency only. The others are written by their code.
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$", "BRL": "R$"}
SYMBOLS |= {"CNY": "CN¥", "HKD": "HK$", "ILS": "₪", "INR": "₹", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$"}
SYMBOLS |= {"PHP": "₱"}
NO_MINOR_UNITS = {"ISK", "JPY", "KRW"}  # ISO 4217, of the currencies the ECB quotes
UNKNOWN = "–"


def money(amount: int | None, currency: str = "USD") -> str:
    """`money(123456, "USD")` is `$1,234.56`; an unknown amount is a dash, never a zero."""
    if amount is None:
        return UNKNOWN
    sign = "−" if amount < 0 else ""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    if currency in NO_MINOR_UNITS:
        return f"{sign}{symbol}{abs(amount):,}"
    whole, cents = divmod(abs(amount), 100)
    return f"{sign}{symbol}{whole:,}.{cents:02}"


def digits(currency: str) -> int:
    """How many digits a unit has behind the point: 2 for USD, whose minor unit is a hundredth; 0 for JPY."""
    return 0 if currency in NO_MINOR_UNITS else 2


def percent(change: Decimal | None) -> str:
    """With its sign and one digit: `+12.5%`; large changes without digits."""
    if change is None:
        return UNKNOWN
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    size = abs(change)
    return f"{sign}{size:,.0f}%" if size >= 100 else f"{sign}{size:.1f}%"


def day(value: date | None) -> str:
    """`23 Nov 2026`."""
    return f"{value.day} {value:%b %Y}" if value else UNKNOWN


def age(days: int) -> str:
    """An age in words: today, yesterday, 5 days ago, 3 months ago."""
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 60:
        return f"{days} days ago"
    return f"{days // 30} months ago" if days < 730 else f"{days // 365} years ago"


def number(value: int) -> str:
    return f"{value:,}"
