"""Rows of `pricing.rows` as the API writes them.

Money is a decimal string with its currency, or null when unknown; a percentage is a decimal string; a day
is ISO 8601. A price always says who said it, as of when, and whether it is stale or a demonstration.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from pricing import formats
from pricing.blending import Blend
from pricing.evidence import Doubts, Evidence, Word
from pricing.health import SourceRow
from pricing.latest import Price
from pricing.provenance import Key, Provenance
from pricing.rows import CardRow, ConditionPrice, MoverRow, Point, PrintingPrice, PrintingRow, SetValue

Json = dict[str, Any]
UNSAID: Json = {"source": None, "as_of": None, "is_stale": False, "is_demo": False}


def money(amount: int | None, currency: str) -> Json | None:
    """`money(1234, "USD")` is {"amount": "12.34", "currency": "USD"}."""
    if amount is None:
        return None
    return {"amount": str(Decimal(amount).scaleb(-formats.digits(currency))), "currency": currency}


def percent(change: Decimal | None) -> str | None:
    return None if change is None else str(change)


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def said(provenance: Provenance | None) -> Json:
    if provenance is None:
        return UNSAID
    return {
        "source": provenance.source,
        "as_of": day(provenance.as_of),
        "is_stale": provenance.is_stale,
        "is_demo": provenance.is_demo,
    }


def cards(rows: Iterable[CardRow], *, said_by: Mapping[Key, Provenance]) -> list[Json]:
    return [
        {
            "id": row.id,
            "name": row.name,
            "number": row.number,
            "kind": row.kind,
            "rarity": row.rarity,
            "image_url": row.image_url,
            "game": {"slug": row.game_slug, "name": row.game_name},
            "set": {"slug": row.set_slug, "name": row.set_name},
            "printings": row.printings,
            "finish": row.finish,
            "market": money(row.market, row.currency),
            "change_7d": percent(row.change_7d),
            **said(said_by.get((row.id, row.finish))),
        }
        for row in rows
    ]


def checklist(rows: Iterable[PrintingRow], *, said_by: Mapping[Key, Provenance]) -> list[Json]:
    return [
        {
            "printing_id": row.printing_id,
            "card_id": row.card_id,
            "name": row.name,
            "number": row.number,
            "kind": row.kind,
            "rarity": row.rarity,
            "finish": row.finish,
            "market": money(row.market, row.currency),
            "low": money(row.low, row.currency),
            "mid": money(row.mid, row.currency),
            "change_24h": percent(row.change_24h),
            "change_7d": percent(row.change_7d),
            **said(said_by.get((row.card_id, row.finish))),
        }
        for row in rows
    ]


def set_value(value: SetValue | None) -> Json | None:
    if value is None:
        return None
    return {
        "cards": value.cards,
        "printings": value.printings,
        "unpriced": value.unpriced,
        "base": money(value.base, value.currency),
        "master": money(value.master, value.currency),
        "change_7d": percent(value.change_7d),
        "as_of": day(value.as_of),
    }


def printings(rows: Iterable[PrintingPrice], *, sheets: Mapping[int, Evidence]) -> list[Json]:
    return [
        {
            "printing_id": row.printing_id,
            "finish": row.finish,
            **{
                name: money(getattr(row, name), row.currency)
                for name in ("market", "low", "mid", "high", "direct_low")
            },
            "changes": {
                change.window: {"from": money(change.old, row.currency), "percent": percent(change.percent)}
                for change in row.changes
            },
            "blend": blend(sheets[row.printing_id].blend),
            **said_of(row),
        }
        for row in rows
    ]


def blend(found: Blend) -> Json:
    return {
        "amount": money(found.amount, found.currency),
        "low": money(found.low, found.currency),
        "high": money(found.high, found.currency),
        "spread": percent(found.spread),
        "agreement": found.agreement.value,
        "sample": found.sample,
        "as_of": day(found.day),
        "is_stale": found.is_stale,
        "method": found.method,
        "used": [
            {
                "source": used.source,
                "weight": str(used.weight),
                "levelled": money(used.levelled, found.currency),
            }
            for used in found.used
        ],
        "left_out": [
            {"source": left.source, "reason": left.reason.value, "why": left.why} for left in found.left_out
        ],
        "levels": {source: percent(level) for source, level in found.levels.items()},
    }


def evidence(sheet: Evidence, *, doubts: Mapping[int, Doubts]) -> Json:
    return {
        "printing_id": sheet.printing_id,
        "currency": sheet.currency,
        "blend": blend(sheet.blend),
        "sources": [
            _word(word, currency=sheet.currency, doubts=doubts[word.said.series_id]) for word in sheet.words
        ],
    }


def _word(word: Word, *, currency: str, doubts: Doubts) -> Json:
    said = word.said
    return {
        "sample": said.sample,
        "passed_over": said.passed_over,
        "source": said.slug,
        "attribution": said.attribution,
        "as_of": day(said.as_of),
        "is_stale": said.is_stale,
        "is_demo": said.is_demo,
        **{name: money(getattr(said, name), said.currency) for name in ("market", "low", "mid")},
        "converted": money(word.value, currency),
        "rate_of": day(word.rate_of),
        "price_since": day(said.changed_on),
        "changes": {
            change.window: {"from": money(change.old, said.currency), "percent": percent(change.percent)}
            for change in word.changes
        },
        "run": {"id": said.run_id, "adapter": said.adapter} if said.run_id else None,
        "policy": {
            "is_blended": said.is_blended,
            "keeps_history": said.keeps_history,
            "shown_hours": said.shown_hours,
            "origin": said.origin or None,
        },
        "doubtful": asdict(doubts),
        "history": [{"day": day(one.day), "market": money(one.market, currency)} for one in word.points],
    }


def said_of(row: PrintingPrice) -> Json:
    if row.source is None:
        return UNSAID
    return {
        "source": row.source.slug,
        "as_of": day(row.as_of),
        "is_stale": row.is_stale,
        "is_demo": row.source.is_demo,
    }


def conditions(rows: Iterable[ConditionPrice]) -> list[Json]:
    return [
        {
            "finish": row.finish,
            "condition": row.condition,
            "grade": row.grade,
            "language": row.language,
            "market": money(row.market, row.currency),
            "low": money(row.low, row.currency),
            "source": row.source.slug,
            "is_demo": row.source.is_demo,
        }
        for row in rows
    ]


def history(rows: Iterable[PrintingPrice], *, changes: Mapping[int, Sequence[Point]]) -> list[Json]:
    """Each printing with the days on which its price changed; a price holds until the next point."""
    return [
        {
            "printing_id": row.printing_id,
            "finish": row.finish,
            **said_of(row),
            "points": points(changes.get(row.series_id or 0, ()), currency=row.currency),
        }
        for row in rows
    ]


def latest(rows: Iterable[Price], *, asked: Sequence[int], currency: str | None, on: date | None) -> Json:
    """`asked` are the ids; `latest.as_json` writes the same, of today and without another currency."""
    listed = list(rows)
    known = {row.printing_id for row in listed}
    return {
        "currency": currency,
        "day": day(on),
        "results": [price(row) for row in listed],
        "missing": [one for one in asked if one not in known],
    }


def price(row: Price) -> Json:
    return {
        "printing_id": row.printing_id,
        "condition": row.condition,
        "grade": row.grade,
        "language": row.language,
        **{name: money(getattr(row, name), row.currency or "") for name in ("market", "low", "mid")},
        "rate_of": day(row.rate_of),
        **said_of_price(row),
    }


def said_of_price(row: Price) -> Json:
    return {
        "source": row.source,
        "as_of": day(row.as_of),
        "is_stale": row.is_stale,
        "is_demo": row.is_demo,
    }


def points(found: Iterable[Point], *, currency: str) -> list[Json]:
    return [
        {
            "day": point.day.isoformat(),
            "market": money(point.market, currency),
            "low": money(point.low, currency),
            "mid": money(point.mid, currency),
        }
        for point in found
    ]


def movers(rows: Iterable[MoverRow], *, said_by: Mapping[Key, Provenance]) -> list[Json]:
    return [
        {
            "card_id": row.card_id,
            "name": row.name,
            "number": row.number,
            "image_url": row.image_url,
            "game": {"slug": row.game_slug, "name": row.game_name},
            "set": {"name": row.set_name},
            "finish": row.finish,
            "from": money(row.old, row.currency),
            "to": money(row.new, row.currency),
            "percent": percent(row.percent),
            **said(said_by.get((row.card_id, row.finish))),
        }
        for row in rows
    ]


def sources(rows: Iterable[SourceRow]) -> list[Json]:
    return [
        {
            "slug": row.slug,
            "name": row.name,
            "url": row.url,
            "attribution": row.attribution,
            "currency": row.currency,
            "is_demo": row.is_demo,
            "newest_day": day(row.day),
            "policy": {
                "is_blended": row.is_blended,
                "keeps_history": row.keeps_history,
                "shown_hours": row.shown_hours,
                "origin": row.origin or None,
            },
            "games": [
                {"game": last.slug, "newest_day": day(last.day), "is_stale": last.is_stale}
                for last in row.last_days
            ],
        }
        for row in rows
    ]
