"""Worlds that hypothesis makes up: prices of several sources, rates with gaps, and what two people did."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import GameFactory, PrintingFactory
from collections_app import lots, sales
from collections_app.lots import LotError
from collections_app.models import Collection, Lot, Multiplier, Sale
from collections_app.tests import factories
from collections_app.tests.reference import Line, World
from pricing.models import LatestPrice, PriceChange
from pricing.tests import rates
from pricing.tests.factories import RunFactory, SeriesFactory, SourceFactory

FIRST = date(2026, 1, 20)
LENGTH = 75  # days: changes of the first weeks can be packed away
CURRENCIES = ["USD", "EUR", "JPY"]
# Of each printing the series it has: its source's place in CURRENCIES, and a condition.
SERIES = [(0, ""), (1, ""), (2, ""), (0, "LP"), (1, "NM")]
PRINTINGS = [[0], [1], [2], [0, 3], [1, 4], []]  # the last is priced by nobody

STEP = 5  # days between which nothing happens, so that what happens often happens on the same day

offsets = st.integers(min_value=0, max_value=LENGTH // STEP).map(lambda n: n * STEP)
amounts = st.integers(min_value=-5_000, max_value=50_000).map(lambda n: n if n > 0 else None)
copies = st.integers(min_value=1, max_value=9)


@dataclass(frozen=True, kw_only=True)
class Plot:
    """What is going to be: of each series the changes by day, of each source the days it speaks on."""

    markets: list[dict[int, int | None]]
    spoken: list[set[int]]
    missing: list[int | None]
    rates: dict[int, tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What someone does. Numbers that choose among what there is are taken modulo how much that is."""

    verb: str
    binder: int
    chosen: int
    quantity: int
    days_ago: int
    amount: int | None
    fees: int
    currency: str
    condition: str


rate = st.integers(min_value=5_000, max_value=20_000).map(lambda n: str(Decimal(n) / 10_000))
plots = st.builds(
    Plot,
    markets=st.lists(st.dictionaries(offsets, amounts, max_size=6), min_size=5, max_size=5),
    spoken=st.lists(st.sets(offsets, max_size=12), min_size=3, max_size=3),
    missing=st.lists(st.none() | offsets, min_size=5, max_size=5),
    rates=st.dictionaries(offsets, st.tuples(rate, rate), max_size=6),
)
verbs = st.sampled_from(["add"] * 5 + ["sell"] * 3 + ["fifo", "edit", "split", "move", "remove", "undo"])
deeds = st.builds(
    Deed,
    verb=verbs,
    binder=st.integers(min_value=0, max_value=1),
    chosen=st.integers(min_value=0, max_value=40),
    quantity=copies,
    days_ago=st.integers(min_value=-1, max_value=LENGTH // STEP).map(lambda n: n * STEP),
    amount=st.none() | st.integers(min_value=0, max_value=30_000),
    fees=st.integers(min_value=0, max_value=999),
    currency=st.sampled_from(CURRENCIES),
    condition=st.sampled_from(["NM", "LP", "HP"]),
)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What was done until an evening, what later, and what is asked in the end: in days since FIRST."""

    plot: Plot
    before: list[Deed]
    later: list[Deed]
    own: str  # currency, of snapshots
    shown: str
    packs: bool
    since: int
    until: int


currencies = st.sampled_from(CURRENCIES)
spans = st.tuples(offsets, offsets).map(sorted)
stories = spans.flatmap(
    lambda span: st.builds(
        Story,
        plot=plots,
        before=st.lists(deeds, min_size=1, max_size=9),
        later=st.lists(deeds, min_size=1, max_size=9),
        own=currencies,
        shown=currencies,
        packs=st.booleans(),
        since=st.just(span[0]),
        until=st.just(span[1]),
    )
)


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def noon(offset: int) -> datetime:
    return datetime.combine(day(offset), datetime.min.time(), UTC) + timedelta(hours=12)


@dataclass(kw_only=True)
class Stage:
    """A world in the database, and two binders of one person in it."""

    world: World
    binders: list[Collection]
    printings: list[Printing]

    @classmethod
    def set_up(cls, plot: Plot, *, owner: User) -> "Stage":
        Multiplier.objects.filter(condition="HP").update(percent=Decimal("33.33"))
        game = GameFactory.create()
        world = World(today=day(LENGTH), rates={"USD": {}, "JPY": {}})
        for offset, (dollars, yen) in plot.rates.items():
            rates.says(day(offset), USD=dollars, JPY=yen)
            world.rates["USD"][day(offset)] = Fraction(dollars)
            world.rates["JPY"][day(offset)] = Fraction(yen)
        binders = [factories.collection(owner) for _ in range(2)]
        stage = cls(world=world, binders=binders, printings=[])
        stage._price(plot, game=game)
        return stage

    def _price(self, plot: Plot, *, game: Any) -> None:
        sources = [
            SourceFactory.create(currency=code, fresh_hours=48 - 24 * (code == "JPY")) for code in CURRENCIES
        ]
        for source, spoken in zip(sources, plot.spoken, strict=True):
            for offset in spoken:
                RunFactory.create(source=source, game=game, day=day(offset))
        for members in PRINTINGS:
            printing = PrintingFactory.create(card__game=game, card__card_set__game=game)
            self.printings.append(printing)
            for place in members:
                owner, condition = SERIES[place]
                series = SeriesFactory.create(
                    printing=printing, source=sources[owner], condition=condition, currency=CURRENCIES[owner]
                )
                market = {day(offset): amount for offset, amount in plot.markets[place].items()}
                missing = plot.missing[place]
                line = Line(
                    currency=CURRENCIES[owner],
                    fresh_hours=sources[owner].fresh_hours,
                    market=market,
                    spoken=[day(offset) for offset in plot.spoken[owner]],
                    missing_since=None if missing is None else day(missing),
                )
                self.world.lines[series.pk] = line
                _write(series, line=line)

    def does(self, deed: Deed, *, today: int) -> None:
        """Does it unless it is impossible."""
        try:
            self._do(deed, on=day(today - deed.days_ago))
        except LotError:
            return

    def _do(self, deed: Deed, *, on: date) -> None:
        binder = self.binders[deed.binder]
        said = {
            "quantity": deed.quantity,
            "unit_cost": deed.amount,
            "currency": deed.currency,
            "acquired_on": on,
            "condition": deed.condition,
        }
        held = list(Lot.objects.filter(collection=binder).order_by("id"))
        known = list(Sale.objects.filter(collection=binder).order_by("id"))
        if deed.verb == "add":
            factories.lot(binder, self.printings[deed.chosen % len(self.printings)], **said)
        elif deed.verb == "undo" and known:
            sales.undo(known[deed.chosen % len(known)])
        elif held and deed.verb != "undo":
            self._change(held[deed.chosen % len(held)], deed=deed, on=on, said=said)

    def _change(self, lot: Lot, *, deed: Deed, on: date, said: dict[str, Any]) -> None:
        chosen = Lot.objects.filter(pk=lot.pk)
        if deed.verb in {"sell", "fifo"}:
            terms = sales.Terms(
                quantity=min(deed.quantity, lot.quantity or 1),
                sold_on=max(on, lot.acquired_on),
                currency=deed.currency,
                unit_price=deed.amount,
                fees=deed.fees,
            )
            sales.sell(lot, terms, method="fifo" if deed.verb == "fifo" else "lot")
        elif deed.verb == "edit":
            lots.edit(lot, factories.facts(lot.printing, **said))
        elif deed.verb == "split":
            lots.split(lot, quantity=deed.quantity)
        elif deed.verb == "move":
            lots.move(chosen, to=self.binders[1 - deed.binder])
        else:
            lots.remove(chosen)


def _write(series: Any, *, line: Line) -> None:
    before = None
    for changed in sorted(line.market):
        PriceChange.objects.create(
            series=series, day=changed, market=line.market[changed], previous_market=before
        )
        before = line.market[changed]
    if line.market:
        LatestPrice.objects.create(
            series=series,
            source=series.source,
            game=series.game,
            market=before,
            changed_on=max(line.market),
            missing_since=line.missing_since,
        )
