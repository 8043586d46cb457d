"""How far alerts are from firing: of each the series that is nearest, exactly."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from alerts import rules, subjects
from alerts.models import Alert, Watch
from alerts.rules import Rule
from alerts.subjects import Subject, Weighed
from catalog import reads
from pricing.steps import number

LOOKED_AT = 20  # series of an alert that its levels call near
# Levels are cautious: what they call near is looked at exactly. A ratio orders, it is no amount.
NEAREST = """
SELECT id FROM (
    SELECT w.id, row_number() OVER (PARTITION BY w.alert_id ORDER BY
        (l.market IS NULL), (w.fire_down IS NULL AND w.fire_up IS NULL), least(
            CASE WHEN w.fire_down >= l.market THEN 0 ELSE 1 - w.fire_down::numeric / l.market END,
            CASE WHEN w.fire_up <= l.market THEN 0 ELSE w.fire_up::numeric / l.market - 1 END
        ), w.id) AS place
    FROM alerts_watch w LEFT JOIN pricing_latestprice l ON l.series_id = w.series_id
    WHERE w.alert_id = ANY(%s)
) near WHERE place <= %s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The price of one series now and the `mark` that the next change has to reach, both in `currency`.

    `away` is the change in percent that this needs; `waits` says that the price has to go back across first,
    to `mark`. None where it is unknown: without a price, or before there is anything to compare it with.
    """

    series: int
    price: int | None
    mark: int | None
    currency: str
    away: Decimal | None
    waits: bool


def of(alerts: Iterable[Alert], *, today: date | None = None) -> dict[int, Standing]:
    """By alert; one that is paused, over or has nothing to look at is left out. Six statements at most."""
    with reads.cursor() as cursor:
        cursor.execute(NEAREST, [[alert.pk for alert in alerts], LOOKED_AT])
        nearest = [pk for (pk,) in cursor.fetchall()]
    watched = subjects.read(Watch.objects.filter(pk__in=nearest))
    # What tomorrow's price is held against.
    until = number(today or datetime.now(UTC).date()) + 1
    weighed = subjects.weigh([_compared(one) for one in watched], since=until, until=until)
    found = defaultdict(list)
    for one in weighed:
        if not one.judgement.is_done:
            found[one.subject.alert].append(_standing(one))
    return {alert: min(standings, key=_distance) for alert, standings in found.items()}


def _distance(standing: Standing) -> tuple[bool, bool, Decimal]:
    """What can fire next comes before what has to come back first."""
    return standing.waits, standing.away is None, abs(standing.away or Decimal(0))


def _compared(subject: Subject) -> Subject:
    """A rule about gaps has no mark, so what was listed is not read: the threshold is one nothing reaches."""
    if subject.rule.kind != "back":
        return subject
    return replace(subject, rule=Rule(kind="below", threshold=0), into=subject.currency)


def _standing(weighed: Weighed) -> Standing:
    subject, path, judgement = weighed
    rule, waits = subject.rule, not judgement.is_armed
    prices = path.converted if rule.is_static else path.prices
    price = int(prices[-1])
    mark = rules.back_mark(rule, path) if waits else rules.mark(rule, path)
    return Standing(
        series=subject.series,
        price=price or None,
        mark=mark or None,
        currency=subject.into if rule.is_static else subject.currency,
        away=_percent(price, mark) if price and mark else None,
        waits=waits,
    )


def _percent(price: int, mark: int) -> Decimal:
    return (Decimal(100) * (mark - price) / price).quantize(Decimal("0.1"), ROUND_HALF_UP)
