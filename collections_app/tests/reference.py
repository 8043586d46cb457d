"""What collections were worth, reckoned the slow and obvious way: one lot and one day after the other.

It reads lots and sales as they stand in the database, but prices, runs and rates from the world that a test
made up. It shares no line with the product.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from collections_app.models import Disposal, Lot

DIGITS = {"USD": 2, "EUR": 2, "GBP": 2, "JPY": 0}
ONE_DAY = timedelta(days=1)


@dataclass(kw_only=True)
class Line:
    """What is known of a price series: its market price from each day on, None where it became unknown."""

    currency: str
    fresh_hours: int
    market: dict[date, int | None] = field(default_factory=dict)
    spoken: list[date] = field(default_factory=list)
    missing_since: date | None = None


@dataclass(kw_only=True)
class World:
    """`lines` by the id of their series; `rates` are units for a euro, by currency and day."""

    today: date
    lines: dict[int, Line] = field(default_factory=dict)
    rates: dict[str, dict[date, Fraction]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class End:
    """The end of a day, as a snapshot has it."""

    day: date
    quantity: int
    missing: int
    value: int
    stale: int
    cost: int
    costless: int
    added: int
    removed: int
    realised: int


@dataclass(frozen=True, kw_only=True)
class Copies:
    """Of one lot; `left` is None for those held still."""

    lot: Lot
    quantity: int
    came: date
    left: date | None


def rounded(amount: Fraction) -> int:
    whole = floor(abs(amount) + Fraction(1, 2))
    return whole if amount >= 0 else -whole


def percent(part: Fraction, whole: Fraction) -> Fraction | None:
    return Fraction(rounded(part / whole * 10_000), 100) if whole else None


def per_euro(world: World, currency: str, day: date) -> Fraction | None:
    if currency == "EUR":
        return Fraction(1)
    rate = None
    for quoted in sorted(world.rates.get(currency, {})):
        if quoted <= day:
            rate = world.rates[currency][quoted]
    return rate


def factor(world: World, source: str, target: str, day: date) -> Fraction | None:
    if source == target:
        return Fraction(1)
    before, after = per_euro(world, source, day), per_euro(world, target, day)
    if before is None or after is None:
        return None
    units = Fraction(1, 10 ** DIGITS[source]) / before * after
    return units * Fraction(10 ** DIGITS[target])


def unit(world: World, lot: Lot, day: date) -> int | None:
    """What one copy cost on the day, in its price's currency."""
    line = world.lines.get(lot.series_id or 0)
    market = None
    for changed in sorted(line.market) if line else ():
        if line and changed <= day:
            market = line.market[changed]
    return None if market is None else floor(market * Fraction(lot.percent) / 100 + Fraction(1, 2))


def one(world: World, lot: Lot, day: date, currency: str) -> Fraction | None:
    """What one copy was worth on the day, exactly."""
    price = unit(world, lot, day)
    if price is None:
        return None
    rate = factor(world, world.lines[lot.series_id or 0].currency, currency, day)
    return None if rate is None else price * rate


def is_stale(world: World, lot: Lot, day: date) -> bool:
    line = world.lines[lot.series_id or 0]
    until = day
    if line.missing_since and line.missing_since <= day:
        until = line.missing_since - ONE_DAY
    said = [spoken for spoken in line.spoken if spoken <= until]
    return bool(said) and (day - max(said)) * 24 > timedelta(days=line.fresh_hours)


@dataclass(frozen=True, kw_only=True)
class Book:
    """Everything that some collections hold and held; `sizes` are the copies of each sale.

    What is dated after `last` counts as of it.
    """

    last: date
    copies: list[Copies]
    disposals: list[Disposal]
    sizes: dict[int, int]


def read(collection_ids: list[int], *, last: date = date.max) -> Book:
    disposals = list(
        Disposal.objects.filter(sale__collection__in=collection_ids).select_related("sale", "lot")
    )
    sizes: dict[int, int] = {}
    found = []
    for disposal in disposals:
        sizes[disposal.sale_id] = sizes.get(disposal.sale_id, 0) + disposal.quantity
        came = min(disposal.lot.acquired_on, last)
        left = min(disposal.sale.sold_on, last)
        found.append(Copies(lot=disposal.lot, quantity=disposal.quantity, came=came, left=left))
    for lot in Lot.objects.filter(collection__in=collection_ids, quantity__gt=0):
        came = min(lot.acquired_on, last)
        found.append(Copies(lot=lot, quantity=lot.quantity, came=came, left=None))
    return Book(last=last, copies=found, disposals=disposals, sizes=sizes)


def is_held(some: Copies, day: date) -> bool:
    return some.came <= day and (some.left is None or some.left > day)


def paid(world: World, lot: Lot, currency: str) -> Fraction | None:
    """For one copy."""
    rate = factor(world, lot.currency, currency, lot.acquired_on)
    return None if lot.unit_cost is None or rate is None else lot.unit_cost * rate


def gain(world: World, book: Book, disposal: Disposal, currency: str) -> Fraction | None:
    sale, cost = disposal.sale, paid(world, disposal.lot, currency)
    rate = factor(world, sale.currency, currency, sale.sold_on)
    if sale.unit_price is None or cost is None or rate is None:
        return None
    fees = Fraction(sale.fees * disposal.quantity, book.sizes[sale.pk])
    return (disposal.quantity * sale.unit_price - fees) * rate - disposal.quantity * cost


def gains(world: World, book: Book, day: date, currency: str) -> list[Fraction | None]:
    """Of what was sold until the day."""
    sold = [one for one in book.disposals if min(one.sale.sold_on, book.last) <= day]
    return [gain(world, book, one, currency) for one in sold]


def value(world: World, book: Book, day: date, currency: str) -> Fraction:
    worth = Fraction()
    for some in book.copies:
        if is_held(some, day):
            worth += some.quantity * (one(world, some.lot, day, currency) or 0)
    return worth


def end(world: World, book: Book, day: date, currency: str) -> End:
    before = day - ONE_DAY
    quantity = missing = costless = 0
    worth = stale = cost = added = removed = Fraction()
    for some in book.copies:
        old, new = one(world, some.lot, before, currency), one(world, some.lot, day, currency)
        if is_held(some, day):
            quantity += some.quantity
            if new is None:
                missing += some.quantity
            else:
                worth += some.quantity * new
                stale += some.quantity * new if is_stale(world, some.lot, day) else 0
            price = paid(world, some.lot, currency)
            costless += some.quantity if price is None else 0
            cost += some.quantity * (price or 0)
        if some.came == day:
            added += some.quantity * (new or 0)
        if some.left == day:
            removed += some.quantity * (new or 0)
        if is_held(some, before) and old is None and new is not None:
            added += some.quantity * new
        if is_held(some, before) and old is not None and new is None:
            rate = factor(world, world.lines[some.lot.series_id or 0].currency, currency, day)
            removed += some.quantity * (unit(world, some.lot, before) or 0) * (rate or 0)
    realised = sum((known for known in gains(world, book, day, currency) if known), Fraction())
    return End(
        day=day,
        quantity=quantity,
        missing=missing,
        value=rounded(worth),
        stale=rounded(stale),
        cost=rounded(cost),
        costless=costless,
        added=rounded(added),
        removed=rounded(removed),
        realised=rounded(realised),
    )


def ends(world: World, book: Book, *, until: date, currency: str) -> list[End]:
    """From the first acquisition on."""
    first = min((some.lot.acquired_on for some in book.copies), default=until + ONE_DAY)
    span = range((until - first).days + 1)
    return [end(world, book, first + timedelta(days=n), currency) for n in span]


def parts(world: World, book: Book, *, since: date, until: date, currency: str) -> dict[str, Fraction]:
    """Of the change from the end of one day to the end of the other, each exactly."""
    found = dict.fromkeys(("price", "additions", "removals", "exchange", "coverage"), Fraction())
    for some in book.copies:
        if some.came > until or (some.left and some.left <= since):
            continue
        s = max(since, some.came)
        e = min(until, some.left) if some.left else until
        old, new = one(world, some.lot, s, currency), one(world, some.lot, e, currency)
        if old is not None and some.came > since:
            found["additions"] += some.quantity * old
        if new is not None and some.left and some.left <= until:
            found["removals"] -= some.quantity * new
        if old is not None and new is not None:
            at_old_rate = (unit(world, some.lot, e) or 0) * (rate_of(world, some.lot, currency, s) or 0)
            found["price"] += some.quantity * (at_old_rate - old)
            found["exchange"] += some.quantity * (new - at_old_rate)
        else:
            found["coverage"] += some.quantity * ((new or 0) - (old or 0))
    return found


def rate_of(world: World, lot: Lot, currency: str, day: date) -> Fraction | None:
    return factor(world, world.lines[lot.series_id or 0].currency, currency, day)


def whole(exact: dict[str, Fraction], total: int) -> dict[str, int]:
    """Each part cut to a whole number; what is missing goes, one each, to those that lost most."""
    cut = {name: floor(part) for name, part in exact.items()}
    while sum(cut.values()) < total:
        lost = {name: exact[name] - cut[name] for name in cut}
        cut[max(lost, key=lambda name: lost[name])] += 1
    return cut
