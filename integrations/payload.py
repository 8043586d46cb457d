"""JSON from strangers."""

import json
from decimal import Decimal
from typing import NoReturn, TypeVar

from integrations.errors import MarketError

_Top = TypeVar("_Top")


def parse_json(body: bytes, *, expect: type[_Top], source: str = "") -> _Top:
    """`body` as JSON whose top level is an `expect`; fractions become Decimal, never float.

    Refuses with a permanent MarketError whatever RFC 8259 does not allow (NaN, Infinity, other encodings than
    UTF-8) and what no honest source sends (nesting or numbers without end).
    """
    try:
        found = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise MarketError(
            f"The answer is not JSON: {_reason(error)}", permanent=True, source=source
        ) from error
    if not isinstance(found, expect):
        message = f"The answer's top level is a {type(found).__name__}, not a {expect.__name__}"
        raise MarketError(message, permanent=True, source=source)
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error)[:100] or type(error).__name__
