"""JSON that PostgreSQL writes: what `pricing.payloads` says, as expressions of SQL.

A list of a hundred prices costs a tenth of the CPU when no row of it passes through Python (docs/adr/0017).
"""

from pricing import formats

WHOLE = ", ".join(f"'{currency}'" for currency in sorted(formats.NO_MINOR_UNITS))


def amount(column: str, *, currency: str) -> str:
    """SQL for the decimal string of minor units; NULL stays NULL."""
    return f"CASE WHEN {currency} IN ({WHOLE}) THEN {column}::text ELSE round({column} / 100.0, 2)::text END"


def money(column: str, *, currency: str) -> str:
    """SQL for `payloads.money`."""
    written = amount(column, currency=currency)
    return (
        f"CASE WHEN {column} IS NOT NULL THEN "
        f"json_build_object('amount', {written}, 'currency', {currency}) END"
    )
