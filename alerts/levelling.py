"""Sets the levels between which watches sleep, and keeps those in other currencies near the rate."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from alerts import levels, subjects
from alerts.levels import AWAKE, BAND, Factor, Levels
from alerts.models import RateBand, Watch
from alerts.subjects import Subject, Weighed
from pricing.rates import Rates
from pricing.steps import dated, number

Pair = tuple[str, str]  # of the threshold, of the series

WRITE = """
UPDATE alerts_watch w
SET fire_down = s.fire_down, fire_up = s.fire_up, floor = s.floor, ceiling = s.ceiling,
    sure_until = s.sure_until, wakes_on_return = s.wakes_on_return, levelled_on = %s
FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::int[], %s::date[], %s::bool[])
    AS s(id, fire_down, fire_up, floor, ceiling, sure_until, wakes_on_return)
WHERE w.id = s.id"""
WAKE_PAIR = """
UPDATE alerts_watch w SET fire_down = %s, fire_up = %s, floor = NULL, ceiling = NULL, levelled_on = NULL
FROM alerts_alert a, pricing_priceseries s
WHERE a.id = w.alert_id AND s.id = w.series_id AND a.currency = %s AND s.currency = %s
  AND a.kind IN ('below', 'above') AND (w.fire_down, w.fire_up, w.floor, w.ceiling) IS DISTINCT FROM
      (NULL::int, NULL::int, NULL::int, NULL::int)"""


def level(watch_ids: Iterable[int], *, day: date) -> None:
    """Sets the levels of these watches by all prices up to a day."""
    found = subjects.read(Watch.objects.filter(pk__in=list(watch_ids)))
    set_levels(subjects.weigh(found, since=number(day), until=number(day)), day=day)


def set_levels(weighed: Sequence[Weighed], *, day: date) -> None:
    """Of watches that are judged up to this day."""
    if not weighed:
        return
    pairs = _factors({_pair(one.subject) for one in weighed if one.subject.is_foreign}, day=day)
    rows = [(one.subject.watch, _levels(one, pairs=pairs)) for one in weighed]
    names = ("fire_down", "fire_up", "floor", "ceiling")
    columns = [[getattr(found, name) for _, found in rows] for name in names]
    until = [None if found.sure_until is None else dated(found.sure_until) for _, found in rows]
    returns = [found.wakes_on_return for _, found in rows]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [day, [pk for pk, _ in rows], *columns, until, returns])


def _levels(weighed: Weighed, *, pairs: dict[Pair, Factor]) -> Levels:
    subject, path, judgement = weighed
    factor = pairs[_pair(subject)] if subject.is_foreign else None
    return levels.of(subject.rule, path, judgement, factor=factor)


def _pair(subject: Subject) -> Pair:
    return (subject.into, subject.currency)


def _factors(pairs: set[Pair], *, day: date) -> dict[Pair, Factor]:
    """The rate that holds for all levels of a pair: the first that was needed, until it has drifted."""
    if not pairs:
        return {}
    now = _rates(pairs, day=day)
    fresh = [
        RateBand(currency=pair[0], series_currency=pair[1], factor=factor)
        for pair, factor in now.items()
        if factor
    ]
    RateBand.objects.bulk_create(fresh, ignore_conflicts=True)
    bands = {(band.currency, band.series_currency): band.factor for band in RateBand.objects.all()}
    return {pair: bands[pair].as_integer_ratio() if now[pair] else (0, 1) for pair in pairs}


def _rates(pairs: Iterable[Pair], *, day: date) -> dict[Pair, Decimal | None]:
    """Minor units of the series' currency for one of the threshold's."""
    wanted = list(pairs)
    rates = Rates.load({currency for pair in wanted for currency in pair}, since=day)
    return {pair: _decimal(rates.factor(*pair, day=day)) for pair in wanted}


def _decimal(factor: Fraction | None) -> Decimal | None:
    if factor is None:
        return None
    return (Decimal(factor.numerator) / Decimal(factor.denominator)).quantize(Decimal("1e-12"))


def follow_rates(day: date) -> int:
    """Wakes every watch that was levelled at a rate which has drifted since; how many pairs have."""
    bands = list(RateBand.objects.all())
    now = _rates({(band.currency, band.series_currency) for band in bands}, day=day) if bands else {}
    drifted = [band for band in bands if _has_drifted(band.factor, now[band.currency, band.series_currency])]
    for band in drifted:
        band.factor = now[band.currency, band.series_currency] or band.factor
        band.save(update_fields=["factor"])
        with connection.cursor() as cursor:
            pair = [band.currency, band.series_currency]
            cursor.execute(WAKE_PAIR, [AWAKE.fire_down, AWAKE.fire_up, *pair])
    return len(drifted)


def _has_drifted(then: Decimal, now: Decimal | None) -> bool:
    if now is None:
        return False
    return max(then, now) * 100 > min(then, now) * (100 + BAND)
