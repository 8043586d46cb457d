"""Cells that no spreadsheet takes for a formula.

Excel and its kin run what begins with = + - @, a tab or a carriage return, some of them behind spaces too. An
apostrophe before it makes it text. Source: OWASP, "CSV Injection".
"""

import re

# An apostrophe is marked itself, so that taking one away always gives back what there was.
ACTIVE = re.compile(r" *[=+\-@\t\r]|'")


def safe(cell: str) -> str:
    return f"'{cell}" if ACTIVE.match(cell) else cell


def unsafe(cell: str) -> str:
    """What `safe` was given."""
    return cell.removeprefix("'")
