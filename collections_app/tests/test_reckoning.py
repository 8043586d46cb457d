"""Whatever happened, all that is said of it agrees to the cent with the slow and obvious way to reckon it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings

from accounts.models import User
from accounts.tests.sizes import many
from collections_app import explanations, gains, repricing, snapshots, valuation
from collections_app.models import Lot, Multiplier, ValueSnapshot
from collections_app.rows import Day
from collections_app.tests import reference, worlds
from collections_app.tests.reference import Book, End
from collections_app.tests.worlds import LENGTH, Stage, Story, day, noon
from pricing import history

pytestmark = pytest.mark.django_db
EVENING = 40  # the day that was recorded


@dataclass(kw_only=True)
class Past:
    """A stage after all is done, and what the evening had recorded of each binder."""

    stage: Stage
    owner: User
    recorded: dict[int, int]

    def ledger(self, *places: int) -> Book:
        """With every day as it is written."""
        return reference.read(self.ids(*places))

    def book(self, *places: int) -> Book:
        """As of today."""
        return reference.read(self.ids(*places), last=self.stage.world.today)

    def ids(self, *places: int) -> list[int]:
        return [self.stage.binders[place].pk for place in places]


def lived(story: Story, *, owner: User) -> Past:
    """Some deeds, an evening, more deeds; a multiplier that staff changed; and the snapshots made anew."""
    with time_machine.travel(noon(EVENING), tick=False):
        stage = Stage.set_up(story.plot, owner=owner)
        stage.world.today = day(EVENING)
        for deed in story.before:
            stage.does(deed, today=EVENING)
        snapshots.nightly(day(EVENING))
        past = Past(stage=stage, owner=owner, recorded={})
        for place, binder in enumerate(stage.binders):
            if any(lot.acquired_on <= day(EVENING) for lot in Lot.objects.filter(collection=binder)):
                worth = reference.end(stage.world, past.ledger(place), day(EVENING), owner.currency)
                past.recorded[binder.pk] = worth.value
    with time_machine.travel(noon(LENGTH), tick=False):
        stage.world.today = day(LENGTH)
        for deed in story.later:
            stage.does(deed, today=LENGTH)
        Multiplier.objects.filter(condition="LP").update(percent=Decimal("85.05"))
        repricing.choose()
        if story.packs:
            history.pack_closed(day(LENGTH))
        for binder in stage.binders:
            snapshots.fill(binder.pk)
    return past


def ends_of(rows: Iterable[Any]) -> list[End]:
    return [End(**{field.name: getattr(row, field.name) for field in fields(End)}) for row in rows]


def as_day(end: End) -> Day:
    return Day(**{field.name: getattr(end, field.name) for field in fields(Day)})


def check_snapshots(past: Past) -> None:
    for place, binder in enumerate(past.stage.binders):
        found = ValueSnapshot.objects.filter(collection=binder).order_by("day")
        until, currency = day(LENGTH - 1), past.owner.currency
        expected = reference.ends(past.stage.world, past.ledger(place), until=until, currency=currency)
        assert ends_of(found) == expected
        assert {row.currency for row in found} <= {currency}
        assert snapshots.series([binder.pk], since=None, until=until, currency=currency) == [
            as_day(end) for end in expected
        ]
        kept = {row.day: row.recorded for row in found if row.recorded is not None}
        assert kept == (
            {day(EVENING): past.recorded[binder.pk]}
            if day(EVENING) in {e.day for e in expected} and binder.pk in past.recorded
            else {}
        )
        binder.refresh_from_db()
        assert binder.stale_from is None


def check_together(past: Past, currency: str, *, since: int) -> list[Day]:
    """Both binders, in whatever currency."""
    found = snapshots.series(past.ids(0, 1), since=day(since), until=day(LENGTH - 1), currency=currency)
    expected = []
    known: dict[Any, list[ValueSnapshot]] = defaultdict(list)
    for row in ValueSnapshot.objects.filter(collection__in=past.ids(0, 1), day__gte=day(since)):
        known[row.day].append(row)
    for when, rows in sorted(known.items()):
        factor = reference.factor(past.stage.world, past.owner.currency, currency, when)
        sums = {
            name: reference.rounded(sum(getattr(row, name) for row in rows) * (factor or Fraction()))
            for name in ("value", "stale", "cost", "added", "removed", "realised")
        }
        quantity = sum(row.quantity for row in rows)
        missing = sum(row.missing for row in rows) if factor else quantity
        expected.append(Day(day=when, quantity=quantity, missing=missing, **sums))
    assert found == expected
    return found


def check_returns(days: list[Day]) -> None:
    found = snapshots.returns(days)
    if len(days) < 2:
        assert found is None
        return
    assert found
    product = Fraction(1)
    for before, after in pairwise(days):
        if before.value:
            product *= Fraction(after.value - after.added + after.removed, before.value)
    change = days[-1].value - days[0].value
    assert (found.since, found.until, found.change) == (days[0].day, days[-1].day, change)
    assert found.change_percent == reference.percent(Fraction(change), Fraction(days[0].value))
    assert found.percent == (reference.percent(product - 1, Fraction(1)) if days[0].value else None)


def check_explanation(past: Past, currency: str, *, since: int, until: int) -> None:
    """The parts sum to the change, always."""
    world, book = past.stage.world, past.book(0, 1)
    found = explanations.explain(past.ids(0, 1), since=day(since), until=day(until), currency=currency)
    exact = reference.parts(world, book, since=day(since), until=day(until), currency=currency)
    known = reference.rounded(reference.value(world, book, day(since), currency))
    after = reference.rounded(reference.value(world, book, day(until), currency))
    edited = Fraction()
    kept = ValueSnapshot.objects.filter(day=day(since), recorded__isnull=False).exists()
    for place, binder in enumerate(past.stage.binders):
        row = ValueSnapshot.objects.filter(collection=binder, day=day(since), recorded__isnull=False).first()
        if kept:
            now = reference.value(world, past.book(place), day(since), past.owner.currency)
            factor = reference.factor(world, past.owner.currency, currency, day(since)) or 0
            edited += (reference.rounded(now) - (row.recorded if row and row.recorded else 0)) * factor
    assert {name: getattr(found, name) for name in exact} == reference.whole(exact, after - known)
    assert (found.after, found.edited) == (after, reference.rounded(edited))
    assert found.before == known - found.edited
    assert (
        found.price + found.additions + found.removals + found.exchange + found.corrections
    ) == found.change


def check_totals(past: Past, currency: str, *places: int) -> None:
    world, book = past.stage.world, past.book(*places)
    now = reference.end(world, book, world.today, currency)
    found = valuation.totals(past.ids(*places), currency=currency)
    assert (found.value, found.quantity, found.missing) == (now.value, now.quantity, now.missing)
    assert found.costless == now.costless
    assert found.cost == (None if now.quantity and now.costless == now.quantity else now.cost)
    live = snapshots.live(past.ids(*places), currency=currency)
    assert live == as_day(now)
    worth = missing = stale = compared = paid = Fraction()
    is_open = False
    both = 0
    for some in book.copies:
        if some.left is None:
            price = reference.one(world, some.lot, world.today, currency)
            cost = reference.paid(world, some.lot, currency)
            if price is None:
                missing += some.quantity * (cost or 0)
                is_open = is_open or cost is None
                continue
            worth += some.quantity * price
            stale += some.quantity * price if is_stale_at_noon(past, some.lot) else 0
            if cost is not None:
                both += 1
                compared += some.quantity * (price - cost)
                paid += some.quantity * cost
    assert (found.stale, found.fresh) == (reference.rounded(stale), found.value - found.stale)
    assert (found.missing_cost, found.is_open) == (reference.rounded(missing), is_open)
    assert found.unrealised == (reference.rounded(compared) if both else None)
    assert found.unrealised_percent == (reference.percent(compared, paid) if both else None)
    known = reference.gains(world, book, world.today, currency)
    parts = [part for part in known if part is not None]
    gain = None if known and not parts else reference.rounded(sum(parts, Fraction()))
    assert found.realised == gain == gains.realised(past.ids(*places), currency=currency)
    assert found.lots == len({some.lot.pk for some in book.copies if some.left is None})


def is_stale_at_noon(past: Past, lot: Lot) -> bool:
    """Half a day before the end of today."""
    line = past.stage.world.lines[lot.series_id or 0]
    said = [s for s in line.spoken if line.missing_since is None or s < line.missing_since]
    return bool(said) and 24 * (past.stage.world.today - max(said)).days + 12 > 24 + line.fresh_hours


def check_rows(past: Past, currency: str) -> None:
    """Each lot by itself, each sale by itself, and the shares of the whole."""
    world, book = past.stage.world, past.book(0, 1)
    held = {some.lot.pk: some for some in book.copies if some.left is None}
    page = valuation.lot_rows(past.ids(0, 1), currency=currency, sort="-gain", per_page=100)
    assert {row.id for row in page.rows} == set(held)
    for row in page.rows:
        price = reference.one(world, held[row.id].lot, world.today, currency)
        cost = reference.paid(world, held[row.id].lot, currency)
        assert row.value == (None if price is None else reference.rounded(price * row.quantity))
        assert row.cost == (None if cost is None else reference.rounded(cost * row.quantity))
        assert valuation.lot_row(row.id, currency=currency) == row
    exact = [
        (
            (p - c) * held[row.id].quantity
            if (p := reference.one(world, held[row.id].lot, world.today, currency)) is not None
            and (c := reference.paid(world, held[row.id].lot, currency)) is not None
            else None
        )
        for row in page.rows
    ]
    known = [gain for gain in exact if gain is not None]
    assert known == sorted(known, reverse=True)
    assert exact[len(known) :] == [None] * (len(exact) - len(known))
    for sale in gains.sales(past.ids(0, 1), currency=currency, per_page=100).rows:
        parts = [
            reference.gain(world, book, one, currency) for one in book.disposals if one.sale_id == sale.id
        ]
        whole = None if None in parts else reference.rounded(sum((p for p in parts if p), Fraction()))
        assert sale.gain == whole
    total = reference.rounded(reference.value(world, book, world.today, currency))
    shares = valuation.allocation(past.ids(0, 1), currency=currency)
    for part in (shares.game, shares.set, shares.rarity, shares.condition):
        assert sum(share.value for share in part) == total
        assert sum(share.percent for share in part) == (100 if total or any(s.percent for s in part) else 0)


def check_best_and_worst(past: Past, currency: str) -> None:
    world = past.stage.world
    sums: dict[int, list[Fraction]] = defaultdict(lambda: [Fraction(), Fraction()])
    for some in past.book(0, 1).copies:
        price = reference.one(world, some.lot, world.today, currency)
        cost = reference.paid(world, some.lot, currency)
        if some.left is None and price is not None and cost is not None:
            sums[some.lot.printing_id][0] += some.quantity * price
            sums[some.lot.printing_id][1] += some.quantity * cost
    whole = {pk: (reference.rounded(value), reference.rounded(cost)) for pk, (value, cost) in sums.items()}
    exact = sorted(sums, key=lambda pk: (sums[pk][1] - sums[pk][0], pk))
    best, worst = valuation.best_and_worst(past.ids(0, 1), currency=currency, limit=2)
    for found, ranked, sign in (
        (best, exact, 1),
        (worst, sorted(exact, key=lambda pk: (sums[pk][0] - sums[pk][1], pk)), -1),
    ):
        wanted = [pk for pk in ranked if sign * (sums[pk][0] - sums[pk][1]) > 0][:2]
        wanted = [pk for pk in wanted if sign * (whole[pk][0] - whole[pk][1]) > 0]
        assert [(one.printing_id, one.value, one.cost) for one in found] == [
            (pk, *whole[pk]) for pk in wanted
        ]
        assert all(one.gain == one.value - one.cost for one in found)


@settings(max_examples=many(40, sample=15), database=None)
@given(story=worlds.stories)
def test_all_that_is_said_of_a_collection_agrees_with_the_reference(story: Story) -> None:
    with transaction.atomic():
        past = lived(story, owner=User.objects.create_user("dora@example.org", currency=story.own))
        with time_machine.travel(noon(LENGTH), tick=False):
            check_snapshots(past)
            check_returns(check_together(past, story.shown, since=story.since))
            check_explanation(past, story.shown, since=story.since, until=story.until)
            check_explanation(past, story.own, since=EVENING, until=LENGTH)
            check_totals(past, story.shown, 0)
            check_totals(past, story.shown, 0, 1)
            check_rows(past, story.shown)
            check_best_and_worst(past, story.shown)
        transaction.set_rollback(True)
