"""Statements of value for an insurer: frozen as they were printed, verified by whoever holds one."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings

from collections_app import valuation
from collections_app.models import Collection, Report
from collections_app.rows import LotRow, Totals
from pricing import formats
from pricing.rates import Rates

VERSION = 1
EVERY_LOT = 1_000_000  # in one page of `valuation.lot_rows`
RATE_DIGITS = Decimal("0.000001")
TOTALS = ("lots", "quantity", "value", "fresh", "stale", "missing")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What anybody may learn of a report: neither what was in it nor whose it is."""

    code: str
    made_on: date
    currency: str
    value: int
    quantity: int
    missing: int
    is_demo: bool
    digest: str
    holds: bool


def make(collection: Collection, *, currency: str, with_cost: bool = False) -> Report:
    """Writes down every held lot with its price of now; what was paid only when asked for."""
    rows = valuation.lot_rows([collection.pk], currency=currency, sort="set", per_page=EVERY_LOT).rows
    totals = valuation.totals([collection.pk], currency=currency)
    today = datetime.now(UTC).date()
    content = {
        "version": VERSION,
        "site": settings.SITE_NAME,
        "collection": collection.name,
        "made_on": today.isoformat(),
        "currency": currency,
        "with_cost": with_cost,
        "is_demo": any(row.is_demo for row in rows),
        "totals": {name: getattr(totals, name) for name in TOTALS} | _paid(totals, is_asked=with_cost),
        "rates": _rates((row.price_currency for row in rows if row.price is not None), to=currency, on=today),
        "lines": [_line(row, with_cost=with_cost) for row in rows],
    }
    return Report.objects.create(
        collection=collection,
        currency=currency,
        quantity=totals.quantity,
        value=totals.value,
        missing=totals.missing,
        content=content,
        digest=digest(content),
    )


def remove(report: Report) -> None:
    """From now on nobody can verify it."""
    report.delete()


def digest(content: Json) -> str:
    """SHA-256 of the content in one spelling: keys sorted, no spaces, UTF-8 (after RFC 8785)."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def holds(report: Report) -> bool:
    """Does the stored content still say what was printed?"""
    totals = report.content.get("totals", {})
    stated = (report.quantity, report.value, report.missing)
    said = tuple(totals.get(name) for name in ("quantity", "value", "missing"))
    same = said == stated and report.content.get("currency") == report.currency
    return same and digest(report.content) == report.digest


def verify(code: str) -> Certificate:
    """Raises Report.DoesNotExist."""
    report = Report.objects.get(code=code)
    return Certificate(
        code=report.code,
        made_on=report.made_at.astimezone(UTC).date(),
        currency=report.currency,
        value=report.value,
        quantity=report.quantity,
        missing=report.missing,
        is_demo=bool(report.content.get("is_demo")),
        digest=report.digest,
        holds=holds(report),
    )


def lines(report: Report) -> list[Json]:
    """The lines as they were printed, with days as days."""
    return [line | {"as_of": _day(line["as_of"])} for line in report.content["lines"]]


def rates(report: Report) -> list[Json]:
    return [rate | {"as_of": _day(rate["as_of"])} for rate in report.content["rates"]]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _paid(totals: Totals, *, is_asked: bool) -> Json:
    return {"cost": totals.cost, "costless": totals.costless} if is_asked else {}


def _line(row: LotRow, *, with_cost: bool) -> Json:
    """Amounts are minor units of the currency beside them; `value` and `cost` of the report's."""
    cost = {"cost": row.cost} if with_cost else {}
    return cost | {
        "name": row.name,
        "set": row.set_name,
        "game": row.game_name,
        "number": row.number,
        "finish": row.finish,
        "grading": row.grading,
        "kind": row.kind,
        "language": row.language,
        "quantity": row.quantity,
        "price": row.price,
        "price_currency": row.price_currency,
        "value": row.value,
        "source": row.source_name,
        "as_of": row.as_of.isoformat() if row.as_of else None,
        "basis": row.basis,
        "is_stale": row.is_stale,
        "is_demo": row.is_demo,
    }


def _rates(sources: Iterable[str], *, to: str, on: date) -> list[Json]:
    """What a unit of each other currency was worth, and of which day the ECB's rate is."""
    others = sorted(set(sources) - {to})
    known = Rates.load([*others, to])
    return [_rate(known, source, to=to, on=on) for source in others]


def _rate(rates: Rates, source: str, *, to: str, on: date) -> Json:
    factor = rates.factor(source, to, day=on)
    as_of = rates.as_of(source, to, day=on)
    return {
        "currency": source,
        "rate": _per_unit(factor, source=source, to=to),
        "as_of": as_of.isoformat() if as_of else None,
    }


def _per_unit(factor: Fraction | None, *, source: str, to: str) -> str | None:
    """From minor units to units, with six digits."""
    if factor is None:
        return None
    units = factor * Fraction(10) ** (formats.digits(source) - formats.digits(to))
    return f"{(Decimal(units.numerator) / units.denominator).quantize(RATE_DIGITS):f}"
